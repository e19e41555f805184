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
_AS_SUCH = re.compile(
    r"\W*(?:(?:what(?:'s|’s|\s+is|\s+are)|about|history of|origins? of)\b|(?:is|are)\b.*\b(?:addict|habit|legal|approved|new|fda)\w*)",
    re.I,
)
_MISUSED = re.compile(
    r"\b(?:recreation\w*|abusers?|street (?:drugs?|use)|(?:party|club) drugs?|misusers?|illicit\w*|on the street)\b",
    re.I,
)
_UNTREATED = re.compile(r"\b(?:(?:left|if|when|goes?|remains?) untreated|without treatment)\b", re.I)
_AS_A = re.compile(r"\bas an? (?:[\w-]+ ){0,3}\Z", re.I)  # "safe as an anesthetic": a use, no side effect
_VERSUS = re.compile(r"\b(?:vs|versus|compared|or)\b", re.I)
_MAIN_SHARE = 0.3
_OFTEN = 4  # mentions of a condition that make it the main one even when another is as near
_OF_FAMILY = 0.5  # of the mentions of a family (mood disorders, pain), at least, for one member to stand for it
_MAIN_LEAD = 2  # mentions by which the main subject leads the next, else the page has several subjects
_ROUTE_SHARE = 0.35  # of the units on the main treatment, at least, for the page to have a main route
_LIST = 3  # conditions that make a sentence a list of them
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
        return [Tag(facet, slug, MAIN[facet], "document", self.title)] if stands else []

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
        alone = (self.headline and len(counts) == 1) or self._headed(family) == {slug}
        return [Tag("route", slug, MAIN["route"], "document", self.title)] if leads or alone else []

    def _headed(self, family: set[str]) -> set[str]:
        """The routes in headings on a treatment: "Intramuscular ketamine"."""
        units = enumerate(self.units)
        headings = [index for index, unit in units if unit.kind == "heading" and not _VERSUS.search(unit.text)]
        found = [s for index in headings if self._treatments(index) & family for s in self.said[index]]
        return {s.slug for s in found if s.facet == "route"}

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
            used = not self._on_map("condition", s.slug) and _AS_A.search(unit.text, 0, s.start - unit.start)
            own = s.slug in subjects or used
            if s.facet == "condition" and s.role == "indication" and not s.spoken and not own:
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
            if facet == "route" and heading >= _HEADLINE and self._of_any_route(heading):
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
        """Whether a claim can have a route: not on how a disease works, nor on what is allowed in general.

        Nor on what the page is not about: "as an anesthetic", on the street.
        """
        if _MISUSED.search(self.units[index].text):
            return False
        uses = {s.slug for s in self.said[index] if s.facet == "condition" and s.role in SUBJECT_ROLES}
        if uses and claim_type not in _RECORDED and not any(self._on_map("condition", slug) for slug in uses):
            return False
        ill = claim_type == "mechanism" and any(s.facet == "condition" and s.cued for s in self.said[index])
        return self._on_treatment(index) or not (ill or claim_type == "regulatory")

    def _on_treatment(self, index: int) -> bool:
        named = any(s.facet == "intervention" for s in self.said[index])
        return named or _REFERS.search(self.units[index].text) is not None

    def _page_route(self, index: int) -> list[Tag]:
        """The page's main route, for other drugs too: "Lorazepam may blunt the response" is on the page's infusions."""
        unit = self.units[index]
        asked = unit.question
        if unit.kind == "heading" or _UNTREATED.search(unit.text) or (asked is not None and self._of_any_route(asked)):
            return []
        return self.main["route"]

    def _of_any_route(self, index: int) -> bool:
        """Whether a heading or question is on a treatment as such ("What is ketamine?"), or on another than the page's."""
        named = self._treatments(index)
        family = {self._family("intervention", tag.slug) for tag in self.main["intervention"]}
        return bool(named) and (not named & family or _AS_SUCH.match(self.units[index].text) is not None)

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
                return self._in_question(settled, facet, index, other) if facet == "condition" else settled
        return []

    def _in_question(self, tags: list[Tag], facet: str, index: int, giver: int) -> list[Tag]:
        """What a sentence on several conditions hands on: that of the section, or of the page when it only lists its kin."""
        heading = self.units[index].headings[-1:]
        above = [tag for number in heading for tag in self._subjects(number, facet, "heading", index)]
        slugs = {tag.slug for tag in tags}
        if slugs & {tag.slug for tag in above}:
            return tags
        loose = {s.slug for s in self.said[giver] if s.facet == facet}
        if named := [tag for tag in above if tag.slug in loose]:
            return named
        narrower = [tag for tag in above if slugs & set(self.vocabulary.ancestors(facet, tag.slug))]
        if narrower:
            return narrower
        main = self.main[facet] if len(slugs) >= _LIST else []
        if any(tag.slug not in slugs and any(self._related(facet, tag.slug, slug) for slug in slugs) for tag in main):
            return main
        return tags

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
        if facet == "condition" and origin == "previous" and self.types.get(index) == "safety":
            handed = [s for s in handed if s.role != "population" or self._of_page(s.slug)]
        firm = [s for s in handed if not s.weak]
        return [s.tag(origin) for s in firm or handed]

    def _of_page(self, slug: str) -> bool:
        """Whether a condition is of the kind that the page is about."""
        return any(tag.slug == slug or self._related("condition", tag.slug, slug) for tag in self.main["condition"])

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
