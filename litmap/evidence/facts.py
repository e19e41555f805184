"""What a record states about its study, with offsets; nothing where nothing is stated.

The patterns are those of `facts.csv`, held against the text in lower case. A pattern is tried only where one of the words in `starts` begins
(`#`: a number), if one of the words in `needs` stands anywhere, and counts only where `before` fits what precedes it; `value` says
what becomes of the words found: a fixed value, or one of the forms number, spelled, phase, text, time. A group called
`drug`, of the pattern or of `before`, says what a dose is of: "0.5 mg/kg ketamine"; what groups called `same` find in both must be the same.
What is said of somebody else's study, or of people who were only screened, is left out (fact_guards.py), and what is denied or wanted
(unsaid.py).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from litmap.evidence import tables
from litmap.evidence.fact_guards import OTHERS, no_sample, one_of_several, only_screened, taken_of, theirs
from litmap.evidence.text import Part, Text, fold, lowered
from litmap.evidence.unsaid import FactGuards, Placed, unsaid
from litmap.model import Fact

BEFORE = 200  # characters that `before` sees
NEAR = 48  # those it sees when it looks for the drug of a dose: more would cost more than it finds
NUMBER = "#"  # in `starts`: a number
_OTHER = "?"  # stands for the words that name somebody else's study
FIELDS = ("participants", "comparator", "blinding", "phase", "registration", "follow-up", "dose", "time-point")
MOST = {
    "participants": 1,
    "time-point": 1,
    "phase": 1,
    "follow-up": 2,
    "comparator": 5,
    "blinding": 3,
    "registration": 5,
    "dose": 6,
}
_UNITS = dict(
    zip(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(1, 20),
        strict=True,
    )
)
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_HOURS = {"h": 1, "d": 24, "w": 168, "m": 730, "y": 8760}
_ENROLLED = re.compile(
    r"random(?:i|l)|allocat|enrol|includ|recruit|total of|assigned|participat|studied|to treat |treated|received|complet|evaluat|administ|analy[sz]ed|underwent|compris|were given"
)
_ANY_NUMBER = {"participants-counted", "participants-spelled", "participants-n", "participants-n-with"}  # whatever is said of them
SPELLED = "participants-spelled"  # the row of numbers in words
_JOINS = "-‐‑‒–—−.·/,%"  # after one of these a word goes on
_MARKS = " .=<>+:"  # what stands before a number in a folded text; "." is also what it makes of ! ? ;


@dataclass(frozen=True)
class Pattern:
    """One row of facts.csv."""

    name: str
    field: str
    value: str
    starts: frozenset[str]
    needs: frozenset[str]
    before: re.Pattern[str] | None
    regex: re.Pattern[str]
    sees: int  # characters of what precedes


def spelled(words: str) -> int | None:
    """The number that these words spell, up to 999: "twenty-six" is 26. None when they are no number."""
    total = 0
    for word in re.split(r"[-\s]+", words.lower()):
        if word in _UNITS:
            total += _UNITS[word]
        elif word in _TENS:
            total += _TENS[word]
        elif word == "hundred" and total:
            total *= 100
        elif word != "and":
            return None
    return total or None


def period(words: str) -> str | None:
    """The time point of a result, in the four steps that decisions are made by: 24 h, 2 weeks, 3 months, longer.

    A step is named after its middle: up to 3 days, to 6 weeks, to 6 months, longer. Day 28 belongs to 2 weeks: it lies nearer
    to day 14 than to day 91, in days and in proportion.
    """
    found = re.search(r"[a-z]+", re.sub(r"^(?:one|two|three|four|five|six|twelve)\b", "", words.lower()))
    number = re.search(r"\d+(?:\.\d+)?", words)
    count = float(number[0]) if number else spelled(words.split()[0].split("-")[0])
    if not found or not count:
        return None
    hours = count * _HOURS.get(found[0][0], 0)
    if not hours:
        return None
    return "24 h" if hours <= 72 else "2 weeks" if hours <= 1008 else "3 months" if hours <= 4380 else "longer"


class Body:
    """A title or an abstract in lower case, where each of the words that patterns start with begins, and those it has of what they need."""

    __slots__ = ("_begun", "_until", "low", "marks", "needed", "others", "place", "starts", "text")

    def __init__(
        self, part: Part, low: str, starts: dict[str, list[int]], marks: list[tuple[int, str]], needed: set[str]
    ) -> None:
        self.place, self.text, self.low, self.starts, self.needed = part.place, part.body, low, starts, needed
        self.others: int | None = None  # where people are counted who are not the sample
        self.marks = sorted(marks)  # where guards may speak
        places = starts.pop(_OTHER, ())
        spoken = sorted(theirs(low, places)) if places else []  # where somebody else's study is spoken of
        self._begun = [begin for begin, _ in spoken]
        self._until = list(accumulate((end for _, end in spoken), max))  # how far those begun reach

    def is_theirs(self, at: int) -> bool:
        """Whether somebody else's study is spoken of there."""
        begun = bisect_right(self._begun, at)
        return begun > 0 and at < self._until[begun - 1]

    def may_state(self, pattern: Pattern) -> bool:
        """Whether it has a word that the pattern starts with, and one that it needs."""
        if pattern.needs and pattern.needs.isdisjoint(self.needed):
            return False
        return not pattern.starts.isdisjoint(self.starts)

    def begins(self, pattern: Pattern) -> list[int]:
        """Where the pattern may match: at the beginning of a word."""
        starts = pattern.starts & self.starts.keys()
        if len(starts) == 1:
            return self.starts[next(iter(starts))]
        return sorted({at for start in starts for at in self.starts[start]})


