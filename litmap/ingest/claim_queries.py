"""One PubMed query for each group of claims that share intervention, condition and question.

A route is never asked for: abstracts seldom state it, and a search that wants it loses the trials that do not.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from litmap.errors import InputError, VocabularyError
from litmap.linking.facets import pick, raw_tags, roles
from litmap.resources import folder
from litmap.store import Store
from litmap.vocabulary import Vocabulary
from litmap.vocabulary.terms import plural

SHORTEST = 4  # letters: PubMed does not tell case, so KIT would bring every kit
LONGEST = 4  # words: longer wordings are how lay pages put it, not abstracts
BETWEEN = 3  # words that PubMed's proximity search allows between those of a wording
QUESTIONS = "search/questions.csv"


class Rule(NamedTuple):
    """How claims that ask one question are searched (db/search/questions.csv)."""

    searched: bool  # unless asked for by name
    filter: str  # of what is searched, the part that can answer
    reason: str  # why not searched


@dataclass(frozen=True, slots=True)
class Group:
    """Claims that one query serves."""

    intervention: str
    condition: str | None
    question: str
    claims: tuple[int, ...]
    query: str

    @property
    def name(self) -> str:
        """What the group is about, in slugs."""
        return " × ".join(part for part in (self.intervention, self.condition, self.question) if part)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to search, and what not and why: reason -> claims."""

    groups: tuple[Group, ...]
    left: Mapping[str, tuple[int, ...]]


def rules() -> dict[str, Rule]:
    """Read the table of questions. Raises VocabularyError when it lacks a column."""
    path = folder("db") / QUESTIONS
    with path.open(encoding="utf-8", newline="") as file:
        try:
            return {
                row["question"]: Rule(row["searched"] == "yes", row["filter"].strip(), row["reason"])
                for row in csv.DictReader(file)
            }
        except KeyError as error:
            raise VocabularyError(f"{path.name} lacks the column {error}") from error


def plan(store: Store, vocabulary: Vocabulary, *, questions: Collection[str] = (), broad: bool = False) -> Plan:
    """Group the active claims and write each group's query.

    `questions`: only these, also those not searched by default. `broad`: also claims whose query would be
    an intervention alone. Raises InputError for an unknown question.
    """
    table = rules()
    for name in questions:
        if name not in table:
            raise InputError(f"there is no question {name!r}", f"choose from: {', '.join(table)}")
    claims = store.rows("select id, question from claims where status = 'active' order by id")
    raw = raw_tags(store.conn, "claim", [row["id"] for row in claims])
    members: dict[tuple[str, str | None, str], list[int]] = defaultdict(list)
    left: dict[str, list[int]] = defaultdict(list)
    for row in claims:
        number, question = row["id"], row["question"]
        tags = pick(raw[number], roles(question)[0])
        reason = _not_searched(question, table, questions, bool(tags.intervention), bool(tags.condition), broad)
        if reason:
            left[reason].append(number)
            continue
        for intervention in tags.intervention:
            for condition in tags.condition or (None,):
                members[intervention, condition, question].append(number)
    groups: dict[str, Group] = {}
    for key, numbers in sorted(members.items(), key=lambda item: tuple(part or "" for part in item[0])):
        text = query(vocabulary, key[0], key[1], table[key[2]].filter)
        same = groups.get(text)  # two questions without a filter are one search
        name = f"{same.question}, {key[2]}" if same else key[2]
        groups[text] = Group(key[0], key[1], name, (*(same.claims if same else ()), *numbers), text)
    return Plan(tuple(groups.values()), {reason: tuple(numbers) for reason, numbers in sorted(left.items())})


def _not_searched(
    question: str, table: Mapping[str, Rule], questions: Collection[str], drug: bool, condition: bool, broad: bool
) -> str:
    rule = table.get(question, Rule(True, "", ""))
    if questions:
        if question not in questions:
            return "another question than asked for"
    elif not rule.searched:
        return f"{question}: {rule.reason}"
    if not drug:
        return "no intervention of the vocabulary is named"
    if not condition and not rule.filter and not broad:
        return "no condition is named, and the intervention alone would bring everything about it"
    return ""


def query(vocabulary: Vocabulary, intervention: str, condition: str | None, narrowing: str = "") -> str:
    """The PubMed query for an intervention and a condition, each with all that is narrower."""
    parts = [concept(vocabulary, "intervention", intervention)]
    if condition:
        parts.append(concept(vocabulary, "condition", condition))
    if narrowing:
        parts.append(f"({narrowing})")
    return " AND ".join(parts)


def concept(vocabulary: Vocabulary, facet: str, slug: str) -> str:
    """One entry and those below it as MeSH headings and text words. Raises InputError for an unknown slug."""
    entry = vocabulary.entry(facet, slug)
    if entry is None:
        raise InputError(f"the vocabulary has no {facet} {slug!r}", "run litmap tag to bring the claims up to date")
    slugs = (slug, *vocabulary.descendants(facet, slug))
    headings = [heading for each in slugs if (found := vocabulary.entry(facet, each)) for _ui, heading in found.mesh]
    wordings = [
        term.wording
        for term in vocabulary.terms
        if term.facet == facet
        and term.slug in slugs
        and (term.kind == "plain" or (term.kind == "case" and len(term.wording) >= SHORTEST))
    ]
    said = [f'"{_clean(heading)}"[mh]' for heading in dict.fromkeys(headings)]
    whole, near = shortest(wordings or [entry.label])
    said += [f'"{wording}"[tiab]' for wording in with_plurals(whole)]
    said += [f'"{" ".join(_words(wording))}"[tiab:~{BETWEEN}]' for wording in near]
    return f"({' OR '.join(said)})"


def shortest(wordings: Iterable[str]) -> tuple[list[str], list[str]]:
    """Keep few wordings that find what all of them find.

    Left out: what holds another one whole ("major depression" beside "depression"), and what has words put in
    between ("treatment-resistant bipolar depression"); the second list is to be searched for with room for those.
    """
    order = {wording: number for number, wording in enumerate(dict.fromkeys(map(_clean, wordings)))}
    kept: dict[tuple[str, ...], str] = {}
    near: set[tuple[str, ...]] = set()
    for wording in sorted(order, key=lambda text: (len(_words(text)), order[text])):
        words = _words(wording)
        spans = {words[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
        if not words or len(words) > LONGEST or spans & kept.keys():
            continue
        roomy = [
            other for other in kept if len(other) > 1 and len(words) - len(other) <= BETWEEN and _within(other, words)
        ]
        if roomy:
            near.update(roomy)
        else:
            kept[words] = wording
    return sorted(kept.values(), key=order.__getitem__), sorted((kept[words] for words in near), key=order.__getitem__)


def _within(words: tuple[str, ...], longer: tuple[str, ...]) -> bool:
    """Whether the words stand in the longer ones in their order."""
    rest = iter(longer)
    return all(word in rest for word in words)


def with_plurals(wordings: Sequence[str]) -> list[str]:
    """Write a plural in -s as a truncation, any other plural out; drop the plurals that this covers."""
    more = {wording: plural(wording) for wording in wordings}
    covered = set(more.values())
    written = []
    for wording in wordings:
        other = more[wording]
        if wording in covered:
            continue
        written += [f"{wording}*"] if other == f"{wording}s" else [wording, other] if other else [wording]
    return list(dict.fromkeys(written))


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def _clean(text: str) -> str:
    return " ".join(re.sub(r'["\[\]]', " ", text).split())
