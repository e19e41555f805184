"""litmap publish."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("publish")
@options.database
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--document-text",
    type=click.Choice(["quotes", "full", "none"]),
    default="quotes",
    show_default=True,
    help="Of the documents, publish the quoted claims, the full text, or neither. The text is somebody else's.",
)
@click.option(
    "--abstracts",
    type=click.Choice(["none", "full"]),
    default="none",
    show_default=True,
    help="Abstracts are their publishers'.",
)
@click.option("--with-reviewers", is_flag=True, help="Publish the reviewers' names instead of numbers.")
@click.option("--with-notes", is_flag=True, help="Publish what reviewers wrote: notes, reasons, rationales.")
@click.option("--download", is_flag=True, help="Let visitors download the database file.")
@click.option(
    "--queries",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder with named queries of your own.",
)
@click.option("--force", is_flag=True, help="Replace an earlier publication in FOLDER.")
@options.common
def command(
    database: Path,
    folder: Path,
    document_text: str,
    abstracts: str,
    with_reviewers: bool,
    with_notes: bool,
    download: bool,
    queries: Path | None,
    force: bool,
) -> None:
    """Write a folder that shows the map to anybody.

    `datasette FOLDER` serves it; its README says how to put it on a server. Search dates and the rule set are always in it.
    """
    from litmap.web import publishing

    chosen = publishing.Options(document_text, abstracts == "full", with_reviewers, with_notes, download)
    with options.reading(database):  # says when sums are out of date
        pass
    counts = publishing.publish(database, folder, chosen, queries=queries, force=force)
    options.say(
        f"{folder}: {counts['claims']} claims, {counts['records']} records, {counts['links']} links. "
        f"Look at it: datasette {folder}. On a server: see {folder / 'README.md'}"
    )