class Facts:
    """The patterns, compiled."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        from ahocorasick_rs import AhoCorasick

        columns = ("fact", "field", "value", "starts", "needs", "before", "pattern", "note")
        self.patterns = [_pattern(row) for row in tables.rows(texts, "facts.csv", columns)]
        self._spelled = next((pattern for pattern in self.patterns if pattern.name == SPELLED), None)
        self._tried: dict[str, set[int]] = {}  # which patterns begin so
        for place, pattern in enumerate(self.patterns):
            for start in pattern.starts:
                self._tried.setdefault(start, set()).add(place)
        words = sorted(self._tried.keys() - {NUMBER})
        numbers = [f"{mark}{digit}" for mark in _MARKS for digit in range(10)]
        self._guards = FactGuards(texts, FIELDS)
        marks = self._guards.words
        needed = sorted(set().union(*(pattern.needs for pattern in self.patterns)))
        self._words = [*words, *(NUMBER for _ in numbers), *(_OTHER for _ in OTHERS), *marks, *needed]
        sought = [*(f" {fold(word)}" for word in words), *numbers, *(f" {word} " for word in OTHERS)]
        self._first_mark = len(sought)
        sought += [f" {fold(word)}" for word in marks]
        self._first_needed = len(sought)
        sought += map(fold, needed)
        self._find = AhoCorasick(sought, store_patterns=False).find_matches_as_indexes

    def body(self, part: Part) -> Body:
        """The title or the abstract, ready for the patterns."""
        low = lowered(part.body)
        starts: defaultdict[str, list[int]] = defaultdict(list)
        marks, needed = list[tuple[int, str]](), set[str]()
        words, first_mark, first_needed = self._words, self._first_mark, self._first_needed
        for index, at, _ in self._find(part.folded, overlapping=True):  # a part begins with one blank more
            if index >= first_needed:
                needed.add(words[index])
            elif at and low[at - 1 : at] in _JOINS:
                continue
            elif index >= first_mark:
                marks.append((at, words[index]))
            else:
                starts[words[index]].append(at)
        return Body(part, low, starts, marks, needed)

    def find(self, text: Text, plan: bool = False) -> tuple[Fact, ...]:
        """The stated facts, by field and then as they stand; a value is given once. A protocol (`plan`) speaks of what will be."""
        found: dict[str, list[Fact]] = {}
        told: set[str] = set()
        guards = self._guards.of(plan)
        bodies = list(map(self.body, text.parts()))
        starts = [self._tried[start] for body in bodies for start in body.starts]
        for pattern in map(self.patterns.__getitem__, sorted(set().union(*starts))):
            have = found.setdefault(pattern.field, [])
            for body in bodies:
                if len(have) >= MOST[pattern.field]:
                    break
                if body.may_state(pattern):
                    _collect(pattern, body, guards, have, told)
        comparators = found.get("comparator", ())
        if any(fact.value == "midazolam" for fact in comparators):  # it is the active comparator that is meant
            found["comparator"] = [fact for fact in comparators if fact.value != "other active"]
        if sample := found.get("participants"):
            sample[0] = self._larger(sample[0], bodies, guards)
        if told:  # doses that are also given with their drug
            found["dose"] = [fact for fact in found["dose"] if fact.value not in told]
        return tuple(fact for field in FIELDS if field in found for fact in _in_order(found[field])[: MOST[field]])

    def _larger(self, sample: Fact, bodies: list[Body], guards: Placed) -> Fact:
        """Of a number in figures and one in words: that in words where it stands first and is larger ("Twelve took part. ... 9 of them")."""
        body = next(body for body in bodies if body.place == sample.place)
        spelled_out = self._spelled
        if not spelled_out or not body.text[sample.start].isdigit() or not body.may_state(spelled_out):
            return sample
        words: list[Fact] = []
        _collect(spelled_out, body, guards, words, set())
        larger = words and words[0].start < sample.start and int(words[0].value) > int(sample.value)
        return words[0] if larger else sample


def _pattern(row: tables.Row) -> Pattern:
    regex, before = (row.regex(column, "the pattern") for column in ("pattern", "before"))
    if regex is None or "value" not in regex.groupindex:
        row.fail("the pattern names no group called value", "write (?P<value>...) around the words that state the fact")
    starts, needs = ([word.lower() for word in row[column].split("|") if word] for column in ("starts", "needs"))
    if not starts:
        row.fail("no starts", "write what a match begins with, joined by |; # stands for a number")
    field, sees = row.choice("field", FIELDS), NEAR if before and "drug" in before.groupindex else BEFORE
    return Pattern(row["fact"], field, row["value"], frozenset(starts), frozenset(needs), before, regex, sees)


def _in_order(facts: list[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (fact.place != "title", fact.start, fact.end))


def _collect(pattern: Pattern, body: Body, guards: Placed, have: list[Fact], told: set[str]) -> None:
    """Add what the pattern finds to `have`; to `told` the doses to which it puts a drug, without it."""
    low, match, after = body.low, pattern.regex.match, 0
    for at in body.begins(pattern):
        if at < after or not (hit := match(low, at)):
            continue
        after = hit.end()
        first = max(0, at - pattern.sees)
        before = pattern.before.search(low[first:at]) if pattern.before else None
        if pattern.before and not before:
            continue
        start, end = hit.span("value")
        if body.is_theirs(start) or not _same(before, hit):
            continue
        value = _value(pattern.value, body.text[start:end])
        if value is None or (pattern.field == "participants" and not _whole_sample(pattern, body, hit, int(value))):
            continue
        if body.marks and unsaid(guards[body.place][pattern.field], low, body.marks, start, end):
            continue
        if pattern.field == "dose":
            dose = value
            value, start, end = _of_drug(body.text, hit, before, first, dose)
            if value != dose:
                told.add(dose)
        if all(value.lower() != other.value.lower() for other in have):
            have.append(Fact(pattern.field, value, body.place, start, end))
            if len(have) >= MOST[pattern.field]:
                return


def _of_drug(
    text: str, hit: re.Match[str], before: re.Match[str] | None, first: int, dose: str
) -> tuple[str, int, int]:
    """The dose with the drug that stands in front of it, or else behind it, and where both stand."""
    start, end = hit.span("value")
    if before and before.groupdict().get("drug"):
        drug = before.start("drug") + first, before.end("drug") + first
    elif hit.groupdict().get("drug"):
        drug = hit.span("drug")
    else:
        return dose, start, end
    return f"{dose} {text[slice(*drug)]}", min(start, drug[0]), max(end, drug[1])


def _value(form: str, words: str) -> str | None:
    if form == "number":
        return str(int(words.replace(",", "")))  # in ASCII: \d also finds full-width digits
    if form == "spelled":
        number = spelled(words)
        return None if number is None else str(number)
    if form == "phase":
        return "/".join(_phase(part) for part in re.split(r"\s?[/-]\s?", words))
    if form == "time":
        return period(words)
    return " ".join(words.split()) if form == "text" else form


def _phase(part: str) -> str:
    letter = part[-1].lower() if part[-1] in "abAB" else ""
    core = part[:-1] if letter else part
    return _ROMAN.get(core.lower(), core) + letter


def _same(before: re.Match[str] | None, hit: re.Match[str]) -> bool:
    """Whether the words that `before` and the pattern call the same are so."""
    named = before.groupdict().get("same") if before else None
    return named is None or named == hit.groupdict().get("same")


def _whole_sample(pattern: Pattern, body: Body, hit: re.Match[str], number: int) -> bool:
    """Whether a number of people is that of the study: 2 or more, in a sentence of enrolling or treating."""
    low, (start, end) = body.low, hit.span("value")
    loose = pattern.name in _ANY_NUMBER
    if number < 2 or no_sample(low, start, hit.end(), loose):
        return False
    if 1900 <= number <= 2100 and "," not in low[start:end] and pattern.name != "participants-n":
        return False
    if only_screened(low, start, hit.end()) or (loose and one_of_several(low, hit.end())):
        body.others = start
        return False
    if loose and body.others is not None and not taken_of(low, body.others, start, end):
        return False
    return pattern.name == "participants-n" or bool(_ENROLLED.search(low[max(0, start - 90) : end + 130]))
