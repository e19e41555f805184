"""What reviewers decided, as one verdict for each claim and record."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from litmap.store import Store

Pair = tuple[str | None, int]  # claim key (None: the record's eligibility for the whole map), PMID


class Decided(NamedTuple):
    """The verdict that stands."""

    verdict: str  # include | exclude | unsure | conflict
    stance: str | None
    directness: str | None
    reviewers: tuple[str, ...]


def standing(store: Store) -> dict[Pair, Decided]:
    """Return the verdict that stands for each pair on which there is one.

    The last row of each reviewer counts; a withdrawal leaves that reviewer without one. A resolution outweighs the votes.
    Votes that disagree, and nobody resolved, are a conflict.
    """
    last: dict[tuple[str | None, int, str, bool], sqlite3.Row] = {}
    for row in store.conn.execute(
        "select claim_key, pmid, reviewer, kind, verdict, stance, directness from decisions order by id"
    ):
        vote, resolution = ((row["claim_key"], row["pmid"], row["reviewer"], resolved) for resolved in (False, True))
        if row["kind"] == "withdrawal":
            last.pop(vote, None)
            last.pop(resolution, None)
        else:
            last[resolution if row["kind"] == "resolution" else vote] = row
    grouped: dict[Pair, list[tuple[str, bool, sqlite3.Row]]] = {}
    for (key, pmid, reviewer, resolved), row in last.items():
        grouped.setdefault((key, pmid), []).append((reviewer, resolved, row))
    return {pair: _one(rows) for pair, rows in grouped.items()}


def _one(rows: list[tuple[str, bool, sqlite3.Row]]) -> Decided:
    resolutions = [row for _, resolved, row in rows if resolved]
    counted = resolutions[-1:] or [row for _, _, row in rows]
    verdicts = {row["verdict"] for row in counted}
    stances = {row["stance"] for row in counted if row["stance"]}
    directness = {row["directness"] for row in counted if row["directness"]}
    return Decided(
        verdicts.pop() if len(verdicts) == 1 else "conflict",
        stances.pop() if len(stances) == 1 else "mixed" if stances else None,
        directness.pop() if len(directness) == 1 else None,
        tuple(sorted({reviewer for reviewer, _, _ in rows})),
    )
