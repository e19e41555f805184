"""Scores candidates for a claim from their words and tags. Level and date never enter.

The score lies between 0 and 1: the share of the claim's words, weighted by rarity, that the record holds (BM25F),
how close together they stand, what the best records have in common beside them (pseudo-relevance feedback, after
RM3), and the tags that claim and record share.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from litmap.linking.corpus import Corpus, Text
from litmap.linking.facets import Tags, Tree
from litmap.linking.wanted import Wanted

K1 = 1.2  # BM25: how soon more of the same word stops counting
WINDOW = 20  # words
CLOSE = 0.1  # what standing close together is worth, beside 1 for the words themselves
FEEDBACK_RECORDS = 8
FEEDBACK_TERMS = 20
FEEDBACK_LOOKED_UP = 150  # terms whose worth is asked of the index
FEEDBACK = 0.6  # for a claim of one word; falls with the number of words
LEAST_FEEDBACK = 0.05  # less changes no order worth the time
TAGGED = 0.4  # the share of the score that tags decide, for a claim that has some
SHARED_FLOOR = 0.3  # a record that shares the claim's intervention scores above this, any other below
CLOSENESS = {"exact": 1.0, "narrower": 0.9, "broader": 0.4}
FACET_WEIGHT = {"intervention": 0.3, "condition": 0.5, "route": 0.2}


@dataclass(frozen=True, slots=True)
class Scored:
    """One record's standing for one claim."""

    pmid: int
    score: float
    shares: Mapping[str, tuple[str, str, str]]  # facet -> (asked, found, match)


def words_score(worth: Mapping[str, float], forms: Mapping[str, str], text: Text) -> float:
    """Return the worth of the terms that a record holds, each up to its whole worth the more of it there is."""
    held: dict[str, float] = {}
    for form, term in forms.items():
        amount = text.amount.get(form)
        if amount:
            held[term] = held.get(term, 0.0) + amount
    return sum(worth[term] * amount / (K1 + amount) for term, amount in held.items())


def closeness(worth: Mapping[str, float], forms: Mapping[str, str], text: Text) -> float:
    """Return the most that any stretch of WINDOW words holds of the wanted terms."""
    best = current = 0.0
    first = 0
    inside: Counter[str] = Counter()
    places = [(position, forms[form]) for position, form in text.places(forms)]
    for position, term in places:
        if not inside[term]:
            current += worth[term]
        inside[term] += 1
        while places[first][0] < position - WINDOW:
            gone = places[first][1]
            inside[gone] -= 1
            if not inside[gone]:
                current -= worth[gone]
            first += 1
        best = max(best, current)
    return best


def text_scores(wanted: Wanted, texts: Mapping[int, Text]) -> dict[int, float]:
    """Return the words' part of the score (0 to 1) for each record."""
    whole = (sum(wanted.worth.values()) or 1.0) * (1 + CLOSE)
    found = {}
    for pmid, text in texts.items():
        words = words_score(wanted.worth, wanted.forms, text)
        found[pmid] = (words + CLOSE * closeness(wanted.worth, wanted.forms, text)) / whole
    return found


def feedback(
    corpus: Corpus, wanted: Wanted, scores: Mapping[int, float], texts: Mapping[int, Text]
) -> dict[str, float]:
    """Return what the best records have in common beside the claim's own words: term -> worth, summing to 1."""
    best = sorted((pmid for pmid in scores if scores[pmid] > 0), key=lambda pmid: (-scores[pmid], pmid))
    mass: dict[str, float] = {}
    for pmid in best[:FEEDBACK_RECORDS]:
        for term, amount in texts[pmid].amount.items():
            if len(term) > 2 and term not in wanted.forms:
                mass[term] = mass.get(term, 0.0) + scores[pmid] * amount / (K1 + amount)
    common = sorted(mass, key=lambda term: (-mass[term], term))[:FEEDBACK_LOOKED_UP]
    worth = {term: mass[term] * corpus.worth(term) for term in common}
    kept = sorted(worth, key=lambda term: (-worth[term], term))[:FEEDBACK_TERMS]
    whole = sum(worth[term] for term in kept) or 1.0
    return {term: worth[term] / whole for term in kept}


def feedback_share(wanted: Wanted) -> float:
    """A claim of few words says little about what it means; one of many words says it itself."""
    return FEEDBACK / math.pow(max(1, len(wanted.worth)), 1.5)


def shared(tree: Tree, asked: Tags, found: Tags) -> dict[str, tuple[str, str, str]]:
    """Return, for each facet in which claim and record meet, (asked, found, match)."""
    meets = {facet: tree.best(facet, asked.of(facet), found.of(facet)) for facet in FACET_WEIGHT}
    return {facet: meet for facet, meet in meets.items() if meet}


def combine(asked: Tags, meets: Mapping[str, tuple[str, str, str]], text_score: float) -> float:
    """Join words and tags. A record that shares no intervention with a claim about one stays below those that do."""
    facets = [facet for facet in FACET_WEIGHT if asked.of(facet)]
    score = min(1.0, text_score)
    if facets:
        whole = sum(FACET_WEIGHT[facet] for facet in facets)
        held = sum(FACET_WEIGHT[facet] * CLOSENESS[meets[facet][2]] for facet in facets if facet in meets)
        score = (1 - TAGGED) * score + TAGGED * held / whole
    if not asked.intervention:
        return round(score, 4)
    if "intervention" in meets:
        return round(SHARED_FLOOR + (1 - SHARED_FLOOR) * score, 4)
    return round(SHARED_FLOOR * score, 4)
