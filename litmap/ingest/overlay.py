"""People's corrections of records, laid over what the machine derived. A correction always wins.

Rows of `corrections` with a PMID: subject `tag` (field = facet, slug, role; add, remove, set = this role and no other),
`level` (set; field = design, subjects or level, value), `study` (set; value). `withdraw` takes back the same
reviewer's earlier entries about the same thing.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from litmap.ingest.rows import Row

if TYPE_CHECKING:
    from litmap.ingest.derived import Derived

_DEFAULT_ROLE = {"condition": "indication", "route": "studied", "intervention": "studied"}
_DESIGN, _SUBJECTS, _LEVEL, _BY_DESIGN, _RULE, _BASIS, _PROVISIONAL, _INTEGRITY = 0, 2, 3, 4, 5, 6, 7, 8
RULE = "reviewer"  # records.level_rule when a person set the level


def corrected(conn: sqlite3.Connection, batch: Sequence[Derived]) -> Sequence[Derived]:
    """Return the batch with the corrections of its records applied."""
    entries = _entries(conn, [item.pmid for item in batch])
    if not entries:
        return batch
    return [_apply(item, entries[item.pmid]) if item.pmid in entries else item for item in batch]


def _entries(conn: sqlite3.Connection, pmids: list[int]) -> dict[int, list[sqlite3.Row]]:
    if not conn.execute("select exists (select 1 from corrections where pmid is not null)").fetchone()[0]:
        return {}
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for start in range(0, len(pmids), 500):
        part = pmids[start : start + 500]
        marks = ", ".join("?" * len(part))
        for row in conn.execute(
            f"select * from corrections where pmid in ({marks}) and subject in ('tag', 'level', 'study') order by id",
            part,
        ):
            found[row["pmid"]].append(row)
    return {pmid: standing(rows) for pmid, rows in found.items()}


def standing(rows: Iterable[Any]) -> list[Any]:
    """Drop what was withdrawn. Rows are in the order they were made."""
    kept: list[Any] = []
    for row in rows:
        if row["action"] == "withdraw":
            kept = [
                other
                for other in kept
                if any(other[name] != row[name] for name in ("subject", "field", "slug", "reviewer"))
            ]
        else:
            kept.append(row)
    return kept


def _apply(item: Derived, entries: Iterable[Any]) -> Derived:
    tags, columns = list(item.tags), list(item.columns)
    levels, notes, facts, study = item.rows
    for row in entries:
        if row["subject"] == "tag":
            tags = _tags(tags, row)
        elif row["subject"] == "study" and row["action"] == "set":
            study = [(item.pmid, row["value"], "reviewer")]
        elif row["subject"] == "level" and row["action"] == "set":
            levels = _level(columns, levels, row)
    return item._replace(tags=tuple(tags), columns=tuple(columns), rows=(levels, notes, facts, study))


def _tags(tags: list[Row], row: Any) -> list[Row]:
    facet, slug, role, action = row["field"], row["slug"], row["role"], row["action"]
    dropped_role = None if action == "set" else role
    kept = [tag for tag in tags if tag[:2] != (facet, slug) or (dropped_role is not None and tag[2] != dropped_role)]
    if action == "remove":
        return kept
    role = role or _DEFAULT_ROLE.get(facet, "studied")
    base = kept if action == "set" else [tag for tag in tags if tag[:3] != (facet, slug, role)]
    return [*base, (facet, slug, role, "reviewer", row["value"])]


def _level(columns: list[Any], levels: list[Row], row: Any) -> list[Row]:
    """Set the design, the subjects or the level of the first scheme in place; return the level rows."""
    value = row["value"]
    first = list(levels[0])
    if row["field"] == "subjects":
        columns[_SUBJECTS] = value
        return levels
    if row["field"] == "design":
        columns[_DESIGN] = first[4] = value
    else:
        columns[_BY_DESIGN] = first[5] = int(value) if value else None
        columns[_LEVEL] = columns[_BY_DESIGN] if columns[_INTEGRITY] not in ("retracted", "notice") else None
    columns[_RULE] = first[3] = RULE
    columns[_BASIS], columns[_PROVISIONAL] = "curated", 0
    first[6], first[7] = "curated", 0
    return [tuple(first), *levels[1:]]
