"""Verdicts on claims themselves: append-only rows; the latest of each reviewer counts."""

from __future__ import annotations

import re
import sqlite3
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date

from litmap import clock
from litmap.errors import InputError
from litmap.linking.evidence import refresh_evidence
from litmap.review.decisions import check_claim, check_reviewer
from litmap.store import Store

VERDICTS = ("supported", "partly", "unsupported", "contradicted", "outdated", "not-checkable")
ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """One reviewer's latest verdict on a claim."""

    claim_key: str
    reviewer: str
    verdict: str
    rationale: str | None
    as_of: str | None
    decided_at: str


def judge(
    store: Store, *, claim_key: str, reviewer: str, verdict: str, rationale: str | None = None, as_of: str | None = None
) -> int:
    """Enter a verdict on a claim and return its id. `as_of` is an ISO date: up to when the evidence was looked at.

    Uses the open transaction, or one of its own. Raises InputError for an unknown claim, an empty reviewer name,
    a word that is no verdict, or a date that is none.
    """
    if verdict not in VERDICTS:
        raise InputError(f"{verdict!r} is not a verdict on a claim", f"choose one of: {', '.join(VERDICTS)}")
    name = check_reviewer(reviewer)
    _check_date(as_of)
    with nullcontext() if store.conn.in_transaction else store.transaction():
        claim_id = check_claim(store.conn, claim_key)
        cursor = store.conn.execute(
            "insert into claim_verdicts (claim_key, reviewer, verdict, rationale, as_of, decided_at) values (?, ?, ?, ?, ?, ?)",
            (claim_key, name, verdict, rationale, as_of, clock.now()),
        )
        refresh_evidence(store, [claim_id] if claim_id is not None else None)
        return int(cursor.lastrowid or 0)


def latest(conn: sqlite3.Connection, claim_key: str | None = None) -> list[ClaimVerdict]:
    """Return each reviewer's latest verdict, by claim key and reviewer: for one claim, or for all."""
    rows = conn.execute(
        "select claim_key, reviewer, verdict, rationale, as_of, decided_at from claim_verdicts where id in "
        "(select max(id) from claim_verdicts group by claim_key, reviewer) and (? is null or claim_key = ?) order by 1, 2",
        (claim_key, claim_key),
    )
    return [ClaimVerdict(*row) for row in rows]


def _check_date(as_of: str | None) -> None:
    if as_of is None:
        return
    found = ISO_DATE.fullmatch(as_of)
    try:
        if not found:
            raise ValueError
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        raise InputError(f"{as_of!r} is not a date", "write it as 2024-05-31, 2024-05 or 2024") from None
