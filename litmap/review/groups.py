"""Claims that say the same: one question, polarity, and set of conditions, routes and interventions."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from litmap.linking.facets import pick, raw_tags, roles


def groups(conn: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Return, for each active claim that is not alone, the keys of the others that say the same, as they stand.

    A claim without a condition or an intervention says too little to be like another.
    """
    rows = conn.execute(
        "select id, key, question, polarity from claims where status = 'active' order by document_id, start, key"
    ).fetchall()
    tags = raw_tags(conn, "claim", [row[0] for row in rows])
    alike: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for claim_id, key, question, polarity in rows:
        about = pick(tags[claim_id], roles(question)[0])
        if about.condition and about.intervention:
            alike[question, polarity, about].append(key)
    return {
        key: tuple(other for other in keys if other != key) for keys in alike.values() if len(keys) > 1 for key in keys
    }
