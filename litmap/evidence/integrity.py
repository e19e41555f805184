"""What a record's own types, relations and title say about its integrity, and what a notice says of the record it names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from litmap.evidence import tables
from litmap.evidence.openings import TOKENS as OPENINGS
from litmap.evidence.reading import Reading
from litmap.evidence.rules import RELATIONS, Grammar
from litmap.model import IntegrityNote, Record
from litmap.resources import folder

KINDS = ("retracted", "partly-retracted", "concern", "corrected", "superseded", "notice")
FILE = "integrity.csv"
NOTICE = "notice"  # a kind of integrity, and the design of such a record
_COLUMNS = ("id", "when", "gives", "place", "sentence", "source")
_OWN = ("type", "relation", "design", *OPENINGS)  # what a row of the record itself may ask for


@cache
def told_by_relation() -> Mapping[str, str]:
    """What a notice says of the record it names, by the kind of its relation (NLM's RefType), as litmap's own table has it."""
    return _told(tables.read(folder("db") / "evidence", FILE))


def _told(texts: Mapping[str, str]) -> dict[str, str]:
    """The rows of the place `related`. Raises RuleError."""
    found = {}
    for row in tables.rows(texts, FILE, _COLUMNS):
        kind = row.choice("gives", KINDS)
        if row.choice("place", ("own", "related")) == "related":
            for term in _terms(row, ("relation",)):
                relation = term.partition(":")[2]
                if relation not in RELATIONS:
                    row.fail(f"{term!r}: not a relation of NLM (RefType)")
                found[relation] = kind
    return found


def _terms(row: tables.Row, allowed: tuple[str, ...]) -> list[str]:
    terms = [term.strip() for term in row["when"].split(" | ")]
    for term in terms:
        name, _, value = term.partition(":")
        if name not in allowed or not value:
            row.fail(
                f"{term!r} is not a condition of this table",
                f"write {', '.join(f'{name}:...' for name in _OWN)}; a row of place related takes relations only",
            )
    return terms


class Integrity:
    """The table integrity.csv: rows for the record itself (`own`) and for the record that it names (`related`)."""

    def __init__(self, texts: Mapping[str, str], grammar: Grammar) -> None:
        self._by: dict[str, dict[str, str]] = {name: {} for name in _OWN}
        self._openings: list[tuple[int, str]] = []  # the bits of the words that titles begin or end with, in order
        self._speaking = 0  # the bits of all that rows for the record itself ask for
        self.by_relation = _told(texts)  # of the record that is named
        for row in tables.rows(texts, FILE, _COLUMNS):
            if row["place"] == "own":
                self._read_own(row, grammar)

    def _read_own(self, row: tables.Row, grammar: Grammar) -> None:
        _terms(row, _OWN)
        groups = grammar.condition(row).groups
        if len(groups) != 1:
            row.fail("not a list of alternatives", "join the conditions of this table by | only")
        openings = 0
        for token in groups[0][1]:
            name, _, value = token.partition(":")
            self._by[name][value] = row["gives"]
            bit = grammar.bits.bit(token)
            self._speaking |= bit
            if name in OPENINGS:
                openings |= bit
        self._openings.append((openings, row["gives"]))

    def own(self, reading: Reading) -> tuple[IntegrityNote, ...]:
        """Notes on the record itself, whose design was told before."""
        if not (reading.record.relations or reading.tokens & self._speaking):
            return ()  # nearly all records
        notes = self._indexed(reading.record, reading.types)
        if kind := self._written(reading, {note.kind for note in notes}):
            notes.append(IntegrityNote(kind, None, "title"))
        if not notes:
            return ()
        return tuple(sorted(set(notes), key=lambda note: (KINDS.index(note.kind), note.notice_pmid or 0, note.origin)))

    def _written(self, reading: Reading, indexed: set[str]) -> str | None:
        """What the title says (with the abstract, where the design rests on it), if nothing else makes the record retracted or a notice.

        A notice may begin with "Retracted:" too, so that its design comes first. A design that a person gave tells nothing here.
        """
        if indexed.intersection(("retracted", NOTICE)):
            return None
        design = reading.design
        if kind := self._by["design"].get(design.gives):
            return kind if design.basis == "text" else None
        return next((kind for openings, kind in self._openings if openings & reading.tokens), None)

    def _indexed(self, record: Record, types: list[str]) -> list[IntegrityNote]:
        """What relations say, and types (by their present names) beside them."""
        by_type, by_relation = self._by["type"], self._by["relation"]
        notes: list[IntegrityNote] = []
        for relation in record.relations:
            kind = by_relation.get(relation.kind)
            if kind:
                notes.append(IntegrityNote(kind, None if kind == NOTICE else relation.related_pmid, "relation"))
        stated = {note.kind for note in notes}
        for name in types:
            kind = by_type.get(name)
            if kind and kind not in stated:
                notes.append(IntegrityNote(kind, None, "publication-type"))
        return notes

    def told(self, record: Record) -> tuple[tuple[int, IntegrityNote], ...]:
        """(PMID, note) for each record that this one retracts, corrects, doubts or supersedes."""
        found = {
            (
                relation.related_pmid,
                IntegrityNote(
                    self.by_relation[relation.kind], record.pmid, "notice", record.pub_date or record.epub_date
                ),
            )
            for relation in record.relations
            if relation.related_pmid is not None and relation.kind in self.by_relation
        }
        return tuple(sorted(found, key=lambda pair: (pair[0], KINDS.index(pair[1].kind))))


def worst(notes: tuple[IntegrityNote, ...]) -> str | None:
    """The gravest kind among the notes: what a record is marked with where there is room for one word."""
    return min((note.kind for note in notes), key=KINDS.index, default=None)
