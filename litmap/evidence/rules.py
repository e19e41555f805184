"""The rule engine: a record becomes a set of tokens, and ordered tables of rules are held against it.

A token is `type:NAME`, `mesh:HEADING`, `relation:KIND`, `tag:...`, `cue:NAME` (also `title:NAME`, `abstract:NAME`),
`kind:NAME`, `maybe:NAME`, `includes:NAME`, `subjects:NAME`, `design:NAME`, `has:abstract`, `has:mesh`; a name of groups.csv stands for several.
A condition is `A | B & not C`: groups joined by ` & `, each met when one of its tokens is there (or none, after `not`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from litmap.evidence import tables
from litmap.evidence.points import KINDS

DESIGNS = (
    "systematic-review", "pooled-analysis", "randomized-trial", "controlled-trial", "single-arm-trial", "secondary-analysis", "cohort", "case-control",
    "cross-sectional", "case-series", "case-report", "qualitative", "narrative-review", "scoping-review", "guideline", "protocol", "opinion", "notice",
    "laboratory", "undetermined",
)  # fmt: skip
SUBJECTS = ("human", "animal", "in-vitro")
_OPEN = ("mesh", "relation")  # any value is possible
_TAGS = ("healthy-volunteers", "model", "patients", "intervention")
_INCLUDES = ("randomized", "nonrandomized", "case-reports", "animal", "none")
_HAS = ("abstract", "mesh")
_UNSEEN = ("kind:", "maybe:", "has:", "subjects:", "design:")  # tokens that follow from others
_DEEP = ("abstract:", "cue:", "kind:", "maybe:")  # tokens that come from reading the abstract

Groups: TypeAlias = tuple[tuple[bool, frozenset[str]], ...]


@dataclass(frozen=True)
class Condition:
    """All groups must hold: (negated, tokens)."""

    groups: Groups

    @cached_property
    def shown(self) -> tuple[frozenset[str], ...]:
        """The tokens that something in the record stands behind, by group."""
        positive = (
            frozenset(token for token in group if not token.startswith(_UNSEEN))
            for negated, group in self.groups
            if not negated
        )
        return tuple(group for group in positive if group)

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset().union(*(tokens for _, tokens in self.groups)) if self.groups else frozenset()

    def holds(self, tokens: AbstractSet[str]) -> bool:
        return all(group.isdisjoint(tokens) == negated for negated, group in self.groups)

    def met(self, tokens: AbstractSet[str]) -> list[str]:
        """The tokens that made the condition hold and that something in the record stands behind."""
        return [token for group in self.shown for token in sorted(group & tokens)]


@dataclass(frozen=True)
class Rule:
    """One row of subjects.csv, designs.csv or a scheme."""

    id: str
    when: Condition
    gives: str  # subjects, design, or (in a scheme) the rank as text
    sentence: str
    source: str
    basis: str = "types"
    rank: int | None = None
    provisional: bool = False
    words: str = ""  # the condition as the file has it


class _Index:
    """Conditions in order; most of those that cannot hold are left out unseen."""

    def __init__(self, conditions: Sequence[Groups]) -> None:
        self._conditions = conditions
        self._always: list[int] = []
        self._by_token: dict[str, list[int]] = {}
        for place, groups in enumerate(conditions):
            wanted = [group for negated, group in groups if not negated]
            if not wanted:
                self._always.append(place)
                continue
            for token in min(wanted, key=len):  # one of these must be there
                self._by_token.setdefault(token, []).append(place)
        self._tokens = frozenset(self._by_token)

    def first(self, tokens: set[str]) -> int | None:
        places = self._always[:]
        for token in self._tokens & tokens:
            places += self._by_token[token]
        places.sort()
        for place in places:
            for negated, group in self._conditions[place]:
                if group.isdisjoint(tokens) != negated:
                    break
            else:
                return place
        return None


def _deep(group: frozenset[str]) -> bool:
    return any(token.startswith(_DEEP) for token in group)


class Table:
    """Rules in order. What the abstract says is asked for only where a rule depends on it."""

    def __init__(self, name: str, rules: list[Rule]) -> None:
        self.name = name
        self.rules = rules
        conditions = [rule.when.groups for rule in rules]
        self._whole = _Index(conditions)
        self._without = _Index(
            [tuple(pair for pair in groups if pair[0] or not _deep(pair[1])) for groups in conditions]
        )
        self._asks = [any(_deep(group) for _, group in groups) for groups in conditions]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def first(self, tokens: set[str]) -> int | None:
        """The place of the first rule that holds, or None."""
        return self._whole.first(tokens)

    def first_without_abstract(self, tokens: set[str]) -> tuple[bool, int | None]:
        """Whether it is settled which rule holds first while the abstract's tokens are missing, and that rule's place."""
        place = self._without.first(tokens)
        return place is None or not self._asks[place], place


class Grammar:
    """Reads conditions, knowing which tokens exist."""

    def __init__(self, types: set[str], cues: set[str]) -> None:
        self.types, self.cues = types, cues
        self.groups: dict[str, frozenset[str]] = {}

    def condition(self, row: tables.Row, column: str = "when") -> Condition:
        """The condition in a cell. Raises RuleError for a token that cannot exist."""
        groups: list[tuple[bool, frozenset[str]]] = []
        for part in re.split(r"\s+&\s+", row[column]) if row[column] else []:
            negated = part.startswith("not ")
            tokens = [token.strip() for token in re.split(r"\s+\|\s+", part.removeprefix("not "))]
            for token in tokens:
                problem = self._problem(token)
                if problem:
                    row.fail(f"{token!r}: {problem}")
            spelled = (self.groups.get(token, frozenset((token,))) for token in tokens)
            groups.append((negated, frozenset().union(*spelled)))
        return Condition(tuple(groups))

    def _problem(self, token: str) -> str:
        name, _, value = token.partition(":")
        if token in self.groups or (name in _OPEN and value):
            return ""
        known: Mapping[str, object] = {
            "type": self.types, "cue": self.cues, "title": self.cues, "abstract": self.cues, "kind": KINDS, "maybe": KINDS, "includes": _INCLUDES,
            "subjects": SUBJECTS, "design": DESIGNS, "tag": _TAGS, "has": _HAS,
        }  # fmt: skip
        if name not in known:
            return "no such condition"
        allowed = known[name]
        if isinstance(allowed, (set, tuple)) and value in allowed:
            return ""
        return {
            "type": "not a publication type of NLM",
            "cue": "no such cue",
            "title": "no such cue",
            "abstract": "no such cue",
        }.get(name, "no such value")


def read_groups(texts: Mapping[str, str], grammar: Grammar) -> None:
    """groups.csv: names for tokens of which one must hold; a group may use those above it. Raises RuleError."""
    for row in tables.rows(texts, "groups.csv", ("group", "when", "note")):
        groups = grammar.condition(row).groups
        if len(groups) != 1 or groups[0][0]:
            row.fail("not a list of alternatives", "join the conditions of a group by | only")
        grammar.groups[row["group"]] = groups[0][1]


def read_rules(texts: Mapping[str, str], file: str, grammar: Grammar, gives: tuple[str, ...]) -> list[Rule]:
    """subjects.csv or designs.csv, in order."""
    columns = ("id", "when", "gives", "sentence", "source")
    found = []
    for row in tables.rows(texts, file, columns):
        when = grammar.condition(row)
        basis = row.choice("basis", ("types", "text")) if "basis" in row.cells else "types"
        if not row["sentence"]:
            row.fail("no sentence for people")
        found.append(
            Rule(
                row["id"],
                when,
                row.choice("gives", gives),
                row["sentence"],
                row["source"],
                basis,
                words=row["when"],
            )
        )
    if not found:
        raise tables.RuleError(f"{file} holds no rule", "copy it from litmap's own db/evidence")
    return found


def read_scheme(texts: Mapping[str, str], file: str, grammar: Grammar) -> list[Rule]:
    """A scheme of levels, in order; an empty rank is no level."""
    found = []
    for row in tables.rows(texts, file, ("id", "when", "rank", "provisional", "sentence", "source")):
        when = grammar.condition(row)
        rank = row.number("rank", 1, 5)
        provisional = row.choice("provisional", ("", "yes")) == "yes"
        found.append(
            Rule(
                row["id"],
                when,
                row["rank"],
                row["sentence"],
                row["source"],
                rank=rank,
                provisional=provisional,
                words=row["when"],
            )
        )
    if not found:
        raise tables.RuleError(f"{file} holds no rule", "copy it from litmap's own db/evidence")
    return found
