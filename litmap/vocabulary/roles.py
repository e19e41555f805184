"""What a mention is said to be in its sentence: the indication, an adverse effect, a comparator, ...

The cue words stand in `cues.csv`. The nearest cue that reaches a mention decides; a cue inside a longer one does not
count; nothing reaches across a barrier ("but", "whereas"). A route takes the role of the treatment it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from litmap.vocabulary.matcher import WEAK, CueHit, Found, Mention

MAIN = {"condition": "indication", "route": "studied", "intervention": "studied"}
_ABBREVIATIONS = re.compile(r"(?:\b(?:vs|e\.g|i\.e|dr|mr|mrs|ms|prof|al|approx|ca|fig|no|st|cf|resp|inc|i\.v|i\.m|s\.c|u\.s|p\.o)|\b[A-Za-z])\.$", re.I)
_STOP = re.compile(r"[.!?][\"”')\]]*\s+(?=[A-Z0-9\"“(\[])|\n+")


class Said(NamedTuple):
    """A mention with the role its sentence gives it."""

    mention: Mention
    role: str
    sentence: int


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of sentences, good enough to keep roles apart (offsets, end-exclusive)."""
    spans, start = [], 0
    for stop in _STOP.finditer(text):
        if text[stop.start()] == "." and _ABBREVIATIONS.search(text, max(start, stop.start() - 8), stop.start() + 1):
            continue
        spans.append((start, stop.end()))
        start = stop.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def assign(text: str, found: Found, spans: Sequence[tuple[int, int]]) -> list[Said]:
    """Give each mention a role, sentence by sentence. Weak terms go where a firm one of the facet stands."""
    said: list[Said] = []
    mentions, cues = found.mentions, found.cues
    m = c = 0
    for number, (start, end) in enumerate(spans):
        inside = []
        while m < len(mentions) and mentions[m].start < end:
            inside.append(mentions[m])
            m += 1
        hits = []
        while c < len(cues) and cues[c].start < end:
            hits.append(cues[c])
            c += 1
        if inside:
            said += [Said(mention, role, number) for mention, role in _sentence(text, _firm(inside), _outer(hits))]
    return said


def _firm(mentions: list[Mention]) -> list[Mention]:
    firm = {mention.facet for mention in mentions if mention.kind != WEAK}
    return [mention for mention in mentions if mention.kind != WEAK or mention.facet not in firm]


def _outer(hits: list[CueHit]) -> list[CueHit]:
    """Drop cues that lie within a longer cue that is for the same facet."""
    if len(hits) < 2:
        return hits
    kept: list[CueHit] = []
    for hit in hits:  # in order of start, longest first
        if any(
            other.end >= hit.end and other.end - other.start > hit.end - hit.start and _same_facet(other, hit) for other in kept
        ):  # fmt: skip
            continue
        kept.append(hit)
    return kept


def _same_facet(one: CueHit, other: CueHit) -> bool:
    return one.cue.facet == other.cue.facet or "all" in (one.cue.facet, other.cue.facet)


def _sentence(text: str, mentions: list[Mention], hits: list[CueHit]) -> Iterable[tuple[Mention, str]]:
    barriers = [hit.start for hit in hits if hit.cue.role == "barrier"]
    roles: dict[int, str] = {}
    for index, mention in enumerate(mentions):
        if mention.facet != "route":
            roles[index] = _role(text, mention, hits, barriers)
    for index, mention in enumerate(mentions):
        if mention.facet == "route":
            roles[index] = _route_role(text, mention, mentions, roles, hits, barriers)
    return [(mention, roles[index]) for index, mention in enumerate(mentions)]


def _role(text: str, mention: Mention, hits: list[CueHit], barriers: list[int]) -> str:
    kind = "condition" if mention.facet == "condition" else "treatment"
    best, nearest = "main", 10_000
    for start, end, cue in hits:
        if cue.role == "barrier" or cue.facet not in (kind, "all"):
            continue
        if end <= mention.start and cue.where != "after":
            between = (end, mention.start)
        elif start >= mention.end and cue.where != "before":
            between = (mention.end, start)
        else:
            continue
        words = text.count(" ", *between)
        if words <= cue.reach and words < nearest and not any(between[0] <= at < between[1] for at in barriers):
            best, nearest = cue.role, words
    return MAIN[mention.facet] if best == "main" else best


def _route_role(text: str, route: Mention, mentions: list[Mention], roles: dict[int, str], hits: list[CueHit], barriers: list[int]) -> str:
    """The role of the treatment that the route stands with; else what the cues say of the route itself."""
    own = _role(text, route, hits, barriers)
    best: int | None = None
    nearest = 4
    for index, other in enumerate(mentions):
        if other.facet != "intervention":
            continue
        if other.start < route.end and route.start < other.end:  # "esketamine nasal spray", "oral antidepressant"
            return _not_compared(roles[index], own)
        if other.start >= route.end:
            gap, words = text[route.end : other.start], text.count(" ", route.end, other.start)
        else:
            gap, words = text[other.end : route.start], text.count(" ", other.end, route.start) + 1
        if words < nearest and not re.search(r"[,;:]|\b(?:and|or|vs|versus|than|with|to)\b", gap):
            best, nearest = index, words
    return own if best is None else _not_compared(roles[best], own)


def _not_compared(role: str, own: str) -> str:
    """A route said to be unstudied stays so even where its treatment is studied."""
    return own if role == MAIN["route"] and own == "not-studied" else role
