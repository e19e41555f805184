"""How well reviewers agree: Cohen's kappa with an interval, and kappa adjusted for prevalence and bias, for each pair and stage.

What is compared: for each claim and record, each reviewer's vote from before sight of anybody else's. Votes are hidden until one's
own is cast, so a vote counts as it stood when it first stood beside another's: corrections made while alone count, what was changed
or withdrawn afterwards does not, nor do votes cast once somebody had resolved the record.
The interval is the percentile bootstrap over claims (Efron & Tibshirani 1993, chapter 13), as records of one claim are not
independent, with a fixed seed. Adjusted kappa: (k * agreement - 1) / (k - 1) for k categories (Byrt et al. 1993; Bennett et al. 1954).
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from litmap.linking.standing import STAGES, Entry, entries, split
from litmap.review.decisions import STANCES

RESAMPLES = 1000
SEED = 20110101
VERDICTS = ("include", "unsure", "exclude")
Item = tuple[str | None, int, str]  # claim key, PMID, stage


class Votes(NamedTuple):
    """Two reviewers' votes on one item, cast before sight of each other."""

    item: Item
    one: Entry
    other: Entry

    @property
    def cluster(self) -> str:
        """What is drawn in the bootstrap: the claim; for decisions on the whole map, the record."""
        return self.item[0] or f"pmid:{self.item[1]}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One pair of reviewers, at one stage, on verdicts or on stances.

    `table[i][j]`: items that `one` put in categories[i] and `other` in categories[j]. Kappa is None when chance alone
    gives full agreement; the interval is None below two claims.
    """

    stage: str
    what: str  # verdict | stance
    one: str
    other: str
    categories: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    n: int
    n_claims: int
    n_blind: int  # both saw neither rank nor level
    agreed: float
    kappa: float | None
    low: float | None
    high: float | None
    adjusted: float


def compare(conn: sqlite3.Connection) -> list[Agreement]:
    """Compare all pairs of reviewers with votes on the same items; title and abstract first, then by names."""
    grouped: dict[tuple[str, str, str], list[Votes]] = defaultdict(list)
    for item, made in by_item(conn).items():
        votes = unseen(made)
        for one, other in combinations(sorted(votes), 2):
            grouped[item[2], one, other].append(Votes(item, votes[one], votes[other]))
    found = []
    for stage in reversed(STAGES):
        for key in sorted(key for key in grouped if key[0] == stage):
            found += list(_agreements(*key, grouped[key]))
    return found


def integrity(conn: sqlite3.Connection) -> dict[int, str]:
    """Return the most serious notice on each record that has one: retracted, concern and so on."""
    return dict(conn.execute("select pmid, integrity from records where integrity is not null").fetchall())


def by_item(conn: sqlite3.Connection) -> dict[Item, list[Entry]]:
    """Return all entries in the order they were made, by claim, record and stage."""
    found: dict[Item, list[Entry]] = defaultdict(list)
    for entry in entries(conn):
        found[entry.claim_key, entry.pmid, entry.stage].append(entry)
    return dict(sorted(found.items(), key=lambda pair: (pair[0][0] or "", *pair[0][1:])))


def unseen(made: Iterable[Entry]) -> dict[str, Entry]:
    """Return each reviewer's vote on one item from before sight of anybody else's, and from before a resolution."""
    standing: dict[str, Entry] = {}
    seen: dict[str, Entry] = {}  # votes as they were when their reviewer could first see another's
    for entry in made:
        if entry.kind == "resolution":
            break
        if entry.kind == "withdrawal":
            standing.pop(entry.reviewer, None)
        else:
            standing[entry.reviewer] = entry
        if len(standing) > 1:
            seen = standing | seen
    return standing | seen


def _agreements(stage: str, one: str, other: str, votes: Sequence[Votes]) -> Iterator[Agreement]:
    said = [(vote, vote.one.verdict or "", vote.other.verdict or "") for vote in votes]
    used = {word for _, mine, yours in said for word in (mine, yours)}
    verdicts = VERDICTS if "unsure" in used else ("include", "exclude")
    yield _agreement(stage, "verdict", one, other, verdicts, said)
    stances = [(vote, vote.one.stance, vote.other.stance) for vote in votes if vote.one.stance and vote.other.stance]
    if stances:
        yield _agreement(stage, "stance", one, other, STANCES, stances)


def _agreement(
    stage: str, what: str, one: str, other: str, categories: tuple[str, ...], said: Sequence[tuple[Votes, str, str]]
) -> Agreement:
    place = {word: at for at, word in enumerate(categories)}
    size = len(categories)
    clusters: dict[str, list[int]] = defaultdict(lambda: [0] * size * size)
    for vote, mine, yours in said:
        clusters[vote.cluster][place[mine] * size + place[yours]] += 1
    cells = _summed(list(clusters.values()))
    agreed = sum(cells[at * size + at] for at in range(size)) / len(said)
    low, high = interval([clusters[name] for name in sorted(clusters)], size)
    table = tuple(tuple(cells[at * size : (at + 1) * size]) for at in range(size))
    blind = sum(bool(vote.one.blind and vote.other.blind) for vote, _, _ in said)
    return Agreement(
        stage, what, one, other, categories, table, len(said), len(clusters), blind, agreed, kappa(cells, size), low, high,
        (size * agreed - 1) / (size - 1),
    )  # fmt: skip


def kappa(cells: Sequence[int], size: int) -> float | None:
    """Cohen's kappa (1960) of a square table, row by row; None when chance alone gives full agreement."""
    n = sum(cells)
    agreed = sum(cells[at * size + at] for at in range(size)) * n
    rows = [sum(cells[at * size : (at + 1) * size]) for at in range(size)]
    columns = [sum(cells[at::size]) for at in range(size)]
    chance = sum(row * column for row, column in zip(rows, columns, strict=True))
    return None if chance == n * n else (agreed - chance) / (n * n - chance)  # whole numbers until here: no rounding


