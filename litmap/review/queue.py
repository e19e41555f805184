"""What a reviewer has yet to decide on, and in which order."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from litmap.errors import InputError
from litmap.linking.evidence import suggestions
from litmap.linking.standing import STAGES, Entry, counting, entries, outcome
from litmap.model import ANOTHER_SOURCE
from litmap.review.corrections import resolve
from litmap.review.decisions import FULL_TEXT, TITLE_ABSTRACT
from litmap.review.reviewers import open_items
from litmap.review.session import Item
from litmap.store import Store

ORDERS = ("best", "uncertain", "newest")
# What a claim may be decided on: the records ranked for it, and others that somebody decided on by hand.
CANDIDATES = """(select claim_id, pmid from links
  union select c.id, d.pmid from decisions d join claims c on c.key = d.claim_key join records r on r.pmid = d.pmid)"""
Place = tuple[str | None, int]  # claim key (None: the whole map) and PMID


def own(conn: sqlite3.Connection, reviewer: str, stage: str | None = None) -> dict[Place, Entry]:
    """Return what this reviewer says of each claim (None: the whole map) and PMID, withdrawn entries left out.

    At one stage, or at the last one decided: what was said of a full text outweighs what was said of its abstract.
    """
    made: dict[str, dict[Place, list[Entry]]] = {name: defaultdict(list) for name in STAGES}
    for entry in entries(conn):
        if entry.reviewer == reviewer:
            made[entry.stage][entry.claim_key, entry.pmid].append(entry)
    found: dict[Place, Entry] = {}
    for name in reversed(STAGES):
        if stage in (None, name):
            found |= {place: kept[-1] for place, mine in made[name].items() if (kept := counting(mine))}
    return found


def decided(conn: sqlite3.Connection, reviewer: str, stage: str) -> dict[Place, Entry]:
    """Return what this reviewer need not be shown at a stage: who judged a full text is not asked for its abstract."""
    return own(conn, reviewer, FULL_TEXT if stage == FULL_TEXT else None)


def passed(conn: sqlite3.Connection) -> set[tuple[str, int]]:
    """Return claims and PMIDs whose full text is to be looked at: included on title and abstract, or in doubt there.

    A doubt is settled by the full text (Cochrane Handbook, chapter 4); a conflict is settled by a resolution first.
    """
    made: dict[Place, list[Entry]] = defaultdict(list)
    for entry in entries(conn):
        if entry.stage == TITLE_ABSTRACT:
            made[entry.claim_key, entry.pmid].append(entry)
    said = {place: standing.verdict for place, mine in made.items() if (standing := outcome(mine))}
    barred = {pmid for (key, pmid), verdict in said.items() if key is None and verdict == "exclude"}
    return {
        (key, pmid)
        for (key, pmid), verdict in said.items()
        if key is not None and verdict in ("include", "unsure") and pmid not in barred
    }


def waiting(
    store: Store,
    reviewer: str,
    *,
    claim: str | None = None,
    order: str = "best",
    blind: bool = False,
    stage: str = TITLE_ABSTRACT,
) -> list[Item]:
    """Return the candidates that this reviewer has not decided on: claim by claim as they stand, within each by `order`.

    Claims that PubMed is the wrong place for come last.
    At full text these are the records that title and abstract let pass. Records that people called duplicates are left out.

    best: as ranked. uncertain: nearest first to where suggestions of the claim end. newest: by date of publication.
    A blind reviewer gets `best` shuffled, always in the same way, as the order would tell the rank.
    Raises InputError for an unknown claim or order, and when nothing is linked or let pass.
    """
    if order not in ORDERS:
        raise InputError(f"{order!r} is not an order", f"choose one of: {', '.join(ORDERS)}")
    key = None if claim is None else resolve(store.conn, claim)
    rows = _candidates(store, key)
    if stage == FULL_TEXT:
        ready = passed(store.conn)
        rows = [row for row in rows if (row["key"], row["pmid"]) in ready]
    if not rows:
        raise _nothing(store, key, stage)
    by_claim: dict[str, list[sqlite3.Row]] = {}
    for row in rows:
        by_claim.setdefault(row["key"], []).append(row)
    machine = suggestions(store.conn) if order == "uncertain" else set()
    found = [
        Item(row["key"], row["pmid"]) for mine in by_claim.values() for row in _ordered(mine, order, blind, machine)
    ]
    return still_open(found, decided(store.conn, reviewer, stage))


def second(store: Store, reviewer: str, items: Iterable[Item], *, stage: str = TITLE_ABSTRACT) -> list[Item]:
    """Keep what one other reviewer alone has voted on at a stage: it awaits a second vote."""
    found = [one for one in open_items(store.conn) if (one.state, one.stage) == ("awaiting", stage)]
    wanted = {(one.claim_key, one.pmid) for one in found if reviewer not in one.votes}
    return [item for item in items if item in wanted]


def conflicts(store: Store, *, claim: str | None = None, stage: str = TITLE_ABSTRACT) -> list[Item]:
    """Return what reviewers disagree on at a stage and nobody resolved, claim by claim. Raises InputError for an unknown claim.

    Conflicts on a record for the whole map have no claim to show, and are left out.
    """
    key = None if claim is None else resolve(store.conn, claim)
    found = [one for one in open_items(store.conn) if (one.state, one.stage) == ("conflict", stage)]
    order = "select key from claims where status = 'active' order by document_id, start, key"
    place = {row[0]: at for at, row in enumerate(store.rows(order))}
    held = [(one.claim_key, one.pmid) for one in found if one.claim_key is not None and one.claim_key in place]
    items = [Item(*one) for one in held if key in (None, one[0])]
    return sorted(items, key=lambda item: (place[item.claim_key], item.pmid))


def still_open(items: Iterable[Item], done: Collection[Place]) -> list[Item]:
    """Leave out what was decided, for its claim or for the whole map."""
    return [item for item in items if item not in done and (None, item.pmid) not in done]


def _candidates(store: Store, key: str | None) -> list[sqlite3.Row]:
    return store.rows(
        "select c.key, p.pmid, coalesce(l.rank, 1e9) as rank, coalesce(l.score, 0) as score, coalesce(r.pub_date, '') as date"
        f" from {CANDIDATES} p join claims c on c.id = p.claim_id join records r on r.pmid = p.pmid"
        " left join links l on l.claim_id = p.claim_id and l.pmid = p.pmid"
        " where c.status = 'active' and (? is null or c.key = ?) and p.pmid not in (select pmid from record_duplicates)"
        " order by c.question in (?, ?), c.document_id, c.start, c.key, rank, p.pmid",
        key, key, *ANOTHER_SOURCE,
    )  # fmt: skip


def _nothing(store: Store, key: str | None, stage: str) -> InputError:
    whose = "this claim has" if key else "the map has"
    if stage == FULL_TEXT:
        return InputError(
            f"{whose} no records for full text yet",
            f"include some on title and abstract first: litmap review {store.path}",
        )
    return InputError(f"{whose} no candidates to review", f"link the claims to records first: litmap link {store.path}")


def shuffled(key: str, pmid: int) -> bytes:
    """Return what to sort by, so that the order does not tell the rank and is always the same."""
    return hashlib.sha256(f"{key} {pmid}".encode()).digest()


def _ordered(
    rows: Sequence[sqlite3.Row], order: str, blind: bool, machine: Collection[tuple[str, int]]
) -> list[sqlite3.Row]:
    if order == "newest":
        return sorted(sorted(rows, key=lambda row: row["rank"]), key=lambda row: str(row["date"]), reverse=True)
    if order == "uncertain":
        border = _border(rows, machine)
        return sorted(rows, key=lambda row: (abs(row["score"] - border), row["rank"]))
    if blind:
        return sorted(rows, key=lambda row: shuffled(row["key"], row["pmid"]))
    return list(rows)


def _border(rows: Sequence[sqlite3.Row], machine: Collection[tuple[str, int]]) -> float:
    """Half-way between the mean scores of what is suggested and what is not; the lowest score where all are alike."""
    scores: tuple[list[float], list[float]] = ([], [])
    for row in rows:
        scores[(row["key"], row["pmid"]) in machine].append(row["score"])
    without, suggested = scores
    if not without or not suggested:
        return min(suggested) if suggested else max(without)
    return sum(sum(found) / len(found) for found in scores) / 2
