"""What changed between two states of a map."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from litmap.linking import link, refresh_evidence
from litmap.review.decisions import decide
from tests.conftest import Litmap
from tests.support_maps import Map


@pytest.fixture
def before(reviewed: Map, tmp_path: Path) -> Path:
    """A copy of the map as it was."""
    path = tmp_path / "before.db"
    shutil.copy(reviewed.store.path, path)
    return path


def diff(litmap: Litmap, before: Path, made: Map) -> dict[str, Any]:
    done = litmap("diff", before, made.store.path, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_the_same_map_has_not_changed(litmap: Litmap, reviewed: Map, before: Path) -> None:
    found = diff(litmap, before, reviewed)
    assert found["claims"] == {"in_both": 2, "changed": 0, "unchanged": 2, "new": 0, "gone": 0}
    assert "2 claims in both = 0 changed + 2 unchanged" in litmap("diff", before, reviewed.store.path).out


def test_new_evidence_and_evidence_gone_say_why(litmap: Litmap, reviewed: Map, before: Path) -> None:
    reviewed.record(14, "Ketamine for depression: a second trial", "Depression scores fell.", level=1,
                    design="systematic-review", condition=["depression"], intervention=["ketamine"])  # fmt: skip
    link(reviewed.store)
    decide(reviewed.store, claim_key="one", pmid=12, reviewer="Ann", verdict="exclude", reason="wrong study design")
    found = {claim["key"]: claim for claim in diff(litmap, before, reviewed)["claims_changed"]}
    assert [(one["pmid"], one["why"]) for one in found["one"]["new"]] == [(14, "new in the map")]
    assert [(one["pmid"], one["why"]) for one in found["one"]["gone"]] == [(12, "excluded by reviewers")]
    assert (found["one"]["highest_before"], found["one"]["highest_now"]) == (2, 1)
    assert found["two"]["gone"] == []


def test_suggestions_that_a_review_set_aside_are_one_line_for_people(
    litmap: Litmap, reviewed: Map, before: Path
) -> None:
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ann", verdict="include")
    (claim,) = diff(litmap, before, reviewed)["claims_changed"]
    assert (claim["basis_before"], claim["basis_now"]) == ("suggested", "reviewed")
    assert [one["pmid"] for one in claim["gone"]] == [12, 13]
    said = litmap("diff", before, reviewed.store.path).out
    assert "basis: suggested -> reviewed" in said
    assert "set aside: 2 suggestions that nobody decided on" in said
    assert "PMID 12" not in said


def test_a_retraction_and_a_level_that_changed(litmap: Litmap, reviewed: Map, before: Path) -> None:
    with reviewed.store.transaction() as conn:
        conn.execute("insert into record_integrity values (11, 'retracted', null, 'publication-type', null)")
        conn.execute("update records set level = null, integrity = 'retracted' where pmid = 11")
        conn.execute("update records set level = 3, design = 'cohort' where pmid = 13")
        refresh_evidence(reviewed.store)
    claim = diff(litmap, before, reviewed)["claims_changed"][0]
    assert [(one["pmid"], one["notice"]) for one in claim["noticed"]] == [(11, "retracted")]
    assert [(one["pmid"], one["level_before"], one["level_now"]) for one in claim["levels"]] == [
        (11, 2, None),
        (13, 2, 3),
    ]
    said = litmap("diff", before, reviewed.store.path).out
    assert "newly retracted: PMID 11" in said
    assert "2, randomized-trial -> 3, cohort" in said


def test_a_record_that_was_merged_into_another_is_gone_as_its_duplicate(litmap: Litmap, reviewed: Map, before: Path) -> None:
    with reviewed.store.transaction() as conn:
        conn.execute("insert into record_duplicates values (12, 11)")
        refresh_evidence(reviewed.store)
    gone = [one for claim in diff(litmap, before, reviewed)["claims_changed"] for one in claim["gone"]]
    assert {(one["pmid"], one["why"]) for one in gone} == {(12, "a duplicate of PMID 11")}


def test_claims_that_came_and_went(litmap: Litmap, reviewed: Map, before: Path) -> None:
    reviewed.claim("three", "**Ketamine** [always] works.")
    with reviewed.store.transaction() as conn:
        conn.execute("update claims set status = 'gone' where key = 'two'")
        refresh_evidence(reviewed.store)
    found = diff(litmap, before, reviewed)
    assert [claim["key"] for claim in found["claims_new"]] == ["three"]
    assert [(claim["key"], claim["why"]) for claim in found["claims_gone"]] == [("two", "no longer in its document")]
    page = litmap("diff", before, reviewed.store.path, "--markdown").out
    assert "## New claims" in page
    assert "Ketamine \\[always\\] works." in page


def test_what_is_no_map_is_refused(litmap: Litmap, reviewed: Map, tmp_path: Path) -> None:
    done = litmap("diff", tmp_path / "none.db", reviewed.store.path)
    assert done.code == 1
    assert "does not exist" in done.err
