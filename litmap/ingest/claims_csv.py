"""A CSV of ready claims: columns claim, and if wanted source, condition, route, intervention, claim_type, and others that are ignored.

Claims are taken verbatim and never filtered. One document is made for each distinct source: its text is the claims joined
by blank lines. Several slugs in a cell are separated by ";". A row with an unknown slug or type is rejected by name.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import NamedTuple

from litmap import claims as judgement
from litmap.documents import decoding
from litmap.errors import DocumentError
from litmap.model import Block, Claim, Document, Tag, Unit

EXTRACTOR = "claims-csv/1"
FACETS = ("condition", "route", "intervention")
_COLUMNS = ("claim", "source", "claim_type", *FACETS)
_ROLES = {"condition": "indication", "route": "studied", "intervention": "studied"}
_GAP = "\n\n"
_LONGEST_CELL = 1_000_000
HINT = "give a CSV with a header row and a column named claim"


class Rejected(NamedTuple):
    """A row that was not taken: its line in the file, its claim, and why."""

    line: int
    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class GivenClaims:
    """What a CSV of claims holds."""

    documents: tuple[tuple[Document, tuple[Unit, ...], tuple[Claim, ...]], ...]
    rejected: tuple[Rejected, ...] = ()


class _Cells(NamedTuple):
    line: int  # the first, where a cell holds several
    cells: dict[str, str]
    beyond: str  # what is wrong with the number of cells


class _Row(NamedTuple):
    line: int
    claim: str
    source: str
    claim_type: str
    tags: tuple[Tag, ...]


def read(data: bytes, name: str, slugs: Mapping[str, Collection[str]], *, encoding: str | None = None) -> GivenClaims:
    """Read a CSV of claims. `slugs` holds the slugs allowed for each facet (condition, route, intervention).

    Raises DocumentError for a file without the column, without rows, or not readable as CSV.
    """
    text, _, warnings = decoding.decode(data, name, encoding=encoding)
    rejected: list[Rejected] = []
    by_source: dict[str, list[_Row]] = {}
    for line, cells, beyond in _cells(text, name):
        row, reason = _row(line, cells, name, slugs)
        reason = beyond or reason
        if reason:
            rejected.append(Rejected(line, row.claim or "(empty)", reason))
            continue
        by_source.setdefault(row.source, []).append(row)
    if not by_source and not rejected:
        raise DocumentError(f"{name} has no rows", HINT)
    sha256 = hashlib.sha256(data).hexdigest()
    documents = tuple(_document(source, PurePath(name).name, rows, sha256, warnings) for source, rows in by_source.items())
    return GivenClaims(documents, tuple(rejected))


def _cells(text: str, name: str) -> Iterator[_Cells]:
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    head = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=head.count) if head.strip().lower() != "claim" else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    began = 1
    try:
        columns = _columns(next(reader, []), name)
        began = reader.line_num + 1
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield _Cells(began, dict(zip(columns, cells, strict=False)), _beyond(cells, columns, delimiter))
            began = reader.line_num + 1
    except csv.Error as error:
        why = (
            "a quotation mark is never closed"
            if "unexpected end" in str(error)
            else f"not CSV that can be read ({error})"
        )
        raise DocumentError(f"{name}, line {began}: {why}", HINT) from error


def _columns(header: list[str], name: str) -> list[str]:
    columns = [column.strip().lower() for column in header]
    if "claim" not in columns:
        found = ", ".join(column for column in columns if column)
        raise DocumentError(f"{name} has no column claim" + (f" (it has {found[:200]})" if found else ""), HINT)
    for column in _COLUMNS:
        if columns.count(column) > 1:
            raise DocumentError(
                f"{name} has {columns.count(column)} columns named {column}", "keep the one that is meant"
            )
    return columns


def _beyond(cells: list[str], columns: list[str], delimiter: str) -> str:
    """Say that a row has more cells than the header: as a rule, an unquoted claim with a comma, which is no longer whole."""
    if not any(cells[len(columns) :]):
        return ""
    sign = {",": "comma", ";": "semicolon", "\t": "tab"}[delimiter]
    return f"{len(cells)} cells, but {len(columns)} columns (a cell with a {sign} in it needs quotation marks)"


def _row(line: int, cells: Mapping[str, str], name: str, slugs: Mapping[str, Collection[str]]) -> tuple[_Row, str]:
    """Return the row and why it is rejected (or nothing)."""
    from litmap.claims.kinds import QUESTIONS

    tags: list[Tag] = []
    reason = ""
    for facet in FACETS:
        for slug in dict.fromkeys(part.strip().lower() for part in cells.get(facet, "").split(";")):
            if slug and slug not in slugs.get(facet, ()):
                reason = reason or f"{slug} is not a {facet} of this map"
            elif slug:
                tags.append(Tag(facet, slug, _ROLES[facet], "given", slug))
    claim_type = cells.get("claim_type", "").lower()
    if claim_type and claim_type not in QUESTIONS:
        reason = reason or f"{claim_type} is not a claim type (one of {', '.join(sorted(QUESTIONS))})"
    if not cells.get("claim"):
        reason = "the claim is empty"
    return _Row(line, cells.get("claim", ""), cells.get("source") or name, claim_type, tuple(tags)), reason


def _document(
    source: str, title: str, rows: list[_Row], sha256: str, warnings: tuple[str, ...]
) -> tuple[Document, tuple[Unit, ...], tuple[Claim, ...]]:
    blocks: list[Block] = []
    at = 0
    for row in rows:
        blocks.append(Block("given", at, at + len(row.claim)))
        at += len(row.claim) + len(_GAP)
    text = _GAP.join(row.claim for row in rows)
    document = Document(source, text, tuple(blocks), "text/csv", sha256, EXTRACTOR, title, None, warnings)
    units = judgement.split(document)
    found = []
    for claim, row in zip(judgement.find(document, units), rows, strict=True):
        kind = row.claim_type or claim.claim_type
        cues = ("given",) if row.claim_type else claim.cues  # so that it can be told from a type found
        found.append(replace(claim, claim_type=kind, question=judgement.question_of(kind), cues=cues, given=row.tags))
    return document, units, tuple(found)
