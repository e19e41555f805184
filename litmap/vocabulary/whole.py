"""What a document is about as a whole: its main subjects, its route, the people of a reported trial, its sections on harm."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from litmap.model import Document, Tag, Unit
from litmap.vocabulary.entries import Vocabulary
from litmap.vocabulary.roles import HARMFUL, MAIN
from litmap.vocabulary.terms import plain

SUBJECT_ROLES = frozenset(("indication", "population", "outcome", "studied"))
HEADLINE = 3  # units in which a report says that it is one, and a page what it is on
_NO = re.compile(r"\b(?:no|without)\s\Z", re.I)
_AS_A = re.compile(r"\bas an? (?:[\w-]+ ){0,3}\Z", re.I)  # "safe as an anesthetic": a use, no side effect
_VERSUS = re.compile(r"\b(?:vs|versus|compared|or)\b", re.I)
_MAIN_SHARE = 0.3
_OFTEN = 4  # mentions of a condition that make it the main one even when another is as near
_OF_FAMILY = 0.5  # of the mentions of a family (mood disorders, pain), at least, for one member to stand for it
_MAIN_LEAD = 2  # mentions by which the main subject leads the next, else the page has several subjects
_ROUTE_SHARE = 0.35  # of the units on the main treatment, at least, for the page to have a main route


class Heard(NamedTuple):
    """What a unit says of one entry."""

    facet: str
    slug: str
    role: str
    start: int  # offset in the document
    matched: str
    weak: bool
    cued: bool  # a close cue makes it the subject ("patients with X")
    spoken: bool  # a cue gave the role

    def tag(self, origin: str) -> Tag:
        """The tag for a claim."""
        return Tag(self.facet, self.slug, self.role, origin, self.matched)


class Whole:
    """What one document says, unit by unit, and its main subjects."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        document: Document,
        units: Sequence[Unit],
        said: Sequence[list[Heard]],
        types: Mapping[int, str],
    ) -> None:
        """`said` and `types` (claim types) are by index of the unit."""
        self.vocabulary = vocabulary
        self.units = units
        self.types = types
        self.title = document.title or ""
        self.said = list(said)
        self.main = {facet: self._main(facet) for facet in ("condition", "intervention")}
        self._set_pills_aside()
        self.headline = self._headline()
        self.main["route"] = self._main_route()
        self.said = [self._by_section(index) for index in range(len(units))]

    def _main(self, facet: str) -> list[Tag]:
        """The document's main subject: what most of its mentions are about."""
        counts: Counter[str] = Counter()
        families: Counter[str] = Counter()
        for index, found in enumerate(self.said):
            if self.types.get(index) == "safety" and facet == "condition":
                continue
            weight = 2 if self.units[index].kind == "heading" else 1
            slugs = {s.slug for s in found if s.facet == facet and s.role in SUBJECT_ROLES}
            slugs = {slug for slug in slugs if self._on_map(facet, slug)}
            counts.update(dict.fromkeys(slugs, weight))
            families.update(dict.fromkeys({self._family(facet, slug) for slug in slugs}, weight))
        if not counts:
            return []
        (first, most), *others = families.most_common(2)
        ahead = not others or most - others[0][1] >= _MAIN_LEAD
        often = facet == "condition" and most >= _OFTEN
        leads = (ahead or often) and most >= _MAIN_SHARE * sum(families.values())
        # The broader of two related subjects that are named as often.
        slug = min(
            (slug for slug in counts if self._family(facet, slug) == first),
            key=lambda slug: (-counts[slug], len(self.vocabulary.ancestors(facet, slug)), slug),
        )
        stands = leads and counts[slug] >= _OF_FAMILY * most
        if facet == "condition" and leads and (broader := self._opened_with(slug)):
            slug, stands = broader, True
        return [Tag(facet, slug, MAIN[facet], "document", self.title)] if stands else []

    def _opened_with(self, slug: str) -> str | None:
        """The broader condition that a page opens with: "I treat depression", though it names a narrower one more often."""
        found = [s for said in self.said[:HEADLINE] for s in said if s.facet == "condition" and not s.weak]
        opening = {s.slug for s in found if s.role in SUBJECT_ROLES}
        above = self.vocabulary.ancestors("condition", slug)
        return None if slug in opening else next((other for other in above if other in opening), None)

    def _main_route(self) -> list[Tag]:
        """The route of the document's main treatment: that of its title, else the one that most of its sentences name.

        In a report on a study the only one named.
        """
        family = self._main_family()
        counts: Counter[str] = Counter()
        units = 0
        for index, found in enumerate(self.said):
            routes = {s.slug for s in found if s.facet == "route" and s.role == "studied"}
            named = self._treatments(index)
            if len(routes) == 1 and named & family and self._titled(index):
                return [Tag("route", slug, MAIN["route"], "document", self.title) for slug in routes]
            units += bool(family & named or (routes and not named))
            if not named or family & named:
                counts.update(routes)
        if not family or not counts:
            return []
        (slug, count), *rest = [*counts.most_common(2), ("", 0)]
        leads = count >= _ROUTE_SHARE * units and count - rest[0][1] >= _MAIN_LEAD
        alone = (self.headline and len(counts) == 1) or self._headed(family) == {slug}
        return [Tag("route", slug, MAIN["route"], "document", self.title)] if leads or alone else []

    def _titled(self, index: int) -> bool:
        """Whether a unit is the page's title, perhaps below the site's name."""
        unit = self.units[index]
        return unit.kind == "heading" and (index == 0 or (index < HEADLINE and not _VERSUS.search(unit.text)))

    def _headed(self, family: set[str]) -> set[str]:
        """The routes in headings on a treatment: "Intramuscular ketamine"."""
        units = enumerate(self.units)
        headings = [index for index, unit in units if unit.kind == "heading" and not _VERSUS.search(unit.text)]
        found = [s for index in headings if self._treatments(index) & family for s in self.said[index]]
        return {s.slug for s in found if s.facet == "route"}

    def _headline(self) -> list[Tag]:
        """The conditions in the title of a report on a study: its population."""
        first = range(min(HEADLINE, len(self.units)))
        if not any(self._section(index) == "report" for index in first):
            return []
        for index in first:
            found = [s for s in self.said[index] if s.facet == "condition" and s.role in SUBJECT_ROLES]
            if found:
                return [s.tag("document")._replace(role="population" if s.cued else s.role) for s in found]
        return []

    def _set_pills_aside(self) -> None:
        """Beside a treatment that has no route, or on a page on one, a loose route word is what it is compared with."""
        page = {tag.slug for tag in self.main["intervention"]}
        for index, found in enumerate(self.said):
            on = {s.slug for s in found if s.facet == "intervention" and s.role == "studied"} or page
            if on and on <= self.vocabulary.routeless:
                self.said[index] = [
                    s._replace(role="comparator") if s.facet == "route" and s.weak else s for s in found
                ]

    def _on_map(self, facet: str, slug: str) -> bool:
        entry = self.vocabulary.entry(facet, slug)
        return entry is None or entry.on_map

    def _family(self, facet: str, slug: str) -> str:
        return (self.vocabulary.ancestors(facet, slug) or (slug,))[-1]

    def _main_family(self) -> set[str]:
        """The families of what the page treats with."""
        return {self._family("intervention", tag.slug) for tag in self.main["intervention"]}

    def _related(self, facet: str, one: str, other: str) -> bool:
        return one in self.vocabulary.ancestors(facet, other) or other in self.vocabulary.ancestors(facet, one)

    def _treatments(self, index: int) -> set[str]:
        """The families of the interventions that a unit is about."""
        found = self.said[index]
        return {self._family(s.facet, s.slug) for s in found if s.facet == "intervention" and s.role in SUBJECT_ROLES}

    def _of_page(self, slug: str) -> bool:
        """Whether a condition is of the kind that the page is about."""
        return any(tag.slug == slug or self._related("condition", tag.slug, slug) for tag in self.main["condition"])

    # ------------------------------------------------------------ sections on harm

    def _section(self, index: int | None) -> str | None:
        """The role that a heading or question gives to what stands under it: "Side effects"."""
        if index is None:
            return None
        text = f" {plain(self.units[index].text)} "
        return next((role for form, role in self.vocabulary.sections.items() if f" {form} " in text), None)

    def _by_section(self, index: int) -> list[Heard]:
        """Conditions of which no cue speaks are, under "Side effects" or in a claim on safety, adverse effects.

        Unless they are what the section or the page is about. Loose terms there mean nothing. In a claim on how a
        treatment works so are those that it spares.
        """
        unit, found = self.units[index], self.said[index]
        if not found or unit.kind == "heading":
            return found
        above = [unit.lead_in, unit.question, *unit.headings[-1:]]
        role = next(filter(None, map(self._section, above)), None)
        if role == "report" or role is None:
            role = HARMFUL if self.types.get(index) == "safety" else None
        if role is None and self.types.get(index) != "mechanism":
            return found
        subjects = {tag.slug for tag in self.main["condition"]} | {
            s.slug for other in (*above, *unit.headings) if other is not None for s in self.said[other] if s.facet == "condition"
        }  # fmt: skip
        kept = []
        for s in found:
            used = not self._on_map("condition", s.slug) and _AS_A.search(unit.text, 0, s.start - unit.start)
            own = s.slug in subjects or used
            if s.facet == "condition" and s.role == "indication" and not own:
                if _NO.search(unit.text, 0, s.start - unit.start):  # "no memory loss and no nausea"
                    s = s._replace(role=HARMFUL)
                elif role and not s.spoken:
                    if s.weak:
                        continue
                    s = s._replace(role=role)
            kept.append(s)
        return kept
