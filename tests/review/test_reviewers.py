"""Agreement among reviewers, and what is left for a second vote or a resolution."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from litmap.review import reviewers
from litmap.review.decisions import decide, withdraw
from tests.conftest import Litmap
from tests.support_maps import Map


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Map]:
    """Records 1 to 60 and five claims, c0 to c4."""
    made = Map(tmp_path / "votes.db")
    for pmid in range(1, 61):
        made.record(pmid, f"Report {pmid}")
    for number in range(5):
        made.claim(f"c{number}", f"Ketamine helps, {number}.")
    yield made
    made.store.close()


def vote(made: Map, reviewer: str, pmid: int, verdict: str = "include", claim: str | None = "c0", **more: Any) -> None:
    decide(made.store, claim_key=claim, pmid=pmid, reviewer=reviewer, verdict=verdict, refresh=False, **more)


def pairs(made: Map, counts: dict[tuple[str, str], int]) -> None:
    """Votes of Ann and Bob on records spread over the claims: (Ann's, Bob's): how many."""
    pmid = 0
    for (ann, bob), number in counts.items():
        for _ in range(number):
            pmid += 1
            vote(made, "Ann", pmid, ann, claim=f"c{pmid % 7 % 5}")
            vote(made, "Bob", pmid, bob, claim=f"c{pmid % 7 % 5}")


def test_kappa_of_a_two_by_two_table(scratch: Map) -> None:
    pairs(
        scratch,
        {("include", "include"): 20, ("include", "exclude"): 5, ("exclude", "include"): 10, ("exclude", "exclude"): 15},
    )
    (found,) = reviewers.compare(scratch.store.conn)
    assert (found.categories, found.table) == (("include", "exclude"), ((20, 5), (10, 15)))
    assert (found.n, found.n_claims) == (50, 5)
    assert found.agreed == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.adjusted == pytest.approx(0.4)
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low < 0.4 < found.high <= 1
    assert reviewers.compare(scratch.store.conn) == [found]  # the same draw each time


def test_unsure_makes_it_three_by_three(scratch: Map) -> None:
    pairs(
        scratch,
        {("include", "include"): 3, ("unsure", "include"): 1, ("exclude", "exclude"): 2, ("exclude", "unsure"): 2},
    )
    (found,) = reviewers.compare(scratch.store.conn)
    assert found.table == ((3, 0, 0), (1, 0, 0), (0, 2, 2))
    assert found.kappa == pytest.approx((5 / 8 - 22 / 64) / (1 - 22 / 64))
    assert found.adjusted == pytest.approx((3 * 5 / 8 - 1) / 2)


def test_one_category_alone_has_no_kappa_but_an_adjusted_one(scratch: Map) -> None:
    pairs(scratch, {("include", "include"): 6})
    (found,) = reviewers.compare(scratch.store.conn)
    assert (found.kappa, found.low, found.adjusted) == (None, None, 1.0)


def test_the_interval_needs_two_claims(scratch: Map) -> None:
    for pmid, bob in ((1, "include"), (2, "exclude"), (3, "exclude")):
        vote(scratch, "Ann", pmid, "include" if pmid < 3 else "exclude")
        vote(scratch, "Bob", pmid, bob)
    (found,) = reviewers.compare(scratch.store.conn)
    assert found.kappa is not None
    assert (found.low, found.high) == (None, None)


def test_only_votes_cast_before_sight_of_the_others_count(scratch: Map) -> None:
    vote(scratch, "Ann", 1, "exclude")
    vote(scratch, "Ann", 1, "include")  # changed before Bob voted: this is what stood
    vote(scratch, "Bob", 1, "exclude")
    vote(scratch, "Bob", 1, "include")  # changed after sight of Ann's
    vote(scratch, "Ann", 2, "include")
    withdraw(scratch.store, claim_key="c0", pmid=2, reviewer="Ann")
    vote(scratch, "Bob", 2, "include")
    vote(scratch, "Ann", 2, "exclude")  # hers was none when Bob voted, so his was hidden
    vote(scratch, "Ann", 3, "include")
    vote(scratch, "Cat", 3, "exclude", kind="resolution")
    vote(scratch, "Bob", 3, "exclude")  # once resolved, no vote is independent
    (found,) = reviewers.compare(scratch.store.conn)
    assert (found.n, found.table) == (2, ((0, 1), (1, 0)))


def test_a_vote_revised_after_sight_of_one_person_is_not_compared_with_anybody(scratch: Map) -> None:
    vote(scratch, "Ann", 1, "exclude")
    vote(scratch, "Bob", 1, "include")
    vote(scratch, "Ann", 1, "include")  # after sight of Bob's
    vote(scratch, "Cat", 1, "include")
    found = {(one.one, one.other): one.table for one in reviewers.compare(scratch.store.conn)}
    split, same = ((0, 0), (1, 0)), ((1, 0), (0, 0))
    assert found == {("Ann", "Bob"): split, ("Ann", "Cat"): split, ("Bob", "Cat"): same}


def test_a_vote_withdrawn_after_sight_of_the_others_still_counts_for_agreement(scratch: Map) -> None:
    vote(scratch, "Ann", 1, "exclude")
    vote(scratch, "Bob", 1, "include")
    withdraw(scratch.store, claim_key="c0", pmid=1, reviewer="Bob")
    (found,) = reviewers.compare(scratch.store.conn)
    assert found.table == ((0, 0), (1, 0))


def test_who_settles_a_conflict_and_takes_it_back_keeps_the_vote(scratch: Map) -> None:
    vote(scratch, "Ann", 1)
    vote(scratch, "Bob", 1, "exclude")
    vote(scratch, "Ann", 1, "exclude", kind="resolution")
    assert reviewers.open_items(scratch.store.conn)[0].state == "resolved"
    withdraw(scratch.store, claim_key="c0", pmid=1, reviewer="Ann")
    (left,) = reviewers.open_items(scratch.store.conn)
    assert (left.state, left.votes) == ("conflict", {"Ann": "include", "Bob": "exclude"})
    withdraw(scratch.store, claim_key="c0", pmid=1, reviewer="Ann")
    assert reviewers.open_items(scratch.store.conn)[0].state == "awaiting"


def test_stages_pairs_and_stances_are_apart(scratch: Map) -> None:
    for reviewer in ("Ann", "Bob", "Cat"):
        vote(scratch, reviewer, 1, stance="supports" if reviewer == "Ann" else "mixed", blind=True)
    vote(scratch, "Ann", 1, stage="full-text")
    vote(scratch, "Bob", 1, "exclude", stage="full-text")
    found = [
        (one.stage, one.what, one.one, one.other, one.n, one.n_blind, one.agreed)
        for one in reviewers.compare(scratch.store.conn)
    ]
    assert found == [
        ("title-abstract", "verdict", "Ann", "Bob", 1, 1, 1.0),
        ("title-abstract", "stance", "Ann", "Bob", 1, 1, 0.0),
        ("title-abstract", "verdict", "Ann", "Cat", 1, 1, 1.0),
        ("title-abstract", "stance", "Ann", "Cat", 1, 1, 0.0),
        ("title-abstract", "verdict", "Bob", "Cat", 1, 1, 1.0),
        ("title-abstract", "stance", "Bob", "Cat", 1, 1, 1.0),
        ("full-text", "verdict", "Ann", "Bob", 1, 0, 0.0),
    ]


def test_the_command_prints_tables_and_what_is_left(litmap: Litmap, scratch: Map) -> None:
    pairs(scratch, {("include", "include"): 4, ("include", "exclude"): 1, ("exclude", "exclude"): 5})
    vote(scratch, "Ann", 60)
    done = litmap("agreement", scratch.store.path, "--reviewers")
    assert done.code == 0, done.err
    assert "n = 10 records in 5 claims; agreed 90.0%" in done.out
    assert "title-abstract: 1 awaiting a second vote (--awaiting), 1 in conflict (--conflicts)" in done.err
    told = json.loads(litmap("agreement", scratch.store.path, "--reviewers", "--json").out)
    assert told["agreement"][0]["table"] == [[4, 1], [0, 5]]
    assert told["items"]["title-abstract"] == {"awaiting": 1, "conflict": 1, "resolved": 0}
    (row,) = csv.DictReader(litmap("agreement", scratch.store.path, "--reviewers", "--csv").out.splitlines())
    assert (row["n"], row["kappa"], row["table"]) == (
        "10",
        "0.8",
        "include/include 4; include/exclude 1; exclude/exclude 5",
    )


def test_without_a_second_reviewer_that_is_said(litmap: Litmap, scratch: Map) -> None:
    vote(scratch, "Ann", 1)
    assert "No two reviewers" in litmap("agreement", scratch.store.path, "--reviewers").out
    assert litmap("agreement", scratch.store.path).code == 2


def test_conflicts_are_listed_and_settled_by_a_third_entry(litmap: Litmap, scratch: Map, tmp_path: Path) -> None:
    vote(scratch, "Ann", 1)
    vote(scratch, "Bob", 1, "exclude")
    vote(scratch, "Ann", 2)
    db = scratch.store.path
    (row,) = json.loads(litmap("decisions", db, "--conflicts", "--json").out)
    assert (row["claim_key"], row["pmid"], row["votes"]) == ("c0", 1, "Ann: include, Bob: exclude")
    (row,) = json.loads(litmap("decisions", db, "--awaiting", "--reviewer", "Bob", "--json").out)
    assert (row["pmid"], row["votes"]) == (2, "Ann")  # how Ann voted stays hidden
    assert json.loads(litmap("decisions", db, "--awaiting", "--reviewer", "Ann", "--json").out) == []
    (tmp_path / "settled.csv").write_text("claim_key,pmid,verdict\nc0,1,exclude\n")
    done = litmap("decisions", db, "--import", tmp_path / "settled.csv", "--reviewer", "Cat", "--resolve")
    assert done.code == 0, done.err
    assert json.loads(litmap("decisions", db, "--conflicts", "--json").out) == []
    (row,) = json.loads(litmap("decisions", db, "--resolved", "--json").out)
    assert (row["resolved_by"], row["verdict"]) == ("Cat", "exclude")
