"""The unfiltered map, counted once and kept in a published file: nothing in it changes any more."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import fields
from typing import Any

from litmap.tables.dimensions import Value
from litmap.tables.gapmap import Cell, GapMap, Search

TABLE = "map_matrix"
_FIELDS = [field.name for field in fields(Cell)]


def save(conn: sqlite3.Connection, found: GapMap) -> None:
    """Write the map into a table of its own. Call inside a transaction."""
    whole = {
        "down": found.down,
        "across": found.across,
        "rows": found.rows,
        "columns": found.columns,
        "cells": [told for cell in found.cells.values() if len(told := _told(cell)) > 2],
    }
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    conn.execute(f"create table {TABLE} (fields text not null, matrix text not null)")
    conn.execute(f"insert into {TABLE} values (?, ?)", (json.dumps(_FIELDS), text))


def _told(cell: Cell) -> dict[str, Any]:
    """Where a cell is, and what it has that an empty one has not."""
    empty = Cell("", "")
    return {name: held for name in _FIELDS if (held := getattr(cell, name)) != getattr(empty, name)}


def load(conn: sqlite3.Connection) -> GapMap | None:
    """Read the map back. None when the file holds none, or one that another version wrote."""
    if not conn.execute("select 1 from sqlite_master where name = ?", (TABLE,)).fetchone():
        return None
    names, matrix = conn.execute(f"select fields, matrix from {TABLE}").fetchone()
    if json.loads(names) != _FIELDS:
        return None
    whole = json.loads(matrix)
    cells = {(told["row"], told["column"]): _cell(told) for told in whole["cells"]}
    rows, columns = (tuple(Value(*value) for value in whole[name]) for name in ("rows", "columns"))
    return GapMap(whole["down"], whole["across"], rows, columns, cells)


def _cell(told: dict[str, Any]) -> Cell:
    if "levels" in told:
        told["levels"] = {int(level): count for level, count in told["levels"].items()}
    if "highest_designs" in told:
        told["highest_designs"] = tuple(told["highest_designs"])
    if "searches" in told:
        told["searches"] = tuple(Search(*search) for search in told["searches"])
    return Cell(**told)
