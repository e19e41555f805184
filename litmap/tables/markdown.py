"""Markdown: GitHub's tables, one for each group, then notes and provenance."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from litmap.escaping import markdown as text
from litmap.tables.cited import Cited, bracketed
from litmap.tables.provenance import Provenance
from litmap.tables.table import Column, Row, Table, groups


def cell(column: Column, value: Any, cited: Cited) -> str:
    """Return one cell; addresses become links, PMIDs numbers of references."""
    if column.kind == "pmids":
        return bracketed(cited.of(value)).replace("[", "\\[").replace("]", "\\]")
    if column.kind == "pmid" and value:
        return f"[{value}](https://pubmed.ncbi.nlm.nih.gov/{value}/)"
    if column.kind == "url" and isinstance(value, str) and re.match(r"https?://[^\s<>|]+\Z", value):
        return f"<{value}>"
    return text(value)


def write(table: Table, provenance: Provenance, out: BinaryIO) -> int:
    """Write the whole document; return the number of rows."""
    cited = Cited(table)
    lines = [f"# {text(table.title)}", "", text(table.description), ""]
    count = 0
    for name, rows in groups(table):
        if name is not None:
            lines += [f"## {text(name) or '(none)'}", ""]
        lines += [*grid(table.columns, rows, cited), ""]
        count += len(rows)
    lines += footer(table.notes, cited, provenance)
    out.write(("\n".join(lines) + "\n").encode("utf-8", "replace"))
    return count


def footer(notes: tuple[str, ...], cited: Cited, provenance: Provenance) -> list[str]:
    """Return the lines of notes, references and provenance."""
    lines = ["## Notes", "", *(f"- {text(note)}" for note in notes), ""] if notes else []
    if cited.numbers:
        lines += [
            "## References",
            "",
            *(f"{number}. {text(one.text)} <{one.url}>" for number, one in cited.references()),
            "",
        ]
    return [
        *lines,
        "## Where this comes from",
        "",
        *(f"- {text(label)}: {text(value)}" for label, value in provenance.rows()),
    ]


def grid(columns: tuple[Column, ...], rows: list[Row], cited: Cited) -> list[str]:
    """Return the lines of one table. Numbers stand to the right."""
    lines = ["| " + " | ".join(text(column.label) for column in columns) + " |"]
    lines.append("|" + "|".join(" ---: " if column.kind == "integer" else " --- " for column in columns) + "|")
    lines += [
        "| " + " | ".join(cell(column, value, cited) for column, value in zip(columns, row, strict=True)) + " |"
        for row in rows
    ]
    return lines if rows else [*lines, "| " + " | ".join(["(no rows)", *[""] * (len(columns) - 1)]) + " |"]
