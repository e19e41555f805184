"""Find the claims among a document's units."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.claims.assertive import LONGEST, NO_CLAUSE, Verdict, judge
from litmap.claims.kinds import Kind, certainty_of, kind_of, polarity_of, question_of, topic_of
from litmap.claims.units import plain
from litmap.claims.words import asserting, even
from litmap.model import Claim, Document, Unit

_CONTRAINDICATES = re.compile(
    r".*\b(?:not|never|cannot|can't|don't|shouldn't|mustn't|won't|unsuitable|avoid)\b.*\bif\b(?:\s+(?:you|they))?(?:\s+(?:have|are|had|ever|suffer from))*\s*:?\Z",
    re.I | re.S,
)
_IF = re.compile(
    r"\b(?:if|who|when|anyone|people|patients|those|with|in|for)(?:\s+(?:you|they|with|who|have|has|are|had|also))*\s*:?\Z",
    re.I,
)
_OF_YOU = re.compile(r"\b(?:if|whether) you(?:'re|'ve| are| have)?\s*:?\s*\Z", re.I)
_USED_FOR = ("other", "dosing", "history")  # of a lead-in: the disorders below it are what the treatment is for
_END = 300  # letters at the end of a lead-in that say what its list is
_LONGEST_LIST = 60  # items looked at below a heading
_NAMED = ("safety", "dosing")  # headings below which things are listed that are claims
_ENUMERATED = frozenset(("efficacy", "safety", "comparative", "regulatory", "onset"))  # each item is a claim of its own


def find(document: Document, units: Sequence[Unit]) -> tuple[Claim, ...]:
    """Return the claims, in order; a claim is a whole unit. Units of kind "given" are claims without question."""
    view = even(plain(document))
    found = []
    for number, unit in enumerate(units):
        text = view[unit.start : min(unit.end, unit.start + LONGEST)]
        if unit.kind == "given" or _asserts(view, units, unit, text) or _completes(view, units, unit):
            found.append(_describe(document, units, number, view, (unit.start, unit.end)))
    return tuple(found)


def _asserts(view: str, units: Sequence[Unit], unit: Unit, text: str) -> bool:
    """Whether a unit is a claim by its own words; not what "You may qualify if you:" lists, which speaks of the reader."""
    if not judge(text, unit.kind).claim:
        return False
    if unit.kind != "item" or unit.lead_in is None or not text[:1].islower():
        return True
    lead_in = units[unit.lead_in]
    said = view[max(lead_in.start, lead_in.end - _END) : lead_in.end]
    return _OF_YOU.search(said) is None or _forbids(view, lead_in)


def _completes(view: str, units: Sequence[Unit], unit: Unit) -> bool:
    """Whether words without a verb complete a claim: "Side effects include:" and then "mild headache"."""
    text = view[unit.start : min(unit.end, unit.start + LONGEST)]
    if unit.kind == "item" and unit.lead_in is not None and _forbids(view, units[unit.lead_in]):
        return True
    word = re.fullmatch(r"[\W\d_]*(?:[^\W\d_]{4,}|[A-Z]{2,})\W*", text) is not None  # "Drowsiness", "OCD"
    return (word or judge(text, "item").cues == NO_CLAUSE) and _completed(view, units, unit) is not None


def _completed(view: str, units: Sequence[Unit], unit: Unit) -> Kind | None:
    """The type of the claim that words without a verb complete: with the lead-in of their list, or as an answer."""
    if unit.kind == "item" and unit.lead_in is not None:
        listed = _enumerated(view, units[unit.lead_in], view[unit.start : unit.end])
        if listed:
            return listed
    if unit.kind in ("item", "sentence"):
        return _answered(view, units, unit)
    return None


def _enumerated(view: str, lead_in: Unit, item: str) -> Kind | None:
    """The type of a list each of whose items is a claim."""
    said = view[max(lead_in.start, lead_in.end - LONGEST) : lead_in.end]
    kind = kind_of(said)
    if _forbids(view, lead_in):
        return Kind("safety", kind.cues)
    if not said.rstrip("*_ ").endswith(":"):
        return None
    verdict = judge(said, lead_in.kind)
    if not verdict.claim:
        topic = topic_of(said)
        return topic if verdict.cues == NO_CLAUSE and topic.claim_type in _NAMED else None
    if kind.claim_type in _ENUMERATED:
        return kind
    return Kind("efficacy", kind.cues) if kind.claim_type in _USED_FOR and _names(item, "efficacy") else None


def _forbids(view: str, lead_in: Unit) -> bool:
    """Whether a lead-in says who should not have a treatment: an instruction, but its items are facts."""
    said = view[max(lead_in.start, lead_in.end - _END) : lead_in.end].rstrip("*_ ")
    return _CONTRAINDICATES.match(said) is not None or (
        _IF.search(said) is not None and topic_of(said).claim_type == "safety"
    )


def _answered(view: str, units: Sequence[Unit], unit: Unit) -> Kind | None:
    """The type of a question, or of a heading about harm, that is answered by naming things: "Headache, nausea."."""
    above = unit.question if unit.question is not None else unit.headings[-1] if unit.headings else None
    if above is None or (units[above].block == unit.block and unit.question is None):
        return None
    kind = topic_of(view[units[above].start : min(units[above].end, units[above].start + LONGEST)])
    if unit.question is None and kind.claim_type not in _NAMED:
        return None
    if kind.claim_type == "safety" and _listed_below(units, unit, above):
        return kind
    return kind if _names(view[unit.start : unit.end], kind.claim_type) else None


def _listed_below(units: Sequence[Unit], unit: Unit, above: int) -> bool:
    """Whether an item stands in a list that begins right below a question or heading."""
    stop = min(len(units), above + 1 + _LONGEST_LIST)
    listed = (n for n in range(above + 1, stop) if units[n].kind != "item" and not units[n].text.endswith(":"))
    first = next(listed, stop)
    return unit.kind == "item" and unit.start < units[first - 1].end


def _names(text: str, claim_type: str) -> bool:
    """Whether words name what an answer of this type is about."""
    return any(rule.kind == claim_type for rule, _ in asserting().all(text, "answer"))


def describe(document: Document, units: Sequence[Unit], number: int, span: tuple[int, int] | None = None) -> Claim:
    """Make a claim of a unit, or of `span` (start, end), a part of the text that begins in it; it is not judged."""
    unit = units[number]
    return _describe(document, units, number, even(plain(document)), span or (unit.start, unit.end))


def _describe(document: Document, units: Sequence[Unit], number: int, view: str, span: tuple[int, int]) -> Claim:
    unit = units[number]
    start, end = span
    text = view[start : min(end, start + LONGEST)]
    forbidden = unit.kind == "item" and unit.lead_in is not None and _forbids(view, units[unit.lead_in])
    listed = _completed(view, units, unit) if forbidden or not judge(text, unit.kind).claim else None
    kind = listed or kind_of(text, context_of(view, units, unit))
    heading = units[unit.headings[-1]].text if unit.headings else None
    return Claim(
        start, end, document.text[start:end], number, heading, kind.claim_type, question_of(kind.claim_type),
        polarity_of(text), certainty_of(text), kind.cues,
    )  # fmt: skip


def verdicts(document: Document, units: Sequence[Unit]) -> list[Verdict]:
    """Return for each unit whether it is a claim and why not; for looking into the rules."""
    view = even(plain(document))
    return [judge(view[u.start : u.end], u.kind) for u in units]


def context_of(view: str, units: Sequence[Unit], unit: Unit) -> list[tuple[str, bool]]:
    """The question, lead-in and heading of a unit; a heading that is a claim itself says nothing about what follows."""
    asked = [n for n in (unit.question, unit.lead_in) if n is not None]
    found = [(view[units[n].start : units[n].end], True) for n in dict.fromkeys(asked)]
    heading = unit.headings[-1] if unit.headings else None
    if heading is not None and heading not in asked:
        text = view[units[heading].start : units[heading].end]
        if not judge(text, "heading").claim:
            found.append((text, False))
    return found
