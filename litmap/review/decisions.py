"""Entering decisions: append-only rows, checked before they are written; what they change follows at once."""

from __future__ import annotations

import sqlite3
from contextlib import nullcontext

from litmap import clock
from litmap.errors import InputError
from litmap.linking.evidence import refresh_evidence
from litmap.linking.standing import counting, entries
from litmap.store import Store

STAGES = TITLE_ABSTRACT, FULL_TEXT = ("title-abstract", "full-text")
KINDS = ("vote", "resolution", "withdrawal")
VERDICTS = ("include", "exclude", "unsure")
STANCES = ("supports", "contradicts", "mixed", "no-difference", "inconclusive", "background")
DIRECTNESS = ("direct", "indirect")
# Why records are excluded, as PRISMA 2020 item 16 wants it stated. Other words are allowed.
REASONS = (
    "wrong population",
    "wrong intervention",
    "wrong route",
    "wrong outcome",
    "wrong study design",
    "background",
    "duplicate",
    "retracted",
    "other",
)
NOT_RETRIEVED = "full text not retrieved"  # a reason at full text alone; PRISMA counts it in a box of its own
_ENTER = """
insert into decisions (claim_key, pmid, reviewer, stage, kind, verdict, reason, stance, directness, note, record_digest, blind, decided_at)
values (:claim_key, :pmid, :reviewer, :stage, :kind, :verdict, :reason, :stance, :directness, :note, :record_digest, :blind, :decided_at)
"""


def reasons(stage: str) -> tuple[str, ...]:
    """Return the reasons for exclusion that are offered at a stage."""
    return (*REASONS, NOT_RETRIEVED) if stage == FULL_TEXT else REASONS


def decide(
    store: Store,
    *,
    claim_key: str | None,
    pmid: int,
    reviewer: str,
    verdict: str | None,
    kind: str = "vote",
    stage: str = TITLE_ABSTRACT,
    reason: str | None = None,
    stance: str | None = None,
    directness: str | None = None,
    note: str | None = None,
    blind: bool = False,
    refresh: bool = True,
) -> int:
    """Enter one decision and return its id. `claim_key` None decides on the record for the whole map.

    Uses the open transaction, or one of its own. `refresh=False` leaves claim_evidence to the caller.
    Raises InputError for an unknown claim or PMID, an empty reviewer name, a word that is none of the allowed
    ones, or a withdrawal of nothing; nothing is written then.
    """
    check_words(kind=kind, stage=stage, verdict=verdict, stance=stance, directness=directness)
    name = check_reviewer(reviewer)
    conn = store.conn
    with nullcontext() if conn.in_transaction else store.transaction():
        claim_id = check_claim(conn, claim_key)
        digest = check_record(conn, pmid)
        if kind == "withdrawal" and not _has_entry(conn, claim_key, pmid, name, stage):
            wrong = f"{name} has no decision on PMID {pmid} to withdraw"
            raise InputError(wrong, "check the reviewer's name, the claim and the stage")
        said = {
            "claim_key": claim_key, "pmid": pmid, "reviewer": name, "stage": stage, "kind": kind, "verdict": verdict, "reason": reason,
            "stance": stance, "directness": directness, "note": note, "record_digest": digest, "blind": int(blind), "decided_at": clock.now(),
        }  # fmt: skip
        number = conn.execute(_ENTER, said).lastrowid
        if refresh:
            refresh_evidence(store, None if claim_id is None else [claim_id])
        return int(number or 0)


def withdraw(store: Store, *, claim_key: str | None, pmid: int, reviewer: str, stage: str = TITLE_ABSTRACT) -> int:
    """Take back what this reviewer entered last for a claim and record; return the new entry's id. Raises InputError."""
    return decide(
        store, claim_key=claim_key, pmid=pmid, reviewer=reviewer, verdict=None, kind="withdrawal", stage=stage
    )


def check_words(*, kind: str, stage: str, verdict: str | None, stance: str | None, directness: str | None) -> None:
    """Raise InputError unless every word is an allowed one and the combination makes sense."""
    for name, value, allowed in (
        ("kind", kind, KINDS),
        ("stage", stage, STAGES),
        ("verdict", verdict, VERDICTS),
        ("stance", stance, STANCES),
        ("directness", directness, DIRECTNESS),
    ):
        if value is not None and value not in allowed:
            raise InputError(f"{value!r} is not a {name}", f"choose one of: {', '.join(allowed)}")
    if kind == "withdrawal" and verdict is not None:
        raise InputError("a withdrawal has no verdict", "leave the verdict out, or enter a vote")
    if kind != "withdrawal" and verdict is None:
        raise InputError(f"a {kind} needs a verdict", f"choose one of: {', '.join(VERDICTS)}")


def check_reviewer(reviewer: str) -> str:
    """Return the name without blanks around it. Raises InputError when nothing is left."""
    name = " ".join(reviewer.split())
    if not name:
        raise InputError("the reviewer's name is empty", "give a name: every decision is somebody's")
    return name


def check_claim(conn: sqlite3.Connection, claim_key: str | None) -> int | None:
    """Return the claim's id (None for the whole map). Raises InputError for an unknown key."""
    if claim_key is None:
        return None
    row = conn.execute("select id from claims where key = ?", (claim_key,)).fetchone()
    if row is None:
        raise InputError(f"no claim has the key {claim_key!r}", "list the claims: litmap claims DATABASE")
    return int(row[0])


def check_record(conn: sqlite3.Connection, pmid: int) -> str:
    """Return the record's digest. Raises InputError for an unknown PMID."""
    row = conn.execute("select digest from records where pmid = ?", (pmid,)).fetchone()
    if row is None:
        raise InputError(f"PMID {pmid} is not in this map", "load or fetch it first")
    return str(row[0])


def _has_entry(conn: sqlite3.Connection, claim_key: str | None, pmid: int, reviewer: str, stage: str) -> bool:
    made = entries(conn, [] if claim_key is None else [claim_key])
    mine = [e for e in made if (e.claim_key, e.pmid, e.stage, e.reviewer) == (claim_key, pmid, stage, reviewer)]
    return bool(counting(mine))
