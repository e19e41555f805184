"""Named queries as Datasette's canned queries: the same files, the same SQL."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from litmap.tables.queries import Parameter, named


def address(name: str, tables: Collection[str]) -> str:
    """Return the name a query has in Datasette: one that is a table's too would hide the table (0.65) or be hidden by it (1.0)."""
    return f"{name}-query" if name in tables else name


def canned(tables: Collection[str], extra: Path | None = None) -> dict[str, dict[str, Any]]:
    """Every named query in the form of Datasette's metadata; `extra` adds a folder of the user's own.

    `tables` are the tables and views of the database the queries are for.

    Raises QueryError for a folder or file that cannot be used.
    """
    return {
        address(name, tables): {
            "title": query.title,
            "description": " ".join([query.description, *map(_explained, query.parameters)]),
            "sql": query.sql,
            "params": [parameter.name for parameter in query.parameters],
            "hide_sql": True,
        }
        for name, query in named(extra).items()
    }


def _explained(parameter: Parameter) -> str:
    choices = f" One of {', '.join(parameter.choices)}." if parameter.choices else ""
    return f"{parameter.name}: {parameter.help}{choices}{' Required.' if parameter.required else ''}"
