"""What a mention is said to be in its sentence: the indication, an adverse effect, a comparator, ...

The cue words stand in `cues.csv`. The nearest cue that reaches a mention decides; a cue inside a longer one does not
count; nothing reaches across a barrier ("but", "whereas"). A route belongs to a treatment and takes its role.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from litmap.vocabulary.matcher import HARM, NARROW, WEAK, Cue, Found, Mention

MAIN = {"condition": "indication", "route": "studied", "intervention": "studied"}
HARMFUL = "adverse-effect"
FOREIGN = "?"  # a route that belongs to something the vocabulary does not name: "oral triazolam"
CLOSE = 5  # words between a cue and a mention that it speaks of for certain
_NEXT_WORD = re.compile(r"[ -]([^\W\d_][^\W_]*)")
_BREAK = re.compile(r"[;:]")
_ADJECTIVE = re.compile(r"(?:al|ous|ar|\b[A-Z]{2})$")  # oral, intravenous, intramuscular, IV
_FOR = re.compile(r"(?:[\s-][\w-]+){0,2}\s(?:in|for|against)\s(?:[\w-]+[\s-]){0,3}")
_AND = re.compile(r"(?:,\s*)?(?:\s*(?:and|or)\s|[/,]\s?)(?:[\w-]+\s)?")
_DOSED_AND = re.compile(
    r"(?:\s?\([^()]{0,60}\)|(?:\s[\d.,/%\w]+){0,4}?),?\s(?:and|or|plus|versus|vs\.?|and/or)\s(?:[a-z]+\s){0,2}|\s?[/+,]\s?"
)
_OF_CODE = re.compile(r"(?:[\s-]\w+){0,4}\sof\s(?=[A-Z])([A-Z]+)[-‐]?\d")  # "oral loading dose of PF-0123"
_ILL, _TREATMENT = 1, 2  # what a mention is to a cue
_OF = {"condition": _ILL, "treatment": _TREATMENT, "all": _ILL | _TREATMENT}  # a cue's facet -> what it speaks of
_FAR = 10_000
_NOTHING = (_FAR, "none")  # no cue: words from the mention, role
_SILENT = ("subject", "none")  # they leave the role to another cue
_FOLLOWING, _PRECEDING = 6, 18  # words between a route and the treatment it belongs to, at most


Hit = tuple[int, int, Cue]  # start and end of a cue, and the cue


class Said(NamedTuple):
    """A mention with the role its sentence gives it."""

    mention: Mention
    role: str
    sentence: int
    cued: bool = False  # a close cue says that this is the main subject ("patients with X")
    heard: bool = True  # a cue speaks of it; False: the role is the default
    of: str | None = None  # routes: the intervention it belongs to, FOREIGN, or None where none stands near


class Reader:
    """Gives roles to the mentions of a text."""

    def __init__(
        self,
        heads: Collection[str],
        families: Mapping[str, str],
        defaults: Mapping[tuple[str, str], str],
        parents: Mapping[tuple[str, str], str],
        lesser: Collection[str] = (),
        people: Collection[str] = (),
    ) -> None:
        self.heads = heads
        self.families = families  # condition slug -> its topmost ancestor
        self.parents = parents  # (facet, slug) -> slug above it
        self.defaults = defaults  # (facet, slug) -> the role when no cue gives one
        self.lesser = lesser  # interventions that serve as comparators: off the map
        self.people = people  # words for people that make a condition the subject: "patients"

    def assign(self, text: str, found: Found, spans: Sequence[tuple[int, int]]) -> list[Said]:
        """Give each mention a role, sentence by sentence. Weak terms go where a firm one stands."""
        said: list[Said] = []
        mentions, cues, _ = found
        m = c = number = 0
        while m < len(mentions):
            start = mentions[m].start
            while number < len(spans) and spans[number][1] <= start:
                number += 1
            if number == len(spans):
                break
            begin, end = spans[number - 1][1] if number else -1, spans[number][1]
            first = m
            while m < len(mentions) and mentions[m].start < end:
                m += 1
            while c < len(cues) and cues[c][1] <= begin:
                c += 1
            first_cue = c
            while c < len(cues) and cues[c][1] <= end:
                c += 1
            together = mentions[first:m]
            hits = _hits(together, cues[first_cue:c]) if c > first_cue else []
            said += self._sentence(text, self._firm(together), hits, number)
        return said

    def _firm(self, mentions: list[Mention]) -> list[Mention]:
        """Drop weak terms beside a firm one: of the facet for routes, of the same family for conditions.

        And narrowing terms without their parent.
        """
        if len(mentions) == 1 and mentions[0].kind is not NARROW:
            return mentions
        kinds = {mention.kind for mention in mentions}
        if NARROW in kinds:
            named = {mention[2:4] for mention in mentions if mention.kind is not NARROW}
            mentions = [m for m in mentions if m.kind is not NARROW or (m.facet, self.parents[m[2:4]]) in named]
        if WEAK not in kinds:
            return mentions
        firm = {self._group(mention) for mention in mentions if mention.kind is not WEAK}
        return [mention for mention in mentions if mention.kind is not WEAK or self._group(mention) not in firm]

    def _group(self, mention: Mention) -> tuple[str, str]:
        return mention.facet, self.families.get(mention.slug, mention.slug) if mention.facet == "condition" else ""

    def _sentence(self, text: str, mentions: list[Mention], hits: list[Hit], number: int) -> list[Said]:
        if not hits and len(mentions) == 1 and mentions[0].facet != "route":
            return [Said(mentions[0], self._settled("main", mentions[0]), number, False, False)]
        barriers = [start for start, _, cue in hits if cue.role == "barrier"] if hits else []
        said: list[Said] = []
        treatments: list[str | None] = []
        routes = False
        for mention in mentions:
            facet = mention.facet
            routes = routes or facet == "route"
            treated = _treated(text, mention, said, treatments) if said and facet == "condition" else None
            treatments.append(treated)
            if treated == "not-studied":  # "no trials of X for Y"
                said.append(Said(mention, treated, number))
                continue
            role, cued, heard = _role(text, mention, hits, barriers, treated=treated is not None)
            if role == "main" and not cued and facet == "condition":  # "depressed patients"
                last = text.rfind(" ", mention.start, mention.end) + 1
                cued = last > 0 and text[last : mention.end].lower() in self.people
            said.append(Said(mention, self._settled(role, mention), number, cued, heard))
        if routes:
            self._give_owners(text, mentions, said)
        return said

    def _settled(self, role: str, mention: Mention) -> str:
        """The role in place of "main", and what the vocabulary holds an entry for unless a cue says otherwise."""
        if role not in ("main", "outcome"):
            return role
        default = HARMFUL if mention.kind is HARM else self.defaults.get(mention[2:4])
        return default or (MAIN[mention.facet] if role == "main" else role)

    def _give_owners(self, text: str, mentions: list[Mention], said: list[Said]) -> None:
        """Give routes the role of the treatment they belong to."""
        for index, mention in enumerate(mentions):
            if mention.facet != "route":
                continue
            owner = self._owner(text, mention, mentions)
            if owner == len(mentions):
                said[index] = said[index]._replace(role="co-medication", of=FOREIGN)
            elif owner is not None:
                role = _joined(said[owner].role, said[index].role)
                said[index] = said[index]._replace(role=role, of=mentions[owner].slug)

    def _owner(self, text: str, route: Mention, mentions: list[Mention]) -> int | None:
        """The index of the intervention that a route belongs to; len(mentions) for a foreign one; None if unclear."""
        treatments = [
            i
            for i, other in enumerate(mentions)
            if other.facet == "intervention" and (other.facet, other.slug) not in self.defaults
        ]
        before: int | None = None
        for index in treatments:
            other = mentions[index]
            if other.start < route.end and route.start < other.end:  # "esketamine nasal spray", "oral antidepressant"
                return index
            if other.start >= route.end:
                if before is not None and text[mentions[before].end : route.start] in (" ", "-"):
                    return before  # "ketamine infusion with clonidine"
                if _leads_to(
                    text[route.end : other.start],
                    [m for m in mentions if m.facet == "route" and route.end <= m.start < other.start],
                    route.end,
                ):
                    return index
                break
            before = index
        if self._foreign(text, route):
            return len(mentions)
        if before is not None:
            gap = text[mentions[before].end : route.start]
            if gap.count(" ") <= _PRECEDING and not _BREAK.search(gap):
                return self._joined_to(text, before, mentions)
        return None

    def _joined_to(self, text: str, owner: int, mentions: list[Mention]) -> int:
        """The treatment that a route behind several is first of all said of: one of the map before its comparator.

        "Ketamine (0.5 mg/kg) or midazolam (0.045 mg/kg) intravenously": what is said of the last is said of all.
        """
        behind, index = mentions[owner], owner
        while behind.slug in self.lesser and index:
            index -= 1
            other = mentions[index]
            if other.facet == "condition":
                continue
            if other.facet == "route" or not _DOSED_AND.fullmatch(text, other.end, behind.start):
                return owner
            if other.slug not in self.lesser:
                return index
            behind = other
        return owner

    def _foreign(self, text: str, route: Mention) -> bool:
        """Whether a bare adjective stands before a word that is none of the vocabulary's ("oral triazolam")."""
        written = text[route.start : route.end]
        if route.kind is WEAK or " " in written or not _ADJECTIVE.search(written):
            return False
        following = following_word(text, route.end)
        return bool(following) and following not in self.heads


