"""litmap import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from litmap.commands import options

if TYPE_CHECKING:
    from litmap.ingest.importing import ImportReport


@click.command("import")
@options.database
@click.argument("sources", nargs=-1, required=True)
@click.option("--encoding", help="The encoding of the files, where they do not say it themselves.")
@click.option("--as-of", help="The date the documents speak for (YYYY-MM-DD), if not today.")
@click.option("--allow-private", is_flag=True, help="Also fetch URLs on this machine or a private network.")
@click.option("--strict", is_flag=True, help="Exit 3 when a row was rejected.")
@options.common
def command(database: Path, sources: tuple[str, ...], encoding: str | None, as_of: str | None, allow_private: bool, strict: bool) -> None:
    """Read documents and claims into the map.

    SOURCES are files (HTML, text, Markdown, or a CSV with a column "claim") or web addresses. A page
    imported before becomes a new version when it changed; the same bytes change nothing.
    """
    from litmap.errors import StrictError
    from litmap.ingest.importing import import_all
    from litmap.store import open_store

    def shown(names: Iterable[str]) -> Iterator[str]:
        with click.progressbar(names, label="documents", file=options.progress_stream()) as bar:
            yield from bar

    with open_store(database) as store:
        report = import_all(store, sources, encoding=encoding, allow_private=allow_private, as_of=as_of, progress=shown)
    _tell(report)
    if report.rejected and strict:
        raise StrictError(f"{len(report.rejected)} rows were rejected", "correct them and import the file again")


def _tell(report: ImportReport) -> None:
    for outcome in report.outcomes:
        for warning in outcome.warnings:
            click.echo(f"Warning: {outcome.source}: {warning}", err=True)
        claims = options.counted(len(outcome.new) + outcome.unchanged, "claim")
        detail = f"{len(outcome.new)} new, {outcome.unchanged} unchanged, {len(outcome.gone)} gone"
        options.say(f"{outcome.source}: version {outcome.version} ({outcome.kind}), {claims} ({detail})")
        if outcome.kind == "updated":
            for sign, texts in (("+", outcome.new), ("-", outcome.gone)):
                for text in texts:
                    options.say(f"  {sign} {text}")
    for row in report.rejected:
        click.echo(options.tame(f"Rejected: {row.place}: {row.reason}: {' '.join(row.item.split())}"), err=True)
    kinds = ", ".join(f"{report.count(kind)} {kind}" for kind in ("new", "updated", "unchanged"))
    options.say(f"documents: {len(report.outcomes)} read = {kinds}")
    if report.rows_read:
        options.say(f"rows of ready claims: {report.rows_read} read = {report.rows_read - len(report.rejected)} taken + {len(report.rejected)} rejected")
