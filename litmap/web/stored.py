"""The unfiltered map, counted once and kept in a published file: nothing in it changes any more."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import fields
from typing import Any

from litmap.tables.dimensions import Value
from litmap.tables.gapmap import Cell, GapMap, Search
from litmap.web.map_counting import Counted

TABLE = "map_matrix"
_FIELDS = [field.name for field in fields(Cell) if field.name != "found"]  # `found` only serves the counting


def save(conn: sqlite3.Connection, counted: Counted) -> None:
    """Write the map into a table of its own. Call inside a transaction."""
    found = counted.found
    whole = {
        "down": found.down,
        "across": found.across,
        "rows": found.rows,
        "columns": found.columns,
        "cells": [[getattr(cell, name) for name in _FIELDS] for cell in found.cells.values()],
        "literature": sorted(counted.literature),
    }
    conn.execute(f"create table {TABLE} (fields text not null, matrix text not null)")
    conn.execute(f"insert into {TABLE} values (?, ?)", (json.dumps(_FIELDS), json.dumps(whole, ensure_ascii=False)))


def load(conn: sqlite3.Connection) -> Counted | None:
    """Read the map back. None when the file holds none, or one that another version wrote."""
    if not conn.execute("select 1 from sqlite_master where name = ?", (TABLE,)).fetchone():
        return None
    names, matrix = conn.execute(f"select fields, matrix from {TABLE}").fetchone()
    if json.loads(names) != _FIELDS:
        return None
    whole = json.loads(matrix)
    cells = {(cell.row, cell.column): cell for cell in map(_cell, whole["cells"])}
    rows, columns = (tuple(Value(*value) for value in whole[name]) for name in ("rows", "columns"))
    found = GapMap(whole["down"], whole["across"], rows, columns, cells)
    return Counted(found, frozenset((row, column) for row, column in whole["literature"]))


def _cell(values: list[Any]) -> Cell:
    given = dict(zip(_FIELDS, values, strict=True))
    given["levels"] = {int(level): count for level, count in given["levels"].items()}
    given["highest_designs"] = tuple(given["highest_designs"])
    given["searches"] = tuple(Search(*search) for search in given["searches"])
    return Cell(**given)
