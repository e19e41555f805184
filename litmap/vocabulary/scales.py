"""Weighs what is said of each facet, slug and role of one record, and settles which are its subjects."""

from __future__ import annotations

import re
from typing import NamedTuple

from litmap.model import Record, Tag
from litmap.vocabulary.entries import WEAK, Vocabulary
from litmap.vocabulary.reviews import SYSTEMATIC, review
from litmap.vocabulary.roles import FOREIGN, MAIN, Said, following_word

THRESHOLD = 2.5
LISTED = 0.7  # enough, outside the background, for several members of a class of drugs that the title names
CORE = 1.0  # of it from title, aim or methods: conclusions and background alone make no subject
_BEFORE = frozenset(("background", "outcome"))
_CORE_PLACES = frozenset(("title", "keyword", "condition", "objective", "methods", "body"))
# place: weight of a mention, and what a close cue adds. Routes and interventions need less: being given is being studied.
WEIGHTS = {
    "title": (3.0, 0.0), "keyword": (2.5, 0.0), "condition": (3.0, 0.0), "objective": (1.5, 1.5), "methods": (1.0, 1.5), "body": (1.0, 1.5),
    "results": (0.5, 1.0), "conclusion": (1.5, 1.0), "background": (0.4, 0.6), "outcome": (0.3, 0.2),
}  # fmt: skip
TREATMENT_FACTOR = 1.5
_SUBJECTS = frozenset(("indication", "population", "studied"))
_YIELDING = frozenset(
    ("not-studied", "population", "outcome", "comparator", "co-medication")
)  # not beside the main role
_SETTLING = frozenset(("population", "adverse-effect", "model", "contraindication"))
_RANKS = {"mesh": 0, "keyword": 1, "title": 2, "abstract": 3}
_PATIENTS = frozenset(("patient", "patients"))
_USERS = frozenset(("user", "users", "abuser", "abusers"))
_QUESTION = frozenset(("title", "keyword", "objective", "condition", "methods"))  # where a review says what it asks
_GIVING = re.compile(
    r"\b(?:mg|µg|mcg|micrograms?|dos(?:e[sd]?|ing)|administ\w+|receiv\w+|given|randomi\w+|infus\w+|bolus\w*|(?:single|acute|repeated) ingestion|drank|drunk)\b",
    re.I,
)
_DOSE = re.compile(r"\d\s?(?:mg|µg|μg|mcg|ml|g)\b", re.I)  # an introduction seldom gives doses


