"""The filters in the map's URL, and a view of the database that they leave.

The gap map is counted by one piece of code from the tables `claims` and `records`. Filtering shadows these two with
temporary views on a connection of its own, so a filtered map is counted by the same code.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode

from litmap.web import config, shared

COUNTED = {
    "claim_conditions": "population",
    "claim_interventions": "studied",
    "record_conditions": "population",
    "record_interventions": "studied",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the URL asks for; empty means everything. Values that the map does not know are dropped."""

    intervention: str = ""
    level: str = ""
    claim_type: str = ""
    question: str = ""
    document: str = ""
    population: str = ""
    reviewed: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def items(self) -> list[tuple[str, str]]:
        """The filters that are set."""
        return [(field.name, getattr(self, field.name)) for field in fields(self) if getattr(self, field.name)]

    def url(self, **more: Any) -> str:
        """A query string with these filters and more parameters; a list repeats its parameter."""
        pairs = [*self.items(), *((name, value) for name, value in more.items() if value)]
        return "?" + urlencode(pairs, doseq=True) if pairs else "?"


def choices(conn: sqlite3.Connection) -> dict[str, list[tuple[str, str]]]:
    """What each filter can be set to, as (value, label): only what occurs."""

    def pairs(sql: str) -> list[tuple[str, str]]:
        return [(str(row[0]), str(row[1])) for row in conn.execute(sql)]

    def used(facet: str, role: str) -> list[tuple[str, str]]:
        tagged = " or ".join(
            f"exists (select 1 from {owner}_{facet}s where {facet} = v.slug and role = '{role}')"
            for owner in ("claim", "record")
        )
        return pairs(f"select slug, label from {facet}s v where {tagged} order by position, slug")

    return {
        "intervention": used("intervention", "studied"),
        "level": [(str(level), f"level {level}" + (" or better" if level > 1 else "")) for level in range(1, 6)],
        "claim_type": pairs("select distinct claim_type, claim_type from claims where status = 'active' order by 1"),
        "question": pairs("select distinct question, question from claims where status = 'active' order by 1"),
        "document": pairs("select id, coalesce(title, source) from documents where current = 1 order by 2, 1"),
        "population": used("condition", "population"),
        "reviewed": [("1", "reviewed only")],
    }


def parse(args: Mapping[str, str], known: Mapping[str, list[tuple[str, str]]]) -> Filters:
    """Read the filters of a URL."""
    given = {name: args.get(name, "") for name in known}
    return Filters(**{name: value for name, value in given.items() if value in {choice[0] for choice in known[name]}})


def _tagged(conn: sqlite3.Connection, owner: str, facet: str, slug: str) -> tuple[str, list[str]]:
    column, table = ("claim_id" if owner == "claim" else "pmid"), f"{owner}_{facet}s"
    wide = shared.below(conn, facet, slug)
    return (
        f"in (select {column} from main.{table} where role = '{COUNTED[table]}' and {facet} in ({shared.marks(wide)}))",
        wide,
    )


def shadow(conn: sqlite3.Connection, filters: Filters) -> None:
    """Put temporary views in front of `claims` and `records` that hold only what the filters leave."""
    wheres: dict[str, list[str]] = {"claims": [], "records": []}
    params: dict[str, list[Any]] = {"claims": [], "records": []}
    for owner, key, facet, slug in (
        ("claim", "id", "intervention", filters.intervention), ("record", "pmid", "intervention", filters.intervention),
        ("claim", "id", "condition", filters.population), ("record", "pmid", "condition", filters.population),
    ):  # fmt: skip
        if slug:
            sql, wide = _tagged(conn, owner, facet, slug)
            wheres[f"{owner}s"].append(f"{key} {sql}")
            params[f"{owner}s"] += wide
    for column, value in (
        ("claim_type", filters.claim_type),
        ("question", filters.question),
        ("document_id", filters.document),
    ):
        if value:
            wheres["claims"].append(f"{column} = ?")
            params["claims"].append(value)
    if filters.level:
        wheres["records"].append("level <= ?")
        params["records"].append(int(filters.level))
    if filters.reviewed:
        wheres["records"].append(
            "pmid in (select pmid from main.decisions where verdict = 'include' and claim_key is not null)"
        )
    for table, key in (("claims", "id"), ("records", "pmid")):
        if wheres[table]:
            conn.execute(
                f"create temp table litmap_{table} as select {key} from main.{table} where {' and '.join(wheres[table])}",
                params[table],
            )
            conn.execute(
                f"create temp view {table} as select * from main.{table} where {key} in (select {key} from temp.litmap_{table})"
            )


def labels_of(filters: Filters, known: Mapping[str, list[tuple[str, str]]]) -> list[str]:
    """The set filters in words, for the page's summary and the download's name."""
    return [
        f"{name.replace('_', ' ')}: {dict(known[name])[value]}" if name != "reviewed" else "reviewed only"
        for name, value in filters.items()
    ]


def tables_url(here: str, table: str, row: str, column: str, filters: Filters) -> str:
    """The rows of a table that one cell counts."""
    pairs = [
        (f"_{name}", value)
        for name, value in (("condition", row), ("route", column), ("intervention", filters.intervention))
        if value
    ]
    if table == "claims":
        pairs += [
            ("status", "active"),
            *(
                (name, value)
                for name, value in (("claim_type", filters.claim_type), ("question", filters.question))
                if value
            ),
        ]
        pairs += [("document_id", filters.document)] if filters.document else []
    elif filters.level:
        pairs.append(("_level", filters.level))
    query = "&".join(f"{name}={_quoted(value)}" for name, value in pairs)
    return f"{here}/{table}?{query}&{config.columns_query(table)}"


_quoted = lru_cache(maxsize=4096)(quote_plus)  # a map asks for the same values hundreds of times
