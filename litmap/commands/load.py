"""litmap load."""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from litmap.commands import options

if TYPE_CHECKING:
    from litmap.ingest.records import LoadReport
    from litmap.ingest.references import ListReport
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
@click.option(
    "--retractions",
    type=click.Path(path_type=Path),
    help="A CSV list: Retraction Watch's columns, or pmid,notice,date.",
)
@options.common
def command(
    database: Path, files: tuple[Path, ...], retractions: Path | None, keep_partial: bool, strict: bool, source: str | None, searched_on: str | None,
    query: str | None, workers: int | None,
) -> None:  # fmt: skip
    """Load PubMed records from files.

    FILES are PubMed XML or MEDLINE (.nbib), plain or gzip, whatever their names. Each is loaded whole or not at
    all; a file loaded before is skipped, an equal record is not written, an older one never replaces a newer one.

    FILES may also be lists of references from Zotero, EndNote, Rayyan or Covidence: RIS, BibTeX or CSV. Their rows
    are matched to records by PMID, DOI, PMCID, or title and year; `litmap fetch` gets those that are not in the map.
    """
    if not files and retractions is None:
        raise click.UsageError("Give FILES to load, or --retractions.")
    from litmap.errors import StrictError
    from litmap.ingest import status
    from litmap.ingest.loading import Provenance
    from litmap.ingest.records import load_files
    from litmap.ingest.retractions import mark
    from litmap.store import open_store

    with open_store(database) as store, _Counter(options.progress_stream()) as counter:
        reports = load_files(
            store,
            files,
            keep_partial=keep_partial,
            provenance=Provenance(source, searched_on, query),
            workers=workers,
            progress=counter.add,
        )
        unknown = [] if all(report.known for report in reports) else status.unknown_types(store)
        marked = None if retractions is None else mark(store, retractions.read_bytes())
    rejected = sum(_tell(report, database) for report in reports)
    options.say_unknown(unknown)
    if marked and retractions:
        rejected += _tell_marked(marked, retractions.name)
    if rejected and strict:
        raise StrictError(f"{options.counted(rejected, 'item')} rejected", "they are listed above, and in the table load_rejects")


class _Counter:
    """Counts records on a terminal; how many there will be is not known, but how much of the files is."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._begun = time.monotonic()
        self._count = 0

    def __enter__(self) -> _Counter:
        return self

    def add(self, count: int, share: float) -> None:
        self._count += count
        seconds = max(0.001, time.monotonic() - self._begun)
        line = f"{self._count:,} records, {self._count / seconds:,.0f}/s"
        if share > 0:
            line += f", {options.left(seconds * (1 - share) / share)}"
        self._stream.write(f"\r\033[K{line}")
        self._stream.flush()

    def __exit__(self, *exc: object) -> None:
        if self._count:
            self._stream.write("\r\033[K")
            self._stream.flush()


def _tell(report: LoadReport | ListReport, database: Path) -> int:
    """Say what one file brought; return how many items were rejected."""
    from litmap.ingest.references import ListReport

    if report.known:
        options.say(f"{report.name}: loaded before, skipped")
        return 0
    if isinstance(report, ListReport):
        return _tell_list(report, database)
    for one in report.counts.rejected:
        click.echo(f"Rejected: {report.name} item {one.position}: {one.reason}: {one.item}", err=True)
    if report.broken:
        click.echo(f"Warning: {report.broken}; the records before the damage were kept", err=True)
    counts = report.counts
    options.say(
        f"{report.name}: {counts.read} read = {counts.new} new + {counts.updated} updated + {counts.unchanged} unchanged + {len(counts.rejected)} rejected"
    )
    return len(counts.rejected)


def _tell_list(report: ListReport, database: Path) -> int:
    """Name every row, those that need somebody's eyes also under -q."""
    for one in report.rejected:
        click.echo(f"Rejected: {report.name} item {one.position}: {one.reason}: {one.item}", err=True)
    for position, label, (status, pmid, reason) in report.rows:
        if status == "matched":
            options.say(f"Matched: {report.name} item {position}: PMID {pmid}, by {reason}: {label}")
        elif status == "to-fetch":
            options.say(f"To fetch: {report.name} item {position}: {reason}: {label}")
        else:
            click.echo(f"{status.capitalize()}: {report.name} item {position}: {reason}: {label}", err=True)
    matched, fetch, unmatched, ambiguous = map(report.count, ("matched", "to-fetch", "unmatched", "ambiguous"))
    options.say(
        f"{report.name}: {report.read} read = {matched} matched + {fetch} to fetch + {unmatched} unmatched + {ambiguous} ambiguous + {len(report.rejected)} rejected"
    )
    if fetch:
        options.say(f"Get the records to fetch: litmap fetch {database} --from-references")
    if unmatched:
        options.say(f"Ask PubMed for the unmatched: litmap fetch {database} --resolve")
    return len(report.rejected)


def _tell_marked(marked: Marked, name: str) -> int:
    for line, item, reason in marked.rejected:
        click.echo(f"Rejected: {name} line {line}: {reason}: {item}", err=True)
    for line, item, reason in marked.unread:
        click.echo(f"Warning: {name} line {line}: {reason}: {item}", err=True)
    options.say(
        f"{name}: {marked.read} read = {marked.new} marked + {marked.known} known + {marked.not_held} not in the map + {len(marked.rejected)} rejected"
    )
    if marked.filled:
        options.say(f"{options.counted(marked.filled, 'known mark')} got a date or notice that was empty.")
    if marked.not_held:
        options.say("What is not in the map is kept: a record that is loaded later gets marked.")
    return len(marked.rejected)
