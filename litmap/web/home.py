"""What stands at the top of a map's own page: what it is, how current, how big, and the ways in."""

from __future__ import annotations

import sqlite3
from typing import Any

from litmap.web import ours

MAIN_TABLES = ("claims", "records", "documents", "claim_evidence", "links", "decisions", "searches")


def _count(conn: sqlite3.Connection, present: set[str], table: str, where: str = "1") -> int:
    return int(ours.value(conn, f"select count(*) from {table} where {where}")) if table in present else 0


def confirmed(conn: sqlite3.Connection, present: set[str]) -> dict[str, int] | None:
    """Of the links that people decided on, how many they confirmed. None before anybody decided.

    A link counts once, by the verdict that stands on it; conflicts and doubts don't count.
    """
    if "decisions" not in present:
        return None
    from litmap.linking.standing import standings

    verdicts = [found.verdict for (key, _pmid), found in standings(conn).items() if key is not None]
    included, decided = verdicts.count("include"), verdicts.count("include") + verdicts.count("exclude")
    return {"included": included, "decided": decided, "percent": round(100 * included / decided)} if decided else None


def sampled(conn: sqlite3.Connection, present: set[str]) -> str | None:
    """What people confirmed of a random sample of suggestions, as a sentence. None without one."""
    if not {"samples", "sample_links", "decisions"} <= present:
        return None
    from litmap.review.sampling import share

    found = share(conn)
    if found is None:
        return None
    drawn = len(found.sample.links)
    return f"{found.sentence()} confirmed" + (f"; {drawn} were drawn" if found.decided < drawn else "")


def current(conn: sqlite3.Connection) -> dict[str, Any]:
    """When the map was last searched, loaded and read, and what made it."""
    present = ours.tables_of(conn)
    asked = {
        "search": ("searches", "select max(ran_at) from searches"),
        "load": ("loads", "select max(loaded_at) from loads"),
        "retrieved": ("documents", "select max(retrieved_at) from documents where current = 1"),
    }
    dates = {name: ours.value(conn, sql) if table in present else None for name, (table, sql) in asked.items()}
    made = "select key, value from meta where key in ('extractor', 'vocabulary', 'ruleset', 'ranker') order by key"
    return {
        "latest": {name: str(date)[:10] if date else None for name, date in dates.items()},
        "versions": ours.rows(conn, made) if "meta" in present else [],
    }


def summary(conn: sqlite3.Connection) -> dict[str, Any]:
    """Counts, dates and versions for the home page."""
    present = ours.tables_of(conn)
    counts = {table: _count(conn, present, table) for table in MAIN_TABLES}
    counts["claims"] = _count(conn, present, "claims", "status = 'active'")
    counts["documents"] = _count(conn, present, "documents", "current = 1")
    counts["bearing"] = _count(conn, present, "links", "bears = 1")
    counts["reviewed"] = _count(conn, present, "claim_evidence", "basis = 'reviewed'")
    return {
        "counts": counts,
        **current(conn),
        "retracted": _count(conn, present, "records", "integrity = 'retracted'"),
        "confirmed": confirmed(conn, present),
        "sampled": sampled(conn, present),
        "first_document": ours.value(conn, "select min(id) from documents where current = 1")
        if "documents" in present
        else None,
    }
