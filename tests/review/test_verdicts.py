"""Verdicts on claims."""

from __future__ import annotations

import pytest

from litmap.errors import InputError
from litmap.review.verdicts import judge, latest
from tests.support_maps import Map


def test_each_reviewers_latest_verdict_counts(reviewed: Map) -> None:
    judge(reviewed.store, claim_key="one", reviewer="Ann", verdict="supported", as_of="2024-05")
    judge(reviewed.store, claim_key="one", reviewer="Ann", verdict="partly", rationale="short follow-up")
    judge(reviewed.store, claim_key="one", reviewer="Ben", verdict="contradicted")
    assert [(v.reviewer, v.verdict) for v in latest(reviewed.store.conn, "one")] == [
        ("Ann", "partly"),
        ("Ben", "contradicted"),
    ]
    assert reviewed.store.value("select count(*) from claim_verdicts") == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict": "true"}, "not a verdict on a claim"),
        ({"claim_key": "none"}, "no claim has the key"),
        ({"reviewer": ""}, "name is empty"),
        ({"as_of": "2024-02-30"}, "is not a date"),
    ],
)
def test_a_verdict_that_makes_no_sense_writes_nothing(reviewed: Map, change: dict[str, str], message: str) -> None:
    good = {"claim_key": "one", "reviewer": "Ann", "verdict": "supported"}
    with pytest.raises(InputError, match=message):
        judge(reviewed.store, **{**good, **change})
    assert reviewed.store.value("select count(*) from claim_verdicts") == 0