def interval(clusters: Sequence[Sequence[int]], size: int) -> tuple[float | None, float | None]:
    """Return the 95 % interval of kappa, drawing whole clusters; None below two clusters, or when no draw has a kappa."""
    if len(clusters) < 2:
        return None, None
    generator = random.Random(SEED)  # same input, same interval
    drawn = (kappa(_summed(generator.choices(clusters, k=len(clusters))), size) for _ in range(RESAMPLES))
    known = sorted(value for value in drawn if value is not None)
    if not known:
        return None, None
    return known[int(0.025 * len(known))], known[min(len(known) - 1, int(0.975 * len(known)))]


def _summed(tables: Sequence[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*tables, strict=True)]


# ---------------------------------------------------------------- what is left to do


class Open(NamedTuple):
    """An item that awaits a second vote, is in conflict, or was resolved."""

    claim_key: str | None
    pmid: int
    stage: str
    state: str  # awaiting | conflict | resolved
    votes: Mapping[str, str]  # reviewer -> verdict, as they stand
    resolved_by: str | None = None
    verdict: str | None = None  # of the resolution


def open_items(conn: sqlite3.Connection) -> list[Open]:
    """Return what awaits a second vote, what is in conflict, and what a further entry resolved, by claim and record."""
    found = []
    for (key, pmid, stage), made in by_item(conn).items():
        standing, resolutions = split(made)
        votes = {entry.reviewer: entry.verdict or "" for entry in standing}
        if resolutions:
            last = resolutions[-1]
            found.append(Open(key, pmid, stage, "resolved", votes, last.reviewer, last.verdict))
        elif len(votes) == 1:
            found.append(Open(key, pmid, stage, "awaiting", votes))
        elif "exclude" in votes.values() and set(votes.values()) != {"exclude"}:
            found.append(Open(key, pmid, stage, "conflict", votes))
    return found


def waiting(conn: sqlite3.Connection) -> Mapping[tuple[str, str], int]:
    """Count open items by stage and state."""
    return Counter((one.stage, one.state) for one in open_items(conn))