def following_word(text: str, end: int) -> str:
    """What a route gives, in lower case: the word right behind it, the letters of a drug's code, or ""."""
    code = _OF_CODE.match(text, end)
    if code:
        return code.group(1).lower()
    found = _NEXT_WORD.match(text, end)
    return found.group(1).lower() if found else ""


def _leads_to(gap: str, routes: list[Mention], offset: int) -> bool:
    """Whether a route reaches the treatment behind it: "oral ketamine", "infusion of ketamine", "oral or nasal ketamine"."""
    for route in routes:
        gap = gap[: route.start - offset] + " " * (route.end - route.start) + gap[route.end - offset :]
    words = re.findall(r"[^\W_]+", gap)
    if len(words) > _FOLLOWING or _BREAK.search(gap):
        return False
    if not words:
        return not gap.strip(" -/'’.)")  # also "i.v. ketamine"
    if routes and all(word in ("and", "or", "versus", "vs", "to", "with", "compared") for word in words):
        return True
    if words[0] in ("of", "with") and "," not in gap:
        return True
    return len(words) <= 2 and not re.search(r"[,(.]|\b(?:and|or|vs|versus|than|with|to|for|in|plus)\b", gap)


def _hits(mentions: list[Mention], cues: list[tuple[int, int, tuple[Cue, ...]]]) -> list[Hit]:
    """The cues for the facets of a sentence's mentions, in order of start: none inside a mention that it could speak of."""
    there = 0
    for mention in mentions:
        there |= _ILL if mention.facet == "condition" else _TREATMENT
    found: list[Hit] = []
    for start, end, group in cues:
        inside = 0
        for first, last, facet, _, _ in mentions:
            if first > start:
                break
            if end <= last:
                inside |= _ILL if facet == "condition" else _TREATMENT
        for cue in group:
            of = _OF.get(cue.facet, 0)
            if of & there and not (of & inside and cue.where != "sentence"):
                found.append((start, end, cue))
    if len(found) < 2:
        return found
    found.sort(key=_by_start)
    return _outer(found)


