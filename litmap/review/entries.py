"""Rows of `corrections` as they stand: what was taken back is gone, and slugs are those of today's vocabulary."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

TABLES = {"condition": "conditions", "route": "routes", "intervention": "interventions"}
DEFAULT_ROLES = {"condition": "indication", "route": "studied", "intervention": "studied"}
_SAME = ("subject", "field", "slug", "reviewer")


def standing(rows: Iterable[sqlite3.Row]) -> list[sqlite3.Row]:
    """Return the entries that were not taken back, in the order they were made. A person withdraws only their own."""
    kept: list[sqlite3.Row] = []
    for row in rows:
        if row["action"] == "withdraw":
            kept = [other for other in kept if any(other[name] != row[name] for name in _SAME)]
        else:
            kept.append(row)
    return kept


def successors(conn: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Return (facet, slug) -> the slug to use now: itself, or what replaces a retired one."""
    found: dict[tuple[str, str], str] = {}
    for facet, table in TABLES.items():
        replaced = {row[0]: row[1] for row in conn.execute(f"select slug, replaced_by from {table}")}
        found.update(((facet, slug), _last(replaced, slug)) for slug in replaced)
    return found


def _last(replaced: Mapping[str, str | None], slug: str) -> str:
    seen = [slug]
    while (after := replaced.get(seen[-1])) and after in replaced and after not in seen:
        seen.append(after)
    return seen[-1]
