"""The rule engine: a record becomes a set of tokens, and ordered tables of rules are held against it.

A token is `type:NAME`, `mesh:HEADING`, `relation:KIND`, `tag:...`, `cue:NAME` (also `title:NAME`, `abstract:NAME`),
`kind:NAME`, `maybe:NAME`, `includes:NAME`, `asks:NAME`, `subjects:NAME`, `design:NAME`, `has:abstract`, `has:mesh`, `title-starts:WORDS`, `title-ends:WORDS`; a name of groups.csv stands for several.
A condition is `A | B & not C`: groups joined by ` & `, each met when one of its tokens is there (or none, after `not`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import TypeAlias, TypeVar

from litmap.evidence import openings, tables
from litmap.evidence.phrases import expand
from litmap.evidence.points import KINDS
from litmap.evidence.tokens import Tokens

DESIGNS = (
    "systematic-review", "pooled-analysis", "randomized-trial", "controlled-trial", "single-arm-trial", "secondary-analysis", "cohort", "case-control",
    "cross-sectional", "case-series", "case-report", "qualitative", "narrative-review", "scoping-review", "guideline", "protocol", "opinion", "notice",
    "laboratory", "undetermined",
)  # fmt: skip
SUBJECTS = ("human", "animal", "in-vitro")
RELATIONS = (  # NLM's RefTypes: those of its DTD, and the two of a partial retraction, which MEDLINE's fields have
    "AssociatedDataset", "AssociatedPublication", "Cites", "CommentIn", "CommentOn", "CorrectedandRepublishedFrom", "CorrectedandRepublishedIn",
    "ErratumFor", "ErratumIn", "ExpressionOfConcernFor", "ExpressionOfConcernIn", "OriginalReportIn", "PartialRetractionIn", "PartialRetractionOf",
    "ReprintIn", "ReprintOf", "RepublishedFrom", "RepublishedIn", "RetractedandRepublishedFrom", "RetractedandRepublishedIn", "RetractionIn",
    "RetractionOf", "SummaryForPatientsIn", "UpdateIn", "UpdateOf",
)  # fmt: skip
_TAGS = ("healthy-volunteers", "model", "patients", "patients-named", "intervention")
_INCLUDES = ("randomized", "nonrandomized", "case-reports", "animal", "none")
_ASKS = ("other", "harm")
_HAS = ("abstract", "mesh")
_OPENINGS = tuple(f"{name}:" for name in openings.TOKENS)
_UNSEEN = ("kind:", "maybe:", "has:", "subjects:", "design:")  # tokens that follow from others
_DEEP = ("abstract:", "cue:", "kind:", "maybe:")  # tokens that come from reading the abstract

Groups: TypeAlias = tuple[tuple[bool, frozenset[str]], ...]
Masks: TypeAlias = tuple[tuple[bool, int], ...]
_REMEMBERED = 20_000  # answers kept for each table, some 3 MB


@dataclass(frozen=True)
class Condition:
    """All groups must hold: (negated, tokens)."""

    groups: Groups
    bits: Tokens

    @cached_property
    def masks(self) -> Masks:
        """The groups as bits."""
        return tuple((negated, self.bits.mask(tokens)) for negated, tokens in self.groups)

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """The bits of the tokens that something in the record stands behind, by group."""
        positive = (
            self.bits.mask(token for token in group if not token.startswith(_UNSEEN))
            for negated, group in self.groups
            if not negated
        )
        return tuple(mask for mask in positive if mask)

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset().union(*(tokens for _, tokens in self.groups)) if self.groups else frozenset()

    def holds(self, found: int) -> bool:
        """Whether a record with these bits meets the condition."""
        for negated, mask in self.masks:  # noqa: SIM110 (faster)
            if (found & mask == 0) != negated:
                return False
        return True

    def met(self, found: int) -> list[str]:
        """The tokens that made the condition hold and that something in the record stands behind."""
        shown = self.shown
        if len(shown) == 1:
            return self.bits.names(found & shown[0])
        return [token for mask in shown for token in self.bits.names(found & mask)]


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
    line: int = 0  # of the file

    @cached_property
    def id_from_text(self) -> str:
        """How a level names the rule where title and abstract told the design."""
        return f"F.{self.id}"


_Found = TypeVar("_Found")


class _Order(dict[int, _Found]):
    """Conditions in order: what the first gives that holds. It is kept by the bits of `asked`, for few tokens matter, and they come again."""

    def __init__(self, conditions: Sequence[Masks], gives: Sequence[_Found], otherwise: _Found) -> None:
        self._conditions, self._gives, self._otherwise = conditions, gives, otherwise
        self.asked = 0  # the bits that any condition asks for
        self._always = 0  # the places of conditions (as bits) that no token must be there for
        self._needed = 0  # for each of the others, the bits of a group that it cannot hold without
        self._asking: dict[int, int] = {}  # the places of the others, by each of these bits
        for place, masks in enumerate(conditions):
            self.asked |= reduce(or_, (mask for _, mask in masks), 0)
            needed = min((mask for negated, mask in masks if not negated), key=int.bit_count, default=0)
            if not needed:
                self._always |= 1 << place
            self._needed |= needed
            while needed:
                bit = needed & -needed
                self._asking[bit] = self._asking.get(bit, 0) | 1 << place
                needed ^= bit

    def __missing__(self, found: int) -> _Found:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[found] = given = self._sought(found)
        return given

    def _sought(self, found: int) -> _Found:
        possible, rest = self._always, found & self._needed
        while rest:
            bit = rest & -rest
            possible |= self._asking[bit]
            rest ^= bit
        while possible:
            place = (possible & -possible).bit_length() - 1
            for negated, mask in self._conditions[place]:
                if (found & mask == 0) != negated:
                    break
            else:
                return self._gives[place]
            possible &= possible - 1
        return self._otherwise


def _deep(group: frozenset[str]) -> bool:
    return any(token.startswith(_DEEP) for token in group)


class Table:
    """Rules in order. What the abstract says is asked for only where a rule depends on it."""

    def __init__(self, name: str, rules: list[Rule]) -> None:
        self.name = name
        self.rules = rules
        self._whole = _Order[Rule | None]([rule.when.masks for rule in rules], rules, None)
        self._asked = self._whole.asked
        without, gives = [], list[tuple[bool, Rule | None]]()
        for rule in rules:
            groups = list(zip(rule.when.groups, rule.when.masks, strict=True))
            without.append(tuple(mask for (negated, group), mask in groups if negated or not _deep(group)))
            gives.append((not any(_deep(group) for (_, group), _ in groups), rule))
        self._without = _Order(without, gives, (True, None))

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def first(self, tokens: int) -> Rule | None:
        """The first rule that holds, or None."""
        return self._whole[tokens & self._asked]

    def first_without_abstract(self, tokens: int) -> tuple[bool, Rule | None]:
        """Whether it is settled which rule holds first while the abstract's tokens are missing, and that rule."""
        return self._without[tokens & self._without.asked]

    def until(self, held: Rule | None) -> Iterator[Rule]:
        """The rules that were tried when this one held, or none did."""
        for rule in self.rules:
            yield rule
            if rule is held:
                return


