"""A small map with ketamine records, and others that only look like them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support_maps import Map


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Map]:
    """An empty map with a vocabulary."""
    made = Map(tmp_path / "map.db")
    yield made
    made.store.close()


@pytest.fixture
def small(scratch: Map) -> Map:
    """Six records and three claims."""
    about = {"intervention": ["ketamine"], "route": ["intravenous"]}
    scratch.record(101, "Ketamine infusion in treatment-resistant depression: a trial", "Symptoms of depression fell within hours.",
                   level=2, design="randomized-trial", condition=["treatment-resistant-depression"], **about)  # fmt: skip
    scratch.record(102, "Intravenous ketamine for posttraumatic stress disorder", "PTSD symptoms were reduced after one infusion.",
                   level=2, design="randomized-trial", condition=["ptsd"], **about)  # fmt: skip
    scratch.record(103, "Ketamine for depression: a case series", "Six patients with depression received ketamine.",
                   level=4, design="case-series", condition=["depression"], intervention=["ketamine"])  # fmt: skip
    scratch.record(104, "Lithium for depression: rapid relief of symptoms within hours", "Lithium reduced symptoms of depression within hours.",
                   level=2, design="randomized-trial", condition=["depression"], intervention=["lithium"])  # fmt: skip
    scratch.record(105, "Repeated ketamine infusions and OCD", "No difference was found in obsessive symptoms.",
                   level=3, design="cohort", condition=["ocd"], **about)  # fmt: skip
    scratch.record(106, "Bird migration over the North Sea", "Radar counts of birds.")  # fmt: skip
    scratch.claim(
        "dep",
        "Ketamine infusions give rapid relief of depression symptoms within hours.",
        condition=["depression"],
        intervention=["ketamine"],
        route=["intravenous"],
    )
    scratch.claim("many", "Ketamine helps depression, PTSD, OCD and chronic pain.", intervention=["ketamine"],
                  condition=["depression", "ptsd", "ocd", "chronic-pain"])  # fmt: skip
    scratch.claim("how", "Ketamine blocks receptors.", "mechanism", intervention=["ketamine"])
    return scratch
