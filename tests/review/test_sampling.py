"""Random samples of suggestions, and the share that people confirmed."""

from __future__ import annotations

import io

import pytest

from litmap.review.decisions import decide
from litmap.review.sampling import draw, share, undecided, wilson
from tests.conftest import Litmap
from tests.support_maps import Map


@pytest.fixture
def many(reviewed: Map) -> Map:
    """A map with more suggestions."""
    from litmap.linking import link

    for pmid in range(20, 40):
        reviewed.record(pmid, f"Ketamine relieves depression {pmid}", "Depression scores.", condition=["depression"], intervention=["ketamine"])  # fmt: skip
    link(reviewed.store)
    return reviewed


@pytest.mark.parametrize(
    ("successes", "of", "low", "high"),
    [(8, 10, 0.490, 0.943), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (81, 263, 0.255, 0.366)],
)
def test_wilson_interval(successes: int, of: int, low: float, high: float) -> None:
    """The last row is the worked example of Newcombe 1998 (Stat Med 17:857)."""
    assert wilson(successes, of) == pytest.approx((low, high), abs=0.001)


def test_the_same_seed_is_the_same_sample_and_another_is_another(many: Map) -> None:
    first = draw(many.store, 10)
    assert draw(many.store, 10) == first
    assert draw(many.store, 10, seed=2).links != first.links
    assert many.store.value("select count(*) from samples") == 2
    assert set(first.links) <= set(undecided(many.store.conn))
    assert len(set(first.links)) == 10


def test_only_undecided_suggestions_are_drawn(many: Map) -> None:
    decide(many.store, claim_key="one", pmid=many.ranked("one")[0], reviewer="Ann", verdict="unsure")
    everything = draw(many.store, 1000)
    assert ("one", many.ranked("one")[0]) not in everything.links
    assert everything.population == len(everything.links)


def test_the_share_counts_includes_and_excludes_alone(many: Map) -> None:
    links = draw(many.store, 10).links
    assert share(many.store.conn) is None
    for (key, pmid), verdict in zip(links, ["include", "include", "exclude", "unsure"], strict=False):
        decide(many.store, claim_key=key, pmid=pmid, reviewer="Ann", verdict=verdict)
    found = share(many.store.conn)
    assert found is not None
    assert (found.confirmed, found.decided) == (2, 3)
    assert found.sentence() == "67 % of 3 (95 % interval 21 to 94 %)"


def test_a_reviewed_sample_shows_in_status(many: Map, litmap: Litmap, monkeypatch: pytest.MonkeyPatch) -> None:
    path = many.store.path
    assert "no sample was drawn" in litmap("status", path).out
    monkeypatch.setattr("sys.stdin", io.StringIO("i\n\ne2\n\nq\n"))
    done = litmap("review", path, "--reviewer", "Ann", "--sample", "5")
    assert "Sample of 5 from" in done.err
    assert "seed 1" in done.err
    assert "50 % of 2" in done.err
    assert "50 % of 2 (95 % interval" in " ".join(litmap("status", path, "--csv").out.split())
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert "3 of 3 records still open" in litmap("review", path, "--reviewer", "Ann", "--sample", "5").err
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert "5 of 5 records still open" in litmap("review", path, "--reviewer", "Ben", "--sample", "5").err


def test_a_record_excluded_from_the_whole_map_is_not_confirmed(many: Map) -> None:
    links = draw(many.store, 10).links
    key, pmid = links[0]
    other = next(one for _, one in links if one != pmid)
    decide(many.store, claim_key=key, pmid=pmid, reviewer="Ann", verdict="include")
    decide(many.store, claim_key=None, pmid=other, reviewer="Ann", verdict="exclude", reason="retracted")
    found = share(many.store.conn)
    assert found is not None
    assert (found.confirmed, found.decided) == (1, 1 + sum(one == other for _, one in links))


def test_a_sample_that_nobody_can_review_is_not_drawn(many: Map, litmap: Litmap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    done = litmap("review", many.store.path, "--reviewer", "Ann", "--sample", "5")
    assert (done.code, done.out) == (1, "")
    assert "no keys came in" in done.err
    assert many.store.value("select count(*) from samples") == 0
