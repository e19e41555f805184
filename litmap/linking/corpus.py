"""The records as the ranker sees them: how many, how common each word, and the words of single records."""

from __future__ import annotations

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress

from litmap.linking.words import Stemmer, split_words

# The end of a title that says where the results come from: a trial's name, "results from ...". It names no subject.
SOURCE = re.compile(
    r"[:.?!\u2013\u2014-]\s+(?:(?:\w+\s)?(?:results|findings|data|insights)\s(?:of|from)\s|the\s(?:\S+\s){1,4}?(?:trial|study)\b)",
    re.IGNORECASE,
)
FIELDS = ("title", "abstract", "terms")
ABSTRACT_AT = 100_000  # where positions in the abstract start, so that nothing in it is near the title
SAMPLE = 5_000  # records read ahead to learn lengths and common words
COMMON = 0.005  # a word in more of the sample than this is counted there: asking the index takes a millisecond each
KEPT_TEXTS = 6_000
BATCH = 400
RECURS = 2.0  # how often a term stands in a record that holds it, on average
PRIOR = 3  # records' worth of that average, for terms that few records hold
RECURRENCE = 0.6

Fields = list[list[str]]
Place = tuple[int, str]  # where a term stands, and the term
Row = tuple[int, Fields, int]  # PMID, terms by field, and of the title's terms those that name its subject


@dataclass(frozen=True, slots=True)
class Balance:
    """How BM25F weighs the fields (Robertson, Zaragoza 2009): weights and length normalisation b."""

    weights: tuple[float, float, float] = (3.0, 1.0, 1.0)
    b: tuple[float, float, float] = (0.3, 0.75, 0.5)


BALANCE = Balance()


@dataclass(frozen=True, slots=True)
class Text:
    """The terms of one record, in order, and how often it holds each."""

    title: list[str]
    body: list[str]
    indexing: list[str]
    counts: Mapping[str, int]
    shares: tuple[float, float, float]  # what one occurrence is worth, by field: its weight and its length (BM25F)
    subject: int  # how many of the title's terms stand before its end that says where the results come from
    _amounts: dict[str, float] = field(default_factory=dict)

    def amount(self, term: str) -> float:
        """Return how much of the term there is, over all fields."""
        found = self._amounts.get(term)
        if found is None:
            found = self._amounts[term] = self._amount(term)
        return found

    def amounts(self, terms: Container[str]) -> dict[str, float]:
        """Return those of the terms that it holds, in the order of their first places, with their amounts."""
        counts, common = self.counts, self.shares[1]
        edge = {*self.title, *self.indexing}
        held = filter(terms.__contains__, counts)
        return {term: self._amount(term) if term in edge else counts[term] * common for term in held}

    def _amount(self, term: str) -> float:
        title, indexing = self.title.count(term), self.indexing.count(term)
        one, two, three = self.shares
        return title * one + (self.counts.get(term, 0) - title - indexing) * two + indexing * three

    def places(self, terms: Container[str]) -> list[Place]:
        """Return where any of the terms stands in title and abstract, in order."""
        found = []
        for words, start in ((self.title, 0), (self.body, ABSTRACT_AT)):
            found += [
                (start + place, words[place]) for place in compress(range(len(words)), map(terms.__contains__, words))
            ]
        return found


class Corpus:
    """Counts and texts of the records, read when asked for and kept for the next claim."""

    def __init__(self, conn: sqlite3.Connection, balance: Balance = BALANCE) -> None:
        self.conn = conn
        self.stemmer = Stemmer(conn)
        self.balance = balance
        self.pmids = [int(row[0]) for row in conn.execute("select pmid from records order by pmid")]
        self.size = len(self.pmids)
        self._counts: dict[str, tuple[int, int]] = {}
        self._worth: dict[tuple[str, ...], float] = {}
        self._texts: dict[int, Text] = {}
        self._averages = (1.0, 1.0, 1.0)
        self._sample()

    def _sample(self) -> None:
        """Learn the average lengths, and how many records hold the common words; keep the texts of a small map.

        Up to 2 * SAMPLE records all are read, and the counts are exact.
        """
        step = max(1, self.size // SAMPLE)
        sample = [one for batch in self._batches(self.pmids[step - 1 :: step]) for one in self._read(batch)]
        if not sample:
            return
        one, two, three = (max(1.0, sum(len(f[n]) for _, f, _ in sample) / len(sample)) for n in range(len(FIELDS)))
        self._averages = (one, two, three)
        holding: Counter[str] = Counter()
        standing: Counter[str] = Counter()
        for _, fields, _ in sample:
            terms = [term for terms in fields for term in terms]
            standing.update(terms)
            holding.update(set(terms))
        least = 1 if step == 1 else COMMON * len(sample)
        times = self.size / len(sample)
        self._counts = {
            term: (round(n * times), round(standing[term] * times)) for term, n in holding.items() if n >= least
        }
        if self.size <= KEPT_TEXTS:
            self._texts = {pmid: self._weigh(fields, subject) for pmid, fields, subject in sample}

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
        found = self._worth.get(forms)
        if found is None:
            found = self._worth[forms] = self._worth_of([self._count(form) for form in forms])
        return found

    def _worth_of(self, counts: Sequence[tuple[int, int]]) -> float:
        n = max(doc for doc, _ in counts)
        recurs = (sum(times for _, times in counts) + PRIOR * RECURS) / (sum(doc for doc, _ in counts) + PRIOR)
        return math.log(1 + (self.size - n + 0.5) / (n + 0.5)) * math.pow(recurs / RECURS, RECURRENCE)

    def texts(self, pmids: Sequence[int]) -> dict[int, Text]:
        """Return the texts of these records."""
        for batch in self._batches([pmid for pmid in pmids if pmid not in self._texts]):
            for pmid, fields, subject in self._read(batch):
                self._texts[pmid] = self._weigh(fields, subject)
        wanted = {pmid: self._texts[pmid] for pmid in pmids}
        for pmid in list(self._texts)[: max(0, len(self._texts) - KEPT_TEXTS)]:
            del self._texts[pmid]
        return wanted

    @staticmethod
    def _batches(pmids: Sequence[int]) -> Iterator[Sequence[int]]:
        return (pmids[start : start + BATCH] for start in range(0, len(pmids), BATCH))

    def _read(self, pmids: Sequence[int]) -> list[Row]:
        marks = ",".join("?" * len(pmids))
        rows = self.conn.execute(
            f"select pmid, {', '.join(FIELDS)} from record_search where pmid in ({marks})", tuple(pmids)
        ).fetchall()
        split = [(int(row[0]), [split_words(text) for text in row[1:]]) for row in rows]
        self.stemmer.learn(chain.from_iterable(words for _, fields in split for words in fields))
        subjects = [_subject(row[1]) for row in rows]
        return [
            (pmid, [self.stemmer.terms(words) for words in fields], subject)
            for (pmid, fields), subject in zip(split, subjects, strict=True)
        ]

    def _weigh(self, fields: Fields, subject: int) -> Text:
        shape = zip(fields, self.balance.weights, self.balance.b, self._averages, strict=True)
        one, two, three = (weight / (1 - b + b * len(terms) / average) for terms, weight, b, average in shape)
        title, body, indexing = fields
        return Text(title, body, indexing, Counter(title + body + indexing), (one, two, three), subject)


def _subject(title: str) -> int:
    """Count a title's words before its end that says where the results come from."""
    return len(split_words(SOURCE.split(title, 1)[0]))
