"""Markdown: GitHub's tables, one for each group, then notes and provenance."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from litmap.tables.provenance import Provenance
from litmap.tables.table import Column, Row, Table, groups

_ESCAPED = re.compile(r"([\\|`*_\[\]])")
_LINES = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


def text(value: Any) -> str:
    """Return a value as one line of Markdown that shows it as it is."""
    plain = "" if value is None else str(value)
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINES.sub("<br>", _ESCAPED.sub(r"\\\1", plain)).replace("\t", " ").strip()


def cell(column: Column, value: Any) -> str:
    """Return one cell; addresses become links."""
    if column.kind == "url" and isinstance(value, str) and re.match(r"https?://[^\s<>|]+\Z", value):
        return f"<{value}>"
    return text(value)


def write(table: Table, provenance: Provenance, out: BinaryIO) -> int:
    """Write the whole document; return the number of rows."""
    lines = [f"# {text(table.title)}", "", text(table.description), ""]
    count = 0
    for name, rows in groups(table):
        if name is not None:
            lines += [f"## {text(name) or '(none)'}", ""]
        lines += [*grid(table.columns, rows), ""]
        count += len(rows)
    if table.notes:
        lines += ["## Notes", "", *(f"- {text(note)}" for note in table.notes), ""]
    lines += [
        "## Where this table comes from",
        "",
        *(f"- {text(label)}: {text(value)}" for label, value in provenance.rows()),
    ]
    out.write(("\n".join(lines) + "\n").encode("utf-8", "replace"))
    return count


def grid(columns: tuple[Column, ...], rows: list[Row]) -> list[str]:
    """Return the lines of one table. Numbers stand to the right."""
    lines = ["| " + " | ".join(text(column.label) for column in columns) + " |"]
    lines.append("|" + "|".join(" ---: " if column.kind == "integer" else " --- " for column in columns) + "|")
    lines += [
        "| " + " | ".join(cell(column, value) for column, value in zip(columns, row, strict=True)) + " |"
        for row in rows
    ]
    return lines if rows else [*lines, "| " + " | ".join(["(no rows)", *[""] * (len(columns) - 1)]) + " |"]