class Grammar:
    """Reads conditions, knowing which tokens exist."""

    def __init__(self, types: set[str], cues: set[str], bits: Tokens) -> None:
        self.types, self.cues, self.bits = types, cues, bits
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
            groups.append((negated, frozenset().union(*map(self._spelled, tokens))))
        return Condition(tuple(groups), self.bits)

    def _spelled(self, token: str) -> frozenset[str]:
        """The tokens of a group, or the one given; in the words of an opening or ending, braces hold alternatives."""
        if token.startswith(_OPENINGS):
            name, _, words = token.partition(":")
            return frozenset(f"{name}:{one}" for one in expand(words))
        return self.groups.get(token, frozenset((token,)))

    def _problem(self, token: str) -> str:
        name, _, value = token.partition(":")
        if token.startswith(_OPENINGS):
            return _wrong_opening(value)
        if token in self.groups or (name == "mesh" and value):  # the headings are too many to know
            return ""
        known: Mapping[str, object] = {
            "type": self.types, "relation": RELATIONS, "cue": self.cues, "title": self.cues, "abstract": self.cues, "kind": KINDS, "maybe": KINDS, "includes": _INCLUDES, "asks": _ASKS,
            "subjects": SUBJECTS, "design": DESIGNS, "tag": _TAGS, "has": _HAS,
        }  # fmt: skip
        if name not in known:
            return "no such condition"
        allowed = known[name]
        if isinstance(allowed, (set, tuple)) and value in allowed:
            return ""
        return {
            "type": "not a publication type of NLM",
            "relation": "not a relation of NLM (RefType)",
            "cue": "no such cue",
            "title": "no such cue",
            "abstract": "no such cue",
        }.get(name, "no such value")


def _wrong_opening(value: str) -> str:
    try:
        bad = [value] if "," in value else [words for words in expand(value) if not openings.WORDS.fullmatch(words)]
    except ValueError as error:
        return str(error)
    return "not lower-case words with a colon at most at their end" if bad else ""


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
    for row in tables.rows(texts, file, columns, some=True):
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
                line=row.line,
            )
        )
    return found


def read_scheme(texts: Mapping[str, str], file: str, grammar: Grammar) -> list[Rule]:
    """A scheme of levels, in order; an empty rank is no level."""
    found = []
    for row in tables.rows(texts, file, ("id", "when", "rank", "provisional", "sentence", "source"), some=True):
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
                line=row.line,
            )
        )
    return found
