"""What single records are about, read once and kept for the next claim: tags, the title's subject, signs of testing."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from litmap.linking.corpus import Corpus
from litmap.linking.facets import CENTRAL, FACETS, RawTags, Tags, Tree, pick, raw_tags, roles
from litmap.linking.signs import SignFinder, Signs
from litmap.linking.words import STOP_WORDS, words_of

KEPT = 20_000
BATCH = 400
NAME = 2  # a title's word that fewer records hold is a name (of a trial, a place) and no subject
TITLE = "title"
GIVEN = {"studied", "co-medication"}  # roles of treatments that a record is about


class Title(NamedTuple):
    """The terms of a title that name a subject."""

    terms: tuple[tuple[str, float], ...] = ()  # with what each is worth
    whole: float = 0.0  # their worth together


class Subject(NamedTuple):
    """What one record is about, as far as a question goes."""

    held: Tags  # all its tags that can answer the question
    central: Tags  # of these, the ones in title or indexing


@dataclass(slots=True)
class _Tagged:
    """One set of tags, which many records share."""

    raw: RawTags
    subjects: dict[str, Subject] = field(default_factory=dict)  # by question


@dataclass(slots=True)
class _Kept:
    tagged: _Tagged
    main: dict[str, Tags] = field(default_factory=dict)  # by question
    words: frozenset[str] | None = None  # the terms of its title; None until `learn`
    title: Title = field(default_factory=Title)
    signs: dict[int, float] = field(default_factory=dict)  # number of a sign -> how strong


class Subjects:
    """Reads and keeps what records are about."""

    def __init__(self, conn: sqlite3.Connection, corpus: Corpus, tree: Tree, signs: Signs) -> None:
        self._conn = conn
        self._corpus = corpus
        self._tree = tree
        self._signs = signs
        self._finder = SignFinder(signs)
        self._labels: dict[tuple[str, str], frozenset[str]] = {}
        self._kept: dict[int, _Kept] = {}
        self._tagged: dict[tuple[tuple[tuple[str, str, str], ...], ...], _Tagged] = {}

    def read(self, pmids: Sequence[int]) -> None:
        """Read the tags of these records, unless they are kept already."""
        missing = [pmid for pmid in pmids if pmid not in self._kept]
        if len(self._kept) + len(missing) > KEPT:
            self._kept.clear()
            self._tagged.clear()
            missing = list(pmids)
        for pmid, raw in raw_tags(self._conn, "record", missing).items():
            key = tuple(tuple(raw[facet]) for facet in FACETS)
            self._kept[pmid] = _Kept(self._tagged.setdefault(key, _Tagged(raw)))

    def of(self, pmid: int, question: str) -> Subject:
        """Return what a record that was read is about."""
        tagged = self._kept[pmid].tagged
        found = tagged.subjects.get(question)
        if found is None:
            answers = roles(question)[1]
            found = tagged.subjects[question] = Subject(pick(tagged.raw, answers), pick(tagged.raw, answers, CENTRAL))
        return found

    def learn(self, pmids: Sequence[int]) -> None:
        """Read tags, titles and signs of these records, unless they are kept already.

        What they say about a record is kept much longer than its text, so all signs are looked for at once.
        """
        self.read(pmids)
        missing = [pmid for pmid in pmids if self._kept[pmid].words is None]
        for start in range(0, len(missing), BATCH):
            for pmid, text in self._corpus.texts(missing[start : start + BATCH]).items():
                kept = self._kept[pmid]
                kept.words = frozenset(text.title)
                kept.title = self._title(text.title[: text.subject])
                kept.signs = self._finder.strengths(text)

    def main(self, pmid: int, question: str) -> Tags:
        """Return the conditions and treatments that a record's title names; when it names none, those of its indexing.

        Treatments that others are only compared with do not count.
        """
        kept = self._kept[pmid]
        if question not in kept.main:
            wanted = {**roles(question)[1], "intervention": GIVEN}
            slugs = {}
            for facet in ("condition", "intervention"):
                held = [(slug, origin) for slug, role, origin in kept.tagged.raw[facet] if role in wanted[facet]]
                named = {
                    slug
                    for slug, origin in held
                    if origin == TITLE or self._label(facet, slug) <= (kept.words or set())
                }
                slugs[facet] = named or {slug for slug, origin in held if origin in CENTRAL}
            kept.main[question] = Tags(frozenset(slugs["intervention"]), frozenset(slugs["condition"]))
        return kept.main[question]

    def title(self, pmid: int) -> Title:
        """Return what a record's title says of its subject."""
        return self._kept[pmid].title

    def signs(self, pmid: int) -> Mapping[int, float]:
        """Return how strongly (above 0, to 1) a record shows signs, by their numbers."""
        return self._kept[pmid].signs

    def _label(self, facet: str, slug: str) -> frozenset[str]:
        key = (facet, slug)
        if key not in self._labels:
            words = words_of(self._tree.label.get(key, slug))
            self._labels[key] = frozenset(self._corpus.stemmer.terms(words))
        return self._labels[key]

    def _title(self, subject: Sequence[str]) -> Title:
        # Left out are words of method ("randomized", "trial") and names, which hardly any other record holds.
        word = self._corpus.stemmer.word
        terms = [
            term
            for term in dict.fromkeys(subject)
            if len(term) > 1 and term not in self._signs.method and word.get(term, term) not in STOP_WORDS
        ]
        found = tuple((term, self._corpus.worth(term)) for term in terms if self._corpus.count(term) >= NAME)
        return Title(found, sum(worth for _, worth in found))
