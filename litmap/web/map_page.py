from __future__ import annotations

from typing import Any


async def respond(datasette: Any, request: Any, database: str, render: Any) -> Any:
    return None