def _by_start(hit: Hit) -> tuple[int, int]:
    return hit[0], -hit[1]


def _outer(hits: list[Hit]) -> list[Hit]:
    """Drop cues that lie within a longer cue that is for the same facet."""
    kept: list[Hit] = []
    furthest = -1
    for hit in hits:  # in order of start, longest first
        if hit[1] > furthest:
            furthest = hit[1]
        elif any(_holds(other, hit) for other in kept):
            continue
        kept.append(hit)
    return kept


def _holds(outer: Hit, inner: Hit) -> bool:
    """Whether a longer cue for the same facet goes over this one, which starts no earlier."""
    (start, end, cue), (inner_start, inner_end, inner_cue) = outer, inner
    return (
        end >= inner_end
        and end - start > inner_end - inner_start
        and (cue.facet == inner_cue.facet or "all" in (cue.facet, inner_cue.facet))
    )


def _treated(text: str, condition: Mention, said: Sequence[Said], treatments: Sequence[str | None]) -> str | None:
    """The role of the treatment that stands right before: "ketamine for X and ...", "infusions of ketamine in severe ...".

    `treatments` holds what was found for each mention in `said`.
    """
    for index in range(len(said) - 1, -1, -1):
        _, end, facet, _, _ = said[index].mention
        if facet == "condition" and end <= condition.start:
            return treatments[index] if _AND.fullmatch(text, end, condition.start) else None
        if facet == "intervention":
            return said[index].role if _FOR.fullmatch(text, end, condition.start) else None
    return None


