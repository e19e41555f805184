"""Tags for PubMed records: what a record is about, as against what it merely mentions.

Evidence is weighed by where it stands: the indexer's headings and the title say most, then aim, methods and conclusion;
the background says least. What stays below the threshold is tagged `not-studied`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.model import Mesh, Record, Tag
from litmap.vocabulary.entries import WEAK, Vocabulary
from litmap.vocabulary.matcher import Matcher
from litmap.vocabulary.roles import MAIN, Said, assign, sentences

# What a mention in a place adds; a tag needs THRESHOLD.
WEIGHTS = {"title": 3.0, "condition": 3.0, "objective": 2.0, "methods": 1.5, "results": 1.0, "conclusion": 1.5, "background": 0.4, "body": 1.0, "keyword": 2.0}
THRESHOLD = 2.0
_LABEL = re.compile(r"(?:^|\n|(?<=[.!?;)])\s)([A-Z][A-Z /&,'’-]{2,60}|[A-Z][a-z]+(?:[ /][A-Za-z]+){0,3}):\s")
_PLACES = (
    ("condition", ("CONDITION",)),
    ("background", ("BACKGROUND", "INTRODUCTION", "RATIONALE", "IMPORTANCE", "CONTEXT")),
    ("conclusion", ("CONCLUSION", "INTERPRETATION", "DISCUSSION", "SIGNIFICANCE", "IMPLICATION")),
    ("objective", ("OBJECTIVE", "AIM", "PURPOSE", "HYPOTHES", "GOAL")),
    ("results", ("RESULT", "FINDING", "OUTCOME")),
    ("methods", ("METHOD", "DESIGN", "PARTICIPANT", "SETTING", "INTERVENTION", "PATIENT", "MATERIAL", "PROCEDURE", "SUBJECT", "MEASURE", "DATA", "CASE", "SAMPLE")),
)
_AIM = re.compile(r"\b(?:we|our|aim(?:ed|s)?|this (?:\w+ )?(?:study|trial|review|article|paper|report|case|analysis)|present study|here|were randomi[sz]ed|purpose|objective)\b", re.I)
_ROUTE_PLACES = frozenset(("title", "objective", "methods", "results", "conclusion", "body", "keyword"))


def places(abstract: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Return for each sentence where it stands: background, objective, methods, results, conclusion, condition or body."""
    labels = [(match.start(1), place) for match in _LABEL.finditer(abstract) if (place := _place(match.group(1)))]
    found: list[str] = []
    if labels:
        current, at = "background" if labels[0][0] > 0 else labels[0][1], 0
        for start, end in spans:
            while at < len(labels) and labels[at][0] < end:
                current, at = labels[at][1], at + 1
            found.append(current if start or labels[0][0] == 0 else current)
        return found
    begun = False
    for number, (start, end) in enumerate(spans):
        begun = begun or bool(_AIM.search(abstract, start, end)) or number >= 4
        found.append("body" if begun else "background")
    if len(found) > 3:
        found[-1] = "conclusion"
    return found


def _place(label: str) -> str | None:
    upper = label.upper()
    for place, words in _PLACES:
        if any(word in upper for word in words):
            return place
    return None


class RecordTagger:
    """Tags records with a compiled vocabulary."""

    def __init__(self, vocabulary: Vocabulary, matcher: Matcher) -> None:
        self.vocabulary = vocabulary
        self.matcher = matcher
        self._mesh: dict[str, list[tuple[str, str]]] = {}
        for facet in MAIN:
            for entry in vocabulary.entries(facet):
                for ui, heading in entry.mesh:
                    for key in filter(None, (ui, heading.lower())):
                        self._mesh.setdefault(key, []).append((facet, entry.slug))

    def tag(self, record: Record) -> tuple[Tag, ...]:
        """Return the record's tags in the order of the vocabulary, one for each facet, slug and role."""
        weighed = _Scales()
        for heading in record.mesh:
            for facet, slug in self._mesh.get(heading.ui or "", ()) or self._mesh.get(heading.heading.lower(), ()):
                weighed.add(facet, slug, _mesh_role(facet, heading), "mesh", heading.heading, THRESHOLD)
        self._read(weighed, record.title, "title")
        for keyword in record.keywords:
            self._read(weighed, keyword, "keyword")
        if record.abstract:
            self._read_abstract(weighed, record.abstract)
        return weighed.tags(self.vocabulary)

    def _read(self, weighed: _Scales, text: str, origin: str) -> None:
        found = self.matcher.find(text)
        if found.mentions:
            for said in assign(text, found, [(0, len(text))]):
                mention = said.mention
                weighed.add(mention.facet, mention.slug, said.role, origin, text[mention.start : mention.end], WEIGHTS[origin])

    def _read_abstract(self, weighed: _Scales, text: str) -> None:
        found = self.matcher.find(text)
        if not found.mentions:
            return
        spans = sentences(text)
        where = places(text, spans)
        for said in assign(text, found, spans):
            mention, place = said.mention, where[said.sentence]
            weight = _weight(said, place)
            weighed.add(mention.facet, mention.slug, said.role, "abstract", text[mention.start : mention.end], weight)


def _weight(said: Said, place: str) -> float:
    if said.mention.facet == "route":
        return THRESHOLD if place in _ROUTE_PLACES else 0.0
    weight = WEIGHTS[place]
    return weight / 2 if said.mention.kind is WEAK else weight


def _mesh_role(facet: str, heading: Mesh) -> str:
    qualifier = (heading.qualifier or "").lower()
    if facet == "condition" and qualifier in ("chemically induced", "complications"):
        return "adverse-effect" if qualifier == "chemically induced" else "indication"
    return MAIN[facet]


class _Scales:
    """Adds up the evidence for each facet, slug and role."""

    def __init__(self) -> None:
        self.weights: dict[tuple[str, str, str], float] = {}
        self.seen: dict[tuple[str, str, str], tuple[int, str, str]] = {}

    def add(self, facet: str, slug: str, role: str, origin: str, matched: str, weight: float) -> None:
        key = (facet, slug, role)
        self.weights[key] = self.weights.get(key, 0.0) + weight
        rank = ("mesh", "keyword", "title", "abstract").index(origin)
        if key not in self.seen or rank < self.seen[key][0]:
            self.seen[key] = (rank, origin, matched)

    def tags(self, vocabulary: Vocabulary) -> tuple[Tag, ...]:
        found = []
        for (facet, slug, role), weight in self.weights.items():
            _, origin, matched = self.seen[(facet, slug, role)]
            settled = role
            if role == MAIN[facet] and weight < THRESHOLD:
                settled = "not-studied"
                if (facet, slug, "not-studied") in self.weights:
                    continue
            found.append(Tag(facet, slug, settled, origin, matched))
        order = {facet: index for index, facet in enumerate(MAIN)}
        return tuple(sorted(found, key=lambda tag: (order[tag.facet], _position(vocabulary, tag), tag.role)))


def _position(vocabulary: Vocabulary, tag: Tag) -> int:
    entry = vocabulary.entry(tag.facet, tag.slug)
    return entry.position if entry else 0
