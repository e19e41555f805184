"""Find the claims among a document's units."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.claims.assertive import LONGEST, NO_CLAUSE, Verdict, judge
from litmap.claims.kinds import Kind, certainty_of, kind_of, polarity_of, question_of
from litmap.claims.units import plain
from litmap.claims.words import even
from litmap.model import Claim, Document, Unit

_ENUMERATED = frozenset(("efficacy", "safety", "comparative", "regulatory", "onset"))  # each item is a claim of its own


def find(document: Document, units: Sequence[Unit]) -> tuple[Claim, ...]:
    """Return the claims, in order; a claim is a whole unit. Units of kind "given" are claims without question."""
    view = even(plain(document))
    found = []
    for number, unit in enumerate(units):
        text = view[unit.start : min(unit.end, unit.start + LONGEST)]
        if unit.kind == "given" or judge(text, unit.kind).claim or _completes(view, units, unit):
            found.append(_describe(document, units, number, view, (unit.start, unit.end)))
    return tuple(found)


def _completes(view: str, units: Sequence[Unit], unit: Unit) -> bool:
    """Whether an item without a verb completes a claim: "Side effects include:" and then "mild headache"."""
    item = view[unit.start : min(unit.end, unit.start + LONGEST)]
    word = re.fullmatch(r"[\W\d_]*[^\W\d_]{4,}\W*", item) is not None  # "Drowsiness"
    return (word or judge(item, "item").cues == NO_CLAUSE) and _enumerated(view, units, unit) is not None


def _enumerated(view: str, units: Sequence[Unit], unit: Unit) -> Kind | None:
    """The type of the claim whose list an item stands in, when each of its items is a claim."""
    if unit.kind != "item" or unit.lead_in is None:
        return None
    lead_in = units[unit.lead_in]
    said = view[lead_in.start : lead_in.end]
    if not said.rstrip("*_ ").endswith(":") or not judge(said, lead_in.kind).claim:
        return None
    kind = kind_of(said)
    return kind if kind.claim_type in _ENUMERATED else None


def describe(document: Document, units: Sequence[Unit], number: int, span: tuple[int, int] | None = None) -> Claim:
    """Make a claim of a unit, or of `span` (start, end), a part of the text that begins in it; it is not judged."""
    unit = units[number]
    return _describe(document, units, number, even(plain(document)), span or (unit.start, unit.end))


def _describe(document: Document, units: Sequence[Unit], number: int, view: str, span: tuple[int, int]) -> Claim:
    unit = units[number]
    start, end = span
    text = view[start : min(end, start + LONGEST)]
    listed = _enumerated(view, units, unit) if not judge(text, unit.kind).claim else None
    kind = listed or kind_of(text, _context(view, units, unit))
    heading = units[unit.headings[-1]].text if unit.headings else None
    return Claim(
        start, end, document.text[start:end], number, heading, kind.claim_type, question_of(kind.claim_type),
        polarity_of(text), certainty_of(text), kind.cues,
    )  # fmt: skip


def verdicts(document: Document, units: Sequence[Unit]) -> list[Verdict]:
    """Return for each unit whether it is a claim and why not; for looking into the rules."""
    view = even(plain(document))
    return [judge(view[u.start : u.end], u.kind) for u in units]


def _context(view: str, units: Sequence[Unit], unit: Unit) -> list[tuple[str, bool]]:
    """The question, lead-in and heading of a unit; a heading that is a claim itself says nothing about what follows."""
    asked = [n for n in (unit.question, unit.lead_in) if n is not None]
    found = [(view[units[n].start : units[n].end], True) for n in dict.fromkeys(asked)]
    heading = unit.headings[-1] if unit.headings else None
    if heading is not None and heading not in asked:
        text = view[units[heading].start : units[heading].end]
        if not judge(text, "heading").claim:
            found.append((text, False))
    return found
