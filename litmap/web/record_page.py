from __future__ import annotations

import sqlite3
from typing import Any


def find(conn: sqlite3.Connection, wanted: str) -> dict[str, Any] | None:
    return None
