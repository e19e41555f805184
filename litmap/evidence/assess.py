"""Hold the rules against one record: integrity, subjects, design, level."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

from litmap.errors import RuleError
from litmap.evidence import reviews, tables
from litmap.evidence.cues import Cues, Found, Text
from litmap.evidence.facts import Facts
from litmap.evidence.integrity import Integrity
from litmap.evidence.points import Points, Verdict
from litmap.evidence.rules import (
    DESIGNS,
    SUBJECTS,
    Condition,
    Grammar,
    Rule,
    Table,
    read_groups,
    read_rules,
    read_scheme,
)
from litmap.model import Assessment, IntegrityNote, Level, Match, Record, Tag
from litmap.resources import folder

SCHEMES = ("ocebm-benefit", "ocebm-harm")
MAYBE = 0.15  # a kind with this share of belief may be it
ENGINE = 1  # raised when the same files would give another answer
_SECONDARY = {"randomized-trial", "controlled-trial", "single-arm-trial", "secondary-analysis", "pooled-analysis"}
_STUDIES = {
    *_SECONDARY,
    "cohort",
    "case-control",
    "cross-sectional",
    "case-series",
    "case-report",
    "qualitative",
    "protocol",
}


REVIEWER = "reviewer"  # the rule's name where a person said the design or the subjects


class Said(NamedTuple):
    """What a person says of a record; None leaves it to the rules."""

    design: str | None = None
    subjects: str | None = None
    secondary: bool | None = None


UNSAID = Said()
Decision: TypeAlias = tuple[str, Rule, tuple[Match, ...]]  # the stage, the rule that decided, what it saw


class LevelRow(NamedTuple):
    """One level of a scheme."""

    scheme: str
    rank: int
    label: str
    description: str


@dataclass(slots=True)
class Reading:
    """What is known of one record while the rules are held against it."""

    record: Record
    text: Text
    found: Found
    tokens: set[str]
    origins: dict[str, Match]  # what a token that is no cue came from
    types: list[str]
    verdict: Verdict
    tried: list[tuple[Table, int | None]] = field(default_factory=list)

    def seen(self, condition: Condition, groups: Mapping[str, Condition]) -> tuple[Match, ...]:
        """What in the record made the condition hold."""
        found: list[Match] = []
        for token in condition.met(self.tokens):
            if token in groups:
                found += self.seen(groups[token], groups)
                continue
            place, _, cue = token.partition(":")
            spans = [
                self.found.first.get(name)
                for name in ((f"title:{cue}", f"abstract:{cue}") if place == "cue" else (token,))
            ]
            span = next((span for span in spans if span), None)
            match = self.text.match(*span) if span else self.origins.get(token)
            if match:
                found.append(match)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Explanation:
    """How an assessment came about: the rules tried, in order, and the one that decided at each stage."""

    assessment: Assessment
    tried: tuple[Rule, ...]
    decided: tuple[Decision, ...]  # (stage, rule, what it saw)
    kinds: tuple[tuple[str, float], ...]  # shares of belief in the kinds of paper, best first
    cues: tuple[tuple[str, Match], ...]  # every cue found


def _read_types(texts: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    by_ui: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for row in tables.rows(texts, "publication-types.csv", ("name", "ui", "former")):
        for name in (row["name"], row["former"]):
            if name:
                by_name[name.casefold()] = row["name"]
        if row["ui"]:
            if row["ui"] in by_ui:
                row.fail(f"the UI {row['ui']} is that of {by_ui[row['ui']]}")
            by_ui[row["ui"]] = row["name"]
    return by_ui, by_name


class Rules:
    """The evidence rules of one folder. Load once, assess many records."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(sorted(texts.items()))
        digest = hashlib.sha256(f"{ENGINE}\n".encode())
        for name, text in self.texts.items():
            digest.update(f"{name}\n{text}\n".encode())
        self.version = f"{ENGINE}-{digest.hexdigest()[:12]}"
        self._by_ui, self._by_name = _read_types(texts)
        self.cues = Cues(texts, reviews.FOLLOWED)
        self._cue_token = {f"{place}:{cue}": f"cue:{cue}" for cue in self.cues.names for place in ("title", "abstract")}
        self.points = Points(texts, self.cues.names)
        grammar = Grammar(set(self._by_name.values()), set(self.cues.names), set())
        self._groups = dict(read_groups(texts, grammar))
        self.integrity = Integrity(texts)
        self.facts = Facts(texts)
        self.subjects = Table(read_rules(texts, "subjects.csv", grammar, SUBJECTS))
        self.designs = Table(read_rules(texts, "designs.csv", grammar, DESIGNS))
        self.schemes = {scheme: Table(read_scheme(texts, f"{scheme}.csv", grammar)) for scheme in SCHEMES}
        self._levels = self._read_levels()
        self._mesh = {
            token.removeprefix("mesh:")
            for condition in self._conditions()
            for token in condition.tokens
            if token.startswith("mesh:") and token != "mesh:Humans"
        } | {"Humans"}

    @classmethod
    def load(cls, where: Path | None = None) -> Rules:
        """Read a folder of rule files (default: litmap's own). Raises RuleError naming file, line and rule."""
        where = where or folder("db") / "evidence"
        texts = {}
        for path in sorted(where.glob("*.csv")):
            try:
                texts[path.name] = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
            except UnicodeDecodeError as error:
                raise RuleError(
                    f"{path.name} is not UTF-8 text: {error.reason} at byte {error.start}", "save it as UTF-8"
                ) from error
        if not texts:
            raise RuleError(f"{where} holds no rule files", "give a folder like litmap's own db/evidence")
        return cls(texts)

    def _conditions(self) -> Iterator[Condition]:
        yield from self._groups.values()
        for rules in (self.subjects, self.designs, *self.schemes.values()):
            yield from (rule.when for rule in rules)

    def _read_levels(self) -> list[LevelRow]:
        found = []
        for row in tables.rows(self.texts, "levels.csv", ("scheme:rank", "label", "description")):
            scheme, _, rank = row["scheme:rank"].rpartition(":")
            if scheme not in SCHEMES or rank not in "12345":
                row.fail("not a scheme and a rank", f"write one of {', '.join(SCHEMES)}, a colon, and 1 to 5")
            found.append(LevelRow(scheme, int(rank), row["label"], row["description"]))
        return found

    def levels(self) -> list[LevelRow]:
        """The levels of both schemes: scheme, rank, label, description."""
        return list(self._levels)

    def listing(self) -> Iterator[tuple[str, Rule]]:
        """Every rule with the table it stands in, in the order in which they are tried."""
        for table, rules in (("subjects", self.subjects), ("designs", self.designs), *self.schemes.items()):
            yield from ((table, rule) for rule in rules)

    def unknown_types(self, record: Record) -> tuple[str, ...]:
        """Publication types of the record that NLM's list does not hold. They are never guessed at."""
        return tuple(found.name for found in record.publication_types if self._type(found.ui, found.name) is None)

    def _type(self, ui: str | None, name: str) -> str | None:
        return self._by_ui.get(ui or "") or self._by_name.get(name.casefold())

    def notices(self, record: Record) -> tuple[tuple[int, IntegrityNote], ...]:
        """(PMID, note) for each other record that this one retracts, corrects, doubts or supersedes."""
        return self.integrity.told(record) if record.relations else ()

    def assess(self, record: Record, tags: Sequence[Tag] = (), said: Said = UNSAID) -> Assessment:
        """Design, subjects, levels, integrity and stated facts of one record; levels follow from what a person said."""
        return self._decide(self._read(record, tags), [], said)

    def explain(self, record: Record, tags: Sequence[Tag] = ()) -> Explanation:
        """Assess, keeping which rules were tried, which decided and what they saw."""
        reading, decided = self._read(record, tags), list[Decision]()
        assessment = self._decide(reading, decided)
        kinds = reading.verdict.ranked
        tried = [rule for table, place in reading.tried for rule in table.rules[: None if place is None else place + 1]]
        cues = [(name.partition(":")[2], reading.text.match(*span)) for name, span in reading.found.first.items()]
        cues.sort(key=lambda pair: (pair[1].field != "title", pair[1].start or 0, pair[1].end or 0, pair[0]))
        return Explanation(assessment, tuple(tried), tuple(decided), kinds, tuple(cues))

    # ------------------------------------------------------------ from record to tokens

    def _read(self, record: Record, tags: Sequence[Tag]) -> Reading:
        text = Text.of(record.title, record.abstract)
        found = self.cues.find(text)
        origins: dict[str, Match] = {}
        types = []
        for given in record.publication_types:
            name = self._type(given.ui, given.name)
            if name:
                types.append(name)
                origins[f"type:{name}"] = Match("publication-type", given.name)
        for mesh in record.mesh:
            if mesh.heading in self._mesh:
                origins[f"mesh:{mesh.heading}"] = Match("mesh", mesh.heading)
        for relation in record.relations:
            origins[f"relation:{relation.kind}"] = Match("relation", relation.kind)
        _tag_origins(tags, origins)
        tokens = {*origins, *found.first, *map(self._cue_token.__getitem__, found.first)}
        if record.abstract:
            tokens.add("has:abstract")
        if record.mesh:
            tokens.add("has:mesh")
        for group, condition in self._groups.items():
            if condition.holds(tokens):
                tokens.add(group)
        verdict = self.points.weigh(found)
        tokens.add(f"kind:{verdict.kind}")
        tokens.update(f"maybe:{kind}" for kind, share in verdict.ranked if share >= MAYBE)
        return Reading(record, text, found, tokens, origins, types, verdict)

    # ------------------------------------------------------------ the three tables

    @staticmethod
    def _first(table: Table, reading: Reading) -> Rule | None:
        place = table.first(reading.tokens)
        reading.tried.append((table, place))
        return None if place is None else table.rules[place]

    def _decide(self, reading: Reading, decided: list[Decision], said: Said = UNSAID) -> Assessment:
        record, tokens = reading.record, reading.tokens
        integrity = self.integrity.own(record, reading.types)
        subject_rule = _by_person("subjects", said.subjects, reading) or self._first(self.subjects, reading)
        subjects = subject_rule.gives if subject_rule else "human"
        if subject_rule:
            decided.append(("subjects", subject_rule, reading.seen(subject_rule.when, self._groups)))
        tokens.add(f"subjects:{subjects}")
        design_rule = _by_person("design", said.design, reading) or self._first(self.designs, reading)
        if design_rule is None:
            raise RuleError(
                "designs.csv has no last rule that always holds", "end it with a rule whose `when` is empty"
            )
        design, seen = design_rule.gives, reading.seen(design_rule.when, self._groups)
        decided.append(("design", design_rule, seen))
        tokens.add(f"design:{design}")
        if design == "systematic-review":
            for token, match in reviews.included(reading.found, reading.text):
                tokens.add(token)
                reading.origins[token] = match
        secondary = design in _SECONDARY and "says:secondary" in tokens if said.secondary is None else said.secondary
        inputs = (*(reading.seen(subject_rule.when, self._groups) if subject_rule else ()), *seen)
        levels = tuple(self._level(scheme, reading, design_rule, inputs, secondary, decided) for scheme in SCHEMES)
        stated = self.facts.find(reading.text) if design in _STUDIES and subjects == "human" else ()
        return Assessment(design, secondary, subjects, levels, integrity, stated)

    def _level(
        self,
        scheme: str,
        reading: Reading,
        design: Rule,
        inputs: tuple[Match, ...],
        secondary: bool,
        decided: list[Decision],
    ) -> Level:
        rule = self._first(self.schemes[scheme], reading)
        if rule is None:
            raise RuleError(f"{scheme}.csv has no rule for the design {design.gives}", "add a row for it")
        seen = reading.seen(rule.when, self._groups)
        decided.append((scheme, rule, seen))
        text = design.basis == "text"
        basis = "curated" if design.id == REVIEWER else self._basis(reading.record, text)
        inputs = (*inputs, *seen)
        if basis == "incomplete":
            inputs = (*inputs, Match("missing", "abstract"))
        confidence = self.points.confidence(reading.verdict.share) if text else None
        provisional = text or rule.provisional or (secondary and rule.rank is not None)
        name = f"F.{rule.id}" if text else rule.id
        return Level(
            scheme,
            self.version,
            name,
            design.gives,
            rule.rank,
            basis,
            provisional,
            confidence,
            tuple(dict.fromkeys(inputs)),
        )

    @staticmethod
    def _basis(record: Record, text: bool) -> str:
        if text:
            return "text" if record.abstract else "incomplete"
        return "automated" if record.indexing_method == "Automated" else "curated"


def _by_person(what: str, value: str | None, reading: Reading) -> Rule | None:
    """A rule that holds because a person said so."""
    if value is None:
        return None
    token = f"{REVIEWER}:{what}"
    reading.tokens.add(token)
    reading.origins[token] = Match(REVIEWER, value)
    return Rule(REVIEWER, Condition(((False, frozenset({token})),)), value, f"A reviewer said: {value}.", REVIEWER)


def _tag_origins(tags: Sequence[Tag], tokens: dict[str, Match]) -> None:
    for tag in tags:
        if tag.facet == "intervention" and tag.role == "studied":
            tokens["tag:intervention"] = Match("tag", tag.slug)
        if tag.facet != "condition":
            continue
        if tag.slug == "healthy-volunteers" and tag.role != "not-studied":
            tokens["tag:healthy-volunteers"] = Match("tag", tag.slug)
        elif tag.role == "model":
            tokens["tag:model"] = Match("tag", f"{tag.slug} ({tag.role})")
        elif tag.role == "indication":
            tokens["tag:patients"] = Match("tag", tag.slug)
