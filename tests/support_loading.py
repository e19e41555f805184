"""What tests of loading ask of a map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from litmap.store import open_store
from tests.conftest import Litmap


def rows(db: Path, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with open_store(db, read_only=True) as store:
        return [tuple(row) for row in store.rows(sql, *params)]


def dump(db: Path) -> list[str]:
    with open_store(db, read_only=True) as store:
        return [line for line in store.conn.iterdump() if "_sqlite_migrations" not in line]


def sound(litmap: Litmap, db: Path) -> None:
    done = litmap("doctor", db)
    assert done.code == 0, done.out + done.err
