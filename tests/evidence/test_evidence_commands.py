import json
from pathlib import Path

import pytest

from tests.support_records import article, write


@pytest.fixture
def loaded(db: Path, tmp_path: Path, litmap) -> Path:  # type: ignore[no-untyped-def]
    source = write(tmp_path / "a.xml", article(1), article(2, types=("Journal Article",)))
    assert litmap("load", db, source).code == 0
    return db


def test_levels_are_listed(litmap) -> None:  # type: ignore[no-untyped-def]
    done = litmap("levels", "--json")
    rows = json.loads(done.out)
    assert [(row["scheme"], row["rank"]) for row in rows] == [
        (s, n) for s in ("ocebm-benefit", "ocebm-harm") for n in range(1, 6)
    ]
    assert "Rules, version" in done.err


def test_rules_are_listed_in_order(litmap) -> None:  # type: ignore[no-untyped-def]
    rows = json.loads(litmap("levels", "--rules", "--json").out)
    assert rows[0]["table"] == "subjects"
    assert {"table": "designs", "rule": "T1"}.items() <= next(
        row for row in rows if row["table"] == "designs" and row["rule"] == "T1"
    ).items()


def test_explain_says_rule_and_match(loaded: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    out = litmap("explain", loaded, 1).out
    assert "design: randomized-trial (rule T1)" in out
    assert 'saw publication-type "Randomized Controlled Trial"' in out
    assert "ocebm-benefit: level 2, from curated (rule T1" in out


def test_explain_as_json_has_offsets(loaded: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    found = json.loads(litmap("explain", loaded, 2, "--json").out)
    seen = [match for step in found["decided"] for match in step["seen"] if match["start"] is not None]
    assert seen
    assert all(
        found["title"][match["start"] : match["end"]] == match["matched"] for match in seen if match["field"] == "title"
    )
    assert found["assessment"]["levels"][0]["provisional"] is True


def test_explaining_what_the_map_does_not_hold(loaded: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    done = litmap("explain", loaded, 99)
    assert (done.code, done.out) == (1, "")
    assert "no record with PMID 99" in done.err


def test_a_retraction_list_marks_records(loaded: Path, tmp_path: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    listed = tmp_path / "list.csv"
    listed.write_text("pmid,notice,date\n1,55,2020-01-02\n77,,\nx,,\n", encoding="utf-8")
    done = litmap("load", loaded, "--retractions", listed)
    assert "3 read = 1 marked + 0 known + 1 not in the map + 1 rejected" in done.err
    assert "0 marked + 1 known" in litmap("load", loaded, "--retractions", listed).err
    out = litmap("explain", loaded, 1).out
    assert "integrity: retracted (from retraction-list, notice PMID 55)" in out
    assert "the map shows no level" in out
    assert litmap("load", loaded).code == 2
