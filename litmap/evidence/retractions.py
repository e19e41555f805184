"""Read a list of retractions: Retraction Watch's columns, or pmid, notice, date (and kind).

Retraction Watch Data (Crossref, https://gitlab.com/crossref/retraction-watch-data) writes dates month first and 0
for a missing PMID; such a paper is known by its DOI. A date or notice that cannot be read never costs the mark.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable
from datetime import date
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
    table, before = _table(_text(data))
    found: dict[tuple[Paper, IntegrityNote], None] = {}
    rejected: list[RejectedRow] = []
    unread: list[RejectedRow] = []
    try:
        columns = table.fieldnames = [(name or "").strip().casefold() for name in table.fieldnames or ()]
        make = _row_reader(columns)
        for row in table:
            line, cells = table.line_num + before, {name: (row[name] or "").strip() for name in columns}
            left_out: list[str] = []
            try:
                marks = make(cells, left_out)
                if marks in found:
                    raise _Refused("the same as an earlier row")
                found[marks] = None
                unread += [RejectedRow(line, _name(cells), why) for why in left_out]
            except _Refused as why:
                rejected.append(RejectedRow(line, _name(cells), str(why)))
    except csv.Error as error:
        raise InputError(
            f"the list of retractions cannot be read: line {table.line_num + before}: {error}", "give a CSV file"
        ) from error
    return Retractions(tuple(sorted(found, key=_order)), tuple(rejected), tuple(unread))


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


def _table(text: str) -> tuple[csv.DictReader[str], int]:
    """The rows, between whose cells are commas, semicolons or tabs, and how many lines stand before the header."""
    first, _, rest = text.partition("\n")
    excel = first.strip().casefold().startswith("sep=")  # Excel's
    head = rest.partition("\n")[0] if excel else first
    body = io.StringIO(rest if excel else text, newline="")
    return csv.DictReader(body, delimiter=max(",;\t", key=head.count)), int(excel)


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
