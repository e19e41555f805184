"""What single records are about, read once and kept for the next claim: tags, the title's subject, signs of testing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from litmap.linking.corpus import Corpus, Text
from litmap.linking.facets import CENTRAL, FACETS, RawTags, Tags, pick, raw_tags, roles
from litmap.linking.signs import Signs
from litmap.linking.words import STOP_WORDS

KEPT = 20_000
NAME = 3  # a title's word that fewer records hold is a name (of a trial, a place) and no subject
TITLE = ("title",)
NO_TAGS: RawTags = {facet: [] for facet in FACETS}


@dataclass(frozen=True, slots=True)
class Subject:
    """What one record is about, as far as a question goes."""

    held: Tags  # all its tags that can answer the question
    central: Tags  # of these, the ones in title or indexing
    main: frozenset[str]  # conditions of the title; when it names none, those of the indexing


@dataclass(slots=True)
class _Kept:
    raw: RawTags
    subjects: dict[str, Subject] = field(default_factory=dict)  # by question
    title: tuple[tuple[str, float], ...] | None = None
    signs: dict[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)  # by question


class Subjects:
    """Reads and keeps what records are about."""

    def __init__(self, conn: sqlite3.Connection, corpus: Corpus, signs: Signs) -> None:
        self._conn = conn
        self._corpus = corpus
        self._signs = signs
        self._kept: dict[int, _Kept] = {}

    def read(self, pmids: Sequence[int]) -> None:
        """Read the tags of these records, unless they are kept already."""
        missing = [pmid for pmid in pmids if pmid not in self._kept]
        if len(self._kept) + len(missing) > KEPT:
            self._kept.clear()
            missing = list(pmids)
        for pmid, raw in raw_tags(self._conn, "record", missing).items():
            self._kept[pmid] = _Kept(raw if any(raw.values()) else NO_TAGS)

    def of(self, pmid: int, question: str) -> Subject:
        """Return what a record that was read is about."""
        kept = self._kept[pmid]
        found = kept.subjects.get(question)
        if found is None:
            answers = roles(question)[1]
            central = pick(kept.raw, answers, CENTRAL)
            main = pick(kept.raw, answers, TITLE).condition or central.condition
            found = kept.subjects[question] = Subject(pick(kept.raw, answers), central, main)
        return found

    def title(self, pmid: int, text: Text) -> tuple[tuple[str, float], ...]:
        """Return the terms of a title that name a subject, and what each is worth.

        Left out are words of method ("randomized", "trial") and names, which hardly any other record holds.
        """
        kept = self._kept[pmid]
        if kept.title is None:
            word = self._corpus.stemmer.word
            terms = [
                term
                for term in dict.fromkeys(text.title)
                if len(term) > 1 and term not in self._signs.method and word.get(term, term) not in STOP_WORDS
            ]
            kept.title = tuple((term, self._corpus.worth(term)) for term in terms if self._corpus.count(term) >= NAME)
        return kept.title

    def signs(self, pmid: int, text: Text, question: str) -> tuple[tuple[str, float], ...]:
        """Return the signs that a record put such a question to the test, and how strong each is (0 to 1)."""
        kept = self._kept[pmid]
        if question not in kept.signs:
            kept.signs[question] = tuple((sign.name, sign.strength(text)) for sign in self._signs.of.get(question, ()))
        return kept.signs[question]
