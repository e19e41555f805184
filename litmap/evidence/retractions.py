"""Read a list of retractions: Retraction Watch's columns, or pmid, notice, date (and kind).

Retraction Watch Data (Crossref, https://gitlab.com/crossref/retraction-watch-data) writes dates month first and 0
for a missing PMID; such a paper is known by its DOI. A date or notice that cannot be read never costs the mark.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain, zip_longest
from typing import NamedTuple, TypeAlias

from litmap.documents.decoding import marked
from litmap.errors import InputError
from litmap.model import IntegrityNote
from litmap.pubmed import identifiers

Paper: TypeAlias = int | str  # its PMID; its DOI in lower case where the list gives no PMID

_NATURES = {"retraction": "retracted", "expression of concern": "concern", "correction": "corrected"}
_KINDS = ("retracted", "partly-retracted", "concern", "corrected", "superseded")
_WATCH = ("OriginalPaperPubMedID", "RetractionPubMedID", "RetractionDate", "RetractionNature")
_PAPER, _NOTICE, _DATE, _NATURE = (name.casefold() for name in _WATCH)
_LONGEST = 1 << 24  # characters of one cell
_END = "\x1d"  # a last line of our own: where it is no row by itself, a quotation mark is open
_END_OF_LINE = re.compile(r"\r\n|\r|\n")


class RejectedRow(NamedTuple):
    """A row that marks no record, and why; or one of which a cell was left out."""

    line: int
    item: str
    reason: str


class Retractions(NamedTuple):
    """What a list says: (paper, note), by PMID and then by DOI, the rows that say nothing usable, and used rows with a cell that could not be read."""

    notes: tuple[tuple[Paper, IntegrityNote], ...]
    rejected: tuple[RejectedRow, ...]
    unread: tuple[RejectedRow, ...]


class _Refused(Exception):
    """Why a row, or a cell of it, cannot be used."""


_Make: TypeAlias = Callable[[dict[str, str], list[str]], tuple[Paper, IntegrityNote]]


def read(data: bytes) -> Retractions:
    """Read a CSV list. Raises InputError when it is no CSV with the columns of either form."""
    lines = list(io.StringIO(_text(data), newline=""))
    found: dict[tuple[Paper, IntegrityNote], None] = {}
    rejected: list[RejectedRow] = []
    unread: list[RejectedRow] = []
    before, separator = _preamble(lines)
    rows = _rows(lines, before, separator)
    columns = [name.strip().casefold() for name in next(rows, (0, []))[1]]
    make = _row_reader(columns)

    def is_row(line: str) -> bool:
        """Whether a line that stands within a quoted cell is a row by itself."""
        cells = next(csv.reader([line], delimiter=separator), [])
        try:
            make(_named(columns, cells), [])
        except _Refused:
            return False
        return len(cells) == len(columns)

    for line, row in rows:
        until = next((at for at in range(line, line + _ends(row)) if at < len(lines) and is_row(lines[at])), None)
        if until is not None:
            raise _no_csv(line, f"a quotation mark is not closed before line {until + 1}, which is a row of its own")
        cells, left_out = _named(columns, row), list[str]()
        try:
            marks = make(cells, left_out)
            if marks in found:
                raise _Refused("the same as an earlier row")
            found[marks] = None
            unread += [RejectedRow(line, _name(cells), why) for why in left_out]
        except _Refused as why:
            rejected.append(RejectedRow(line, _name(cells), str(why)))
    return Retractions(tuple(sorted(found, key=_order)), tuple(rejected), tuple(unread))


def _named(columns: list[str], row: list[str]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip_longest(columns, row[: len(columns)], fillvalue="")}


def _ends(row: list[str]) -> int:
    """How many ends of lines stand within the cells of a row."""
    return sum(len(_END_OF_LINE.findall(cell)) for cell in row)


def _rows(lines: list[str], before: int, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins. Raises InputError for a quotation mark that is never closed."""
    reader = csv.reader(chain(lines[before:], [_END]), delimiter=separator)
    while True:
        begins = before + reader.line_num + 1
        limit = csv.field_size_limit(_LONGEST)
        try:
            row = next(reader, [_END])
        except csv.Error as error:
            raise _no_csv(begins, str(error)) from error
        finally:
            csv.field_size_limit(limit)
        if row == [_END]:
            return
        if row and row[-1].endswith(_END):
            raise _no_csv(begins, "a quotation mark is not closed")
        if row:
            yield begins, row


def _no_csv(line: int, why: str) -> InputError:
    return InputError(f"the list of retractions cannot be read: line {line}: {why}", "give a CSV file")


