import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from litmap import resources, store
from tests.support_records import article, nbib, write


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
    assert all(
        row["when"] and row["gives"] and row["sentence"] and row["source"] for row in rows if row["rule"] != "F.none"
    )
    assert rows[0]["table"] == "subjects"
    assert {"table": "designs", "rule": "T1"}.items() <= next(
        row for row in rows if row["table"] == "designs" and row["rule"] == "T1"
    ).items()


def test_explain_says_rule_and_match(loaded: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    out = litmap("explain", loaded, 1).out
    assert "design: randomized-trial (rule T1)" in out
    assert 'saw publication-type "Randomized Controlled Trial"' in out
    assert "ocebm-benefit: 2 (rule T1)\n  A randomized trial. [OCEBM 2011]\n  from types and headings" in out
    assert "\n  designs: I1 I1.text " in out


def test_explain_says_that_a_record_is_a_preprint(db: Path, tmp_path: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    litmap("load", db, write(tmp_path / "a.xml", article(1), article(2, types=("Preprint", "Randomized Controlled Trial"))))
    assert "\npreprint: not reviewed by a journal" in litmap("explain", db, 2).out
    assert "preprint" not in litmap("explain", db, 1).out
    assert [json.loads(litmap("explain", db, pmid, "--json").out)["preprint"] for pmid in (1, 2)] == [False, True]


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
    assert "integrity: retracted (retraction-list, notice PMID 55, 2020-01-02)" in out
    assert "the map shows no level: the record is retracted; level by design: 2" in out
    assert litmap("load", loaded).code == 2


def _state(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute("select pmid, integrity, level, level_by_design from records order by pmid").fetchall()


def test_a_list_that_came_before_the_record_marks_it_when_it_comes(loaded: Path, tmp_path: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    listed = tmp_path / "list.csv"
    listed.write_text("pmid,notice,date,kind\n3,55,2020-01-02,retracted\n4,,,concern\n", encoding="utf-8")
    done = litmap("load", loaded, "--retractions", listed)
    assert "2 read = 0 marked + 0 known + 2 not in the map + 0 rejected" in done.err
    assert "a record that is loaded later gets marked" in done.err
    assert litmap("load", loaded, write(tmp_path / "b.xml", article(3), article(4))).code == 0
    assert _state(loaded)[2:] == [(3, "retracted", None, 2), (4, "concern", 2, 2)]
    assert "integrity: retracted (retraction-list, notice PMID 55, 2020-01-02)" in litmap("explain", loaded, 3).out
    assert (
        "2 read = 0 marked + 2 known + 0 not in the map + 0 rejected"
        in litmap("load", loaded, "--retractions", listed).err
    )
    before = loaded.read_bytes()
    litmap("load", loaded, "--retractions", listed)
    assert loaded.read_bytes() == before  # the same list again writes nothing


WATCH = """Record ID,Title,RetractionDate,RetractionPubMedID,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature
1,Ketamine,3/5/2025 0:00,0,https://doi.org/10.1000/KET.5,0,Retraction
2,Esketamine,3/6/2025 0:00,66,10.1000/ket.6,,Expression of concern
3,Other,3/6/2025 0:00,0,unavailable,0,Retraction
"""


def test_a_list_marks_by_doi_what_it_names_without_a_pmid(db: Path, tmp_path: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    trial = "PT  - Randomized Controlled Trial"
    litmap("load", db, nbib(tmp_path / "a.nbib", 5, trial, "AID - 10.1000/ket.5 [doi]"))
    listed = tmp_path / "list.csv"
    listed.write_text(WATCH, encoding="utf-8")
    done = litmap("load", db, "--retractions", listed)
    assert "3 read = 1 marked + 0 known + 1 not in the map + 1 rejected" in done.err
    assert "Rejected: list.csv line 4: neither a PMID nor a DOI: Other" in done.err
    assert _state(db) == [(5, "retracted", None, 2)]
    litmap("load", db, nbib(tmp_path / "b.nbib", 6, trial, "AID - 10.1000/Ket.6 [doi]"))  # came after the list
    assert _state(db) == [(5, "retracted", None, 2), (6, "concern", 2, 2)]
    assert "integrity: concern (retraction-list, notice PMID 66, 2025-03-06)" in litmap("explain", db, 6).out
    before = db.read_bytes()
    assert "0 marked + 2 known + 0 not in the map + 1 rejected" in litmap("load", db, "--retractions", listed).err
    assert db.read_bytes() == before


def test_what_a_list_says_outlives_a_revision_and_deriving_again(loaded: Path, tmp_path: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    listed = tmp_path / "list.csv"
    listed.write_text("pmid,notice,date\n1,55,2020\n", encoding="utf-8")
    litmap("load", loaded, "--retractions", listed)
    litmap("load", loaded, write(tmp_path / "c.xml", article(1, title="A revised title.", revised="2030-01-01")))
    litmap("tag", loaded)
    assert _state(loaded)[0] == (1, "retracted", None, 2)


def test_a_reviewer_overrules_a_list_also_when_the_record_comes_again(loaded: Path, tmp_path: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    listed = tmp_path / "list.csv"
    listed.write_text("pmid,notice,date\n1,55,2020\n", encoding="utf-8")
    litmap("load", loaded, "--retractions", listed)
    said = litmap("explain", loaded, 1, "--set", "integrity=none", "--reviewer", "ada", "--reason", "another paper")
    assert said.code == 0
    litmap("load", loaded, write(tmp_path / "c.xml", article(1, title="A revised title.", revised="2030-01-01")))
    assert _state(loaded)[0] == (1, None, 2, 2)
    litmap("explain", loaded, 1, "--withdraw", "integrity", "--reviewer", "ada")
    assert _state(loaded)[0] == (1, "retracted", None, 2)


def test_a_list_of_an_older_map_is_kept_when_the_map_is_migrated(tmp_path: Path) -> None:
    path, folder = tmp_path / "old.db", resources.folder("db") / "migrations"
    old = tmp_path / "migrations"
    old.mkdir()
    for name in sorted(folder.glob("000[1-3]*.sql")):
        (old / name.name).write_bytes(name.read_bytes())
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        store.migrate(conn, old)
        conn.execute("insert into records (pmid, title, digest) values (1, 'T', 'd')")
        conn.execute("insert into record_integrity values (1, 'retracted', 55, 'retraction-list', '2020')")
        store.migrate(conn, folder)
        kept = conn.execute("select pmid, kind, notice_pmid, date from retractions_listed").fetchall()
    assert kept == [(1, "retracted", 55, "2020")]


def test_a_title_that_announces_a_retraction_takes_the_level_until_the_title_changes(db: Path, tmp_path: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    litmap("load", db, write(tmp_path / "a.xml", article(1, "RETRACTED: Ketamine for depression: a randomized trial.")))
    assert _state(db) == [(1, "retracted", None, 2)]
    out = litmap("explain", db, 1).out
    assert "integrity: retracted (title)" in out
    assert "the map shows no level: the record is retracted; level by design: 2" in out
    litmap("tag", db)
    assert _state(db) == [(1, "retracted", None, 2)]
    litmap("load", db, write(tmp_path / "b.xml", article(1, revised="2031-01-01")))
    assert _state(db) == [(1, None, 2, 2)]


@pytest.mark.parametrize("notice_first", [True, False])
@pytest.mark.parametrize(
    ("kind", "types", "state"),
    [
        ("RetractionOf", ("Retraction Notice",), (1, "retracted", None, 2)),
        ("PartialRetractionOf", ("Journal Article",), (1, "partly-retracted", 2, 2)),
        ("ExpressionOfConcernFor", ("Expression of Concern",), (1, "concern", 2, 2)),
        ("ErratumFor", ("Published Erratum",), (1, "corrected", 2, 2)),
        ("UpdateOf", ("Journal Article",), (1, "superseded", 2, 2)),
        ("RetractedandRepublishedFrom", ("Randomized Controlled Trial",), (1, "retracted", None, 2)),
    ],
)
def test_a_notice_marks_the_record_it_names_whichever_comes_first(
    db: Path, tmp_path: Path, litmap, kind: str, types: tuple[str, ...], state: tuple[object, ...], notice_first: bool
) -> None:  # type: ignore[no-untyped-def]
    notice = write(tmp_path / "n.xml", article(9, "About another paper.", types=types, relations=((kind, 1),)))
    trial = write(tmp_path / "t.xml", article(1))
    for source in (notice, trial) if notice_first else (trial, notice):
        assert litmap("load", db, source).code == 0
    assert _state(db)[0] == state
    without = article(9, "About another paper.", types=("Journal Article",), revised="2031-01-01")
    litmap("load", db, write(tmp_path / "w.xml", without))  # the notice is revised and names nobody any more
    assert _state(db)[0] == (1, None, 2, 2)


def test_rules_tried_stand_by_table_and_what_they_saw_has_offsets(loaded: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    found = json.loads(litmap("explain", loaded, 1, "--json").out)
    tables = [one["table"] for one in found["tried"]]
    assert list(dict.fromkeys(tables)) == ["subjects", "designs", "ocebm-benefit", "ocebm-harm"]
    assert {"table": "designs", "rule": "T1"} in found["tried"]
    text = litmap("explain", loaded, 1, "--cues").out
    assert "Cues:\n  " in text


def test_tagging_again_derives_levels_by_the_rules_of_now(loaded: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    with closing(sqlite3.connect(loaded)) as conn, conn:
        conn.execute("update record_levels set ruleset = 'old', rank = 5")
        conn.execute("update records set level = 5, level_by_design = 5")
    assert litmap("tag", loaded).code == 0
    assert _state(loaded)[0] == (1, None, 2, 2)
    with closing(sqlite3.connect(loaded)) as conn:
        assert "old" not in {row[0] for row in conn.execute("select ruleset from record_levels")}