class Known:
    """What the vocabulary says of its entries, as far as the scales need it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.order = {
            (facet, entry.slug): (number, entry.position) for number, facet in enumerate(MAIN) for entry in vocabulary.entries(facet)
        }  # fmt: skip
        self.families = {
            (facet, entry.slug): (vocabulary.ancestors(facet, entry.slug) or (entry.slug,))[-1] for facet in MAIN for entry in vocabulary.entries(facet)
        }  # fmt: skip
        self.below = {
            entry.slug: narrower
            for entry in vocabulary.entries("condition")
            if (narrower := vocabulary.descendants("condition", entry.slug))
        }
        # People without the condition: in a study of volunteers, conditions are what it hopes to be useful for.
        self.people = {entry.slug for entry in vocabulary.entries("condition") if entry.default_role == "population"}
        self.mapped = frozenset(entry.slug for entry in vocabulary.entries("intervention") if entry.on_map)
        self.classes = frozenset(entry.parent for entry in vocabulary.entries("intervention") if entry.parent)
        self.ills = frozenset(entry.slug for entry in vocabulary.entries("condition") if entry.on_map)


class _Pan:
    """What was heard of one facet, slug and role."""

    __slots__ = ("core", "matched", "origin", "own", "weight")

    def __init__(self, weight: float, core: float, origin: str, matched: str, own: float = 0.0) -> None:
        self.weight = weight
        self.core = core  # the part of the weight that counts as subject
        self.own = own  # the part from outside the background
        self.origin = origin
        self.matched = matched

    def add(self, weight: float, core: float, origin: str, matched: str, own: float) -> None:
        """Add more of the same; where it was said best names the origin."""
        self.weight += weight
        self.core += core
        self.own += own
        if origin != self.origin and _RANKS[origin] < _RANKS[self.origin]:
            self.origin, self.matched = origin, matched


class _RouteSaid(NamedTuple):
    """A mention of a route."""

    said: Said
    origin: str
    matched: str
    dosed: bool  # its sentence gives a dose
    place: str


class Scales:
    """Adds up the evidence for each facet, slug and role of one record."""

    def __init__(self, known: Known, record: Record) -> None:
        self.known = known
        self.record = record
        self.plain = ""  # title, keywords and abstract in the plain form
        self.pans: dict[tuple[str, str, str], _Pan] = {}
        self.routes: list[_RouteSaid] = []
        self.title = ""  # in the plain form
        self._review: str | None = None
        self.patients = False  # the title speaks of patients
        self.titled: set[str] = set()
        self.cued: set[str] = set()  # conditions that a cue makes the subject somewhere
        self.title_roles: dict[str, dict[str, bool]] = {}  # condition -> role in the title -> cued
        self.registered: set[str] = set()  # conditions that a trial register gives
        self.users = False  # the title speaks of people who use a drug: what else they have was measured

    def read(self, plain: str) -> None:
        """Take the plain form of title, keywords and abstract."""
        self.plain = plain
        self.title = title = plain[: len(self.record.title)]
        self.users = "user" in title and not _USERS.isdisjoint(title.split())
        self.patients = "patient" in title and not _PATIENTS.isdisjoint(title.split())

    def review(self) -> str:
        """What kind of review the record is, or ""; looked for once, and only where it matters."""
        if self._review is None:
            self._review = review(self.record, self.plain)
        return self._review

    def hear(self, said: Said, text: str, origin: str, place: str, span: tuple[int, int]) -> None:
        """Weigh one mention that stands in `place`. Routes wait until it is known what is studied."""
        (start, end, facet, slug, kind), role, _, cued, _, _ = said
        matched = text[start:end]
        if facet == "route":
            needed = _DOSE if place == "background" else _GIVING if kind is WEAK else None
            if needed is None or needed.search(text, *span):
                if said.of == FOREIGN and self._title_drug(following_word(text, end)):
                    said = said._replace(role=MAIN["route"], of=None)
                self.routes.append(_RouteSaid(said, origin, matched, _DOSE.search(text, *span) is not None, place))
            return
        weight, bonus = WEIGHTS[place]
        if cued:
            weight += bonus
        if kind is WEAK:
            weight /= 2
        if facet == "condition":
            role = self._condition(slug, role, place, cued)
        else:
            weight *= TREATMENT_FACTOR
            if place == "title" and role == "studied":
                self.titled.add(slug)
        core = weight if place in _CORE_PLACES or (place == "results" and cued) else 0.0
        own = 0.0 if place in _BEFORE else weight
        self.add((facet, slug, role), weight, core, origin, matched, own)

    def _title_drug(self, word: str) -> bool:
        """Whether the title is about a drug that no vocabulary names, and none that the map has."""
        return word in self.title.split() and self.titled.isdisjoint(self.known.mapped)

    def _condition(self, slug: str, role: str, place: str, cued: bool) -> str:
        """Note what is said of a condition, and give its role in this place."""
        if place == "outcome" and role == "indication":
            role = "outcome"
        if self.users and role == "indication" and not cued and place != "title" and slug not in self.title_roles:
            role = "outcome"
        if cued and role == "indication" and place not in ("background", "conclusion"):
            self.cued.add(slug)
        if place == "condition":
            self.title_roles.setdefault(slug, {role: True})
            self.registered.add(slug)
        elif place == "title":
            roles = self.title_roles.setdefault(slug, {})
            roles[role] = roles.get(role, False) or cued
        return role

    def add(self, key: tuple[str, str, str], weight: float, core: float, origin: str, matched: str, own: float) -> None:
        """Add what speaks for a facet, slug and role."""
        held = self.pans.get(key)
        if held is None:
            self.pans[key] = _Pan(weight, core, origin, matched, own)
        else:
            held.add(weight, core, origin, matched, own)

    def _family(self, facet: str, slug: str) -> str:
        return self.known.families[(facet, slug)]

    def focus(self) -> set[str]:
        """The families of the interventions that the record is about: those in the title, else the weightiest.

        Interventions of the map come before those that serve as comparators (`on_map` no).
        """
        studied = {
            slug: pan.weight
            for (facet, slug, role), pan in self.pans.items()
            if facet == "intervention" and role == "studied"
        }
        if not self.titled:
            top = max(studied.values(), default=0.0)
            return {self._family("intervention", slug) for slug, weight in studied.items() if weight >= 0.6 * top}
        titled = {slug: weight for slug, weight in studied.items() if slug in self.titled}
        mapped = {slug: weight for slug, weight in titled.items() if slug in self.known.mapped}
        top = max((mapped or titled).values(), default=0.0)
        more = [slug for slug, weight in studied.items() if slug in self.known.mapped and weight >= 0.6 * top]
        return {self._family("intervention", slug) for slug in (*(mapped or titled), *more)}

    def _settle_conditions(self) -> None:
        """The title's role goes for the whole record: what it calls a population or an adverse effect is no indication."""
        for slug, roles in self.title_roles.items():
            only = next(iter(roles)) if len(roles) == 1 else ""
            if only == "indication":  # its incidence or worsening is then no side effect
                self.pans.pop(("condition", slug, "adverse-effect"), None)
            main = ("condition", slug, "indication")
            others = [role for role in roles if role in _SETTLING]
            if not others and "outcome" in roles and slug not in self.cued:
                others = ["outcome"]
            if only == "not-studied" and self._volunteers():  # "... in volunteers: implications for X"
                others = ["not-studied"]
            if main not in self.pans or not others or roles.get("indication"):
                continue
            settled = "population" if "indication" in roles else others[0]
            pan = self.pans.pop(main)
            self.add(("condition", slug, settled), pan.weight, pan.core, pan.origin, pan.matched, pan.own)

    def _volunteers(self) -> bool:
        """Whether aim or methods say that people without the condition took part."""
        return any(
            slug in self.known.people and pan.core >= CORE
            for (facet, slug, _), pan in self.pans.items()
            if facet == "condition"
        )

    def _settle_routes(self) -> None:
        """Routes take the part their treatment has in the record.

        One that stands alone gives way: a mere form ("infusion") to a route of the treatment in focus, any to the same
        route said of another treatment. The indexer's route goes where the text gives it to another treatment.
        """
        if not self.routes:
            return
        focus = self.focus()
        settled: list[tuple[Said, str, str, str]] = []
        ours, others, stated = set(), set(), set()
        told = self._title_routes(focus)
        for said, origin, matched, dosed, place in self.routes:
            role, of, slug = said.role, said.of, said.mention.slug
            if place not in _QUESTION and self.review():  # the routes of the studies it found
                self.pans.setdefault(("route", slug, "not-studied"), _Pan(0.0, 0.0, origin, matched))
                continue
            if told and slug not in told and not dosed and role in ("studied", "comparator"):
                settled.append((said, "not-studied", origin, matched))
                continue
            if of and focus and role != "not-studied":
                if of != FOREIGN and self._family("intervention", of) in focus:
                    role = "studied"
                    ours.add(slug)
                else:
                    role = role if role != "studied" else "comparator" if of in self.titled else "co-medication"
                    others.add(slug)
            elif role == "studied" and said.mention.kind is not WEAK:
                stated.add(slug)
            settled.append((said, role, origin, matched))
        for said, role, origin, matched in settled:
            slug = said.mention.slug
            if role == "studied" and slug not in ours:
                if slug in others or (said.mention.kind is WEAK and said.of is None and (ours | stated) - {slug}):
                    continue
                stated.add(slug)
            self.add(("route", slug, role), THRESHOLD, THRESHOLD, origin, matched, 0.0)
        for slug in {said.mention.slug for said, _, _, _ in settled} - ours - stated:
            self.pans.pop(("route", slug, "studied"), None)

    def _title_routes(self, focus: set[str]) -> set[str]:
        """The routes that the title gives the treatment in focus: another is then studied only where a dose is given."""
        return {
            route.said.mention.slug
            for route in self.routes
            if route.origin == "title"
            and route.said.of
            and route.said.of != FOREIGN
            and self._family("intervention", route.said.of) in focus
        }

    def _is_subject(self, key: tuple[str, str, str], pan: _Pan, healthy: bool) -> bool:
        facet, slug, _ = key
        hoped_for = healthy and pan.origin == "abstract" and (slug not in self.title_roles or slug in self.registered)
        if facet == "condition" and (pan.core < CORE or hoped_for):
            return False
        if facet == "condition" and slug in self.known.people and "control" not in pan.matched.lower():
            return True  # aim or methods name those who took part; healthy controls stand beside patients
        if pan.weight >= THRESHOLD:
            return True
        return pan.weight >= THRESHOLD / 2 and self._family_weight(facet, slug) >= THRESHOLD + 1

    def _family_weight(self, facet: str, slug: str) -> float:
        """What speaks for a slug or others of its family as subjects."""
        family, weight = self._family(facet, slug), 0.0
        for (other, member, role), pan in self.pans.items():
            if other == facet and role in _SUBJECTS and self._family(facet, member) == family:
                weight += pan.weight
        return weight

    def _left_open(self) -> set[tuple[str, str]]:
        """What the title leaves open and the abstract lists: it needs less weight.

        The conditions of a systematic review that asks of none, and the members, if several, of a class of drugs.
        """
        found: set[tuple[str, str]] = set()
        if not self.title_roles:
            listed = [
                key
                for key, pan in self.pans.items()
                if key[0] == "condition" and pan.own >= CORE and key[1] in self.known.ills and key[2] in _SUBJECTS
            ]
            if listed and self.review() == SYSTEMATIC:
                found.update(key[:2] for key in listed)
        if not self.titled.isdisjoint(self.known.classes):
            members: dict[str, list[tuple[str, str]]] = {}
            for (facet, slug, role), pan in self.pans.items():
                if facet == "intervention" and role == "studied" and pan.own >= LISTED and slug not in self.titled:
                    members.setdefault(self._family(facet, slug), []).append((facet, slug))
            for head, named in members.items():
                if head in self.titled and len(named) > 1:
                    found.update(named)
        return found

    def _implied(self, tag: Tag, found: dict[tuple[str, str, str], Tag]) -> bool:
        """Whether a broader condition, named in the abstract alone, adds nothing to a narrower one of the title."""
        if tag.facet != "condition" or tag.origin != "abstract" or tag.role != MAIN["condition"]:
            return False
        narrower = self.known.below.get(tag.slug, ())
        return any(slug in self.title_roles and ("condition", slug, tag.role) in found for slug in narrower)

    def tags(self) -> tuple[Tag, ...]:
        """Return the tags: subjects, and what else is said of other things."""
        if not self.pans and not self.routes:
            return ()
        self._settle_conditions()
        self._settle_routes()
        healthy = not self.patients and not self.known.people.isdisjoint(self.title_roles)
        listed = set[tuple[str, str]]() if healthy else self._left_open()
        found: dict[tuple[str, str, str], Tag] = {}
        for key, pan in self.pans.items():
            facet, slug, role = key
            if role in _SUBJECTS and (facet, slug) not in listed and not self._is_subject(key, pan, healthy):
                role = "not-studied"
                key = (facet, slug, role)
            if key not in found:
                found[key] = Tag(facet, slug, role, pan.origin, pan.matched)
        if len(found) < 2:
            return tuple(found.values())
        kept = [
            tag
            for (facet, slug, role), tag in found.items()
            if not (role in _YIELDING and (facet, slug, MAIN[facet]) in found) and not self._implied(tag, found)
        ]
        order = self.known.order
        return tuple(sorted(kept, key=lambda tag: (*order[(tag.facet, tag.slug)], tag.role)))
