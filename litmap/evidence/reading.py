"""One record as tokens, ready for the rules. The abstract is searched only when a rule asks for what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple, TypeAlias

from litmap.evidence import tables
from litmap.evidence.cues import PLACES, Cues
from litmap.evidence.openings import TOKENS, Openings
from litmap.evidence.points import Points, Verdict
from litmap.evidence.rules import Condition, Rule, Table
from litmap.evidence.text import Text
from litmap.evidence.tokens import Tokens
from litmap.model import Match, PublicationType, Record, Tag
from litmap.resources import folder

_UI = re.compile(r"D(?:\d{6}|\d{9})", re.ASCII)
_UNINDEXED = ["Journal Article"]
_REMEMBERED = 10_000  # sets of publication types that are kept

Decision: TypeAlias = tuple[str, Rule, tuple[Match, ...]]  # the stage, the rule that decided, what it saw
FILE = "publication-types.csv"
_NAMED = ("title", "abstract", "reviewer")  # a heading of MeSH also stands for what healthy people were made to feel
HUMAN = "human"  # the subjects where no rule says otherwise


class Types:
    """Publication types as NLM names them: by UI where there is one, else by exact name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._by_ui: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        rows = list(tables.rows(texts, FILE, ("name", "ui", "former")))
        for row in rows:
            self._by_name[row["name"].casefold()] = row["name"]
        for row in rows:
            if row["former"]:
                others = self._by_name.setdefault(row["former"].casefold(), row["name"])
                if others != row["name"]:
                    row.fail(f"former is {row['former']!r}, a name of {others}", "a name stands for one type")
        for row in rows:
            if row["ui"]:
                if not _UI.fullmatch(row["ui"]):
                    row.fail(f"ui is {row['ui']!r}, not a UI of NLM", "write D and 6 or 9 digits")
                if row["ui"] in self._by_ui:
                    row.fail(f"the UI {row['ui']} is that of {self._by_ui[row['ui']]}")
                self._by_ui[row["ui"]] = row["name"]
        self.names = set(self._by_name.values())

    @classmethod
    def load(cls) -> Types:
        """litmap's own list."""
        return cls(tables.read(folder("db") / "evidence", FILE))

    def name(self, given: PublicationType) -> str | None:
        """The present name, or None for a type that NLM's list does not hold: it is never guessed at."""
        return self._by_ui.get(given.ui or "") or self._by_name.get(given.name.casefold())


class Typed(NamedTuple):
    """What the publication types of a record say."""

    names: list[str]  # the present ones
    bits: int
    indexed: bool  # they are more than what every article has
    origins: dict[str, Match]  # as the record gives them, by their present names


class _Parsed(dict[str, tuple[str, str, list[tuple[str, int]]]]):
    """Tokens as kind and value, and the places of a cue with their bits. Each is parsed when it is first asked for."""

    def __init__(self, bits: Tokens) -> None:
        self._bits = bits

    def __missing__(self, token: str) -> tuple[str, str, list[tuple[str, int]]]:
        kind, _, value = token.partition(":")
        places = PLACES if kind == "cue" else (kind,) if kind in PLACES else ()
        self[token] = found = kind, value, [(place, self._bits.known(f"{place}:{value}")) for place in places]
        return found


class Reader:
    """What readings of all records share."""

    def __init__(self, types: Types, cues: Cues, points: Points, bits: Tokens) -> None:
        """`bits` holds all tokens that rules name: of headings, types and relations no others are looked at."""
        self.types, self.cues, self.points, self.bits = types, cues, points, bits
        self.headings = bits.named("mesh:")
        self.relations = bits.named("relation:")
        self.type_bits = bits.named("type:")
        self.openings = Openings(bits)
        self.abstract, self.mesh = bits.known("has:abstract"), bits.known("has:mesh")
        self.parsed = _Parsed(bits)
        self._typed: dict[tuple[PublicationType, ...], Typed] = {}

    def typed(self, given: tuple[PublicationType, ...]) -> Typed:
        """What these publication types say. It is remembered, for few sets of types exist."""
        found = self._typed.get(given)
        if found is None:
            if len(self._typed) >= _REMEMBERED:
                self._typed.clear()
            named = [(name, one) for one in given if (name := self.types.name(one))]
            names = [name for name, _ in named]
            bits = reduce(or_, (self.type_bits.get(name, 0) for name in names), 0)
            origins = {name: Match("publication-type", one.name) for name, one in named}
            self._typed[given] = found = Typed(names, bits, names != _UNINDEXED, origins)
        return found


