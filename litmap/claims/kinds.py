"""A claim's type, question, polarity and certainty, by the phrases of db/claims."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from litmap.claims.clauses import Clause, clauses, tokens
from litmap.claims.verbs import third_persons
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
_ENOUGH = 1.0  # below this the type is "other"
_PLAIN = 1.4  # from this on a sentence speaks for itself
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
    scores: defaultdict[str, float] = defaultdict(float)
    seen: list[tuple[str, float, str]] = []
    spans = _weighted(text)
    for rule, match in types().all(text):
        weight = rule.weight * _place(spans, match.start())
        scores[rule.kind] += weight if rule.weight >= 2 else 0.8 * weight
        seen.append((rule.kind, weight, match.group()))
    if _about_disorder(text):
        scores["epidemiology"] += _DISORDER
        scores["onset"] *= 0.5  # how long an illness lasts is no onset of an effect
    plain = max(scores.values(), default=0) >= _PLAIN
    for around, asked in context:
        if asked or not plain:
            hints: defaultdict[str, list[float]] = defaultdict(list)
            for rule, _ in types().all(around):
                if rule.weight >= 2:
                    hints[rule.kind].append(rule.weight * _CONTEXT_WEIGHT)
            for name, weights in hints.items():
                scores[name] += sum(weights) if asked else max(weights)
    best = max(scores, key=lambda name: (round(scores[name], 6), -_ORDER.index(name)), default="other")
    if scores.get(best, 0) < _ENOUGH:
        best = _unmarked(text, seen)
    ordered = sorted((item for item in seen if item[0] == best), key=lambda item: -item[1])
    return Kind(best, tuple(dict.fromkeys(said for _, _, said in ordered[:4])))


def _unmarked(text: str, seen: Sequence[tuple[str, float, str]]) -> str:
    """The type of a claim that no phrase gives away: most tell what becomes of a disorder."""
    found = set(tokens(text)) & (words("disorder") | words("outcome"))
    return "efficacy" if found and not any(kind == "other" for kind, _, _ in seen) else "other"


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
