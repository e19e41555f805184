"""People's corrections of claims and of their tags: append-only rows, laid over whatever the machine derives.

Rows of `corrections` with a claim_key. Subject `claim`: field `status` (remove = dismissed, add = a claim a person marked,
value holds where; set = active again), field claim_type, polarity or certainty (set). Subject `tag`: field = facet, with slug
and role (add, remove, set = this role and no other). Later entries win; `withdraw` takes back the same reviewer's earlier ones.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from litmap import clock
from litmap.claims import question_of
from litmap.claims.kinds import QUESTIONS
from litmap.errors import InputError
from litmap.linking.evidence import refresh_evidence
from litmap.review import added
from litmap.review.decisions import check_reviewer
from litmap.review.entries import DEFAULT_ROLES, TABLES, standing, successors
from litmap.store import Store

FIELDS: Mapping[str, Sequence[str]] = {
    "claim_type": tuple(QUESTIONS),
    "polarity": ("affirm", "deny"),
    "certainty": ("proven", "asserted", "hedged"),
}


def dismiss(store: Store, claim: str, *, reviewer: str, reason: str | None = None) -> str:
    """Enter that a claim is none and return its key. `claim` is its key or the beginning of it. Raises InputError."""
    key = resolve(store.conn, claim)
    return _enter(store, key, reviewer, reason, field="status", action="remove")


def restore(store: Store, claim: str, *, reviewer: str, reason: str | None = None) -> str:
    """Enter that a dismissed claim is one after all and return its key. Raises InputError."""
    key = resolve(store.conn, claim)
    return _enter(store, key, reviewer, reason, field="status", action="set", value="active")


def set_field(store: Store, claim: str, field: str, value: str, *, reviewer: str, reason: str | None = None) -> str:
    """Enter a claim's type, polarity or certainty and return its key. Raises InputError for an unknown field or value."""
    name = "claim_type" if field in ("type", "claim-type") else field
    if name not in FIELDS:
        raise InputError(
            f"{field} is nothing that can be set of a claim", f"choose one of: type, {', '.join(list(FIELDS)[1:])}"
        )
    if value not in FIELDS[name]:
        raise InputError(f"{value} is not a {name.replace('_', ' ')}", f"choose one of: {', '.join(FIELDS[name])}")
    key = resolve(store.conn, claim)
    return _enter(store, key, reviewer, reason, field=name, action="set", value=value)


def add(store: Store, document: str, start: int, end: int, *, reviewer: str, reason: str | None = None) -> str:
    """Enter that text[start:end] of a document is a claim and return the claim's key.

    `document` is its id or its source; its current version is meant. Raises InputError for an unknown document, offsets
    outside its text, an empty stretch, or one that is a claim already.
    """
    row = added.current_document(store.conn, document)
    place = added.place(store.conn, row, start, end)
    return _enter(store, place.key, reviewer, reason, field="status", action="add", value=place.as_json())


def resolve(conn: sqlite3.Connection, claim: str) -> str:
    """Return the key of the one claim whose key is, or begins with, `claim`. Raises InputError."""
    found = [
        row[0]
        for row in conn.execute(
            "select key from claims where substr(key, 1, length(?)) = ? order by key limit 2", (claim, claim)
        )
    ]
    if not claim or not found:
        raise InputError(f"no claim has the key {claim!r}", "list the claims: litmap claims DATABASE")
    if len(found) > 1 and found[0] != claim:
        raise InputError(f"several claims have keys that begin with {claim!r}", "give more of the key")
    return str(found[0])


def _enter(
    store: Store, key: str, reviewer: str, reason: str | None, *, field: str, action: str, value: str | None = None
) -> str:  # fmt: skip
    name = check_reviewer(reviewer)
    with nullcontext() if store.conn.in_transaction else store.transaction():
        store.conn.execute(
            "insert into corrections (subject, claim_key, field, action, value, reason, reviewer, made_at) values ('claim', ?, ?, ?, ?, ?, ?, ?)",
            (key, field, action, value, reason, name, clock.now()),
        )
        apply_to_claims(store.conn, [key])
        claim_id = store.value("select id from claims where key = ?", key)
        refresh_evidence(store, [claim_id] if claim_id is not None else None)
    return key


def apply_to_claims(conn: sqlite3.Connection, keys: Iterable[str] | None = None) -> int:
    """Lay the corrections of claims (all, or those with these keys) over what was derived. Return how many claims have any.

    Call inside a transaction, after claims were written; the caller refreshes claim_evidence.
    """
    wanted = None if keys is None else set(keys)
    entries: dict[str, list[sqlite3.Row]] = {}
    sql = "select * from corrections where claim_key is not null and subject in ('claim', 'tag') order by id"
    for row in conn.execute(sql).fetchall():
        if wanted is None or row["claim_key"] in wanted:
            entries.setdefault(row["claim_key"], []).append(row)
    if not entries:
        return 0
    tagger, slugs = added.LazyTagger(conn), successors(conn)
    for key, rows in entries.items():
        _apply(conn, key, standing(rows), tagger, slugs)
    return len(entries)


def marked(conn: sqlite3.Connection) -> set[str]:
    """Return the keys of claims that people marked; whether they still stand in their page is found when corrections are applied."""
    return {
        row[0] for row in conn.execute("select claim_key from corrections where subject = 'claim' and action = 'add'")
    }


def _apply(
    conn: sqlite3.Connection,
    key: str,
    rows: Sequence[sqlite3.Row],
    tagger: added.LazyTagger,
    slugs: Mapping[tuple[str, str], str],
) -> None:
    marked = next((row for row in reversed(rows) if row["subject"] == "claim" and row["action"] == "add"), None)
    if marked is not None:
        added.write(conn, key, json.loads(marked["value"]), tagger)
    claim = conn.execute("select id, status from claims where key = ?", (key,)).fetchone()
    if claim is None:
        return
    for row in rows:
        if row["subject"] == "tag":
            _tag(conn, claim["id"], row, slugs)
        elif row["field"] == "claim_type":
            kind = row["value"]
            conn.execute(
                "update claims set claim_type = ?, question = ? where id = ?", (kind, question_of(kind), claim["id"])
            )
        elif row["field"] in ("polarity", "certainty"):
            conn.execute(f"update claims set {row['field']} = ? where id = ?", (row["value"], claim["id"]))
    status = [row for row in rows if row["subject"] == "claim" and row["field"] == "status"]
    if status and claim["status"] != "gone":
        now = "dismissed" if status[-1]["action"] == "remove" else "active"
        conn.execute("update claims set status = ? where id = ?", (now, claim["id"]))


def _tag(conn: sqlite3.Connection, claim_id: int, row: Any, slugs: Mapping[tuple[str, str], str]) -> None:
    facet, role, action = row["field"], row["role"], row["action"]
    slug = slugs.get((facet, row["slug"]))
    if slug is None:
        return
    role = role if role or action != "add" else DEFAULT_ROLES[facet]
    where = f"delete from claim_{TABLES[facet]} where claim_id = ? and {facet} = ?"
    if action == "set" or role is None:
        conn.execute(where, (claim_id, slug))
    else:
        conn.execute(f"{where} and role = ?", (claim_id, slug, role))
    if action in ("add", "set"):
        conn.execute(
            f"insert into claim_{TABLES[facet]} (claim_id, {facet}, role, origin, matched) values (?, ?, ?, 'reviewer', ?)",
            (claim_id, slug, role or DEFAULT_ROLES[facet], row["value"]),
        )
