"""Words by which a record says that it put a claim's question to the test, and others that name no subject.

They come from db/search/tests.csv. Some signs are looked for whenever a question is asked; others only for claims that
want to know just that: how soon, for how long, for whom, at which dose (columns `when` and `types`). They are words of
title, abstract and indexing alone: design and level of a record take no part.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress

from litmap.errors import VocabularyError
from litmap.linking.corpus import Text
from litmap.linking.words import Stemmer, words_of
from litmap.resources import folder

TABLE = "search/tests.csv"
ALWAYS = "*"  # rows for every question
METHOD, DENIAL = "method", "denial"
HALF = 2.0  # so much of a sign's words (in BM25F's measure) gives half of its worth


@dataclass(frozen=True, slots=True)
class Sign:
    """One row of the table, with its words as the full-text index holds them."""

    number: int  # its line in the table
    name: str
    weight: float
    terms: frozenset[str]
    before: frozenset[str]  # when given, one of these must follow
    reach: int  # within so many words
    when: frozenset[str] = frozenset()  # when given, only claims with one of these words look for it,
    types: frozenset[str] = frozenset()  # or claims of one of these types

    @property
    def all_terms(self) -> frozenset[str]:
        """Return all its terms."""
        return self.terms | self.before

    def wanted(self, kind: str, terms: Collection[str]) -> bool:
        """Whether a claim of this type with these terms looks for the sign."""
        return not (self.when or self.types) or kind in self.types or not self.when.isdisjoint(terms)


NO_DENIAL = Sign(0, DENIAL, 0.0, frozenset(), frozenset(), 0)


@dataclass(frozen=True, slots=True)
class Signs:
    """The table, ready for one collection of records."""

    of: Mapping[str, tuple[Sign, ...]] = field(default_factory=dict)  # question -> its signs
    method: frozenset[str] = frozenset()  # terms that name a way of study and no subject
    denial: Sign = NO_DENIAL

    def wanted(self, question: str, kind: str, terms: Collection[str]) -> tuple[Sign, ...]:
        """Return the signs that a claim looks for, by its question, its type and its terms."""
        return tuple(sign for sign in self.of.get(question, ()) if sign.wanted(kind, terms))


class SignFinder:
    """Looks for all signs of a table in one text."""

    def __init__(self, signs: Signs) -> None:
        self._by_term: dict[str, list[int]] = {}
        self._followed: list[Sign] = []
        for sign in {sign.number: sign for of in signs.of.values() for sign in of}.values():
            if sign.before:
                self._followed.append(sign)
            else:
                for term in sign.terms:
                    self._by_term.setdefault(term, []).append(sign.number)

    def strengths(self, text: Text) -> dict[int, float]:
        """Return how strongly (above 0, to 1) a record shows each sign, by the sign's number."""
        amounts: dict[int, float] = {}
        for term, amount in text.amounts(self._by_term).items():
            for number in self._by_term[term]:
                amounts[number] = amounts.get(number, 0.0) + amount
        found = {number: amount / (HALF + amount) for number, amount in amounts.items()}
        for sign in self._followed:
            if times := count_before(text, sign.terms, sign.before, sign.reach):
                found[sign.number] = times / (1 + times)
        return found


def count_before(text: Text, first: Set[str], second: Set[str], reach: int) -> int:
    """Count the places of `first` that have one of `second` behind them within `reach` words."""
    begins = text.counts.keys() & first
    if not begins:
        return 0
    return sum([
        not second.isdisjoint(words[place + 1 : place + 1 + reach])
        for words in (text.title, text.body)
        for place in compress(range(len(words)), map(begins.__contains__, words))
    ])  # fmt: skip


@lru_cache(maxsize=1)
def table() -> tuple[dict[str, str], ...]:
    """Read the table's rows, once."""
    path = folder("db") / TABLE
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def read_signs(stemmer: Stemmer) -> Signs:
    """Read the table. Raises VocabularyError for a missing column or a weight that is no number."""
    of: dict[str, list[Sign]] = {}
    for line, row in enumerate(table(), 2):
        try:
            terms, before = (frozenset(stemmer.terms(words_of(row[name]))) for name in ("words", "before"))
            when = frozenset(stemmer.terms(words_of(row.get("when") or "")))
            types = frozenset((row.get("types") or "").replace("|", " ").split())
            sign = Sign(line, row["sign"], float(row["weight"]), terms, before, int(row["reach"] or 0), when, types)
            for question in row["question"].replace("|", " ").split():
                of.setdefault(question, []).append(sign)
        except (KeyError, TypeError, ValueError) as error:
            raise VocabularyError(f"{TABLE}, line {line}: cannot be read ({error})") from error
    always = {sign.name: sign for sign in of.pop(ALWAYS, [])}
    method = always[METHOD].terms if METHOD in always else frozenset()
    return Signs({question: tuple(signs) for question, signs in of.items()}, method, always.get(DENIAL, NO_DENIAL))
