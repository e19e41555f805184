"""What several pages need: names of slugs and levels, tags, records with what is said about them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from litmap.linking.evidence import CORRECTED, IN_DOUBT, PREPRINT
from litmap.web import ours

Row = dict[str, Any]

FACETS = ("condition", "route", "intervention")
COUNTED = ("indication", "studied")
QUESTION_SCHEMES = {"benefit": "ocebm-benefit", "harm": "ocebm-harm"}
WITHDRAWN = ("retracted", "notice")
ALSO = (  # kinds of integrity that count beside the gravest, which `r.integrity` is
    "(select group_concat(distinct i.kind) from record_integrity i where i.pmid = r.pmid and i.kind <> r.integrity"
    f" and i.kind in {(*IN_DOUBT, CORRECTED)} and r.integrity not in {WITHDRAWN}) as also"
)
RECORD_COLUMNS = (
    "r.pmid, r.title, r.journal_abbrev, r.journal, r.pub_year, r.design, r.secondary, r.subjects, r.level, r.level_by_design, "
    "r.level_rule, r.level_basis, r.provisional, r.integrity, "
    f"{PREPRINT} as preprint, {ALSO}"
)


def labels(conn: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Labels of all slugs: {facet: {slug: label}}."""
    return {facet: dict(conn.execute(f"select slug, label from {facet}s").fetchall()) for facet in FACETS}


def level_names(conn: sqlite3.Connection, scheme: str = "ocebm-benefit") -> dict[int, str]:
    """What the numbers of a scheme mean."""
    return dict(
        conn.execute("select rank, label from evidence_levels where scheme = ? order by rank", (scheme,)).fetchall()
    )


def loads(text: str | None, empty: Any) -> Any:
    """JSON of a column, or `empty` when it is missing or no JSON."""
    try:
        return json.loads(text) if text else empty
    except ValueError:
        return empty


def reasons(text: str | None) -> list[str]:
    """Why a record was ranked for a claim, as short texts."""
    found = loads(text, [])
    if isinstance(found, dict):
        found = [{key: value} for key, value in found.items()]
    return [
        item if isinstance(item, str) else "; ".join(f"{key}: {value}" for key, value in item.items())
        for item in found
        if item
    ]


def tags(conn: sqlite3.Connection, owner: str, key: int, names: dict[str, dict[str, str]]) -> dict[str, list[Row]]:
    """The tags of a claim or record, counted roles first: {facet: rows}."""
    column = "claim_id" if owner == "claim" else "pmid"
    found = {}
    for facet in FACETS:
        rows = ours.rows(
            conn,
            f"""select {facet} as slug, role, origin, matched from {owner}_{facet}s where {column} = ?
                order by role not in ('indication', 'studied'), role, {facet}""",
            key,
        )
        for row in rows:
            row["label"] = names[facet].get(row["slug"], row["slug"])
            row["counted"] = row["role"] in COUNTED
        found[facet] = rows
    return found


def harm_levels(conn: sqlite3.Connection, pmids: Iterable[int]) -> dict[int, Row]:
    """Levels under the harm scheme, each with its rule and basis, in the columns of `records`. Retracted records and notices have none."""
    found: dict[int, Row] = {}
    for pmid in pmids:
        row = ours.first(
            conn,
            """select l.rank as level, l.rule as level_rule, l.basis as level_basis, l.provisional, r.integrity
               from record_levels l join records r on r.pmid = l.pmid where l.pmid = ? and l.scheme = 'ocebm-harm'""",
            pmid,
        ) or {"level": None, "level_rule": None, "level_basis": None, "provisional": 0, "integrity": None}
        found[pmid] = row if row.pop("integrity") not in WITHDRAWN else {**row, "level": None}
    return found


def standings(conn: sqlite3.Connection, key: str) -> dict[int, Row]:
    """The verdict that stands on each record for one claim, by the rule that counts everywhere: {PMID: row}."""
    from litmap.linking import standing

    found = standing.standings(conn, [key])
    return {
        pmid: {
            "verdict": outcome.verdict,
            "stance": outcome.stance,
            "reviewers": sorted({entry.reviewer for entry in outcome.entries}),
            "decided_at": max(entry.decided_at for entry in outcome.entries),
            "reason": next((entry.reason for entry in reversed(outcome.entries) if entry.reason), None),
        }
        for (claim, pmid), outcome in sorted(found.items(), key=lambda item: item[0][1])
        if claim == key
    }


def below(conn: sqlite3.Connection, facet: str, slug: str) -> list[str]:
    """A slug and all that lie below it."""
    sql = f"""with recursive below(slug) as (select ? union select v.slug from {facet}s v join below b on v.parent = b.slug)
              select slug from below order by slug"""
    return [row[0] for row in conn.execute(sql, (slug,))]


def marks(values: Iterable[Any]) -> str:
    """As many question marks as there are values."""
    return ", ".join("?" for _ in values)
