"""Scores candidates for a claim from their words and tags. Level, design and date never enter.

The score lies between 0 and 1. Its first part is the words: the share of the claim's words, weighted by rarity, that
the record holds (BM25F); how close together they stand, how many of the claim's phrases and numbers are there; and
what the best records have in common beside them (pseudo-relevance feedback, after RM3). For a claim about a treatment
of a condition the second part is the subject: tags that claim and record share, whether the record's title is about
anything else, and signs that it put such a question to the test (docs/ranking.md).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from litmap.linking.corpus import Corpus, Place, Text
from litmap.linking.facets import FACETS, Meet, Slugs, Tags, Tree
from litmap.linking.signs import Signs, count_before
from litmap.linking.subjects import Title
from litmap.linking.wanted import Wanted

K1 = 1.2  # BM25: how soon more of the same word stops counting
WINDOW = 20  # words
# What each is worth, beside 1 for the words themselves:
CLOSE = 0.1  # standing close together
PHRASES = 0.1  # the claim's pairs of neighbouring words
NUMBERS = 0.1  # the claim's words with digits
DENIED = 0.05  # words of a claim that denies something, denied in the record too
FEEDBACK_RECORDS = 8
FEEDBACK_TERMS = 20
FEEDBACK_LOOKED_UP = 150  # terms whose worth is asked of the index
FEEDBACK = 0.6  # for a claim of one word; falls with the number of words
LEAST_FEEDBACK = 0.05  # less changes no order worth the time
SUBJECT_OF_BENEFIT = 0.75  # the share of the score that the subject decides: what a treatment does is told by it,
SUBJECT = 0.5  # how it does it, and what else it does, more by the words
INHERITED = 0.5  # weight of a facet that the claim has from its surroundings, beside 1
SHARED_FLOOR = 0.3  # a record that shares the claim's intervention scores above this, any other below
# The weights of the subject were fitted, then rounded, on claims of five clinic pages (docs/ranking.md).
CLOSENESS = {  # a kind of the treatment is another treatment more than a kind of the condition is another condition
    "intervention": {"exact": 1.0, "narrower": 0.4, "broader": 0.4},
    "condition": {"exact": 1.0, "narrower": 1.0, "broader": 0.3},
    "route": {"exact": 1.0, "narrower": 0.9, "broader": 0.4},
}
WEIGHT = {"intervention": 0.8, "condition": 0.45, "route": 0.25}
WEIGHT_FOR = {  # times as much: how a treatment works is studied in healthy people and animals too
    "mechanism": {"condition": 0.3, "route": 0.2, "intervention": 0.6},
    "harm": {"condition": 0.6, "intervention": 0.6},
}
OTHERS = {"condition": 0.3, "intervention": 0.55}  # weight of having no main condition or treatment beside the claim's
TITLE = 1.2  # weight of a title about nothing else
# A tag from the abstract, beside 1 for one from title or indexing.
MENTIONED = {"intervention": 0.3, "condition": 0.8, "route": 0.4}


@dataclass(frozen=True, slots=True)
class Scored:
    """One record's standing for one claim."""

    pmid: int
    score: float
    words: float  # what the words alone give
    shares: Mapping[str, Meet]  # facet -> (asked, found, match)
    conditions: frozenset[str] = frozenset()  # those of the claim that it answers, exactly or more narrowly
    signs: tuple[tuple[str, float], ...] = ()  # signs of testing, and how strong
    added: bool = False  # by a reviewer: the index did not find it


def words_score(worth: Mapping[str, float], forms: Mapping[str, str], text: Text) -> float:
    """Return the worth of the terms that a record holds, each up to its whole worth the more of it there is."""
    held: dict[str, float] = {}
    for form, term in forms.items():
        if form in text.counts:
            held[term] = held.get(term, 0.0) + text.amount(form)
    return sum([worth[term] * amount / (K1 + amount) for term, amount in held.items()])


def closeness(worth: Mapping[str, float], places: Sequence[Place]) -> float:
    """Return the most that any stretch of WINDOW words of title or abstract holds of the wanted terms (place, term)."""
    best = current = 0.0
    first = 0
    inside = dict.fromkeys(worth, 0)
    for place, term in places:
        if not inside[term]:
            current += worth[term]
        inside[term] += 1
        while places[first][0] < place - WINDOW:
            gone = places[first][1]
            first += 1
            inside[gone] -= 1
            if not inside[gone]:
                current -= worth[gone]
        if current > best:
            best = current
    return best


def phrases_held(phrases: Iterable[tuple[str, ...]], places: Sequence[Place]) -> list[tuple[str, ...]]:
    """Return the phrases that stand in title or abstract, where these are the places of their terms."""
    pairs = {(one, two) for (place, one), (next_, two) in pairwise(places) if next_ == place + 1}
    return [phrase for phrase in phrases if pairs.issuperset(pairwise(phrase))] if pairs else []


