"""What a text names and does not state of its study, as it is denied, wanted or others': "placebo-controlled studies are needed".

The guards are those of `fact-guards.csv`, held against the text in lower case once a fact was found there. A guard is tried only where
one of the words in `starts` begins near the fact: `before` must fit everything from that word to the fact, `after` what stands behind the
fact, and `unless` what stands in front of that word (of the fact, where there is no `before`) calls the guard off.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litmap.evidence import tables

REACH = 200  # characters on either side of a fact in which a guard sees words
_FRONT = 120  # characters that `unless` sees


@dataclass(frozen=True)
class FactGuard:
    """One row of fact-guards.csv."""

    fields: frozenset[str]
    starts: tuple[str, ...]
    unless: re.Pattern[str] | None
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    plans: bool  # whether it is held against protocols too: they speak of their own trial as one to come
    titles: bool  # whether it is held against titles too: they name the paper's own trials

    def speaks(self, low: str, at: int, start: int, end: int) -> bool:
        """Whether it leaves out the fact low[start:end], as one of its words begins at `at`."""
        if self.after and not self.after.match(low, end):
            return False
        if not self.before:
            return at >= end and not self._off(low, start)
        return at < start and bool(self.before.fullmatch(low, at, start)) and not self._off(low, at)

    def _off(self, low: str, at: int) -> bool:
        return bool(self.unless and self.unless.search(low, max(0, at - _FRONT), at))


Spoken = dict[str, list[FactGuard]]  # guards by the words that they begin with
Placed = dict[str, dict[str, Spoken]]  # those of each field, by place


class FactGuards:
    """The guards of fact-guards.csv, by field."""

    def __init__(self, texts: Mapping[str, str], fields: Sequence[str]) -> None:
        """Raises RuleError for a pattern that is none, a guard that fits everything, and a field that is not one of `fields`."""
        columns = ("guard", "fields", "starts", "unless", "before", "after", "plans", "titles", "note")
        guards = [_guard(row, fields) for row in tables.rows(texts, "fact-guards.csv", columns, some=True)]
        self.words = sorted({word for guard in guards for word in guard.starts})
        places = ("title", "abstract")
        self._of = [{place: _held(guards, fields, plan, place) for place in places} for plan in (False, True)]

    def of(self, plan: bool) -> Placed:
        """Those that are held against the fields of a protocol (`plan`) or of another study, by place."""
        return self._of[plan]


def _held(guards: Sequence[FactGuard], fields: Sequence[str], plan: bool, place: str) -> dict[str, Spoken]:
    held = [guard for guard in guards if (guard.plans or not plan) and (guard.titles or place != "title")]
    return {field: _by_word([guard for guard in held if field in guard.fields]) for field in fields}


def _by_word(guards: Sequence[FactGuard]) -> Spoken:
    spoken: Spoken = {}
    for guard in guards:
        for word in guard.starts:
            spoken.setdefault(word, []).append(guard)
    return spoken


def unsaid(spoken: Spoken, low: str, marks: Sequence[tuple[int, str]], start: int, end: int) -> bool:
    """Whether a guard leaves out the fact low[start:end]; `marks`: where words of guards begin in the text, in order, and which."""
    last = end + REACH
    for place in range(bisect_left(marks, (start - REACH, "")), len(marks)):
        at, word = marks[place]
        if at >= last:
            break
        for guard in spoken.get(word, ()):
            if guard.speaks(low, at, start, end):
                return True
    return False


def _guard(row: tables.Row, fields: Sequence[str]) -> FactGuard:
    starts = tuple(word.lower() for word in row["starts"].split("|") if word)
    given = row["fields"].split("|")
    unknown = sorted(set(given) - set(fields))
    if unknown:
        row.fail(f"no field is called {unknown[0]!r}", f"the fields are: {', '.join(fields)}")
    if not starts or not (row["before"] or row["after"]):
        row.fail("it fits everything", "write the words it begins with in starts, and a pattern in before or after")
    plans, titles = (row.choice(column, ("", "not")) != "not" for column in ("plans", "titles"))
    unless, before, after = map(row.regex, ("unless", "before", "after"))
    return FactGuard(frozenset(given), starts, unless, before, after, plans, titles)
