"""Which of the databases that Datasette serves are litmap's, and reading them within Datasette's limits."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from litmap.store import APPLICATION_ID, Store

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

Result = TypeVar("Result")

# Everything that one of our pages may show. Whoever may not see one of these tables may not see the pages.
TABLES = ("documents", "claims", "records", "links", "claim_evidence", "decisions", "claim_verdicts", "corrections")

_known: WeakKeyDictionary[Database, bool] = WeakKeyDictionary()


def is_ours(conn: sqlite3.Connection) -> bool:
    """Whether this connection's database was made by litmap."""
    return bool(conn.execute("pragma application_id").fetchone()[0] == APPLICATION_ID)


async def active(datasette: Datasette, database: str | None) -> bool:
    """Whether the plugin has anything to do with this database. Never raises."""
    try:
        db = datasette.get_database(database) if database else None
    except KeyError:
        return False
    if db is None or db.is_memory:
        return False
    if db not in _known:
        try:
            _known[db] = bool(await db.execute_fn(is_ours))
        except sqlite3.Error:
            return False
    return _known[db]


async def maps(datasette: Datasette) -> list[str]:
    """Names of the served databases that are evidence maps."""
    return [name for name in datasette.databases if await active(datasette, name)]


async def read(
    datasette: Datasette, database: str, work: Callable[[sqlite3.Connection], Result], limit_ms: int | None = None
) -> Result:
    """Run `work` on a reading connection, interrupted after Datasette's time limit.

    Raises sqlite3.OperationalError("interrupted") when it takes longer.
    """
    from datasette.utils import sqlite_timelimit

    limit = limit_ms or max(5000, int(datasette.setting("sql_time_limit_ms")))

    def bounded(conn: sqlite3.Connection) -> Result:
        with sqlite_timelimit(conn, limit):
            return work(conn)

    result: Result = await datasette.get_database(database).execute_fn(bounded)
    return result


def store(conn: sqlite3.Connection) -> Store:
    """A reading connection in the form that the other rooms take."""
    return Store(Path("served"), conn, read_only=True)


def tables_of(conn: sqlite3.Connection) -> set[str]:
    """The tables that are there: a published map leaves some out."""
    return {row[0] for row in conn.execute("select name from sqlite_master where type in ('table', 'view')")}


def rows(conn: sqlite3.Connection, sql: str, *params: Any) -> list[dict[str, Any]]:
    """Run a query and return plain dicts."""
    with closing(conn.cursor()) as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def first(conn: sqlite3.Connection, sql: str, *params: Any) -> dict[str, Any] | None:
    """The first row of a query as a dict, or None."""
    found = rows(conn, sql, *params)
    return found[0] if found else None


def value(conn: sqlite3.Connection, sql: str, *params: Any) -> Any:
    """The first column of the first row, or None."""
    row = conn.execute(sql, params).fetchone()
    return row[0] if row else None
