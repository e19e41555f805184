"""The records as the ranker sees them: how many, how common each word, and the words of single records."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from litmap.linking.words import WORD, Stemmer

FIELDS = ("title", "abstract", "terms")
SAMPLED_LENGTHS = 5_000
KEPT_TEXTS = 6_000
BATCH = 400
RECURS = 2.0  # how often a term stands in a record that holds it, on average
PRIOR = 3  # records' worth of that average, for terms that few records hold
RECURRENCE = 0.6


@dataclass(frozen=True, slots=True)
class Balance:
    """How BM25F weighs the fields (Robertson, Zaragoza 2009): weights and length normalisation b."""

    weights: tuple[float, float, float] = (3.0, 1.0, 1.0)
    b: tuple[float, float, float] = (0.3, 0.75, 0.5)


BALANCE = Balance()


@dataclass(frozen=True, slots=True)
class Text:
    """The terms of one record, in order, and how often each field holds them."""

    title: list[str]
    body: list[str]
    counts: tuple[Counter[str], ...]  # by field
    shares: tuple[float, ...]  # what one occurrence is worth, by field: its weight and its length (BM25F)
    _pairs: set[tuple[str, str]] = field(default_factory=set)

    def holds(self, term: str) -> bool:
        """Whether any field holds the term."""
        return any(term in counts for counts in self.counts)

    def amount(self, term: str) -> float:
        """Return how much of the term there is, over all fields."""
        one, two, three = self.counts
        return (
            one.get(term, 0) * self.shares[0] + two.get(term, 0) * self.shares[1] + three.get(term, 0) * self.shares[2]
        )

    def amounts(self) -> dict[str, float]:
        """Return how much of each term there is."""
        return {term: self.amount(term) for term in {term: None for counts in self.counts for term in counts}}

    def places(self, terms: Iterable[str]) -> list[tuple[int, str]]:
        """Return (position, term) of these terms in title and abstract, in order; the title stands apart."""
        wanted = {term for term in terms if self.holds(term)}
        far = len(self.title) + 1_000
        found = [(i, term) for i, term in enumerate(self.title) if term in wanted]
        found += [(i + far, term) for i, term in enumerate(self.body) if term in wanted]
        return found

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """The pairs of neighbouring terms."""
        if not self._pairs:
            self._pairs.update(pairwise(self.title))
            self._pairs.update(pairwise(self.body))
        return self._pairs


class Corpus:
    """Counts and texts of the records, read when asked for and kept for the next claim."""

    def __init__(self, conn: sqlite3.Connection, balance: Balance = BALANCE) -> None:
        self.conn = conn
        self.stemmer = Stemmer(conn)
        self.balance = balance
        self.size = int(conn.execute("select count(*) from records").fetchone()[0])
        self._averages = self._average_lengths()
        self._counts: dict[str, tuple[int, int]] = {}
        self._texts: dict[int, Text] = {}

    def _average_lengths(self) -> tuple[float, ...]:
        step = max(1, self.size // SAMPLED_LENGTHS)
        sample = [
            tuple(len(WORD.findall(row[name])) for name in FIELDS)
            for row in self.conn.execute(
                "select title, abstract, terms from record_search where pmid in "
                "(select pmid from (select pmid, row_number() over (order by pmid) as n from records) where n % ? = 0)",
                (step,),
            )
        ]
        return tuple(max(1.0, sum(column) / max(1, len(sample))) for column in zip(*sample, strict=True)) or (1.0,) * 3

    def _count(self, term: str) -> tuple[int, int]:
        if term not in self._counts:
            row = self.conn.execute("select doc, cnt from records_vocab where term = ?", (term,)).fetchone()
            self._counts[term] = (int(row[0]), int(row[1])) if row else (0, 0)
        return self._counts[term]

    def count(self, term: str) -> int:
        """Return how many records hold this term."""
        return self._count(term)[0]

    def worth(self, *forms: str) -> float:
        """Return what it says about a record that it holds a term (in any of these forms).

        The term's inverse document frequency (BM25's, never negative), raised or lowered by how often it
        recurs in the records that hold it: words of substance recur, words like "due" or "lack" do not (Kwok 1996).
        """
        counts = [self._count(form) for form in forms]
        n = max(doc for doc, _ in counts)
        recurs = (sum(times for _, times in counts) + PRIOR * RECURS) / (sum(doc for doc, _ in counts) + PRIOR)
        return math.log(1 + (self.size - n + 0.5) / (n + 0.5)) * math.pow(recurs / RECURS, RECURRENCE)

    def texts(self, pmids: Sequence[int]) -> dict[int, Text]:
        """Return the texts of these records."""
        missing = [pmid for pmid in pmids if pmid not in self._texts]
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            self._read(batch)
        wanted = {pmid: self._texts[pmid] for pmid in pmids}
        for pmid in list(self._texts)[: max(0, len(self._texts) - KEPT_TEXTS)]:
            del self._texts[pmid]
        return wanted

    def _read(self, pmids: Sequence[int]) -> None:
        marks = ",".join("?" * len(pmids))
        rows = self.conn.execute(
            f"select pmid, title, abstract, terms from record_search where pmid in ({marks})", tuple(pmids)
        ).fetchall()
        split = [(row[0], [WORD.findall(row[name].lower()) for name in FIELDS]) for row in rows]
        self.stemmer.learn(set().union(*(words for _, fields in split for words in fields)))
        for pmid, fields in split:
            self._texts[pmid] = self._weigh([self.stemmer.terms(words) for words in fields])

    def _weigh(self, fields: list[list[str]]) -> Text:
        shape = zip(fields, self.balance.weights, self.balance.b, self._averages, strict=True)
        shares = tuple(weight / (1 - b + b * len(terms) / average) for terms, weight, b, average in shape)
        return Text(fields[0], fields[1], tuple(Counter(terms) for terms in fields), shares)
