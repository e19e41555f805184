"""The sentences of an abstract, and where they stand: in its aim, methods, results, conclusion, or background."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

_COLON = re.compile(r":\s")
_LABEL = re.compile(  # the capital first: so most of a text is passed over at once
    r"[A-Z](?:(?:(?<=^.)|(?<=\s.))[A-Z /&,'’-]{2,60}|(?:(?<=^.)|(?<=[.!?;)\]]\s.)|(?<=\n.))[a-z]+(?:[ /][A-Za-z]+){0,3})$"
)  # SHOUTED anywhere; Capitalised only behind a full stop
_LONGEST_LABEL = 64
_PLACES = (
    ("condition", ("CONDITION",)),
    ("outcome", ("PRIMARY OUTCOME", "SECONDARY OUTCOME", "OUTCOME MEASURE", "OUTCOMES MEASURE", "END POINT", "ENDPOINT")),
    ("objective", ("OBJECTIVE", "AIM", "PURPOSE", "HYPOTHES", "GOAL")),
    ("background", ("BACKGROUND", "INTRODUCTION", "RATIONALE", "IMPORTANCE", "CONTEXT")),
    ("conclusion", ("CONCLUSION", "INTERPRETATION", "DISCUSSION", "SIGNIFICANCE", "IMPLICATION")),
    ("results", ("RESULT", "FINDING", "OUTCOME")),
    ("methods", ("METHOD", "DESIGN", "PARTICIPANT", "SETTING", "INTERVENTION", "PATIENT", "MATERIAL", "PROCEDURE", "SUBJECT", "MEASURE", "DATA", "CASE", "SAMPLE")),
)  # fmt: skip
_AIM = re.compile(  # in the plain form; `done` is what earlier studies did too
    r" (?=[adhoptvw])(?:we(?! (?:know|(?:have )?(?:previously|recently|shown|found)))|our(?! (?:knowledge|understanding|previous|earlier|prior|(?:research )?group))|"
    r"aim(?:ed|s)?|purpose|objective|present (?:study|trial|review|article|paper|report|letter|analysis|work|investigation)|here|this (?:\w+ )?(?:study|trial|review|article|paper|report|letter|case|analysis|survey|protocol|investigation|project)|"
    r"(?P<done>(?:was|were) (?:\w+ )?(?:randomi[sz]ed|given|administered|treated|recorded|acquired|investigated|studied|examined|compared|assessed|measured)|"
    r"volunteers|healthy (?:\w+ )?(?:subjects|participants)|double blind)|will be (?:enrolled|recruited|randomi[sz]ed|included|given))\b"
)
_EARLIER = re.compile(r" (?=[ehp])(?:previous(?:ly)?|prior|past|earlier|ha(?:ve|s) been|preclinical)\b")
_LEAD_SENTENCES = 4  # an abstract without labels gets to the point by then
_ABBREVIATIONS = frozenset((
    "vs", "e.g", "i.e", "dr", "mr", "mrs", "ms", "prof", "al", "approx", "ca", "fig", "no", "st", "cf", "resp", "inc", "i.v", "i.m", "s.c", "u.s", "p.o",
))  # fmt: skip


def _stops() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What ends a sentence: a mark before a capital or digit, unless it is the full stop of an abbreviation or initial.

    The second knows no mark but the full stop: it takes half the time, and most abstracts have no other.
    """
    by_length: dict[int, list[str]] = {}
    for word in sorted(_ABBREVIATIONS):
        by_length.setdefault(len(word), []).append(re.escape(word))
    begin = r"(?<![^\s(\[])"
    words = [r"[^\W\d_]", *(f"(?i:{'|'.join(group)})" for group in by_length.values())]
    guard = "".join(rf"(?<!{begin}{word}\.)" for word in words)
    before = rf"{guard}[\"”')\]]*\s+(?=[A-Z0-9\"“(\[])"
    return re.compile(rf"[.!?\n](?:(?<=\n)\n*|{before})"), re.compile(rf"\.{before}")


_STOP, _FULL_STOP = _stops()
_OTHER_MARKS = ("\n", "?", "!")


def sentences(text: str, begin: int = 0, until: int | None = None) -> list[tuple[int, int]]:
    """Return the spans of sentences, good enough to keep roles apart (offsets, end-exclusive).

    From `begin` to the sentence that holds `until` (default: to the end).
    """
    spans, start = [], begin
    last = len(text) if until is None else until
    stops = _FULL_STOP
    for mark in _OTHER_MARKS:
        if text.find(mark, begin) >= 0:
            stops = _STOP
    for stop in stops.finditer(text, begin):
        end = stop.end()
        spans.append((start, end))
        start = end
        if start > last:
            return spans
    if start < len(text):
        spans.append((start, len(text)))
    return spans


class Places:
    """Where each position of an abstract stands, by its labels or, without labels, by its wording."""

    def __init__(self, abstract: str, plain: str, spans: Sequence[tuple[int, int]]) -> None:
        """`plain` is the plain form of `abstract`; `spans` are its sentences."""
        self.starts: list[int] = []
        self.names: list[str] = []
        begin = spans[0][0] if spans else len(abstract)
        for colon in _COLON.finditer(abstract, begin, spans[-1][1] if spans else begin):
            start = max(begin, colon.start() - _LONGEST_LABEL)
            label = _LABEL.search(abstract[start : colon.start()])
            if label and (place := _place(label.group())):
                self.starts.append(start + label.start())
                self.names.append(place)
        first = self.starts[0] if self.starts else len(abstract)
        if first > begin:
            before = [span for span in spans if span[0] < first] if self.starts else spans
            self._unlabelled(plain, before, closing=not self.starts)

    def _unlabelled(self, plain: str, spans: Sequence[tuple[int, int]], *, closing: bool) -> None:
        lead = spans[min(len(spans), _LEAD_SENTENCES) - 1][1]
        aim = _aim(plain, spans, lead)
        begun = lead if aim is None else aim
        early = 0
        while early < len(spans) and spans[early][1] <= begun:
            early += 1
        names = ["background"] * early + ["body"] * (len(spans) - early)
        if aim is not None and early < len(names):
            names[early] = "objective"
        if closing and len(names) >= _LEAD_SENTENCES and spans[-1][1] == len(plain):
            names[-1] = "conclusion"
        self.starts = [start for start, _ in spans] + self.starts
        self.names = names + self.names

    def at(self, position: int) -> str:
        """Return background, objective, methods, results, outcome, conclusion, condition or body."""
        return self.names[max(0, bisect_right(self.starts, position) - 1)]


def _aim(plain: str, spans: Sequence[tuple[int, int]], lead: int) -> int | None:
    """Where a text first says what its own study does."""
    for hint in _AIM.finditer(plain, max(0, spans[0][0] - 1), lead):
        at = hint.start() + 1
        sentence = spans[bisect_right(spans, (at, len(plain))) - 1]
        if not hint.group("done") or not _EARLIER.search(plain, *sentence):
            return at
    return None


@lru_cache(maxsize=4096)
def _place(label: str) -> str | None:
    upper = label.upper()
    for place, words in _PLACES:
        if any(word in upper for word in words):
            return place
    return None
