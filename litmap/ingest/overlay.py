"""People's corrections of records, laid over what the machine derived. A correction always wins.

Rows of `corrections` with a PMID: subject `tag` (field = facet, slug, role; add, remove, set = this role and no other),
`level` (set; field = design, subjects, secondary, integrity, level for every scheme, or the name of one scheme),
`study` and `duplicate` (set; value). `withdraw` takes back the same reviewer's earlier entries about the same thing.
What follows from a corrected tag, design or subjects is derived by the rules; a level that a person set stands as it is.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from litmap.evidence import Said
from litmap.ingest.rows import Row
from litmap.review.entries import DEFAULT_ROLES, standing

if TYPE_CHECKING:
    from litmap.ingest.derived import Derived

SUBJECTS = ("tag", "level", "study", "duplicate")
RULE = "reviewer"  # records.level_rule when a person set the level
LEVEL = "level"  # the field that sets the level of every scheme
_DESIGN, _SECONDARY, _SUBJECTS, _LEVEL, _BY_DESIGN, _RULE, _BASIS, _PROVISIONAL = range(8)
_SCHEME, _RANK = 1, 5  # places in a row of record_levels


def entries(conn: sqlite3.Connection, pmids: Iterable[int]) -> dict[int, list[sqlite3.Row]]:
    """Return the standing corrections of these records, by PMID, in the order they were made."""
    found: defaultdict[int, list[sqlite3.Row]] = defaultdict(list)
    wanted = corrected_among(conn, pmids)
    marks = ", ".join("?" * len(SUBJECTS))
    for pmid in wanted:
        sql = f"select * from corrections where pmid = ? and subject in ({marks}) order by id"
        found[pmid] = standing(conn.execute(sql, (pmid, *SUBJECTS)))
    return {pmid: rows for pmid, rows in found.items() if rows}


def corrected_among(conn: sqlite3.Connection, pmids: Iterable[int]) -> list[int]:
    """Return those of these records that people ever corrected."""
    held = {row[0] for row in conn.execute("select distinct pmid from corrections where pmid is not null")}
    return sorted(held.intersection(pmids)) if held else []


def said(rows: Iterable[Any]) -> Said:
    """Return what people say of design, subjects and being a secondary analysis."""
    values = {row["field"]: row["value"] for row in rows if row["subject"] == "level" and row["action"] == "set"}
    secondary = values.get("secondary")
    return Said(values.get("design"), values.get("subjects"), None if secondary is None else secondary == "yes")


def tags(held: Sequence[Row], rows: Iterable[Any], slugs: Mapping[tuple[str, str], str]) -> tuple[Row, ...]:
    """Return the tags of a record after its corrections. `slugs` is `successors` of the vocabulary."""
    found = list(held)
    for row in rows:
        if row["subject"] == "tag" and (row["field"], row["slug"]) in slugs:
            found = _tagged(found, row, slugs[row["field"], row["slug"]])
    return tuple(found)


def _tagged(held: list[Row], row: Any, slug: str) -> list[Row]:
    facet, role, action = row["field"], row["role"], row["action"]
    if action == "add":
        role = role or DEFAULT_ROLES[facet]
    whole = action == "set" or role is None  # whatever the role is now
    kept = [tag for tag in held if tag[:2] != (facet, slug) or (not whole and tag[2] != role)]
    return (
        kept if action == "remove" else [*kept, (facet, slug, role or DEFAULT_ROLES[facet], "reviewer", row["value"])]
    )


def laid_over(item: Derived, rows: Iterable[Any], *, counts: bool) -> Derived:
    """Put what people say of levels, study and duplicates in place. `counts`: the record may have an effective level."""
    columns = list(item.columns)
    levels, notes, facts, study = item.rows
    duplicate: tuple[Row, ...] = ()
    for row in rows:
        if row["action"] != "set":
            continue
        if row["subject"] == "study":
            study = [(item.pmid, row["value"], "reviewer")]
        elif row["subject"] == "duplicate":
            duplicate = ((item.pmid, int(row["value"])),)
        elif row["subject"] == "level":
            levels = [_ranked(level, row) for level in levels]
    columns[_BY_DESIGN], columns[_RULE] = levels[0][_RANK], levels[0][3]
    columns[_LEVEL] = levels[0][_RANK] if counts else None
    columns[_BASIS], columns[_PROVISIONAL] = levels[0][6], levels[0][7]
    return item._replace(columns=tuple(columns), rows=(levels, notes, facts, study), duplicate=duplicate)


def _ranked(level: Row, row: Any) -> Row:
    """A row of record_levels, with the level that a person gave it."""
    if row["field"] not in (LEVEL, level[_SCHEME]):
        return level
    rank = None if row["value"] == "none" else int(row["value"])
    inputs = json.dumps([{"field": "reviewer", "matched": f"level {row['value']}"}], separators=(",", ":"))
    return (*level[:3], RULE, level[4], rank, "curated", 0, None, inputs)


def beside(machine: Derived, final: Derived, rows: Iterable[Any], slugs: Mapping[tuple[str, str], str]) -> list[Row]:
    """Return (PMID, field, the machine's value) for all that a person corrected, and for what changed with it."""
    pmid, before, after = machine.pmid, _values(machine), _values(final)
    touched = {row["field"] for row in rows if row["subject"] == "level"}
    touched |= {row["subject"] for row in rows if row["subject"] in ("study", "duplicate")}
    if LEVEL in touched:
        touched |= {level[_SCHEME] for level in machine.rows[0]}
    found = {name: value for name, value in before.items() if name in touched or after[name] != value}
    for row in rows:
        if row["subject"] == "tag" and (slug := slugs.get((row["field"], row["slug"]))):
            roles = sorted(str(tag[2]) for tag in machine.tags if tag[:2] == (row["field"], slug))
            found[f"{row['field']}:{slug}"] = ", ".join(roles) or None
    return [(pmid, name, found[name]) for name in sorted(found)]


def _values(item: Derived) -> dict[str, str | None]:
    columns, (levels, _, _, study) = item.columns, item.rows
    values: dict[str, str | None] = {
        "design": columns[_DESIGN],
        "subjects": columns[_SUBJECTS],
        "secondary": "yes" if columns[_SECONDARY] else "no",
        "study": str(study[0][1]) if study else None,
        "duplicate": None,
    }
    for level in levels:
        values[str(level[_SCHEME])] = "none" if level[_RANK] is None else str(level[_RANK])
    return values