class Reading:
    """What is known of one record while the rules are held against it."""

    __slots__ = (
        "_origins",
        "_reader",
        "_typed",
        "_verdict",
        "design",
        "indexed",
        "inputs",
        "record",
        "secondary",
        "subjects",
        "text",
        "tokens",
        "types",
    )
    design: Rule  # the rule that told it

    def __init__(self, reader: Reader, record: Record, tags: Sequence[Tag], text: Text | None = None) -> None:
        """`text` is that of the record, where it was looked up before."""
        self._reader, self.record = reader, record
        self._verdict: Verdict | None = None
        self.text = text or Text(record.title, record.abstract)
        self._origins: dict[str, Match] = {}  # what a token came from that neither the text nor the indexing gives
        self.subjects = HUMAN
        self.secondary = False
        self.inputs: tuple[Match, ...] = ()  # what made the rules hold that told subjects and design
        self._typed = reader.typed(record.publication_types)
        self.types = self._typed.names
        self.tokens = reader.cues.find(self.text.title) | reader.openings.find(self.text.title) | self._indexing()
        if tags:
            self._say_tags(tags)
        self.indexed = bool(record.mesh) or self._typed.indexed  # else only the text can tell

    def _indexing(self) -> int:
        """The bits of types, headings and relations."""
        record, reader = self.record, self._reader
        found = self._typed.bits
        if record.abstract:
            found |= reader.abstract
        if record.mesh:
            found |= reader.mesh
            headings = reader.headings
            for mesh in record.mesh:
                if mesh.heading in headings:
                    found |= headings[mesh.heading]
        for relation in record.relations:
            found |= reader.relations.get(relation.kind, 0)
        return found

    def _say_tags(self, tags: Sequence[Tag]) -> None:
        for tag in tags:
            if tag.facet == "intervention" and tag.role == "studied":
                self.say("tag:intervention", Match("tag", tag.slug))
            if tag.facet != "condition":
                continue
            if tag.slug == "healthy-volunteers" and tag.role != "not-studied":
                self.say("tag:healthy-volunteers", Match("tag", tag.slug))
            elif tag.role == "model":
                self.say("tag:model", Match("tag", f"{tag.slug} ({tag.role})"))
            elif tag.role == "indication":
                self.say("tag:patients", Match("tag", tag.slug))
                if tag.origin in _NAMED:
                    self.say("tag:patients-named", Match("tag", tag.slug))

    def say(self, token: str, origin: Match | None = None) -> None:
        """Add a token, and what it came from."""
        self.tokens |= self._reader.bits.known(token)
        if origin:
            self._origins[token] = origin

    @property
    def verdict(self) -> Verdict:
        """The kinds of paper that title and abstract speak for."""
        return self._verdict or self._read_abstract()

    def _read_abstract(self) -> Verdict:
        reader = self._reader
        if self.text.abstract.body:
            self.tokens |= reader.cues.find(self.text.abstract)
        self._verdict = verdict = reader.points.weigh(self.tokens)
        self.tokens |= reader.points.tokens(verdict)
        return verdict

    def first(self, table: Table) -> Rule | None:
        """The first rule of a table that holds."""
        if self._verdict is None:
            if self.indexed:
                settled, rule = table.first_without_abstract(self.tokens)
                if settled:
                    return rule
            self._read_abstract()
        return table.first(self.tokens)

    def holds(self, condition: Condition) -> bool:
        """Whether the record meets the condition; reads the abstract when the title does not settle it."""
        if not condition.holds(self.tokens) and self._verdict is None:
            self._read_abstract()
        return condition.holds(self.tokens)

    def seen(self, _stage: str, rule: Rule) -> tuple[Match, ...]:
        """What in the record made the rule hold that decided at a stage."""
        condition = rule.when
        if not condition.shown:
            return ()
        matches = [match for token in condition.met(self.tokens) if (match := self._origin(token))]
        return tuple(dict.fromkeys(matches)) if len(matches) > 1 else tuple(matches)

    def speaking(self, condition: Condition, most: int = 4) -> tuple[Match, ...]:
        """The strongest words behind the kind of paper that the condition asks for."""
        asked = [token for negated, mask in condition.masks if not negated for token in self._names(mask)]
        kinds = sorted(token.partition(":")[2] for token in asked if token.startswith(("kind:", "maybe:")))
        found: list[Match] = []
        for cue in (cue for kind in kinds[:1] for cue in self._reader.points.speaking(kind, self.tokens)):
            match = self._origin(cue)
            if match and not any(_overlap(match, other) for other in found):
                found.append(match)
            if len(found) == most:
                break
        return tuple(found)

    def _names(self, mask: int) -> list[str]:
        """The tokens among these that the record has."""
        return self._reader.bits.names(mask & self.tokens)

    def _origin(self, token: str) -> Match | None:
        kind, value, places = self._reader.parsed[token]
        for place, bit in places:
            if bit & self.tokens:
                part = self.text.part(place)
                return part.match(*self._reader.cues.first(part, value))
        if kind in ("mesh", "relation"):
            return Match(kind, value)
        if kind == "type":
            return self._typed.origins.get(value)
        if kind in TOKENS:
            return self._reader.openings.match(self.record.title, kind, value)
        return self._origins.get(token)

    def cues(self) -> Iterator[tuple[str, Match]]:
        """Every cue that the text holds, and where it stands first in title or abstract."""
        for token in self._names(self.tokens):
            place, _, cue = token.partition(":")
            if place in PLACES and (match := self._origin(token)):
                yield cue, match


class Traced(Reading):
    """A reading that keeps which tables were tried, with the rule that held, and which rules decided at which stage."""

    __slots__ = ("decided", "tried")

    def __init__(self, reader: Reader, record: Record, tags: Sequence[Tag]) -> None:
        super().__init__(reader, record, tags)
        self.tried: list[tuple[Table, Rule | None]] = []
        self.decided: list[Decision] = []

    def first(self, table: Table) -> Rule | None:
        rule = super().first(table)
        self.tried.append((table, rule))
        return rule

    def seen(self, stage: str, rule: Rule) -> tuple[Match, ...]:
        seen = super().seen(stage, rule)
        self.decided.append((stage, rule, seen))
        return seen


def joined(one: tuple[Match, ...], other: tuple[Match, ...]) -> tuple[Match, ...]:
    """All of these, each once; neither holds one twice."""
    if not one or not other:
        return one or other
    return (*one, *[match for match in other if match not in one])


def _overlap(one: Match, other: Match) -> bool:
    if one.field != other.field or one.start is None or other.start is None:
        return False
    return one.start < (other.end or 0) and other.start < (one.end or 0)
