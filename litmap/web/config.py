"""What Datasette is told about a map: labels, descriptions, facets, search, hidden tables, canned queries, limits.

Datasette 0.65 reads all of it from metadata; 1.0 keeps titles and descriptions in metadata and the rest in config.
"""

from __future__ import annotations

import copy
import csv
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

Settings = dict[str, Any]

LABELS = {
    "claims": "text",
    "conditions": "label",
    "documents": "title",
    "interventions": "label",
    "records": "title",
    "routes": "label",
    "searches": "query",
}
FACETS: dict[str, list[Any]] = {
    "records": [
        {"tag": "condition"},
        {"tag": "route"},
        {"tag": "intervention"},
        {"level": "level"},
        "design",
        "integrity",
    ],
    "claims": [
        {"tag": "condition"},
        {"tag": "route"},
        {"tag": "intervention"},
        {"level": "level"},
        "claim_type",
        "polarity",
        "status",
    ],
    "claim_evidence": ["level", "design", "condition", "basis"],
    "record_levels": ["scheme", "rank"],
    "record_integrity": ["kind"],
}
SEARCH = {"records": ("records_fts", "pmid"), "claims": ("claims_fts", "id")}
SORT = {"records": {"sort": "pmid"}, "claims": {"sort": "id"}, "links": {"sort_desc": "score"}}
# Columns that our links to a wide table ask for; Datasette's own column menu brings back the others.
COLUMNS = {
    "records": ("title", "journal_abbrev", "pub_year", "design", "level", "provisional", "integrity"),
    "claims": ("text", "claim_type", "question", "polarity", "certainty", "heading", "document_id"),
    "documents": ("title", "source", "version", "current", "retrieved_at", "as_of"),
}
# Tables that only the machinery reads. The full-text tables' own shadows are hidden by Datasette.
HIDDEN = (
    "_sqlite_migrations", "vocabulary_files", "records_vocab", "record_search", "claim_occurrences", "claim_searches", "load_records", "load_rejects",
    "record_supplementary", "record_grants", "references_in", "search_records", "claims_fts", "records_fts", "map_matrix", "link_inputs",
    "retractions_listed",
)  # fmt: skip
_CONFIG_KEYS = (
    "facets",
    "facet_size",
    "fts_table",
    "fts_pk",
    "hidden",
    "label_column",
    "sort",
    "sort_desc",
    "units",
    "size",
)

# For a site that anybody can reach: no SQL of the visitor's own, bounded work, nothing to take away whole.
PUBLIC_SETTINGS: Settings = {
    "allow_download": False,
    "allow_csv_stream": False,
    "default_allow_sql": False,
    "facet_time_limit_ms": 1000,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 3000,
    "suggest_facets": False,
}
LOCAL_SETTINGS: Settings = {
    "facet_time_limit_ms": 3000,
    "sql_time_limit_ms": 10000,
    "suggest_facets": False,
    "max_returned_rows": 2000,
}


@cache
def columns_query(table: str) -> str:
    """The query string that shows only the columns people read."""
    return "&".join(f"_col={column}" for column in COLUMNS.get(table, ()))


def described() -> dict[str, Settings]:
    """Descriptions and units from columns.csv: {table: {"description", "columns", "units"}}."""
    tables: dict[str, Settings] = {}
    with (Path(__file__).parent / "columns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            table = tables.setdefault(row["table"], {"columns": {}, "units": {}})
            if not row["column"]:
                table["description"] = row["description"]
                continue
            unit = f" Unit: {row['unit']}." if row["unit"] else ""
            table["columns"][row["column"]] = row["description"] + unit
    return {name: {key: value for key, value in table.items() if value} for name, table in tables.items()}


def table_settings(present: set[str]) -> dict[str, Settings]:
    """Settings of every table that is there."""
    tables = {name: table for name, table in described().items() if name in present}
    for name in sorted(present):
        table = tables.setdefault(name, {})
        if name in HIDDEN:
            table["hidden"] = True
        if name in LABELS:
            table["label_column"] = LABELS[name]
        if name in FACETS:
            table["facets"] = copy.deepcopy(FACETS[name])
        if name in SEARCH and SEARCH[name][0] in present:
            table["fts_table"], table["fts_pk"] = SEARCH[name]
        table.update(SORT.get(name, {}))
    return {name: table for name, table in tables.items() if table}


def metadata(database: str, present: set[str], queries: dict[str, Settings], about: Settings | None = None) -> Settings:
    """Everything in the form that Datasette 0.65 reads from metadata.json."""
    from datasette.utils import tilde_encode

    told = dict(about or {})
    if "description" in told:  # Datasette's front page lists databases; who comes there wants the map
        link = f'<a href="{tilde_encode(database)}/-/map">Open the map</a>'
        told["description_html"] = f"<p>{escape(told['description'])}</p><p>{link}</p>"
    return {
        **told,
        "databases": {database: {"title": "Evidence map", "tables": table_settings(present), "queries": queries}},
    }


def without_plugin(whole: Settings) -> Settings:
    """The same, without the page and the facets that only the plugin knows."""
    plain = copy.deepcopy(whole)
    plain.pop("description_html", None)
    for database in plain["databases"].values():
        for table in database["tables"].values():
            if "facets" in table:
                table["facets"] = [facet for facet in table["facets"] if isinstance(facet, str)]
    return plain


def for_alpha(whole: Settings) -> tuple[Settings, Settings]:
    """Split the 0.65 form into (metadata, config) as Datasette 1.0 wants them."""
    texts = copy.deepcopy(whole)
    config: Settings = {"databases": {}}
    for name, database in texts["databases"].items():
        settings: Settings = {"tables": {}, "queries": database.pop("queries", {})}
        for table, values in database["tables"].items():
            moved = {key: values.pop(key) for key in _CONFIG_KEYS if key in values}
            if moved:
                settings["tables"][table] = moved
        database["tables"] = {table: values for table, values in database["tables"].items() if values}
        config["databases"][name] = settings
    return texts, config