def text_scores(wanted: Wanted, signs: Signs, texts: Mapping[int, Text]) -> dict[int, float]:
    """Return the words' part of the score (0 to 1) for each record."""
    whole = (sum(wanted.worth.values()) or 1.0) * (1 + CLOSE)
    phrases = sum(wanted.phrases.values()) or 1.0
    watched = wanted.watched
    found = {}
    for pmid, text in texts.items():
        forms = {form: term for form, term in wanted.forms.items() if form in text.counts}
        words = words_score(wanted.worth, forms, text)
        places = text.places(watched)
        near = [(place, forms[term]) for place, term in places if term in forms]
        score = (words + CLOSE * closeness(wanted.worth, near)) / whole
        if len(forms) > 1 and wanted.phrases:
            score += (
                PHRASES * sum([wanted.phrases[phrase] for phrase in phrases_held(wanted.phrases, places)]) / phrases
            )
        if wanted.numbers:
            held = set(forms.values())
            score += NUMBERS * sum([term in held for term in wanted.numbers]) / len(wanted.numbers)
        if wanted.denies:
            times = count_before(text, signs.denial.terms, forms.keys(), signs.denial.reach)
            score += DENIED * times / (1 + times)
        found[pmid] = score
    return found


def feedback(
    corpus: Corpus, wanted: Wanted, scores: Mapping[int, float], texts: Mapping[int, Text]
) -> dict[str, float]:
    """Return what the best records have in common beside the claim's own words: term -> worth, summing to 1."""
    best = sorted((pmid for pmid in scores if scores[pmid] > 0), key=lambda pmid: (-scores[pmid], pmid))
    mass: dict[str, float] = {}
    for pmid in best[:FEEDBACK_RECORDS]:
        for term in texts[pmid].counts:
            if len(term) > 2 and term not in wanted.forms:
                amount = texts[pmid].amount(term)
                mass[term] = mass.get(term, 0.0) + scores[pmid] * amount / (K1 + amount)
    common = sorted(mass, key=lambda term: (-mass[term], term))[:FEEDBACK_LOOKED_UP]
    worth = {term: mass[term] * corpus.worth(term) for term in common}
    kept = sorted(worth, key=lambda term: (-worth[term], term))[:FEEDBACK_TERMS]
    whole = sum(worth[term] for term in kept) or 1.0
    return {term: worth[term] / whole for term in kept}


def feedback_share(wanted: Wanted) -> float:
    """A claim of few words says little about what it means; one of many words says it itself."""
    return FEEDBACK / math.pow(max(1, len(wanted.worth)), 1.5)


def title_focus(title: Title, covered: Collection[str]) -> float:
    """Return the share of a title's subject (its words weighted by rarity) that the claim covers, 0 to 1."""
    return sum([worth for term, worth in title.terms if term in covered]) / title.whole if title.whole else 0.0


class Fit(NamedTuple):
    """How a record's tags answer a claim's."""

    meets: Mapping[str, Meet]  # facet -> (asked, found, match)
    held: float  # how well they do,
    whole: float  # and the most that was to be had
    conditions: frozenset[str]  # those of the claim that they answer, exactly or more narrowly


def weights(wanted: Wanted) -> dict[str, float]:
    """Return what an answer to each facet of a claim is worth; a tag that it states more than one from its surroundings."""
    found = {}
    for facet in FACETS:
        if wanted.tags.of(facet):
            weight = WEIGHT[facet] * WEIGHT_FOR.get(wanted.question, {}).get(facet, 1.0)
            found[facet] = weight * INHERITED if facet in wanted.inherited else weight
    return found


def answered(facet: str, meet: Meet, central: Slugs) -> float:
    """Return how well a record answers a facet, 0 to 1.

    One that it is indexed with or names in its title counts more than one its abstract mentions.
    """
    _, slug, match = meet
    return CLOSENESS[facet][match] * (1.0 if slug in central else MENTIONED[facet])


def alone_score(tree: Tree, asked: Tags, main: Tags) -> tuple[float, float]:
    """Return how far a record is about the claim's conditions and treatments alone, and the most that was to be had."""
    whole = held = 0.0
    for facet, weight in OTHERS.items():
        if asked.of(facet):
            slugs = main.of(facet)
            meeting = [slug for slug in slugs if tree.meet(facet, asked.of(facet), frozenset((slug,)))]
            whole += weight
            held += weight * (len(meeting) / len(slugs) if slugs else 0.5)
    return held, whole


def subject_share(wanted: Wanted) -> float:
    """Return the part of the score that the subject decides: much for a claim about a treatment of a condition, else none."""
    if not (wanted.tags.intervention and wanted.tags.condition):
        return 0.0
    return SUBJECT_OF_BENEFIT if wanted.question == "benefit" else SUBJECT


def combine(wanted: Wanted, meets: Mapping[str, Meet], text: float, subject: float, share: float) -> float:
    """Join words and subject (`share` from subject_share).

    A record that shares no intervention with a claim about one stays below those that do.
    """
    score = (1 - share) * min(1.0, text) + share * subject
    if not wanted.tags.intervention:
        return round(score, 4)
    if "intervention" in meets:
        return round(SHARED_FLOOR + (1 - SHARED_FLOOR) * score, 4)
    return round(SHARED_FLOOR * score, 4)


def alternate(found: Sequence[Scored], conditions: Sequence[str]) -> list[Scored]:
    """Give each of several conditions that a claim names its turn: the best record for each, then the next best.

    `found` is in order of score. Else the condition that most is written about would fill the first places. Records
    that answer none of the conditions come last.
    """
    if len(conditions) < 2:
        return list(found)
    queues = [deque(one for one in found if condition in one.conditions) for condition in conditions]
    order: dict[int, Scored] = {}
    while any(queues):
        turn = []
        for queue in queues:
            while queue and queue[0].pmid in order:
                queue.popleft()
            if queue:
                turn.append(queue[0])
        for one in sorted(turn, key=lambda one: (-one.score, one.pmid)):
            order.setdefault(one.pmid, one)
    return [*order.values(), *(one for one in found if one.pmid not in order)]
