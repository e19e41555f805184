"""Named queries as Datasette's canned queries: the same files, the same SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from litmap.tables.queries import Parameter, named


def canned(extra: Path | None = None) -> dict[str, dict[str, Any]]:
    """Every named query in the form of Datasette's metadata; `extra` adds a folder of the user's own.

    Raises QueryError for a folder or file that cannot be used.
    """
    return {
        name: {
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
