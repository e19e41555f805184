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
from typing import NamedTuple

from litmap.documents import decoding
from litmap.errors import DocumentError
from litmap.model import Block, Claim, Document, Tag, Unit

EXTRACTOR = "claims-csv/1"
FACETS = ("condition", "route", "intervention")
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
    for line, cells in _cells(text, name):
        row, reason = _row(line, cells, name, slugs)
        if reason:
            rejected.append(Rejected(line, row.claim or "(empty)", reason))
            continue
        by_source.setdefault(row.source, []).append(row)
    if not by_source and not rejected:
        raise DocumentError(f"{name} has no rows", HINT)
    sha256 = hashlib.sha256(data).hexdigest()
    documents = tuple(_document(source, rows, sha256, warnings) for source, rows in by_source.items())
    return GivenClaims(documents, tuple(rejected))


def _cells(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    head = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=head.count) if head.strip().lower() != "claim" else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = [(column or "").strip().lower() for column in reader.fieldnames or ()]
        if "claim" not in columns:
            found = ", ".join(column for column in columns if column)
            raise DocumentError(f"{name} has no column claim" + (f" (it has {found[:200]})" if found else ""), HINT)
        reader.fieldnames = columns
        for row in reader:
            cells = {
                key: value.strip() for key, value in row.items() if isinstance(key, str) and isinstance(value, str)
            }
            if any(cells.values()):
                yield reader.line_num, cells
    except csv.Error as error:
        raise DocumentError(f"{name}, line {reader.line_num}: not CSV that can be read ({error})", HINT) from error


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
    source: str, rows: list[_Row], sha256: str, warnings: tuple[str, ...]
) -> tuple[Document, tuple[Unit, ...], tuple[Claim, ...]]:
    from litmap import claims as judgement

    blocks: list[Block] = []
    at = 0
    for row in rows:
        blocks.append(Block("given", at, at + len(row.claim)))
        at += len(row.claim) + len(_GAP)
    text = _GAP.join(row.claim for row in rows)
    document = Document(source, text, tuple(blocks), "text/csv", sha256, EXTRACTOR, None, None, warnings)
    units = judgement.split(document)
    found = []
    for claim, row in zip(judgement.find(document, units), rows, strict=True):
        kind = row.claim_type or claim.claim_type
        cues = ("given",) if row.claim_type else claim.cues  # so that it can be told from a type found
        found.append(replace(claim, claim_type=kind, question=judgement.question_of(kind), cues=cues, given=row.tags))
    return document, units, tuple(found)
