"""litmap export."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("export")
@click.argument("database", type=click.Path(path_type=Path), required=False)
@click.argument("what", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write; - is stdout.")
@click.option("--format", "form", help="The format, when the file's extension does not say it.")
@click.option("--columns", metavar="NAME,...", help="Only these columns, in this order.")
@click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Only such rows; also != <= >= and ~ (contains). A condition includes the narrower ones. May be repeated.",
)
@click.option("--sort", metavar="COLUMN,...", help="Sort by these columns; a minus before a name sorts downwards.")
@click.option(
    "--group-by",
    metavar="COLUMN",
    help="Rows with the same value stand together, under a heading where the format has them.",
)
@click.option("--include-retracted", is_flag=True, help="Keep retracted records, marked as such.")
@click.option("--excel", is_flag=True, help="CSV with a byte-order mark, so that Excel reads it as UTF-8.")
@click.option(
    "--no-metadata", is_flag=True, help="No FILE-metadata.json beside formats that cannot hold their provenance."
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.option("--list", "show_list", is_flag=True, help="List what can be exported, with the formats and columns.")
@options.common
def command(
    database: Path | None, what: str | None, output: Path | None, form: str | None, columns: str | None, where: tuple[str, ...], sort: str | None,
    group_by: str | None, include_retracted: bool, excel: bool, no_metadata: bool, force: bool, show_list: bool,
) -> None:  # fmt: skip
    """Write an evidence table to a file."""
    from litmap.tables import export
    from litmap.tables.table import View, condition

    if show_list:
        _list()
        return
    if database is None or what is None or output is None:
        raise click.UsageError("give a database, what to export, and -o FILE; see --list")
    view = View(_names(columns), tuple(map(condition, where)), _names(sort), _name(group_by), include_retracted)
    with options.reading(database) as store:
        done = export.write(store, what, output, form=form, view=view, force=force, excel=excel, beside=not no_metadata)
    beside = f"; where it comes from: {done.beside}" if done.beside else ""
    options.say(f"{what}: {options.counted(done.rows, 'row')}{'' if str(output) == '-' else f' in {output}'}{beside}")
    if done.left_out:
        options.say(f"{options.counted(done.left_out, 'retracted record')} left out; --include-retracted keeps them, marked")


def _list() -> None:
    from litmap.tables import export

    for name, what in export.WHATS.items():
        click.echo(f"{name:12} {what.help}")
    click.echo("\nFormats")
    for name, form in export.FORMATS.items():
        click.echo(f"{name:12} {form.help}{' (records, studies and references only)' if form.citations else ''}")


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(_name(part) or "" for part in text.split(",") if part.strip()) if text else ()


def _name(text: str | None) -> str | None:
    if not text:
        return None
    text = text.strip()
    return text[:1] + text[1:].replace("-", "_")
