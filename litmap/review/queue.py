"""What a reviewer has yet to decide on, and in which order."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence

from litmap.errors import InputError
from litmap.linking.standing import Entry, entries
from litmap.review.corrections import resolve
from litmap.review.session import Item
from litmap.store import Store

ORDERS = ("best", "uncertain", "newest")


def own(conn: sqlite3.Connection, reviewer: str) -> dict[tuple[str | None, int], Entry]:
    """Return this reviewer's latest entry for each claim (None: the whole map) and PMID, withdrawn ones left out."""
    found = {(entry.claim_key, entry.pmid): entry for entry in entries(conn) if entry.reviewer == reviewer}
    return {place: entry for place, entry in found.items() if entry.kind != "withdrawal"}


def waiting(
    store: Store, reviewer: str, *, claim: str | None = None, order: str = "best", blind: bool = False
) -> list[Item]:
    """Return the candidates that this reviewer has not decided on: claim by claim as they stand, within each by `order`.

    Records that people called duplicates are left out.

    best: as ranked. uncertain: nearest first to where suggestions of the claim end. newest: by date of publication.
    A blind reviewer gets `best` shuffled, always in the same way, as the order would tell the rank.
    Raises InputError for an unknown claim or order, and when nothing is linked.
    """
    if order not in ORDERS:
        raise InputError(f"{order!r} is not an order", f"choose one of: {', '.join(ORDERS)}")
    key = None if claim is None else resolve(store.conn, claim)
    rows = store.rows(
        "select c.key, l.pmid, l.rank, l.score, l.bears, coalesce(r.pub_date, '') as date from links l"
        " join claims c on c.id = l.claim_id join records r on r.pmid = l.pmid"
        " where c.status = 'active' and (? is null or c.key = ?)"
        " and l.pmid not in (select pmid from record_duplicates) order by c.document_id, c.start, c.key, l.rank",
        key, key,
    )  # fmt: skip
    if not rows:
        whose = "this claim has" if key else "the map has"
        raise InputError(
            f"{whose} no candidates to review", f"link the claims to records first: litmap link {store.path}"
        )
    done = own(store.conn, reviewer)
    by_claim: dict[str, list[sqlite3.Row]] = {}
    for row in rows:
        by_claim.setdefault(row["key"], []).append(row)
    found = [Item(row["key"], row["pmid"]) for linked in by_claim.values() for row in _ordered(linked, order, blind)]
    return still_open(found, done)


def still_open(items: Iterable[Item], done: dict[tuple[str | None, int], Entry]) -> list[Item]:
    """Leave out what was decided, for its claim or for the whole map."""
    return [item for item in items if item not in done and (None, item.pmid) not in done]


def _ordered(rows: Sequence[sqlite3.Row], order: str, blind: bool) -> list[sqlite3.Row]:
    if order == "newest":
        return sorted(sorted(rows, key=lambda row: row["rank"]), key=lambda row: str(row["date"]), reverse=True)
    if order == "uncertain":
        border = _border(rows)
        return sorted(rows, key=lambda row: (abs(row["score"] - border), row["rank"]))
    if blind:
        return sorted(rows, key=lambda row: hashlib.sha256(f"{row['key']} {row['pmid']}".encode()).digest())
    return list(rows)


def _border(rows: Sequence[sqlite3.Row]) -> float:
    """Half-way between the mean scores of what is suggested and what is not; the lowest score where all are alike."""
    scores = {bears: [float(row["score"]) for row in rows if row["bears"] == bears] for bears in (0, 1)}
    if not scores[0] or not scores[1]:
        return min(scores[0] + scores[1]) if scores[1] else max(scores[0])
    return sum(sum(found) / len(found) for found in scores.values()) / 2
