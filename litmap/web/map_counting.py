"""Counting a map for the site: once for each state of the file, or read from a published one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from litmap.store import Store
from litmap.tables import gapmap
from litmap.tables.gapmap import GapMap
from litmap.web import map_filters
from litmap.web.map_filters import Filters

if TYPE_CHECKING:
    from datasette.app import Datasette

_one_at_a_time = Lock()  # several readers who ask for the same map wait for one count


def _stamp(path: str) -> tuple[tuple[int, int], ...]:
    """Changes whenever the file or its write-ahead log does."""
    files = (Path(path), Path(f"{path}-wal"))
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in (file.stat() for file in files if file.exists()))


@lru_cache(maxsize=32)
def _counted(path: str, immutable: bool, filters: Filters, stamp: tuple[tuple[int, int], ...]) -> GapMap:  # noqa: ARG001
    """Count a map, once for each state of the file."""
    from litmap.web import stored

    uri = f"{Path(path).resolve().as_uri()}?{'immutable=1' if immutable else 'mode=ro'}"
    with closing(sqlite3.connect(uri, uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        kept = stored.load(conn) if immutable and not filters else None
        if kept:
            return kept
        if filters:
            map_filters.shadow(conn, filters)
        return gapmap.build(Store(Path(path), conn, read_only=True))


def state_of(datasette: Datasette, database: str) -> tuple[object, ...]:
    """Changes whenever the map may."""
    db = datasette.get_database(database)
    return str(db.path), _stamp(str(db.path))


async def counted(datasette: Datasette, database: str, filters: Filters) -> GapMap:
    """The map with these filters."""
    db = datasette.get_database(database)

    def work(_conn: sqlite3.Connection) -> GapMap:
        with _one_at_a_time:
            return _counted(str(db.path), not db.is_mutable, filters, _stamp(str(db.path)))

    found: GapMap = await db.execute_fn(work)
    return found
