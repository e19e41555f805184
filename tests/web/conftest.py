"""One served map for all tests of this folder, on whichever Datasette is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import scratch_map
from site_client import Site


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scratch map's file."""
    return scratch_map.build(tmp_path_factory.mktemp("map") / "evidence.db")


@pytest.fixture(scope="session")
def site(evidence: Path) -> Iterator[Site]:
    """The scratch map, served."""
    from litmap.web import serving

    found = Site(serving.datasette_for(evidence))
    yield found
    found.close()


@pytest.fixture
def site_of() -> Iterator[Any]:
    """Serve any file: `site_of(path)`."""
    from litmap.web import serving

    opened: list[Site] = []

    def make(path: Path, *others: Path, **options: Any) -> Site:
        opened.append(Site(serving.datasette_for(path, others, **options)))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
