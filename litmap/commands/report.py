"""litmap report."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("report")
@options.database
@click.argument("document")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to write: .docx, .html or .md.",
)
@click.option("--format", "form", help="docx, html or md, when the file's extension does not say it.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@options.common
def command(database: Path, document: str, output: Path, form: str | None, force: bool) -> None:
    """Write the report on one document.

    DOCUMENT is its id, its source (or a part of it), or its title.
    """
    from litmap.tables import report

    with options.reading(database) as store:
        claims = report.write(store, document, output, form=form, force=force)
    options.say(f"{output}: a report on {options.counted(claims, 'claim')}")
