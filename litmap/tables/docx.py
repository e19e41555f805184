"""Word: a landscape document with the table, its notes, the map, numbered references and provenance."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

from litmap.tables import png, svg, word
from litmap.tables.cited import Cited, runs
from litmap.tables.files import dated
from litmap.tables.provenance import Provenance, stamp
from litmap.tables.table import Column, Row, Table, groups

LEVELS = ("found", "level", "highest_level")  # columns to which the first note is a footnote
ABBREVIATIONS = "Abbreviations: OCEBM, Oxford Centre for Evidence-Based Medicine; PMID, PubMed identifier; DOI, digital object identifier."


def write(table: Table, provenance: Provenance, out: BinaryIO) -> int:
    """Write the document; return the number of rows."""
    doc = word.document(table.title, provenance)
    cited = Cited(table)
    doc.add_heading(word.clean(table.title), 1)
    doc.add_paragraph(word.clean(table.description))
    count = 0
    for number, (name, rows) in enumerate(groups(table), 1):
        if name is not None:
            doc.add_heading(word.clean(name or "(none)"), 2)
        count += add_table(doc, table.columns, rows, number, name or table.title, cited, bool(table.notes))
    finish(doc, table, cited, provenance)
    save(doc, out)
    return count


def save(doc: Any, out: BinaryIO) -> None:
    """Write the file, the same bytes for the same content and time."""
    packed = BytesIO()
    doc.save(packed)
    out.write(dated(bytearray(packed.getvalue()), stamp()))


def add_table(
    doc: Any, columns: tuple[Column, ...], rows: list[Row], number: int, title: str, cited: Cited, noted: bool
) -> int:
    """Add one table with its caption."""
    word.caption(doc, "Table", number, title)
    marks = {column.name: "a" for column in columns if column.name in LEVELS} if noted else {}
    filled = ([_runs(column, value, cited) for column, value in zip(columns, row, strict=True)] for row in rows)
    return word.grid(doc, columns, filled, word.layout_of(columns, rows), title, marks)


def finish(doc: Any, table: Table, cited: Cited, provenance: Provenance) -> None:
    """Add notes, map, references and provenance."""
    for at, note in enumerate(table.notes):
        paragraph = doc.add_paragraph()
        if at == 0 and any(column.name in LEVELS for column in table.columns):
            paragraph.add_run("a ").font.superscript = True
        paragraph.add_run(word.clean(note))
    doc.add_paragraph(ABBREVIATIONS)
    if table.picture:
        add_map(doc, table.picture())
    if cited.numbers:
        doc.add_heading("References", 2)
        word.references(doc, cited.references())
    doc.add_heading("Where this comes from", 2)
    for label, value in provenance.rows():
        paragraph = doc.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(word.clean(value))


def add_map(doc: Any, gapmap: Any) -> None:
    """Add the map on a page of its own."""
    title = f"Evidence map: {gapmap.down} by {gapmap.across}. Levels: highest study design found, not appraised. {gapmap.scheme_text(svg.HARM_MARK)}"
    word.picture(doc, *png.render(gapmap), 1, title, png.alt(gapmap))


def _runs(column: Column, value: Any, cited: Cited) -> list[word.Run]:
    if column.kind != "pmids":
        return [(str(value), "")] if value not in (None, "") else []
    return list(_citations(cited.of(value)))


def _citations(numbers: list[int]) -> Iterator[word.Run]:
    for at, (first, last) in enumerate(runs(numbers)):
        yield "[" if not at else ", ", ""
        yield str(first), f"ref{first}"
        if first != last:
            yield "–", ""
            yield str(last), f"ref{last}"
    if numbers:
        yield "]", ""
