"""What the units of a document hand on to those that are silent.

Nearest first: the list's lead-in, the question answered, the sentences before in the same section, the headings, the
document's main subject. Epidemiology, history and other claims inherit no route; nothing is inherited from a side effect.
"""

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
_RECORDED = frozenset(("history", "regulatory"))  # of the drug, not of what the page is about
_RESULTS = frozenset(("efficacy", "onset", "comparative", "safety"))
_REFERS = re.compile(
    r"\b(?:it|its|they|them|this|these|the (?:treatments?|therapy|drug|medicine|medication|infusions?|injections?|sessions?|spray|doses?))\b",
    re.I,
)
_THEM = re.compile(r"\b(?:this (?:group|population)|these (?:patients|people|women|men|children|participants))\b", re.I)
_MAIN_SHARE = 0.3
_MAIN_LEAD = 2  # mentions by which the main subject leads the next, else the page has several subjects
_ROUTE_SHARE = 0.5  # of the units on the main treatment, at least, for the page to have a main route
_REACH = 30  # sentences back, at most
_ROUTE_REACH = 3  # for the routes of what is approved or how it works, which soon is no matter of the route
_HEADLINE = 3  # units in which a report says that it is one


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


class Surroundings:
    """The surroundings of every unit of one document."""

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
        self.headline = self._headline()
        self.main["route"] = self._main_route()
        self.said = [self._by_section(index) for index in range(len(units))]

    # ------------------------------------------------------------ the document as a whole

    def _main(self, facet: str) -> list[Tag]:
        """The document's main subject: what most of its mentions are about."""
        counts: Counter[str] = Counter()
        for index, found in enumerate(self.said):
            if self.types.get(index) == "safety" and facet == "condition":
                continue
            weight = 2 if self.units[index].kind == "heading" else 1
            slugs = {s.slug for s in found if s.facet == facet and s.role in SUBJECT_ROLES}
            counts.update({slug: weight for slug in slugs if self._on_map(facet, slug)})
        if not counts:
            return []
        # The broader of two related subjects that are named as often.
        slug, count = min(
            counts.items(), key=lambda item: (-item[1], len(self.vocabulary.ancestors(facet, item[0])), item[0])
        )
        family = {other for other in counts if other == slug or self._related(facet, slug, other)}
        rival = max((n for other, n in counts.items() if other not in family), default=-_MAIN_LEAD)
        share = sum(counts[other] for other in family) / sum(counts.values())
        leads = share >= _MAIN_SHARE and count - rival >= _MAIN_LEAD
        return [Tag(facet, slug, MAIN[facet], "document", self.title)] if leads else []

    def _main_route(self) -> list[Tag]:
        """The route of the document's main treatment: that of its title, else the one that most of its sentences name.

        In a report on a study the only one named.
        """
        family = {self._family("intervention", tag.slug) for tag in self.main["intervention"]}
        counts: Counter[str] = Counter()
        units = 0
        for index, found in enumerate(self.said):
            routes = {s.slug for s in found if s.facet == "route" and s.role == "studied"}
            named = self._treatments(index)
            if index == 0 and self.units[0].kind == "heading" and len(routes) == 1 and named & family:
                return [Tag("route", slug, MAIN["route"], "document", self.title) for slug in routes]
            units += bool(family & named or (routes and not named))
            if not named or family & named:
                counts.update(routes)
        if not family or not counts:
            return []
        (slug, count), *rest = [*counts.most_common(2), ("", 0)]
        leads = count >= _ROUTE_SHARE * units and count - rest[0][1] >= _MAIN_LEAD
        alone = self.headline and len(counts) == 1
        return [Tag("route", slug, MAIN["route"], "document", self.title)] if leads or alone else []

    def _headline(self) -> list[Tag]:
        """The conditions in the title of a report on a study: its population."""
        first = range(min(_HEADLINE, len(self.units)))
        if not any(self._section(index) == "report" for index in first):
            return []
        for index in first:
            found = [s for s in self.said[index] if s.facet == "condition" and s.role in SUBJECT_ROLES]
            if found:
                return [s.tag("document")._replace(role="population" if s.cued else s.role) for s in found]
        return []

    def _on_map(self, facet: str, slug: str) -> bool:
        entry = self.vocabulary.entry(facet, slug)
        return entry is None or entry.on_map

    def _family(self, facet: str, slug: str) -> str:
        return (self.vocabulary.ancestors(facet, slug) or (slug,))[-1]

    def _related(self, facet: str, one: str, other: str) -> bool:
        return one in self.vocabulary.ancestors(facet, other) or other in self.vocabulary.ancestors(facet, one)

    # ------------------------------------------------------------ sections on harm

    def _section(self, index: int | None) -> str | None:
        """The role that a heading or question gives to what stands under it: "Side effects"."""
        if index is None:
            return None
        text = f" {plain(self.units[index].text)} "
        return next((role for form, role in self.vocabulary.sections.items() if f" {form} " in text), None)

    def _by_section(self, index: int) -> list[Heard]:
        """Conditions of which no cue speaks are, under "Side effects" or in a claim on safety, adverse effects.

        Unless they are what the section or the page is about. Loose terms there mean nothing.
        """
        unit, found = self.units[index], self.said[index]
        if not found or unit.kind == "heading":
            return found
        above = [unit.lead_in, unit.question, *unit.headings[-1:]]
        role = next(filter(None, map(self._section, above)), None)
        if role == "report" or role is None:
            role = HARMFUL if self.types.get(index) == "safety" else None
        if role is None:
            return found
        subjects = {tag.slug for tag in self.main["condition"]} | {
            s.slug for other in (*above, *unit.headings) if other is not None for s in self.said[other] if s.facet == "condition"
        }  # fmt: skip
        kept = []
        for s in found:
            if s.facet == "condition" and s.role == "indication" and not s.spoken and s.slug not in subjects:
                if s.weak:
                    continue
                s = s._replace(role=role)
            kept.append(s)
        return kept

    # ------------------------------------------------------------ what a unit takes

    def inherited(self, index: int, facet: str, claim_type: str) -> list[Tag]:
        """What its surroundings say of a facet on which a claim is silent."""
        unit = self.units[index]
        if tags := self.announced(index, facet):
            return tags
        if facet == "route" and not self._on_a_route(index, claim_type):
            return []
        if facet == "condition" and (tags := self.population(index, (), claim_type)):
            return tags
        for origin, other in (("lead-in", unit.lead_in), ("question", unit.question)):
            if other is not None and (tags := self._subjects(other, facet, origin, index)):
                return tags
        if tags := self._previous(index, facet, claim_type):
            return tags
        if facet != "intervention" and claim_type in _RECORDED:
            return []
        for heading in reversed(unit.headings):
            stacked = [heading, *self._above(heading, unit)]
            for other in stacked:
                tags = [tag for tag in self._subjects(other, facet, "heading", index) if self._on_map(facet, tag.slug)]
                if tags:
                    return tags
            if (
                facet == "route" and heading >= _HEADLINE and self._treatments(heading)
            ):  # "What is ketamine?": of any route
                return []
        if facet == "route":
            return [] if claim_type in _RECORDED else self._page_route(index)
        return [] if claim_type == "epidemiology" and facet == "intervention" else self.main[facet]

    def _above(self, heading: int, unit: Unit) -> list[int]:
        """The heading right above one of the same treatment: "Magnesium infusion", and below it "1 to 2 g of magnesium"."""
        above = heading - 1
        if above < 0 or above in unit.headings or self.units[above].kind != "heading":
            return []
        return [above] if self._treatments(heading) & self._treatments(above) else []

    def announced(self, index: int, facet: str) -> list[Tag]:
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

    def population(self, index: int, own: Sequence[Heard], claim_type: str) -> list[Tag]:
        """The people of the study that a report is about, for a result that names only what was measured."""
        if claim_type not in _RESULTS or self.units[index].kind == "heading":
            return []
        if not {s.slug for s in own if s.cued} <= {tag.slug for tag in self.headline}:
            return []
        return self.headline if self._on_main(index) or _THEM.search(self.units[index].text) else []

    def _on_a_route(self, index: int, claim_type: str) -> bool:
        """Whether a claim can have a route: not on how a disease works, nor on what is allowed in general."""
        ill = claim_type == "mechanism" and any(s.facet == "condition" and s.cued for s in self.said[index])
        return self._on_treatment(index) or not (ill or claim_type == "regulatory")

    def _on_treatment(self, index: int) -> bool:
        named = any(s.facet == "intervention" for s in self.said[index])
        return named or _REFERS.search(self.units[index].text) is not None

    def _page_route(self, index: int) -> list[Tag]:
        """The page's main route, unless the unit is about another treatment than the page's."""
        unit = self.units[index]
        asked = unit.question
        if unit.kind == "heading" or (
            asked is not None and self._treatments(asked)
        ):  # "Is ketamine addictive?": by any route
            return []
        return self.main["route"] if self._on_main(index) else []

    def _on_main(self, index: int) -> bool:
        """Whether a unit names the page's main treatment, or none."""
        own = self._treatments(index)
        return not own or bool(own & {self._family("intervention", tag.slug) for tag in self.main["intervention"]})

    def _previous(self, index: int, facet: str, claim_type: str) -> list[Tag]:
        """The nearest sentence before in the same section that names a subject."""
        unit = self.units[index]
        reach = _ROUTE_REACH if facet == "route" and claim_type in ("regulatory", "mechanism") else _REACH
        for other in range(index - 1, max(-1, index - 1 - reach), -1):
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
        if facet == "route" and not self._same_matter(index, taker, origin):
            return []
        if (
            facet == "condition"
            and origin == "heading"
            and self._section(index) in ("adverse-effect", "contraindication")
        ):
            return []
        handed = [s for s in self.said[index] if s.facet == facet and s.role in SUBJECT_ROLES]
        firm = [s for s in handed if not s.weak]
        return [s.tag(origin) for s in firm or handed]

    def _same_matter(self, index: int, taker: int, origin: str) -> bool:
        """Whether two units can speak of one treatment: "Evidence for insomnia is mixed" is not on the dose before."""
        own, others = self._treatments(taker), self._treatments(index)
        if own and others and not own & others:
            return False
        if origin != "previous" or self._on_treatment(taker):
            return True
        mine, theirs = self._conditions(taker), self._conditions(index)
        return not mine or not theirs or bool(mine & theirs)

    def _treatments(self, index: int) -> set[str]:
        """The families of the interventions that a unit is about."""
        found = self.said[index]
        return {self._family(s.facet, s.slug) for s in found if s.facet == "intervention" and s.role in SUBJECT_ROLES}

    def _conditions(self, index: int) -> set[str]:
        found = self.said[index]
        return {self._family(s.facet, s.slug) for s in found if s.facet == "condition" and s.role in SUBJECT_ROLES}
