"""A claim's type, question, polarity and certainty, by the phrases of db/claims."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from litmap.claims.clauses import Clause, clauses, tokens
from litmap.claims.verbs import third_persons
from litmap.claims.weights import telling, word_scores
from litmap.claims.words import cues, types, words

QUESTIONS = {
    "efficacy": "benefit", "onset": "benefit", "comparative": "benefit", "adjunct": "benefit", "dosing": "benefit", "safety": "harm",
    "mechanism": "mechanism", "epidemiology": "prevalence", "regulatory": "official-record", "history": "official-record", "other": "other",
}  # fmt: skip
# What a cue weighs by where it stands; the type is that of the main clause.
_ROLE_WEIGHT = {"main": 1.0, "relative": 0.5, "concession": 0.5, "reason": 0.5, "condition": 0.35, "aside": 0.5}
_FIRST_MAIN = 1.25
_DISORDER = 2.0  # what it weighs that a disorder is the subject
_ASIDE = 0.35  # an apposition: ", a chronic disorder characterized by ..."
_CONTEXT_WEIGHT = 0.35
_MOST, _MOST_ASKED = 10.0, 2.8  # many phrases of one type say little more than some
_PLAIN = 1.4  # from this on a sentence speaks for itself
# "for people who can't tolerate tablets": whom it is for, not what is said of them
_WHOM = re.compile(
    r"\b(?:for|in|to|by|of|among|help(?:s|ed)?)\s+(?:some|many|most|all)?\s*(?:people|patients|those|adults|anyone|individuals|women|men|children|veterans)\s+"
    r"(?:who|whose|that)\b[^,;:]{1,160}",
    re.I,
)
_APPOSITION = re.compile(r",\s+(?:an?|the|one)\s+[^,]{5,200}")


class Kind(NamedTuple):
    claim_type: str
    cues: tuple[str, ...]


def question_of(claim_type: str) -> str:
    """Return the question that a type of claim answers: benefit harm mechanism prevalence official-record other."""
    return QUESTIONS.get(claim_type, "other")


def kind_of(text: str, context: Sequence[tuple[str, bool]] = ()) -> Kind:
    """Return the type of a claim.

    `context`: the question it answers and its lead-in (with True), its heading (with False). They weigh little, a
    heading only when the sentence hardly speaks for itself.
    """
    scores = cue_scores(text, context)
    for name, weight in word_scores(text).items():
        scores[name] = scores.get(name, 0.0) + weight
    best = max(_ORDER, key=lambda name: (round(scores.get(name, 0.0), 6), -_ORDER.index(name)))
    said = [(weight, match) for kind, weight, match in _matches(text) if kind == best]
    phrases = tuple(dict.fromkeys(match for _, match in sorted(said, key=lambda item: -item[0])[:4]))
    return Kind(best, phrases or telling(text, best))


def topic_of(text: str) -> Kind:
    """Return the type that a question or heading asks for, by its phrases alone; "other" when there is none."""
    scores = cue_scores(text)
    best = max(scores, key=lambda name: (round(scores[name], 6), -_ORDER.index(name)), default="other")
    return Kind(best, tuple(match for kind, _, match in _matches(text) if kind == best))


def cue_scores(text: str, context: Sequence[tuple[str, bool]] = ()) -> dict[str, float]:
    """Return what the phrases of types.csv in a claim and its context weigh for each type."""
    scores: defaultdict[str, float] = defaultdict(float)
    for kind, weight, _ in _matches(text):
        scores[kind] += weight
    if _about_disorder(text):
        scores["epidemiology"] += _DISORDER
        scores["onset"] *= 0.35  # how long an illness lasts is no onset of an effect
    plain = max(scores.values(), default=0) >= _PLAIN
    scores = defaultdict(float, {name: min(score, _MOST) for name, score in scores.items()})
    for around, asked in context:
        if asked or not plain:
            for name, weight in _hints(around, asked).items():
                scores[name] += weight
    return dict(scores)


def strength(text: str) -> float:
    """Return how strongly a text says something about a treatment: its heaviest type, official records and rest aside."""
    return max((score for name, score in cue_scores(text).items() if name not in ("regulatory", "other")), default=0.0)


@lru_cache(maxsize=512)
def _matches(text: str) -> tuple[tuple[str, float, str], ...]:
    """The phrases in a text: type, weight by where it stands, words."""
    spans = _weighted(text)
    found = []
    for rule, match in types().all(text):
        weight = rule.weight * _place(spans, match.start())
        found.append((rule.kind, weight if rule.weight >= 2 else 0.8 * weight, match.group()))
    return tuple(found)


def _hints(around: str, asked: bool) -> dict[str, float]:
    """What a question, lead-in or heading weighs for the types of what stands below it."""
    hints: defaultdict[str, list[float]] = defaultdict(list)
    for rule, _ in types().all(around):
        if rule.weight >= 2:
            hints[rule.kind].append(rule.weight * _CONTEXT_WEIGHT)
    return {name: min(sum(weights) if asked else max(weights), _MOST_ASKED) for name, weights in hints.items()}


def _about_disorder(text: str) -> bool:
    """Whether a disorder, or people who have one, is the subject of the main clause, and no treatment is in it."""
    main = next((clause.text for clause in clauses(text) if clause.role == "main"), text)
    found = tokens(main)
    if not found or found[0] in third_persons() or any(word in words("treatment") for word in found):
        return False
    subject = found[: next((at for at, word in enumerate(found[:9]) if at and _ends_subject(word)), 4)]
    named = [word in words("disorder") or word.endswith(tuple(words("disorder-ending"))) for word in subject]
    if not any(named):
        return False
    return named[-1] or bool({"of", "with"} & set(subject)) or subject[0] in words("person") or named[0]


def _ends_subject(word: str) -> bool:
    if word in words("aux") or word in words("adverb") or word in words("verb-only"):
        return True
    return word in third_persons() and word not in words("disorder")


_ORDER = (
    "safety",
    "regulatory",
    "comparative",
    "onset",
    "mechanism",
    "efficacy",
    "epidemiology",
    "history",
    "adjunct",
    "dosing",
    "other",
)


def _weighted(text: str) -> list[tuple[int, int, float]]:
    """Stretches of a sentence with their weight: the first main clause most, an apposition little."""
    spans: list[tuple[int, int, float]] = []
    main_seen = False
    parts: list[Clause] = clauses(text)
    for clause in parts:
        weight = _ROLE_WEIGHT[clause.role]
        if clause.role == "main" and not main_seen:
            main_seen, weight = True, _FIRST_MAIN
        at = clause.start
        spans += [(at + aside.start(), at + aside.end(), _ASIDE) for aside in _APPOSITION.finditer(clause.text)]
        spans += [(at + whom.start(), at + whom.end(), _ASIDE) for whom in _WHOM.finditer(clause.text)]
        spans.append((clause.start, clause.start + len(clause.text), weight))
    return spans


def _place(spans: Sequence[tuple[int, int, float]], at: int) -> float:
    return next((weight for start, end, weight in spans if start <= at < end), 1.0)


def polarity_of(text: str) -> str:
    """Return deny when the main statement is a denial, else affirm."""
    found = list(cues().all(text))
    excused = [match.span() for rule, match in found if rule.kind == "affirm"]
    weights = _weighted(text)
    for rule, match in found:
        if rule.kind != "deny" or any(a < match.end() and match.start() < b for a, b in excused):
            continue
        if _place(weights, match.start()) >= 1:
            return "deny"
    return "affirm"


def certainty_of(text: str) -> str:
    """Return hedged, proven or asserted. A hedge outweighs a word of proof."""
    kinds = {rule.kind for rule, _ in cues().all(text)}
    return "hedged" if "hedged" in kinds else "proven" if "proven" in kinds else "asserted"
