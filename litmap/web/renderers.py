"""Two more formats for tables and queries: Markdown, and RIS for anything with a column `pmid`."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from litmap.tables import citations, references
from litmap.web import ours

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Response

_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")


def markdown_cell(value: Any) -> str:
    """A value as inert text for one cell of a Markdown table."""
    if isinstance(value, dict):  # a foreign key with its label
        value = value.get("label") or value.get("value")
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    text = re.sub(r"\s+", " ", "" if value is None else str(value)).strip()
    return _MARKUP.sub(r"\\\1", text)


def markdown_table(columns: Sequence[str], rows: Sequence[Any]) -> str:
    """Rows as a Markdown table."""
    lines = ["| " + " | ".join(markdown_cell(column) for column in columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(markdown_cell(row[column]) for column in columns) + " |" for row in rows]
    return "\n".join(lines) + "\n"


async def can_render_markdown(datasette: Datasette, database: str | None) -> bool:
    """Only for our databases."""
    return await ours.active(datasette, database)


async def can_render_ris(datasette: Datasette, database: str | None, columns: Sequence[str]) -> bool:
    """Only where there are PMIDs."""
    return "pmid" in columns and await ours.active(datasette, database)


async def _check(datasette: Datasette, database: str | None, columns: Sequence[str], needed: str | None) -> None:
    """Raises NotFound or BadRequest when this cannot be given in our formats."""
    from datasette.utils.asgi import BadRequest, NotFound

    if not await ours.active(datasette, database):
        raise NotFound("This database is not an evidence map")
    if needed and needed not in columns:
        raise BadRequest("There is no column pmid to cite")


async def render_markdown(
    datasette: Datasette, database: str | None, columns: Sequence[str], rows: Sequence[Any]
) -> Response:
    """The rows of this page as a Markdown table."""
    from datasette.utils.asgi import Response

    await _check(datasette, database, columns, None)
    return Response(markdown_table(columns, rows), content_type="text/markdown; charset=utf-8")


def _pmids(rows: Sequence[Any]) -> list[int]:
    found = [row["pmid"] for row in rows]
    plain = [value.get("value") if isinstance(value, dict) else value for value in found]
    return list(dict.fromkeys(int(str(value)) for value in plain if str(value).isdecimal()))


async def render_ris(
    datasette: Datasette, database: str | None, columns: Sequence[str], rows: Sequence[Any]
) -> Response:
    """The records of this page, each once, as RIS."""
    from datasette.utils.asgi import Response

    await _check(datasette, database, columns, "pmid")

    def entries(conn: sqlite3.Connection) -> str:
        return "".join(citations.ris_entry(*found) for found in references.flagged(ours.store(conn))(_pmids(rows)))

    found = await ours.read(datasette, str(database), entries)
    return Response(found, content_type="application/x-research-info-systems; charset=utf-8")


RENDERERS = [
    {"extension": "md", "render": render_markdown, "can_render": can_render_markdown},
    {"extension": "ris", "render": render_ris, "can_render": can_render_ris},
]
