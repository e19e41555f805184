"""What the units of a document hand on to those that are silent.

Nearest first: the list's lead-in, the question answered, the sentences before in the same section, the headings, the
document's main subject. Epidemiology, history and other claims inherit no route; nothing is inherited from a side effect.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.model import Tag, Unit
from litmap.vocabulary.roles import MAIN
from litmap.vocabulary.whole import HEADLINE, SUBJECT_ROLES, Heard, Whole

_RECORDED = frozenset(("history", "regulatory"))  # of the drug, not of what the page is about
_RESULTS = frozenset(("efficacy", "onset", "comparative", "safety"))
_REFERS = re.compile(
    r"\b(?:it|its|they|them|this|these|the (?:treatments?|therapy|drug|medicine|medication|infusions?|injections?|sessions?|spray|doses?|label)|(?:second|another|new|first) indication)\b",
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
_FALL_ILL = re.compile(r"\b(?:develops?|suffers?|lives? with|struggles? with|affects?|(?:is|are) diagnosed)\b", re.I)
# What was taken before or elsewhere: "after two failed medications".
_USUAL = re.compile(
    r"\b(?:failed|standard|conventional|traditional|usual|(?:two|three|several|more|rounds) (?:or more |of )?) ?(?:medications?|medicines?|drugs|pills|tablets)\b",
    re.I,
)
_WITH_IT = re.compile(
    r"\b(?:blunt\w*|weaken\w*|interact\w*|interfer\w*|continu\w*|stop\w*|keep\w*|combin\w*|alongside|together|respon\w+|fine|on board|beforehand)\b",
    re.I,
)  # another drug meets the page's treatment
_REVIEW = re.compile(r"\b(?:reviews?|meta-?analys[ei]s) (?:of|that|found|conclu\w+)\b", re.I)
_OURS = re.compile(
    r"\bcompounded\b|\b(?:we|our) (?:[\w-]+ ){0,2}(?:prescribe|give|administer|use|doses?|patients|members|clients|protocols?)\b",
    re.I,
)  # of what the page itself offers
_INJECTED = frozenset(("intramuscular", "subcutaneous"))
_INJECTION = re.compile(r"\b(?:injections?|shots?|jabs?)\b", re.I)  # no route by itself, but that of the page
_LIST = 3  # conditions that make a sentence a list of them
_REACH = 30  # sentences back, at most
_ROUTE_REACH = 3  # for the routes of what is approved or how it works, which soon is no matter of the route
_OPENING = 20  # characters before what a sentence is on: "Most older antidepressants"


class Surroundings(Whole):
    """The surroundings of every unit of one document."""

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
            return self.main["route"] if facet == "route" and _OURS.search(unit.text) else []
        for heading in reversed(unit.headings):
            stacked = [heading, *self._above(heading, unit)]
            for other in stacked:
                tags = [tag for tag in self._subjects(other, facet, "heading", index) if self._on_map(facet, tag.slug)]
                if tags:
                    return tags
            if facet == "route" and heading >= HEADLINE and self._of_any_route(heading):
                return self.main["route"] if _OURS.search(unit.text) else []
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

    def of_section(self, index: int, own: Sequence[Heard], claim_type: str) -> list[Tag]:
        """The one condition of the section's heading, for a claim in it that names another in passing."""
        unit = self.units[index]
        passing = own and not any(s.cued or s.spoken for s in own)
        if not passing or self.headline or unit.kind != "sentence" or claim_type in (*_RECORDED, "epidemiology"):
            return []
        sections = [number for number in unit.headings[-1:] if number >= HEADLINE]  # not the page's title
        tags = [tag for number in sections for tag in self._subjects(number, "condition", "heading", index)]
        one = len({tag.slug for tag in tags}) == 1
        return tags if one and not any(self._related("condition", s.slug, tags[0].slug) for s in own) else []

    def compared(self, index: int) -> list[Tag]:
        """The routes that the heading or sentence right before compares: those of "both medicines"."""
        for other in range(index - 1, max(-1, index - 1 - _ROUTE_REACH), -1):
            tags = [s.tag("previous")._replace(role=MAIN["route"]) for s in self.said[other] if s.facet == "route"]
            if len({tag.slug for tag in tags}) > 1:
                return tags
            if self.units[other].kind == "heading":
                break
        return []

    def injected(self, index: int) -> bool:
        """Whether a claim on another route speaks of the page's injections too: "a shot needs no drip"."""
        mine = {tag.slug for tag in self.main["route"]}
        return bool(mine & _INJECTED) and _INJECTION.search(self.units[index].text) is not None

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
        if _MISUSED.search(self.units[index].text) or self._of_usual_drugs(index):
            return False
        uses = {s.slug for s in self.said[index] if s.facet == "condition" and s.role in SUBJECT_ROLES}
        if uses and claim_type not in _RECORDED and not any(self._on_map("condition", slug) for slug in uses):
            return False
        ill = claim_type == "mechanism" and any(s.facet == "condition" and s.cued for s in self.said[index])
        ill = ill or (bool(uses) and _FALL_ILL.search(self.units[index].text) is not None)
        return self._on_treatment(index) or not (ill or claim_type == "regulatory")

    def _of_usual_drugs(self, index: int) -> bool:
        """Whether a claim is on what else is prescribed: "Antidepressants need weeks"; not on what it does to the page's."""
        unit = self.units[index]
        if _WITH_IT.search(unit.text) or self.types.get(index) in _RECORDED:
            return False
        own = [s for s in self.said[index] if s.facet == "intervention"]
        if not own:
            return _USUAL.search(unit.text) is not None and not _REFERS.search(unit.text)
        first = own[0].role in SUBJECT_ROLES and own[0].start - unit.start <= _OPENING
        return first and not any(self._on_map("intervention", s.slug) for s in own)

    def _on_treatment(self, index: int) -> bool:
        named = any(s.facet == "intervention" for s in self.said[index])
        return named or _REFERS.search(self.units[index].text) is not None

    def _page_route(self, index: int) -> list[Tag]:
        """The page's main route, for other drugs too: "Lorazepam may blunt the response" is on the page's infusions."""
        unit = self.units[index]
        asked = unit.question
        if _OURS.search(unit.text):
            return self.main["route"]
        if unit.kind == "heading" or _UNTREATED.search(unit.text) or (asked is not None and self._of_any_route(asked)):
            return []
        return [] if self._of_others(index) else self.main["route"]

    def _of_others(self, index: int) -> bool:
        """Whether a claim is on other treatments of the map than the page's, and not on what they do to it."""
        named = {s.slug for s in self.said[index] if s.facet == "intervention" and s.role in SUBJECT_ROLES}
        family = self._main_family()
        known = {slug for slug in named if self._on_map("intervention", slug)}
        return bool(known) and not self._treatments(index) & family and not _WITH_IT.search(self.units[index].text)

    def _of_any_route(self, index: int) -> bool:
        """Whether a heading or question is on a treatment as such ("What is ketamine?"), or on another than the page's."""
        named = self._treatments(index)
        family = self._main_family()
        return bool(named) and (not named & family or _AS_SUCH.match(self.units[index].text) is not None)

    def _on_main(self, index: int) -> bool:
        """Whether a unit names the page's main treatment, or none."""
        own = self._treatments(index)
        return not own or bool(own & self._main_family())

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
        if origin == "previous":
            handed = self._from_before(handed, facet, index, taker)
        firm = [s for s in handed if not s.weak]
        return [s.tag(origin) for s in firm or handed]

    def _from_before(self, handed: list[Heard], facet: str, index: int, taker: int) -> list[Heard]:
        """What of a sentence's subjects the unit `taker` behind it may take."""
        if facet == "route":
            if _REVIEW.search(self.units[taker].text) and self._treatments(taker):
                return []  # a review is not of the one form before it
            mine = {tag.slug for tag in self.main["route"]}
            return [s for s in handed if not s.weak or s.slug in mine or (not mine and taker - index == 1)]
        if facet != "condition":
            return handed
        giver = self.types.get(index)
        if giver == "mechanism":  # what it says of a disease is no use
            handed = [s for s in handed if self._of_page(s.slug)]
        elif giver == "safety":
            handed = [s for s in handed if s.role != "population" or self._of_page(s.slug)]
        if self.types.get(taker) == "safety" and taker - index > 1:  # a harm is of all uses, not of one said earlier
            above = {s.slug for heading in self.units[taker].headings for s in self.said[heading]}
            handed = [s for s in handed if s.slug in above or self._of_page(s.slug)]
        page = {tag.slug for tag in self.main["condition"]}
        return [s for s in handed if not (s.weak and page & set(self.vocabulary.ancestors("condition", s.slug)))]

    def _same_matter(self, index: int, taker: int, origin: str) -> bool:
        """Whether two units can speak of one treatment: "Evidence for insomnia is mixed" is not on the dose before."""
        own, others = self._treatments(taker), self._treatments(index)
        if own and others and not own & others:
            return False
        if origin != "previous" or self._on_treatment(taker):
            return True
        mine, theirs = self._conditions(taker), self._conditions(index)
        return not mine or not theirs or bool(mine & theirs)

    def _conditions(self, index: int) -> set[str]:
        found = self.said[index]
        return {self._family(s.facet, s.slug) for s in found if s.facet == "condition" and s.role in SUBJECT_ROLES}