def _role(
    text: str, mention: Mention, hits: list[Hit], barriers: list[int], *, treated: bool = False
) -> tuple[str, bool, bool]:
    """The role the nearest cue gives (or "main"), whether a close cue of the main role gave it, and whether any cue did.

    "Patients with X" keeps the cues before it from X, but not those after it ("... undergoing surgery") nor a contraindication.
    """
    if not hits:
        return "main", treated, treated
    begin, end, facet, _, _ = mention
    other = "treatment" if facet == "condition" else "condition"
    before: tuple[int, str] = (0, "subject") if treated else _NOTHING
    after: tuple[int, str] = _NOTHING
    forbidden = _FAR
    main = 0 if treated else _FAR
    for cue_start, cue_end, (cue_facet, role, where, reach, _) in hits:
        if role == "barrier" or cue_facet == other:
            continue
        if cue_end <= begin and where != "after":
            left, right = cue_end, begin
        elif cue_start >= end and where != "before":
            left, right = end, cue_start
        else:
            continue
        words = max(0, text.count(" ", left, right) - 1)
        if words > reach or (barriers and where != "sentence" and any(left <= at < right for at in barriers)):
            continue
        if right == begin:
            before = min(before, (words, role))
            if role == "contraindication":
                forbidden = min(forbidden, words)
            elif role in ("main", "subject"):
                main = min(main, words)
        elif role != "subject" or after is _NOTHING:
            after = min(after, (words, role)) if after[1] != "subject" else (words, role)
    if before is _NOTHING and after is _NOTHING:
        return "main", False, False
    if before[1] == "population" and main <= before[0] + 2:  # "treatment of comorbid X"
        before = (before[0], "subject")
    return *_weighed(before, after, forbidden), True


def _weighed(before: tuple[int, str], after: tuple[int, str], forbidden: int) -> tuple[str, bool]:
    if before[1] in ("subject", "population") and forbidden < _FAR:
        return "contraindication", False
    if before[1] == "subject" and before[0] <= 1 and after[1] == "outcome":  # "patients with X, assessed by ..."
        return "main", True
    near = min(before, after)
    if before[1] in _SILENT:
        role = near[1] if after[1] in _SILENT else after[1]
    else:
        role = before[1] if after[1] in _SILENT else near[1]
    if role in ("subject", "none", "main", "effect"):
        return "main", role in ("subject", "main") and near[0] <= CLOSE
    return role, False


def _joined(role: str, own: str) -> str:
    """A route said to be unstudied stays so even where its treatment is studied."""
    return own if role == MAIN["route"] and own == "not-studied" else role
