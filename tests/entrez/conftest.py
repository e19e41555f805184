"""A server for each test, and litmap pointed at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from eutils_server import Server, serving
from user_environment import environment


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as (library, address):
        library.address = address
        yield library


@pytest.fixture
def at_server(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Server:
    """Commands in this process ask the server, and do not wait."""
    for name, value in environment(server, tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return server
