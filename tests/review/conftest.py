"""A linked map to review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from litmap.linking import link
from tests.support_maps import Map


@pytest.fixture
def reviewed(tmp_path: Path) -> Iterator[Map]:
    """Two claims, three records, linked, nothing decided."""
    made = Map(tmp_path / "review.db")
    about = {"condition": ["depression"], "intervention": ["ketamine"]}
    made.record(
        11, "Ketamine for depression: a trial", "Depression scores fell.", level=2, design="randomized-trial", **about
    )
    made.record(12, "=cmd| ketamine and depression", "A case series.", level=4, design="case-series", **about)
    made.record(
        13, "Ketamine and mood", "No difference in depression scores.", level=2, design="randomized-trial", **about
    )
    made.claim("one", "Ketamine relieves depression.", condition=["depression"], intervention=["ketamine"])
    made.claim("two", "Ketamine lowers depression scores.", condition=["depression"], intervention=["ketamine"])
    link(made.store)
    yield made
    made.store.close()
