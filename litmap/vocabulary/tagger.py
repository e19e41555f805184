"""The door to tagging: one compiled vocabulary, tags for records and for claims."""

from __future__ import annotations

from collections.abc import Sequence

from litmap.cycles import no_search_for_cycles
from litmap.model import Claim, Document, Record, Tag, Unit
from litmap.vocabulary.context import ClaimTagger
from litmap.vocabulary.entries import Vocabulary
from litmap.vocabulary.matcher import Matcher
from litmap.vocabulary.records import RecordTagger
from litmap.vocabulary.roles import MAIN, Reader


class Tagger:
    """Tags claims and records. Compiling takes some tens of milliseconds; use one for many."""

    @no_search_for_cycles()
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        matcher = Matcher(vocabulary)
        families = {
            entry.slug: (vocabulary.ancestors("condition", entry.slug) or (entry.slug,))[-1]
            for entry in vocabulary.entries("condition")
        }
        defaults = {
            (facet, entry.slug): entry.default_role
            for facet in MAIN
            for entry in vocabulary.entries(facet)
            if entry.default_role
        }
        parents = {
            (facet, entry.slug): entry.parent for facet in MAIN for entry in vocabulary.entries(facet) if entry.parent
        }
        people = frozenset(cue.form for cue in vocabulary.cues if (cue.role, cue.where) == ("subject", "after"))
        lesser = frozenset(entry.slug for entry in vocabulary.entries("intervention") if not entry.on_map)
        reader = Reader(frozenset(vocabulary.heads), families, defaults, parents, lesser, people)
        self._records = RecordTagger(vocabulary, matcher, reader)
        self._claims = ClaimTagger(vocabulary, matcher, reader)

    def tag_record(self, record: Record) -> tuple[Tag, ...]:
        """Return the record's tags, unique by facet, slug and role, in the order of the vocabulary."""
        return self._records.tag(record)

    def tag_claims(self, document: Document, units: Sequence[Unit], claims: Sequence[Claim]) -> list[tuple[Tag, ...]]:
        """Return for each claim its tags, unique by facet, slug and role."""
        return self._claims.tag(document, units, claims)
