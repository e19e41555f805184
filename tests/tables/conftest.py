"""Maps for these tests: `empty` holds a vocabulary only, `world` a little of everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tables_world import World

from litmap.store import create


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[World]:
    """A map with a vocabulary and nothing else."""
    with create(tmp_path / "map.db") as store:
        yield World(store)


@pytest.fixture
def world(empty: World) -> World:
    """A map with claims, records, links and decisions."""
    page = empty.document("page.html")
    other = empty.document("other.md")
    one = empty.claim(page, "Intravenous ketamine relieves depression.", ("depression",), ("intravenous",))
    empty.claim(page, "Rectal ketamine does not help PTSD.", ("ptsd",), ("rectal",), polarity="deny")
    empty.claim(page, "It was approved in 1970.", claim_type="regulatory", question="official-record")
    four = empty.claim(other, "Ketamine helps mood and pain.", ("bipolar-disorder", "chronic-pain"))
    empty.claim(other, "A claim taken back.", ("depression",), status="dismissed")
    empty.record(101, ("depression",), ("intravenous",))
    empty.record(102, ("postpartum-depression",), ("intravenous",), design="cohort", level=3, rule="O1", year=2021)
    empty.record(
        103, ("depression",), ("intravenous",), integrity="retracted", level=1, design="systematic-review", rule="S2"
    )
    empty.record(
        104,
        ("bipolar-disorder", "chronic-pain"),
        ("intravenous", "oral"),
        level=1,
        design="systematic-review",
        rule="S2",
    )
    empty.record(105, ("ptsd",), (), design="opinion", level=None, rule="N")
    empty.record(106, (), ("oral",), design="case-report", level=4, rule="O2", year=2010)
    for rank, pmid in enumerate((101, 102, 103), 1):
        empty.link(one, pmid, rank)
    empty.link(one, 106, 4, bears=0)
    empty.link(four, 104)
    empty.decide(one, 101, stance="supports")
    empty.evidence(
        one, "depression", 2, 1, "reviewed", design="randomized-trial", n_by_stance='{"supports":1}', n_retracted=1
    )
    empty.evidence(four, "bipolar-disorder", 1, 1, design="systematic-review")
    empty.evidence(four, "chronic-pain", 1, 1, design="systematic-review")
    search = empty.add(
        "searches",
        query="ketamine AND ptsd",
        translation='"ketamine"[All Fields]',
        ran_at="2026-01-05T00:00:00Z",
        count=0,
    )
    empty.add("claim_searches", claim_id=2, search_id=search)
    return empty
