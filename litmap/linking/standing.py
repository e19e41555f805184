"""What the reviewers' entries come to for one claim and record.

The latest entry of each reviewer counts; a withdrawal takes it back. A full-text entry outweighs
every title-abstract one. A resolution outweighs votes. Among votes, as in Covidence: include beside unsure is an
include, exclude beside anything else is a conflict, and a conflict is neither: the record counts nowhere until
somebody resolves it.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

STAGES = ("full-text", "title-abstract")  # the stronger first
COLUMNS = "id, claim_key, pmid, reviewer, stage, kind, verdict, reason, stance, directness, note, blind, decided_at"
BATCH = 400


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of `decisions`."""

    id: int
    claim_key: str | None
    pmid: int
    reviewer: str
    stage: str
    kind: str
    verdict: str | None
    reason: str | None
    stance: str | None
    directness: str | None
    note: str | None
    blind: int
    decided_at: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The outcome for one claim and record."""

    verdict: str  # include | exclude | unsure | conflict
    stance: str | None  # None when not given; "disputed" when reviewers differ
    entries: tuple[Entry, ...]  # those that count: one resolution, or one vote for each reviewer


def entries(conn: sqlite3.Connection, claim_keys: Collection[str] | None = None) -> list[Entry]:
    """Read decisions in the order they were made: all, or those of these claims and those of no claim."""
    if claim_keys is None:
        return [Entry(*row) for row in conn.execute(f"select {COLUMNS} from decisions order by id")]
    found = [Entry(*row) for row in conn.execute(f"select {COLUMNS} from decisions where claim_key is null")]
    keys = sorted(claim_keys)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        marks = ",".join("?" * len(batch))
        sql = f"select {COLUMNS} from decisions where claim_key in ({marks})"
        found += [Entry(*row) for row in conn.execute(sql, batch)]
    return sorted(found, key=lambda entry: entry.id)


def split(made: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return the votes and the resolutions that stand among the entries of one claim, record and stage.

    A withdrawal takes back its reviewer's resolution, else the vote: who settled a conflict keeps what they voted in it.
    """
    votes: dict[str, Entry] = {}
    resolutions: dict[str, Entry] = {}
    for entry in made:
        settles = entry.kind == "resolution" or (entry.kind == "withdrawal" and entry.reviewer in resolutions)
        held = resolutions if settles else votes
        if entry.kind == "vote":
            resolutions.pop(entry.reviewer, None)
        held.pop(entry.reviewer, None)
        if entry.kind != "withdrawal":
            held[entry.reviewer] = entry
    return list(votes.values()), list(resolutions.values())


def counting(made: Iterable[Entry]) -> list[Entry]:
    """Return the entries that count among those of one claim, record and stage."""
    votes, resolutions = split(made)
    return resolutions[-1:] or votes


def outcome(made: Sequence[Entry]) -> Standing | None:
    """Return what the entries of one claim and record come to; None when nothing counts."""
    for stage in STAGES:
        kept = counting(entry for entry in made if entry.stage == stage)
        if kept:
            return Standing(_verdict(kept), _stance(kept), tuple(kept))
    return None


def _verdict(kept: Sequence[Entry]) -> str:
    verdicts = {entry.verdict for entry in kept}
    if "exclude" in verdicts:
        return "exclude" if verdicts == {"exclude"} else "conflict"
    return "include" if "include" in verdicts else "unsure"


def _stance(kept: Sequence[Entry]) -> str | None:
    stances = {entry.stance for entry in kept if entry.stance}
    if len(stances) > 1:
        return "disputed"
    return stances.pop() if stances else None


def standings(
    conn: sqlite3.Connection, claim_keys: Collection[str] | None = None
) -> dict[tuple[str | None, int], Standing]:
    """Return the outcome for each claim key (None: the whole map) and PMID with a counting entry."""
    grouped: dict[tuple[str | None, int], list[Entry]] = defaultdict(list)
    for entry in entries(conn, claim_keys):
        grouped[entry.claim_key, entry.pmid].append(entry)
    return {key: found for key, made in grouped.items() if (found := outcome(made))}
