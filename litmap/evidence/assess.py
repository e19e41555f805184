"""Hold the rules against one record: integrity, subjects, design, level."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from litmap.evidence import order, tables
from litmap.evidence.cues import Cues
from litmap.evidence.facts import Facts
from litmap.evidence.integrity import Integrity
from litmap.evidence.points import Points
from litmap.evidence.reading import HUMAN, Decision, Reader, Reading, Traced, Types, joined
from litmap.evidence.reviews import Reviews
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
from litmap.evidence.text import Text
from litmap.evidence.tokens import Tokens
from litmap.model import Assessment, Fact, IntegrityNote, Level, Match, Record, Tag
from litmap.resources import folder

SCHEMES = ("ocebm-benefit", "ocebm-harm")
ENGINE = 6  # raised when the same files would give another answer
_TRIALS = {"randomized-trial", "controlled-trial", "single-arm-trial", "secondary-analysis", "pooled-analysis"}
_OBSERVED = {"cohort", "case-control", "cross-sectional", "case-series", "qualitative"}
PROTOCOL = "protocol"
_STUDIES = {*_TRIALS, *_OBSERVED, "case-report", PROTOCOL}
SECONDARY = "says:secondary"  # the group of groups.csv that makes a report of a trial a secondary one
SECONDARY_SAID = "cue:secondary-said"  # what makes one of an observational study so: predictors and markers are what many are for
PREPRINT = "Preprint"  # a type: nobody has reviewed the paper, so its level is provisional
_MISSING = Match("missing", "abstract")
_LEVEL = Level._make  # faster than by its name
REVIEWER = "reviewer"  # the rule's name where a person said the design or the subjects


class Said(NamedTuple):
    """What a person says of a record; None leaves it to the rules."""

    design: str | None = None
    subjects: str | None = None
    secondary: bool | None = None


UNSAID = Said()


class LevelRow(NamedTuple):
    """One level of a scheme."""

    scheme: str
    rank: int
    label: str
    description: str


@dataclass(frozen=True)
class Explanation:
    """How an assessment came about: the rules tried, in order, and the one that decided at each stage."""

    assessment: Assessment
    tried: tuple[tuple[str, Rule], ...]  # with the table each stands in
    decided: tuple[Decision, ...]  # (stage, rule, what it saw)
    kinds: tuple[tuple[str, float], ...]  # shares of belief in the kinds of paper, best first
    cues: tuple[tuple[str, Match], ...]  # every cue found


class Rules:
    """The evidence rules of one folder. Load once, assess many records."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(sorted(texts.items()))
        digest = hashlib.sha256(f"{ENGINE}\n".encode())
        for name, text in self.texts.items():
            digest.update(f"{name}\n{text}\n".encode())
        self.version = f"{ENGINE}-{digest.hexdigest()[:12]}"
        self.types = Types(texts)
        self.bits = Tokens()
        self.cues = Cues(texts, self.bits)
        self.points = Points(texts, self.cues.names, self.bits)
        grammar = Grammar(self.types.names, set(self.cues.names), self.bits)
        read_groups(texts, grammar)
        asks, says = grammar.groups.get(SECONDARY, frozenset()), frozenset((SECONDARY_SAID,))
        self._secondary = dict.fromkeys(_TRIALS, Condition(((False, asks),), self.bits))
        self._secondary |= dict.fromkeys(_OBSERVED, Condition(((False, says),), self.bits))
        self.integrity = Integrity(texts, grammar)
        self.facts = Facts(texts)
        self.reviews = Reviews(texts, self.cues)
        self.subjects = Table("subjects", read_rules(texts, "subjects.csv", grammar, SUBJECTS))
        self.designs = Table("designs", read_rules(texts, "designs.csv", grammar, DESIGNS))
        self.schemes = {scheme: Table(scheme, read_scheme(texts, f"{scheme}.csv", grammar)) for scheme in SCHEMES}
        self._levels = self._read_levels()
        self._refuse_bad_order()
        self._subjects, self._designs = self.bits.named("subjects:"), self.bits.named("design:")
        self._reader = Reader(self.types, self.cues, self.points, self.bits)

    @classmethod
    def load(cls, where: Path | None = None) -> Rules:
        """Read a folder of rule files (default: litmap's own). Raises RuleError naming file, line and rule."""
        return cls(tables.read(where or folder("db") / "evidence"))

    def _refuse_bad_order(self) -> None:
        for table in (self.subjects, self.designs, *self.schemes.values()):
            order.refuse_unreachable(f"{table.name}.csv", table.rules)
        order.refuse_without_last("designs.csv", self.designs.rules)
        for scheme, table in self.schemes.items():
            order.refuse_unanswered(f"{scheme}.csv", table.rules)
            order.refuse_unnamed(f"{scheme}.csv", table.rules, {level.rank for level in self._levels if level.scheme == scheme})

    def _read_levels(self) -> list[LevelRow]:
        found = []
        for row in tables.rows(self.texts, "levels.csv", ("scheme:rank", "label", "description")):
            scheme, _, rank = row["scheme:rank"].rpartition(":")
            if scheme not in SCHEMES or rank not in tuple("12345"):
                row.fail("not a scheme and a rank", f"write one of {', '.join(SCHEMES)}, a colon, and 1 to 5")
            if not row["label"]:
                row.fail("no label", "write what people read for this level")
            found.append(LevelRow(scheme, int(rank), row["label"], row["description"]))
        return found

    def levels(self) -> list[LevelRow]:
        """The levels of both schemes: scheme, rank, label, description."""
        return list(self._levels)

    def listing(self) -> Iterator[tuple[str, Rule]]:
        """Every rule with the table it stands in, in the order in which they are tried."""
        for table in (self.subjects, self.designs, *self.schemes.values()):
            yield from ((table.name, rule) for rule in table)

    def unknown_types(self, record: Record) -> tuple[str, ...]:
        """Publication types of the record that NLM's list does not hold. They are never guessed at."""
        return tuple(given.name for given in record.publication_types if self.types.name(given) is None)

    def is_preprint(self, record: Record) -> bool:
        """Whether a type of the record says that it is a preprint."""
        return any(self.types.name(given) == PREPRINT for given in record.publication_types)

    def notices(self, record: Record) -> tuple[tuple[int, IntegrityNote], ...]:
        """(PMID, note) for each other record that this one retracts, corrects, doubts or supersedes."""
        return self.integrity.told(record) if record.relations else ()

    def assess(self, record: Record, tags: Sequence[Tag] = (), said: Said = UNSAID) -> Assessment:
        """Design, subjects, levels, integrity and stated facts of one record; levels follow from what a person said."""
        return self._assessed([Reading(self._reader, record, tags)], said)[0]

    def assess_all(self, records: Sequence[Record], tagged: Sequence[Sequence[Tag]]) -> list[Assessment]:
        """The same of many records, each with its tags: faster, as each step is taken for all records before the next one."""
        texts = [Text(record.title, record.abstract) for record in records]
        self.cues.look_up([text.title for text in texts])
        readings = [
            Reading(self._reader, record, tags, text)
            for record, tags, text in zip(records, tagged, texts, strict=True)
        ]
        self.cues.look_up([reading.text.abstract for reading in readings if not self._settled(reading)])
        return self._assessed(readings)

    def explain(self, record: Record, tags: Sequence[Tag] = ()) -> Explanation:
        """Assess, keeping which rules were tried, which decided and what they saw."""
        reading = Traced(self._reader, record, tags)
        assessment = self._assessed([reading])[0]
        kinds = reading.verdict.ranked
        tried = [(table.name, rule) for table, held in reading.tried for rule in table.until(held)]
        cues = list(reading.cues())
        cues.sort(key=lambda pair: (pair[1].field != "title", pair[1].start or 0, pair[1].end or 0, pair[0]))
        told = [
            (stage, rule, joined(seen, reading.speaking(rule.when)))
            for stage, rule, seen in reading.decided
        ]
        return Explanation(assessment, tuple(tried), tuple(told), kinds, tuple(cues))

    # ------------------------------------------------------------ the three tables

    def _assessed(self, readings: Sequence[Reading], said: Said = UNSAID) -> list[Assessment]:
        for reading in readings:
            self._tell_subjects(reading, said.subjects)
        for reading in readings:
            self._tell_design(reading, said.design)
        for reading in readings:
            self._tell_secondary(reading, said.secondary)
        levels = list(map(self._levels_of, readings))
        return [
            Assessment(
                reading.design.gives,
                reading.secondary,
                reading.subjects,
                given,
                self.integrity.own(reading),
                self._facts_of(reading),
            )
            for reading, given in zip(readings, levels, strict=True)
        ]

    def _settled(self, reading: Reading) -> bool:
        """Whether subjects and design are told without the abstract."""
        if not reading.indexed:
            return False
        settled, rule = self.subjects.first_without_abstract(reading.tokens)
        told = self._subjects.get(rule.gives if rule else HUMAN, 0)
        return settled and self.designs.first_without_abstract(reading.tokens | told)[0]

    def _tell_subjects(self, reading: Reading, said: str | None) -> None:
        rule = reading.first(self.subjects) if said is None else self._said(self.subjects, said, reading)
        if rule:
            reading.subjects = rule.gives
            reading.inputs = reading.seen("subjects", rule)
        reading.tokens |= self._subjects.get(reading.subjects, 0)

    def _tell_design(self, reading: Reading, said: str | None) -> None:
        rule = reading.first(self.designs) if said is None else self._said(self.designs, said, reading)
        assert rule  # the last one always holds: see order.py
        reading.design = rule
        seen = reading.seen("design", rule)
        reading.inputs = joined(reading.inputs, seen)
        reading.tokens |= self._designs.get(rule.gives, 0)

    def _tell_secondary(self, reading: Reading, said: bool | None) -> None:
        design = reading.design.gives
        if design == "systematic-review":
            for token, match in (*self.reviews.included(reading.text), *self.reviews.asks(reading.text)):
                reading.say(token, match)
        if said is None:
            makes = self._secondary.get(design)
            said = makes is not None and reading.holds(makes)
        reading.secondary = said

    def _levels_of(self, reading: Reading) -> tuple[Level, ...]:
        design, inputs, version = reading.design, reading.inputs, self.version
        gives, text = design.gives, design.basis == "text"
        if text:
            basis = "text" if reading.record.abstract else "incomplete"
            confidence = self.points.confidence(reading.verdict.share)
        else:
            automated = design.id != REVIEWER and reading.record.indexing_method == "Automated"
            basis, confidence = "automated" if automated else "curated", None
        unsettled = reading.secondary or PREPRINT in reading.types
        found = []
        for scheme, table in self.schemes.items():
            rule = reading.first(table)
            assert rule  # every design has one: see order.py
            rank, seen = rule.rank, joined(inputs, reading.seen(scheme, rule))
            if basis == "incomplete":
                seen = (*seen, _MISSING)
            provisional = text or rule.provisional or (unsettled and rank is not None)
            name = rule.id_from_text if text else rule.id
            found.append(_LEVEL((scheme, version, name, gives, rank, basis, provisional, confidence, seen)))
        return tuple(found)

    def _facts_of(self, reading: Reading) -> tuple[Fact, ...]:
        if reading.subjects != HUMAN or reading.design.gives not in _STUDIES:
            return ()
        return self.facts.find(reading.text, reading.design.gives == PROTOCOL)

    def _said(self, table: Table, said: str, reading: Reading) -> Rule:
        """A rule that holds because a person said so."""
        token = f"{REVIEWER}:{table.name}"
        when = Condition(((False, frozenset({token})),), self.bits)
        self.bits.bit(token)
        reading.say(token, Match(REVIEWER, said))
        return Rule(REVIEWER, when, said, f"A reviewer said: {said}.", REVIEWER)
