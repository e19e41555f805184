"""How fast the office formats are beside a bare writer, and whether memory stays flat for the formats that stream.

    python benchmarks/exports.py [ROWS]

Prints CPU seconds and ratios for xlsx and docx (20,000 rows by default), and the peak of Python's memory while csv,
jsonl and ris are written with ROWS and with four times as many rows.
"""

from __future__ import annotations

import io
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator

import docx as python_docx
from openpyxl import Workbook

from litmap.model import Record
from litmap.tables import citations, delimited, docx, xlsx
from litmap.tables.provenance import Provenance
from litmap.tables.table import Column, Table

COLUMNS = tuple(
    Column(f"c{at}", f"Column {at}", "a column", "integer" if at % 4 == 3 else "text", 20) for at in range(8)
)
TOLD = Provenance("0" * 64, {"litmap": "bench"}, ())


def rows(count: int) -> Iterator[tuple[object, ...]]:
    """Rows of text and numbers."""
    for number in range(count):
        yield tuple(number if column.kind == "integer" else f"some words in row {number}" for column in COLUMNS)


def table(count: int) -> Table:
    """A table that reads its references one by one."""

    def records(pmids: Iterable[int]) -> Iterator[tuple[Record, str]]:
        return ((Record(pmid=pmid, title=f"Title {pmid}", abstract="word " * 200), "") for pmid in pmids)

    return Table("bench", "Bench", "", COLUMNS, rows(count), records=records)


def pmids(count: int) -> Table:
    """A table of PMIDs alone."""
    made = table(count)
    return Table(
        "bench",
        "Bench",
        "",
        (Column("pmid", "PMID", "", "pmid"),),
        ((str(n + 1),) for n in range(count)),
        records=made.records,
    )


def bare_xlsx(count: int) -> None:
    """The same cells by openpyxl alone."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows(count):
        sheet.append(row)
    book.save(io.BytesIO())


def bare_docx(count: int) -> None:
    """The same cells by python-docx alone, its quickest documented way: the table made at once, cells by one list."""
    doc = python_docx.Document()
    made = doc.add_table(rows=count, cols=len(COLUMNS))
    cells = made._cells
    for at, row in enumerate(rows(count)):
        for place, value in enumerate(row):
            cells[at * len(COLUMNS) + place].text = str(value)
    doc.save(io.BytesIO())


def seconds(action: Callable[[], object]) -> float:
    """CPU seconds of the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        action()
        best = min(best, time.process_time() - start)
    return best


class Nowhere(io.BytesIO):
    """Takes bytes and keeps none."""

    def write(self, _data: object) -> int:
        return 0


def peak(action: Callable[[], object]) -> float:
    """Peak of Python's memory, in megabytes."""
    tracemalloc.start()
    action()
    top = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return top / 1e6


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    for name, ours, bare in (("xlsx", xlsx.write, bare_xlsx), ("docx", docx.write, bare_docx)):
        mine, theirs = (
            seconds(lambda ours=ours: ours(table(count), TOLD, io.BytesIO())),
            seconds(lambda bare=bare: bare(count)),
        )
        print(f"{name}  {count:,} rows: {mine:.2f} s, bare writer {theirs:.2f} s, ratio {mine / theirs:.2f}")
    for name, write, make in (
        ("csv", delimited.write_csv, table),
        ("jsonl", delimited.write_jsonl, table),
        ("ris", citations.write_ris, pmids),
    ):
        few, many = (
            peak(lambda n=n, write=write, make=make: write(make(n), TOLD, Nowhere())) for n in (count, 4 * count)
        )
        print(f"{name:5} peak {few:.2f} MB with {count:,} rows, {many:.2f} MB with {4 * count:,}")


if __name__ == "__main__":
    main()
