"""A Datasette asked in process."""

from __future__ import annotations

import asyncio
from typing import Any


class Site:
    """A Datasette asked in process; `get` is synchronous."""

    def __init__(self, datasette: Any) -> None:
        self.datasette = datasette
        self.loop = asyncio.new_event_loop()

    def get(self, path: str, **options: Any) -> Any:
        """Ask for a path and return the response."""
        return self.loop.run_until_complete(self.datasette.client.get(path, **options))

    def json(self, path: str) -> Any:
        """Ask for a path that gives JSON."""
        response = self.get(path)
        assert response.status_code == 200, response.text[:500]
        return response.json()

    def close(self) -> None:
        """Close the connections and the loop."""
        from litmap.web import serving

        serving.close(self.datasette)
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
