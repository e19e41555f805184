"""litmap load."""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from litmap.commands import options

if TYPE_CHECKING:
    from litmap.ingest.records import LoadReport
    from litmap.ingest.retractions import Marked


@click.command("load")
@options.database
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--keep-partial", is_flag=True, help="Of a damaged file, keep the records before the damage.")
@click.option("--strict", is_flag=True, help="Exit 3 when a record was rejected.")
@click.option("--source", help="Where the records come from, e.g. the database searched.")
@click.option("--searched-on", metavar="DATE", help="The date of the search (YYYY-MM-DD).")
@click.option("--query", help="The search, as it was put.")
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes that read, with several files (default: the cores)."
)
@click.option("--retractions", type=click.Path(path_type=Path), help="A CSV list: Retraction Watch's columns, or pmid,notice,date.")
@options.common
def command(
    database: Path, files: tuple[Path, ...], retractions: Path | None, keep_partial: bool, strict: bool, source: str | None, searched_on: str | None,
    query: str | None, workers: int | None,
) -> None:  # fmt: skip
    """Load PubMed records from files.

    FILES are PubMed XML or MEDLINE (.nbib), plain or gzip, whatever their names. Each is loaded whole or not at
    all; a file loaded before is skipped, an equal record is not written, an older one never replaces a newer one.
    """
    if not files and retractions is None:
        raise click.UsageError("Give FILES to load, or --retractions.")
    from litmap.errors import StrictError
    from litmap.ingest.loading import Provenance
    from litmap.ingest.records import load
    from litmap.ingest.retractions import mark
    from litmap.store import open_store

    with open_store(database) as store, _Counter(options.progress_stream()) as counter:
        reports = load(
            store,
            files,
            keep_partial=keep_partial,
            provenance=Provenance(source, searched_on, query),
            workers=workers,
            progress=counter.add,
        )
        marked = None if retractions is None else mark(store, retractions.read_bytes())
    _tell(reports)
    rejected = sum(len(report.counts.rejected) for report in reports)
    if marked and retractions:
        rejected += _tell_marked(marked, retractions.name)
    if rejected and strict:
        raise StrictError(f"{rejected} items were rejected", "they are listed above, and in the table load_rejects")


class _Counter:
    """Counts records on a terminal; how many there will be is not known."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._begun = time.monotonic()
        self._count = 0

    def __enter__(self) -> _Counter:
        return self

    def add(self, count: int) -> None:
        self._count += count
        rate = self._count / max(0.001, time.monotonic() - self._begun)
        self._stream.write(f"\r{self._count:,} records, {rate:,.0f} a second")
        self._stream.flush()

    def __exit__(self, *exc: object) -> None:
        if self._count:
            self._stream.write("\r\033[K")


def _tell(reports: list[LoadReport]) -> None:
    for report in reports:
        if report.known:
            options.say(f"{report.name}: loaded before, skipped")
            continue
        for one in report.counts.rejected:
            click.echo(f"Rejected: {report.name} item {one.position}: {one.reason}: {one.item}", err=True)
        if report.broken:
            click.echo(f"Warning: {report.broken}; the records before the damage were kept", err=True)
        counts = report.counts
        options.say(
            f"{report.name}: {counts.read} read = {counts.new} new + {counts.updated} updated + {counts.unchanged} unchanged + {len(counts.rejected)} rejected"
        )


def _tell_marked(marked: Marked, name: str) -> int:
    for line, item, reason in marked.rejected:
        click.echo(f"Rejected: {name} line {line}: {reason}: {item}", err=True)
    options.say(
        f"{name}: {marked.read} read = {marked.new} marked + {marked.known} known + {marked.not_held} not in the map + {len(marked.rejected)} rejected"
    )
    return len(marked.rejected)
