"""Read a list of retractions: Retraction Watch's columns, or pmid, notice, date (and kind).

Retraction Watch Data (Crossref, https://gitlab.com/crossref/retraction-watch-data) writes dates month first and 0
for a missing PMID; such a paper is known by its DOI.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from litmap.errors import InputError
from litmap.model import IntegrityNote
from litmap.pubmed import identifiers

Paper: TypeAlias = int | str  # its PMID; its DOI in lower case where the list gives no PMID

_NATURES = {"retraction": "retracted", "expression of concern": "concern", "correction": "corrected"}
_KINDS = ("retracted", "partly-retracted", "concern", "corrected", "superseded")
_WATCH = ("OriginalPaperPubMedID", "RetractionPubMedID", "RetractionDate", "RetractionNature")


class RejectedRow(NamedTuple):
    """A row that marks no record, and why."""

    line: int
    item: str
    reason: str


class Retractions(NamedTuple):
    """What a list says: (paper, note), by PMID and then by DOI, and the rows that say nothing usable."""

    notes: tuple[tuple[Paper, IntegrityNote], ...]
    rejected: tuple[RejectedRow, ...]


class _Refused(Exception):
    """Why a row cannot be used."""


def read(data: bytes) -> Retractions:
    """Read a CSV list. Raises InputError when it is no CSV with the columns of either form."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # Retraction Watch's older exports
    table = csv.DictReader(io.StringIO(text, newline=""))
    try:
        columns = [(name or "").strip() for name in table.fieldnames or ()]
        make = _row_reader(columns)
        found: dict[tuple[Paper, IntegrityNote], None] = {}
        rejected = []
        for row in table:
            cells = {
                (name or "").strip(): (value or "").strip() for name, value in row.items() if isinstance(value, str)
            }
            try:
                marked = make(cells)
                if marked in found:
                    raise _Refused("the same as an earlier row")
                found[marked] = None
            except _Refused as why:
                rejected.append(RejectedRow(table.line_num, _name(cells), str(why)))
    except csv.Error as error:
        raise InputError(
            f"the list of retractions cannot be read: line {table.line_num}: {error}", "give a CSV file"
        ) from error
    return Retractions(tuple(sorted(found, key=_order)), tuple(rejected))


def _order(marked: tuple[Paper, IntegrityNote]) -> tuple[bool, Paper, str, int, str]:
    paper, note = marked
    return isinstance(paper, str), paper, note.kind, note.notice_pmid or 0, note.date or ""


def _row_reader(columns: list[str]) -> Callable[[dict[str, str]], tuple[Paper, IntegrityNote]]:
    if _WATCH[0] in columns:
        missing = [name for name in _WATCH if name not in columns]
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


def _watch_row(cells: dict[str, str]) -> tuple[Paper, IntegrityNote]:
    nature = cells["RetractionNature"].lower()
    if nature not in _NATURES:
        raise _Refused(f"nature {cells['RetractionNature'] or '(empty)'} marks no record")
    return _paper(cells[_WATCH[0]], cells.get("OriginalPaperDOI", "")), IntegrityNote(
        _NATURES[nature], _notice(cells[_WATCH[1]]), "retraction-list", _date(cells[_WATCH[2]])
    )


def _plain_row(cells: dict[str, str]) -> tuple[Paper, IntegrityNote]:
    kind = cells.get("kind") or "retracted"
    if kind not in _KINDS:
        raise _Refused(f"kind is {kind!r}, not one of {', '.join(_KINDS)}")
    return _paper(cells["pmid"], cells.get("doi", "")), IntegrityNote(
        kind, _notice(cells.get("notice", "")), "retraction-list", _date(cells.get("date", ""))
    )


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
    """ISO 8601, of the precision given."""
    if not cell:
        return None
    if re.fullmatch(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", cell, re.ASCII):
        return cell
    american = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s.*)?", cell, re.ASCII)
    if american and 1 <= int(american[1]) <= 12 and 1 <= int(american[2]) <= 31:
        return f"{american[3]}-{int(american[1]):02}-{int(american[2]):02}"
    raise _Refused(f"{cell!r} is not a date (YYYY-MM-DD, or MM/DD/YYYY)")


def _name(cells: dict[str, str]) -> str:
    return next(
        (
            cells[key]
            for key in ("pmid", "OriginalPaperPubMedID", "Title", "Record ID")
            if cells.get(key, "0") not in ("", "0")
        ),
        "",
    )[:80]