def _text(data: bytes) -> str:
    """As its byte order mark says, else UTF-8, else as Retraction Watch's older exports are."""
    encoding = marked(data) or "utf-8"
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            return data.removeprefix(codecs.BOM_UTF8).decode("cp1252", errors="replace")
        raise InputError(
            f"the list of retractions cannot be read as {encoding}: byte {error.start} does not fit", "save it as UTF-8"
        ) from error


def _preamble(lines: list[str]) -> tuple[int, str]:
    """How many lines stand before the header, and what stands between cells: commas, semicolons or tabs."""
    before = _blank(lines, 0)
    if before < len(lines) and lines[before].strip().casefold().startswith("sep="):  # Excel's
        before = _blank(lines, before + 1)
    head = lines[before] if before < len(lines) else ""
    return before, max(",;\t", key=head.count)


def _blank(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _order(marked: tuple[Paper, IntegrityNote]) -> tuple[bool, Paper, str, int, str]:
    paper, note = marked
    return isinstance(paper, str), paper, note.kind, note.notice_pmid or 0, note.date or ""


def _row_reader(columns: list[str]) -> _Make:
    if _PAPER in columns:
        missing = [name for name in _WATCH if name.casefold() not in columns]
        if missing:
            raise InputError(
                f"the list of retractions has no column {missing[0]}",
                "give Retraction Watch's file with all its columns",
            )
        return _watch_row
    if "pmid" in columns:
        return _plain_row
    raise InputError(
        "the list of retractions has neither a column OriginalPaperPubMedID nor pmid",
        "give Retraction Watch's file, or pmid,notice,date",
    )


def _watch_row(cells: dict[str, str], left_out: list[str]) -> tuple[Paper, IntegrityNote]:
    nature = cells[_NATURE].lower()
    if nature not in _NATURES:
        raise _Refused(f"nature {cells[_NATURE] or '(empty)'} marks no record")
    paper = _paper(cells[_PAPER], cells.get("originalpaperdoi", ""))
    return paper, _note(_NATURES[nature], cells[_NOTICE], cells[_DATE], left_out)


def _plain_row(cells: dict[str, str], left_out: list[str]) -> tuple[Paper, IntegrityNote]:
    kind = cells.get("kind", "").lower() or "retracted"
    if kind not in _KINDS:
        raise _Refused(f"kind is {cells['kind']!r}, not one of {', '.join(_KINDS)}")
    paper = _paper(cells["pmid"], cells.get("doi", ""))
    return paper, _note(kind, cells.get("notice", ""), cells.get("date", ""), left_out)


def _note(kind: str, notice: str, when: str, left_out: list[str]) -> IntegrityNote:
    """The note. What cannot be read of it is left out, and named in `left_out`."""
    number = day = None
    try:
        number = _notice(notice)
    except _Refused:
        left_out.append(f"unreadable notice {notice!r}, left out: it is not a PMID")
    try:
        day = _date(when)
    except _Refused as why:
        left_out.append(f"unreadable date {when!r}, left out: {why}")
    return IntegrityNote(kind, number, "retraction-list", day)


def _paper(pmid: str, doi: str) -> Paper:
    if not _missing(pmid):
        return _pmid(pmid)
    named = identifiers.doi(doi)  # Retraction Watch writes "unavailable" where there is none
    if named is None:
        raise _Refused("neither a PMID nor a DOI")
    return named.lower()


def _missing(pmid: str) -> bool:
    return pmid.removesuffix(".0") in ("", "0")


def _pmid(cell: str) -> int:
    number = cell.removesuffix(".0")
    if not re.fullmatch(r"[1-9]\d{0,8}", number, re.ASCII):
        raise _Refused(f"{cell!r} is not a PMID")
    return int(number)


def _notice(cell: str) -> int | None:
    return None if _missing(cell) else _pmid(cell)


def _date(cell: str) -> str | None:
    """ISO 8601, of the precision given. A day that no calendar has is refused."""
    if not cell:
        return None
    iso = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", cell, re.ASCII)
    american = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s.*)?", cell, re.ASCII)
    if not iso and not american:
        raise _Refused("write YYYY-MM-DD, or MM/DD/YYYY")
    year, month, day = iso.groups() if iso else (american[3], american[1], american[2])  # type: ignore[index]
    try:
        full = date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        raise _Refused("no calendar has it (write YYYY-MM-DD, or MM/DD/YYYY)") from None
    return full[: len(cell)] if iso else full


def _name(cells: dict[str, str]) -> str:
    return next(
        (
            cells[key]
            for key in ("pmid", _PAPER, "title", "record id")
            if cells.get(key, "0") not in ("", "0")
        ),
        "",
    )[:80]
