"""Tags for claims: what the sentence says, and what its surroundings add where it is silent.

Surroundings, nearest first: the list's lead-in, the question answered, the sentences before in the same section, the
headings, the document's main subject. Epidemiology, history and official-record claims inherit no route.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from litmap.model import Claim, Document, Tag, Unit
from litmap.vocabulary.entries import Vocabulary
from litmap.vocabulary.matcher import Matcher
from litmap.vocabulary.roles import MAIN, Reader

_ROUTELESS = frozenset(("epidemiology", "history", "regulatory", "other"))
_SUBJECT_ROLES = frozenset(("indication", "population", "outcome", "studied"))
_ALL_OF_THEM = re.compile(
    r"\b(?:these|those|both|either|neither|none of (?:these|them)|all of (?:these|them)|such) "
    r"(?:methods?|routes?|forms?|options?|treatments?|conditions?|disorders?|approaches|formulations?|types?)\b|\bnone of these\b",
    re.I,
)
_RECORDED = frozenset(("history", "regulatory"))  # of the drug, not of what the page is about
_MAIN_SHARE = 0.3
_MAIN_LEAD = 2  # mentions by which the main subject leads the next, else the page has several subjects
_REACH = 30  # sentences back, at most


class _Said(NamedTuple):
    facet: str
    slug: str
    role: str
    start: int
    matched: str


class ClaimTagger:
    """Tags claims with a compiled vocabulary."""

    def __init__(self, vocabulary: Vocabulary, matcher: Matcher, reader: Reader) -> None:
        self.vocabulary = vocabulary
        self.matcher = matcher
        self.reader = reader
        self.mapped = frozenset(entry.slug for entry in vocabulary.entries("intervention") if entry.on_map)

    def tag(self, document: Document, units: Sequence[Unit], claims: Sequence[Claim]) -> list[tuple[Tag, ...]]:
        """Return the tags of each claim, in the claims' order."""
        said = [self._said(unit, document.text) for unit in units]
        context = _Context(self.vocabulary, document, units, said)
        return [self._ordered(context.claim(claim)) for claim in claims]

    def _said(self, unit: Unit, whole: str) -> list[_Said]:
        found = self.matcher.find(unit.text, whole)
        if not found.mentions:
            return []
        heard = self.reader.assign(unit.text, found, [(0, len(unit.text))])
        subject = any(
            s.mention.facet == "intervention" and s.role == "studied" and s.mention.slug in self.mapped for s in heard
        )
        said = []
        for mention, role, _, _, of in heard:
            # Beside a treatment of the map, the route of a mere comparator is not studied.
            aside = (
                subject and role == "studied" and of is not None and of not in self.mapped and mention.facet == "route"
            )
            matched = unit.text[mention.start : mention.end]
            said.append(
                _Said(
                    mention.facet, mention.slug, "co-medication" if aside else role, unit.start + mention.start, matched
                )
            )
        return said

    def _ordered(self, tags: list[Tag]) -> tuple[Tag, ...]:
        once: dict[tuple[str, str, str], Tag] = {}
        for tag in tags:
            once.setdefault(tag[:3], tag)
        facets = list(MAIN)

        def place(tag: Tag) -> tuple[int, int, str]:
            entry = self.vocabulary.entry(tag.facet, tag.slug)
            return facets.index(tag.facet), entry.position if entry else 0, tag.role

        return tuple(sorted(once.values(), key=place))


