"""CSV, TSV, JSON and JSON Lines: written row by row, in memory that does not grow."""

from __future__ import annotations

import csv
import json
from typing import Any, BinaryIO

from litmap.escaping import inert
from litmap.tables.provenance import Provenance
from litmap.tables.table import Table

CSVW = "http://www.w3.org/ns/csvw"


def write_csv(
    table: Table, _provenance: Provenance, out: BinaryIO, *, excel: bool = False, delimiter: str = ","
) -> int:
    """Write CSV after RFC 4180, in UTF-8; `excel` puts a byte-order mark first. Return the number of rows."""
    if excel:
        out.write(b"\xef\xbb\xbf")
    writer = csv.writer(_Lines(out, b"\r\n" if excel else b"\n"), delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    count = 0
    for row in table.rows:
        writer.writerow([inert(cell) for cell in row])
        count += 1
    return count


class _Lines:
    """Ends lines as asked. The csv module quotes a lone carriage return only when lines end with one."""

    def __init__(self, out: BinaryIO, end: bytes) -> None:
        self.out, self.end = out, end

    def write(self, line: str) -> None:
        self.out.write(line[:-2].encode("utf-8", "replace") + self.end)


def write_tsv(table: Table, provenance: Provenance, out: BinaryIO) -> int:
    """Write tab-separated values; cells with tabs or line ends are quoted as in CSV."""
    return write_csv(table, provenance, out, delimiter="\t")


def write_jsonl(table: Table, _provenance: Provenance, out: BinaryIO) -> int:
    """Write one JSON object on each line."""
    names = [column.name for column in table.columns]
    count = 0
    for row in table.rows:
        out.write(_json(dict(zip(names, row, strict=True))) + b"\n")
        count += 1
    return count


def write_json(table: Table, provenance: Provenance, out: BinaryIO) -> int:
    """Write one object: table, title, provenance, notes, columns (name: meaning), rows (a list of objects)."""
    head = {
        "table": table.name,
        "title": table.title,
        "provenance": provenance.as_json(),
        "notes": list(table.notes),
        "columns": {column.name: column.help for column in table.columns},
    }
    names = [column.name for column in table.columns]
    out.write(json.dumps(head, ensure_ascii=False, indent=1).encode("utf-8", "replace")[:-2] + b',\n "rows": [')
    count = 0
    for row in table.rows:
        out.write((b",\n  " if count else b"\n  ") + _json(dict(zip(names, row, strict=True))))
        count += 1
    out.write(b"\n ]\n}\n" if count else b"]\n}\n")
    return count


def metadata(table: Table, provenance: Provenance, name: str, rows: int) -> bytes:
    """Return what stands beside a table that cannot hold it: W3C "CSV on the Web" metadata (2015), found by its name."""
    kinds = {"integer": "integer", "url": "anyURI"}
    described = [
        {
            "name": column.name,
            "titles": column.label,
            "dc:description": column.help,
            "datatype": kinds.get(column.kind, "string"),
        }
        for column in table.columns
    ]
    content = {
        "@context": CSVW,
        "url": name,
        "dc:title": table.title,
        "dc:description": table.description,
        "notes": [{"rows": rows, **provenance.as_json()}, *table.notes],
        "tableSchema": {"columns": described},
    }
    if name.endswith(".tsv"):
        content["dialect"] = {"delimiter": "\t"}
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
