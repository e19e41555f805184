"""Tags for claims: what the sentence says, and what its surroundings add where it is silent."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.model import Claim, Document, Tag, Unit
from litmap.vocabulary.entries import Vocabulary
from litmap.vocabulary.matcher import HARM, NARROW, PLAIN, WEAK, Found, Matcher, Mention
from litmap.vocabulary.roles import HARMFUL, MAIN, Reader
from litmap.vocabulary.surroundings import Surroundings
from litmap.vocabulary.whole import SUBJECT_ROLES, Heard

_ROUTELESS = frozenset(("epidemiology", "history", "other"))
_FARED = re.compile(
    r"\b(?:relaps\w+|respon[ds]\w*|remission|improv\w+|get (?:\w+ ){0,2}(?:better|worse|nothing))\b", re.I
)  # a share of those treated, not of those who have a condition
_ALL_OF_THEM = re.compile(
    r"\b(?:which|both|either|neither) of the(?:se|m| two)?\b|"
    r"\b(?:these|those|both|either|neither|none of (?:these|them)|all of (?:these|them)|such) "
    r"(?:medicines|medications|drugs|methods?|routes?|forms?|options?|treatments?|conditions?|disorders?|approaches|formulations?|types?)\b|\bnone of these\b",
    re.I,
)
_AGAINST = re.compile(
    r";|\b(?:compared (?:with|to)|versus|vs\.?|than|unlike|whereas|while|instead of|rather than|(?:or|and) (?:as|by|with|the|an?))(?!\w)",
    re.I,
)  # between two routes: the second is another way, not the form of the first
_THAN = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|than|unlike|instead of|rather than)(?: [\w-]+){0,3} \Z", re.I
)
_LOOSE = (WEAK, NARROW)  # kinds of term that stand back behind others when a sentence hands on what it says
_ALONE = frozenset(("caption", "given"))  # kinds of unit that take nothing from their surroundings


class ClaimTagger:
    """Tags claims with a compiled vocabulary."""

    def __init__(self, vocabulary: Vocabulary, matcher: Matcher, reader: Reader) -> None:
        self.vocabulary = vocabulary
        self.matcher = matcher
        self.reader = reader
        self.harms = frozenset(
            term.slug for term in vocabulary.terms if term.kind is HARM and term.facet == "condition"
        )
        self.mapped = frozenset(entry.slug for entry in vocabulary.entries("intervention") if entry.on_map)

    def tag(self, document: Document, units: Sequence[Unit], claims: Sequence[Claim]) -> list[tuple[Tag, ...]]:
        """Return the tags of each claim, in the claims' order."""
        narrow: list[list[Heard]] = [[] for _ in units]
        said = [self._said(unit, document.text, waiting) for unit, waiting in zip(units, narrow, strict=True)]
        types = {claim.unit: claim.claim_type for claim in claims}
        around = Surroundings(self.vocabulary, document, units, said, types)
        return [self._ordered(self._claim(claim, around, narrow[claim.unit])) for claim in claims]

    def _said(self, unit: Unit, whole: str, narrow: list[Heard]) -> list[Heard]:
        """What a unit says; `narrow` takes the narrowing terms whose parent it does not name."""
        found = self.matcher.find(unit.text, whole)
        if not found.mentions:
            return []
        apart = _set_apart(unit.text, found)
        if apart:
            found = found._replace(mentions=[m._replace(kind=PLAIN) if m in apart else m for m in found.mentions])
        heard = self.reader.assign(unit.text, found, [(0, len(unit.text))])
        subject = any(
            s.mention.facet == "intervention" and s.role == "studied" and s.mention.slug in self.mapped for s in heard
        )
        said = []
        for mention, role, _, cued, spoken, of in heard:
            # Beside a treatment of the map, the route of a mere comparator is not studied, nor ever "a tablet of" one.
            lesser = role == "studied" and of is not None and of not in self.mapped and mention.facet == "route"
            aside = lesser and (subject or mention.kind is WEAK)
            if mention._replace(kind=WEAK) in apart and _THAN.search(unit.text, 0, mention.start):
                role = "comparator"
            said.append(_heard(unit, mention, "co-medication" if aside else role, cued, spoken))
        have = {s.slug for s in said}
        narrow += [
            _heard(unit, m, MAIN[m.facet], False, False)
            for m in found.mentions
            if m.kind is NARROW and m.slug not in have
        ]
        return said

    def _claim(self, claim: Claim, around: Surroundings, narrow: list[Heard]) -> list[Tag]:
        tags = [self._current(tag) for tag in claim.given]
        given = {tag.facet for tag in given_subjects(claim.given)}
        for facet in MAIN:
            if facet not in given:
                tags += self._facet(claim, facet, around, narrow)
        return tags

    def _facet(self, claim: Claim, facet: str, around: Surroundings, narrow: list[Heard]) -> list[Tag]:
        own = [s for s in around.said[claim.unit] if s.facet == facet and claim.start <= s.start < claim.end]
        tags = [s.tag("sentence") for s in own]
        kind = around.units[claim.unit].kind
        if kind not in _ALONE:
            have = {s.slug for s in own}
            more = self._from_around(claim, facet, own, around)
            tags += [tag for tag in more if tag.slug not in have]
        slugs = {tag.slug for tag in tags if tag.role in SUBJECT_ROLES}
        for s in narrow:
            entry = self.vocabulary.entry(s.facet, s.slug)
            if s.facet == facet and entry and entry.parent in slugs and s.slug not in slugs:
                tags.append(s.tag("sentence"))
        return tags

    def _from_around(self, claim: Claim, facet: str, own: list[Heard], around: Surroundings) -> list[Tag]:
        """What a claim takes from its surroundings: a new list, since theirs belong to the page."""
        index, kind = claim.unit, claim.claim_type
        if facet == "route":
            if _ALL_OF_THEM.search(claim.text) and (compared := around.compared(index)):
                return compared
            if not self._wants(claim, facet, own, around):
                return around.main["route"] if around.injected(index) else []
            return around.inherited(index, facet, kind)
        if facet == "intervention":
            return around.inherited(index, facet, kind) if self._wants(claim, facet, own, around) else []
        wants = self._wants(claim, facet, own, around)
        more = around.inherited(index, facet, kind) if wants else around.announced(index, facet)
        return [*more, *around.of_section(index, own, kind), *around.population(index, own, kind)]

    def _wants(self, claim: Claim, facet: str, own: list[Heard], around: Surroundings) -> bool:
        """Whether a claim is silent on a facet that its surroundings may fill."""
        if facet == "route" and claim.claim_type in _ROUTELESS:
            ill = any(s.facet == "condition" for s in around.said[claim.unit])
            return claim.claim_type == "epidemiology" and not ill and _FARED.search(claim.text) is not None
        if facet == "route" and _ALL_OF_THEM.search(claim.text):
            return True
        if facet == "condition" and any(self._of_itself(s) for s in own):
            return False
        return not any(s.role in SUBJECT_ROLES for s in own)

    def _of_itself(self, said: Heard) -> bool:
        """Whether a harm is what a claim is about: whom a treatment is not for, or a harm with words of its own ("addictive")."""
        return said.role == "contraindication" or (said.role == HARMFUL and said.slug in self.harms)

    def _current(self, tag: Tag) -> Tag:
        """A tag whose slug was retired, under the slug that replaces it."""
        entry = self.vocabulary.entry(tag.facet, tag.slug)
        return tag._replace(slug=entry.replaced_by) if entry and entry.replaced_by else tag

    def _ordered(self, tags: list[Tag]) -> tuple[Tag, ...]:
        once: dict[tuple[str, str, str], Tag] = {}
        for tag in tags:
            once.setdefault(tag[:3], tag)
        facets = list(MAIN)

        def place(tag: Tag) -> tuple[int, int, str]:
            entry = self.vocabulary.entry(tag.facet, tag.slug)
            return facets.index(tag.facet), entry.position if entry else 0, tag.role

        return tuple(sorted(once.values(), key=place))


def _set_apart(text: str, found: Found) -> frozenset[Mention]:
    """Loose route words that a sentence sets against its firm ones, and so mean: "compared with an infusion"."""
    routes = [mention for mention in found.mentions if mention.facet == "route"]
    firm = [mention for mention in routes if mention.kind is not WEAK]

    def against(loose: Mention, other: Mention) -> bool:
        gap = min(loose.end, other.end), max(loose.start, other.start)
        return other.slug != loose.slug and _AGAINST.search(text, *gap) is not None

    loose = [mention for mention in routes if mention.kind is WEAK] if firm else []
    return frozenset(m for m in loose if all(against(m, other) for other in firm))


def _heard(unit: Unit, mention: Mention, role: str, cued: bool, spoken: bool) -> Heard:
    matched = unit.text[mention.start : mention.end]
    return Heard(
        mention.facet, mention.slug, role, unit.start + mention.start, matched, mention.kind in _LOOSE, cued, spoken
    )


def given_subjects(given: Sequence[Tag]) -> list[Tag]:
    """The tags that came with a claim (for these facets nothing is inferred)."""
    return [tag for tag in given if tag.origin in ("given", "reviewer")]