class _Context:
    """The surroundings of every unit of one document."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        document: Document,
        units: Sequence[Unit],
        said: list[list[_Said]],
    ) -> None:
        self.vocabulary = vocabulary
        self.units = units
        self.said = said
        self.main = {facet: self._main(facet, document) for facet in MAIN}

    def _main(self, facet: str, document: Document) -> list[Tag]:
        """The document's main subjects: what most of its mentions are about."""
        counts: Counter[str] = Counter()
        for index, found in enumerate(self.said):
            weight = 2 if self.units[index].kind == "heading" else 1
            for slug in {
                s.slug for s in found if s.facet == facet and s.role in _SUBJECT_ROLES and self._on_map(facet, s.slug)
            }:
                counts[slug] += weight
        total = sum(counts.values())
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        second = ranked[1][1] if len(ranked) > 1 else -_MAIN_LEAD
        return [
            Tag(facet, slug, MAIN[facet], "document", document.title or "")
            for slug, count in ranked[:1]
            if total and count / total >= _MAIN_SHARE and count - second >= _MAIN_LEAD
        ]

    def _on_map(self, facet: str, slug: str) -> bool:
        entry = self.vocabulary.entry(facet, slug)
        return entry is None or entry.on_map

    def claim(self, claim: Claim) -> list[Tag]:
        tags = [self._current(tag) for tag in claim.given]
        given = {tag.facet for tag in given_subjects(claim.given)}
        for facet in MAIN:
            if facet in given:
                continue
            own = [
                Tag(facet, s.slug, s.role, "sentence", s.matched)
                for s in self.said[claim.unit]
                if s.facet == facet and claim.start <= s.start < claim.end
            ]
            tags += own
            if self._wants(claim, facet, own):
                have = {tag.slug for tag in own}
                tags += [tag for tag in self._around(claim.unit, facet, claim.claim_type) if tag.slug not in have]
        return tags

    def _current(self, tag: Tag) -> Tag:
        """A tag whose slug was retired, under the slug that replaces it."""
        entry = self.vocabulary.entry(tag.facet, tag.slug)
        return tag._replace(slug=entry.replaced_by) if entry and entry.replaced_by else tag

    def _wants(self, claim: Claim, facet: str, own: list[Tag]) -> bool:
        if self.units[claim.unit].kind in ("caption", "given"):  # a ready claim from a list stands alone
            return False
        if facet == "route" and claim.claim_type in _ROUTELESS:
            return False
        if facet == "route" and _ALL_OF_THEM.search(claim.text):
            return True
        return not any(tag.role in _SUBJECT_ROLES for tag in own)

    # ------------------------------------------------------------ what surrounds a unit

    def _around(self, index: int, facet: str, claim_type: str) -> list[Tag]:
        unit = self.units[index]
        if tags := self._listed(index, facet):
            return tags
        for origin, other in (("lead-in", unit.lead_in), ("question", unit.question)):
            if other is not None and (tags := self._subjects(other, facet, origin, index)):
                return tags
        if tags := self._previous(index, facet, claim_type):
            return tags
        if facet == "condition" and claim_type in _RECORDED:
            return []
        for heading in reversed(unit.headings):
            if tags := self._subjects(heading, facet, "heading", index):
                return tags
        if facet == "route":
            return []
        return [] if claim_type == "epidemiology" and facet == "intervention" else self.main[facet]

    def _listed(self, index: int, facet: str) -> list[Tag]:
        """What the items of a list say, or the headings of the sections, for the sentence that announces them."""
        if not self.units[index].text.rstrip("*_ ").endswith(":"):
            return []
        following = self.units[index + 1 : index + 1 + _REACH]
        kind = following[0].kind if following else ""
        found: list[Tag] = []
        for other, unit in enumerate(following, index + 1):
            if kind == "item" and unit.kind != "item":
                break
            if kind in ("item", "heading") and unit.kind == kind:
                tags = self._subjects(other, facet, "lead-in", index)
                if kind == "heading" and not tags:
                    break
                found += tags
        return found

    def _previous(self, index: int, facet: str, claim_type: str) -> list[Tag]:
        """The nearest sentence before in the same section that names a subject."""
        unit = self.units[index]
        for other in range(index - 1, max(-1, index - 1 - _REACH), -1):
            before = self.units[other]
            if before.kind == "heading" or before.headings != unit.headings:
                break
            if before.kind == "caption" or (before.lead_in is not None and unit.lead_in is not None):
                continue  # items say nothing of each other
            tags = self._subjects(other, facet, "previous", index)
            if settled := [tag for tag in tags if self._on_map(facet, tag.slug) or claim_type in _RECORDED]:
                return settled
        return []

    def _subjects(self, index: int, facet: str, origin: str, taker: int) -> list[Tag]:
        """What a unit hands on to the unit `taker`: no route from another treatment than the one that `taker` names."""
        if facet == "route":
            own, others = self._treatments(taker), self._treatments(index)
            if own and others and not own & others:
                return []
        return [
            Tag(facet, s.slug, s.role, origin, s.matched)
            for s in self.said[index]
            if s.facet == facet and s.role in _SUBJECT_ROLES
        ]

    def _treatments(self, index: int) -> set[str]:
        """The families of the interventions that a unit is about."""
        slugs = [s.slug for s in self.said[index] if s.facet == "intervention" and s.role in _SUBJECT_ROLES]
        return {(self.vocabulary.ancestors("intervention", slug) or (slug,))[-1] for slug in slugs}


def given_subjects(given: Sequence[Tag]) -> list[Tag]:
    """The tags that came with a claim (for these facets nothing is inferred)."""
    return [tag for tag in given if tag.origin in ("given", "reviewer")]
