"""Rebuild Records from the database, exactly as they were read."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from litmap.ingest.rows import CHILDREN, COLUMNS, Row, rebuilt
from litmap.model import Record
from litmap.store import Store

BATCH = 500


def records(store: Store, pmids: Iterable[int] | None = None) -> Iterator[Record]:
    """Yield the records with these PMIDs (default: all), by PMID. PMIDs that the map does not hold are left out.

    Memory is bounded: BATCH records at a time.
    """
    wanted = (
        sorted(set(pmids))
        if pmids is not None
        else [row[0] for row in store.conn.execute("select pmid from records order by pmid")]
    )
    numbers = iter(wanted)
    while batch := list(islice(numbers, BATCH)):
        yield from read(store.conn, batch)


def read(conn: sqlite3.Connection, pmids: list[int]) -> list[Record]:
    """Return these records, by PMID, in one go."""
    marks = ", ".join("?" * len(pmids))
    items: defaultdict[int, dict[str, list[Row]]] = defaultdict(dict)
    for child in CHILDREN:
        sql = f"select pmid, {', '.join(child.columns)} from {child.table} where pmid in ({marks}) order by pmid, position"
        for pmid, *values in conn.execute(sql, pmids):
            items[pmid].setdefault(child.table, []).append(tuple(values))
    scalars = conn.execute(f"select {', '.join(COLUMNS)} from records where pmid in ({marks}) order by pmid", pmids)
    return [rebuilt(_named(row), items[row[0]]) for row in scalars]


def _named(row: Any) -> dict[str, Any]:
    return dict(zip(COLUMNS, row, strict=True))
