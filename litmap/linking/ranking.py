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
from litmap.linking.facets import FACETS, Tags, Tree
from litmap.linking.wanted import Wanted

K1 = 1.2  # BM25: how soon more of the same word stops counting
WINDOW = 20  # words
CLOSE = 0.1  # what standing close together is worth, beside 1 for the words themselves
FEEDBACK_RECORDS = 8
FEEDBACK_TERMS = 20
FEEDBACK_LOOKED_UP = 150  # terms whose worth is asked of the index
FEEDBACK = 0.6  # for a claim of one word; falls with the number of words
LEAST_FEEDBACK = 0.05  # less changes no order worth the time
TAGGED_BENEFIT = 0.7  # the share of the score that tags decide: what a treatment does is told by its tags,
TAGGED = 0.4  # how it does it, and what else it does, more by the words
INHERITED = 0.5  # weight of a facet that the claim has from its surroundings, beside 1
SHARED_FLOOR = 0.3  # a record that shares the claim's intervention scores above this, any other below
CLOSENESS = {"exact": 1.0, "narrower": 0.9, "broader": 0.4}
WEIGHT = {"intervention": 0.3, "condition": 0.5, "route": 0.2, "kind": 0.3}
MENTIONED = 0.7  # a tag from the abstract, beside 1 for one from title or indexing

Meet = tuple[str, str, str]  # asked, found, match


@dataclass(frozen=True, slots=True)
class Scored:
    """One record's standing for one claim."""

    pmid: int
    score: float
    words: float  # what the words alone give
    shares: Mapping[str, Meet]  # facet -> (asked, found, match)
    conditions: frozenset[str] = frozenset()  # those of the claim that it answers, exactly or more narrowly


def words_score(worth: Mapping[str, float], forms: Mapping[str, str], text: Text) -> float:
    """Return the worth of the terms that a record holds, each up to its whole worth the more of it there is."""
    held: dict[str, float] = {}
    for form, term in forms.items():
        amount = text.amount(form) if text.holds(form) else 0.0
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
        for term, amount in texts[pmid].amounts().items():
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


def shared(tree: Tree, asked: Tags, found: Tags) -> dict[str, Meet]:
    """Return, for each facet in which claim and record meet, (asked, found, match)."""
    meets = {facet: tree.best(facet, asked.of(facet), found.of(facet)) for facet in FACETS}
    return {facet: meet for facet, meet in meets.items() if meet}


def conditions(tree: Tree, asked: Tags, found: Tags) -> frozenset[str]:
    """Return the claim's conditions that a record answers, exactly or with a narrower one."""
    meets = {slug: tree.best("condition", [slug], found.condition) for slug in asked.condition}
    return frozenset(slug for slug, meet in meets.items() if meet and meet[2] != "broader")


def tag_score(wanted: Wanted, meets: Mapping[str, Meet], central: Tags, kind: float | None) -> float:
    """Return how well a record's tags answer the claim's (0 to 1).

    A facet that the record is indexed with or names in its title counts more than one its abstract mentions; a tag
    that the claim states counts more than one it has from its surroundings. `kind` is how well the record's kind
    of study suits the question (None: the question has no kind of its own).
    """
    whole = held = 0.0
    for facet in FACETS:
        if wanted.tags.of(facet):
            weight = WEIGHT[facet] * (INHERITED if facet in wanted.inherited else 1.0)
            whole += weight
            if facet in meets:
                _, slug, match = meets[facet]
                held += weight * CLOSENESS[match] * (1.0 if slug in central.of(facet) else MENTIONED)
    if kind is not None:
        whole += WEIGHT["kind"]
        held += WEIGHT["kind"] * kind
    return held / whole if whole else 0.0


def tag_share(wanted: Wanted) -> float:
    """Return the part of the score that tags decide: much for a claim about a treatment of a condition, else none."""
    if not (wanted.tags.intervention and wanted.tags.condition):
        return 0.0
    return TAGGED_BENEFIT if wanted.question == "benefit" else TAGGED


def combine(wanted: Wanted, meets: Mapping[str, Meet], text: float, tags: float, share: float) -> float:
    """Join words and tags (`share` from tag_share). A record that shares no intervention with a claim about one stays below those that do."""
    score = (1 - share) * min(1.0, text) + share * tags
    if not wanted.tags.intervention:
        return round(score, 4)
    if "intervention" in meets:
        return round(SHARED_FLOOR + (1 - SHARED_FLOOR) * score, 4)
    return round(SHARED_FLOOR * score, 4)
