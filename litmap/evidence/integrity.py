"""What a record's own types and relations say about its integrity, and what a notice says of the record it names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from litmap.evidence import tables
from litmap.model import IntegrityNote, Record
from litmap.resources import folder

KINDS = ("retracted", "partly-retracted", "concern", "corrected", "superseded", "notice")
FILE = "integrity.csv"


@cache
def told_by_relation() -> Mapping[str, str]:
    """What a notice says of the record it names, by the kind of its relation (NLM's RefType), as litmap's own table has it."""
    return Integrity(tables.read(folder("db") / "evidence", FILE)).by_relation


class Integrity:
    """The table integrity.csv: rows for the record itself (`own`) and for the record that it names (`related`)."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._types: dict[str, str] = {}
        self._own: dict[str, str] = {}
        self.by_relation: dict[str, str] = {}  # of the record that is named
        for row in tables.rows(texts, FILE, ("id", "when", "gives", "place", "sentence", "source")):
            kind, place = row.choice("gives", KINDS), row.choice("place", ("own", "related"))
            for term in row["when"].split(" | "):
                name, _, value = term.strip().partition(":")
                if name == "relation" and value:
                    (self._own if place == "own" else self.by_relation)[value] = kind
                elif name == "type" and value and place == "own":
                    self._types[value] = kind
                else:
                    row.fail(
                        f"{term.strip()!r} is not a condition of this table",
                        "write type:NAME or relation:KIND; a row of place related takes relations only",
                    )

    def own(self, record: Record, types: list[str]) -> tuple[IntegrityNote, ...]:
        """Notes on the record itself; `types` are its publication types by their present names."""
        if not record.relations and self._types.keys().isdisjoint(types):
            return ()
        notes: list[IntegrityNote] = []
        for relation in record.relations:
            kind = self._own.get(relation.kind)
            if kind:
                notes.append(IntegrityNote(kind, None if kind == "notice" else relation.related_pmid, "relation"))
        stated = {note.kind for note in notes}
        for name in types:
            kind = self._types.get(name)
            if kind and kind not in stated:
                notes.append(IntegrityNote(kind, None, "publication-type"))
        if not notes:
            return ()
        return tuple(sorted(set(notes), key=lambda note: (KINDS.index(note.kind), note.notice_pmid or 0, note.origin)))

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
