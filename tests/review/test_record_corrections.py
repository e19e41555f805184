"""Corrections of records: shown beside the machine's values, in force at once, and for good until they are withdrawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from litmap.ingest.derive import retag
from litmap.ingest.replacing import replace_vocabulary
from litmap.linking import link
from litmap.review.decisions import decide, withdraw
from litmap.store import open_store
from litmap.tables import gapmap, queries
from tests.conftest import Litmap
from tests.support_records import article, write

TRIAL = "Ketamine for depression: a randomized trial."
ANN = ("--reviewer", "Ann", "--reason", "read the full text")


@pytest.fixture
def loaded(db: Path, tmp_path: Path, litmap: Litmap) -> Path:
    """Three reports of trials, two of them registered under one number, and a claim that they are linked to."""
    page = tmp_path / "page.txt"
    page.write_text("Ketamine\n\nKetamine relieves depression.\n")
    records = (article(1, trials=("NCT00000001",)), article(2, trials=("NCT00000001",)), article(3))
    assert litmap("import", db, page).code == 0
    assert litmap("load", db, write(tmp_path / "a.xml", *records)).code == 0
    assert litmap("link", db).code == 0
    return db


def rows(db: Path, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with open_store(db, read_only=True) as store:
        return [tuple(row) for row in store.rows(sql, *params)]


def record(db: Path, pmid: int = 1) -> tuple[Any, ...]:
    return rows(db, "select design, level, level_by_design, integrity from records where pmid = ?", pmid)[0]


def evidence(db: Path) -> dict[str, Any]:
    with open_store(db, read_only=True) as store:
        (row,) = store.rows("select * from claim_evidence")
        return dict(row)


def standing(db: Path) -> list[tuple[Any, ...]]:
    """PMID, field, the machine's value, the person's, whose."""
    with open_store(db, read_only=True) as store:
        found = queries.get("corrections").run(store.conn)
    names = ("pmid", "field", "machine", "person", "reviewer")
    return [tuple(row[found.columns.index(name)] for name in names) for row in found.rows]


def again(db: Path, litmap: Litmap, tmp_path: Path) -> None:
    """Load the record revised, tag everything again, and put the vocabulary in its own place."""
    assert (
        litmap(
            "load",
            db,
            write(
                tmp_path / "b.xml",
                article(1, "Ketamine for depression, a revised randomized trial.", revised="2022-01-01"),
            ),
        ).code
        == 0
    )
    with open_store(db) as store:
        retag(store)
        replace_vocabulary(store, {row["name"]: row["content"] for row in store.rows("select * from vocabulary_files")})
    assert litmap("doctor", db).code == 0


def test_a_corrected_design_takes_its_level_with_it(litmap: Litmap, loaded: Path, tmp_path: Path) -> None:
    assert record(loaded) == ("randomized-trial", 2, 2, None)
    done = litmap("explain", loaded, 1, "--set", "design=case-series", *ANN)
    assert done.code == 0, done.err
    assert "in the map: case-series, level 4" in done.err
    assert record(loaded) == ("case-series", 4, 4, None)
    again(loaded, litmap, tmp_path)
    assert record(loaded) == ("case-series", 4, 4, None)
    assert rows(loaded, "select rank from record_levels where pmid = 1 order by scheme") == [(4,), (4,)]


def test_a_level_is_set_in_both_schemes_or_in_one(litmap: Litmap, loaded: Path, tmp_path: Path) -> None:
    both = ("--set", "level=3", "--set", "ocebm-harm=4")
    assert litmap("explain", loaded, 1, *both, *ANN).code == 0
    again(loaded, litmap, tmp_path)
    levels = "select scheme, rank, rule, provisional from record_levels where pmid = 1 order by scheme"
    assert rows(loaded, levels) == [("ocebm-benefit", 3, "reviewer", 0), ("ocebm-harm", 4, "reviewer", 0)]
    assert record(loaded)[1] == 3
    assert litmap("explain", loaded, 1, "--set", "level=none", *ANN).code == 0
    assert rows(loaded, levels) == [("ocebm-benefit", None, "reviewer", 0), ("ocebm-harm", None, "reviewer", 0)]


def test_both_values_are_shown_with_name_date_and_reason(litmap: Litmap, loaded: Path) -> None:
    litmap("explain", loaded, 1, "--set", "design=cohort", "--set", "level=3", *ANN)
    shown = litmap("explain", loaded, 1).out
    assert "design: randomized-trial (rule T1)" in shown
    assert "design: cohort; machine: randomized-trial (reviewer Ann, 2025-06-15: read the full text)" in shown
    assert "level: 3; machine: 2 (reviewer Ann" in shown
    assert "in the map: cohort, level 3 (rule reviewer)" in shown
    told = json.loads(litmap("explain", loaded, 1, "--json").out)["corrections"]
    assert [(one["field"], one["value"], one["machine"], one["stands"]) for one in told] == [
        ("design", "cohort", "randomized-trial", True),
        ("level", "3", "2", True),
    ]
    assert standing(loaded) == [(1, "design", "randomized-trial", "cohort", "Ann"), (1, "level", "2", "3", "Ann")]


def test_a_withdrawal_brings_the_machines_value_back(litmap: Litmap, loaded: Path) -> None:
    before = rows(loaded, "select * from records join record_levels using (pmid) order by 1, scheme")
    litmap(
        "explain",
        loaded,
        1,
        "--set",
        "design=cohort",
        "--set",
        "level=3",
        "--set",
        "subjects=animal",
        "--set",
        "secondary=yes",
        *ANN,
    )
    assert litmap("explain", loaded, 1, "--withdraw", "design", "--reviewer", "Ben").code == 1  # it is Ann's
    fields = ("design", "level", "subjects", "secondary")
    done = litmap(
        "explain", loaded, 1, *(word for name in fields for word in ("--withdraw", name)), "--reviewer", "Ann"
    )
    assert done.code == 0, done.err
    assert rows(loaded, "select * from records join record_levels using (pmid) order by 1, scheme") == before
    assert standing(loaded) == []
    assert rows(loaded, "select count(*) from record_machine") == [(0,)]
    assert "withdrawn since" in litmap("explain", loaded, 1).out


def test_a_correction_reaches_the_claims_at_once(litmap: Litmap, loaded: Path) -> None:
    assert (evidence(loaded)["level"], evidence(loaded)["n_reports"]) == (2, 3)
    for pmid in (1, 2, 3):
        litmap("explain", loaded, pmid, "--set", "design=case-report", *ANN)
    assert (evidence(loaded)["level"], evidence(loaded)["design"]) == (4, "case-report")


def test_retracted_by_a_person(litmap: Litmap, loaded: Path, tmp_path: Path) -> None:
    assert litmap("explain", loaded, 1, "--set", "integrity=retracted", *ANN).code == 0
    assert record(loaded) == ("randomized-trial", None, 2, "retracted")
    assert evidence(loaded)["n_retracted"] == 1
    again(loaded, litmap, tmp_path)
    assert record(loaded) == ("randomized-trial", None, 2, "retracted")
    assert standing(loaded) == [(1, "integrity", "none", "retracted", "Ann")]
    litmap("explain", loaded, 1, "--set", "level=4", *ANN)
    assert record(loaded) == ("randomized-trial", None, 4, "retracted")
    litmap("explain", loaded, 1, "--withdraw", "integrity", "--reviewer", "Ann")
    assert record(loaded) == ("randomized-trial", 4, 4, None)


def test_a_retraction_overruled_by_a_person_comes_back_with_the_withdrawal(
    litmap: Litmap, loaded: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text("pmid,notice,date\n1,900,2024-05-01\n")
    notice = article(9, "Retraction.", types=("Retraction Notice",), relations=(("RetractionOf", 1),))
    assert litmap("load", loaded, write(tmp_path / "n.xml", notice)).code == 0
    assert litmap("explain", loaded, 1, "--set", "integrity=concern", *ANN).code == 0
    assert litmap("load", loaded, "--retractions", listed).code == 0  # it says again what the reviewer saw
    again(loaded, litmap, tmp_path)
    assert record(loaded) == ("randomized-trial", 2, 2, "concern")
    assert evidence(loaded)["n_retracted"] == 0
    assert standing(loaded) == [(1, "integrity", "retracted", "concern", "Ann")]
    assert "put aside by a reviewer: retracted" in litmap("explain", loaded, 1).out
    litmap("explain", loaded, 1, "--withdraw", "integrity", "--reviewer", "Ann")
    assert record(loaded) == ("randomized-trial", None, 2, "retracted")
    kept = rows(loaded, "select notice_pmid, origin from record_integrity where pmid = 1 order by 1")
    assert kept == [(9, "notice"), (900, "retraction-list")]


ERRATUM = article(8, "Erratum.", types=("Published Erratum",), relations=(("ErratumFor", 1),))
RETRACTION = article(9, "Retraction.", types=("Retraction Notice",), relations=(("RetractionOf", 1),))


@pytest.mark.parametrize("value", ["none", "concern"])
@pytest.mark.parametrize("how", ["notice", "list", "revised"])
def test_a_retraction_that_comes_after_the_correction_counts_until_a_reviewer_has_seen_it(
    litmap: Litmap, loaded: Path, tmp_path: Path, value: str, how: str
) -> None:
    assert litmap("load", loaded, write(tmp_path / "e.xml", ERRATUM)).code == 0
    assert record(loaded)[3] == "corrected"
    before = tmp_path / "before.db"
    assert litmap("explain", loaded, 1, "--set", f"integrity={value}", *ANN).code == 0
    before.write_bytes(loaded.read_bytes())
    if how == "list":
        (tmp_path / "list.csv").write_text("pmid,notice\n1,9\n")
        assert litmap("load", loaded, "--retractions", tmp_path / "list.csv").code == 0
    else:
        types = ("Randomized Controlled Trial", "Retracted Publication")
        revised = article(1, types=types, relations=(("RetractionIn", 9),), revised="2023-01-01")
        assert litmap("load", loaded, write(tmp_path / "n.xml", RETRACTION if how == "notice" else revised)).code == 0
    for _ in range(2):
        assert record(loaded) == ("randomized-trial", None, 2, "retracted")
        assert (evidence(loaded)["n_retracted"], evidence(loaded)["n_reports"]) == (1, 2)
        with open_store(loaded) as store:
            retag(store)
    assert "newly retracted: PMID 1" in litmap("diff", before, loaded).out
    shown = litmap("explain", loaded, 1).out
    (note,) = (line for line in shown.splitlines() if line.startswith("integrity: retracted"))
    assert "later than the correction" in note
    assert f"integrity: {value}; machine: retracted, then: corrected (reviewer Ann" in shown
    assert litmap("explain", loaded, 1, "--set", "integrity=none", "--reviewer", "Ben", "--reason", "not this paper").code == 0  # fmt: skip
    assert record(loaded) == ("randomized-trial", 2, 2, None)
    assert "later than the correction" not in litmap("explain", loaded, 1).out
    litmap("explain", loaded, 1, "--withdraw", "integrity", "--reviewer", "Ben")
    assert record(loaded) == ("randomized-trial", None, 2, "retracted")  # what Ann said stands again
    litmap("explain", loaded, 1, "--withdraw", "integrity", "--reviewer", "Ann")
    assert record(loaded) == ("randomized-trial", None, 2, "retracted")
    assert litmap("doctor", loaded).code == 0


def test_a_retraction_that_came_after_the_correction_and_went_again_leaves_the_correction_in_force(
    litmap: Litmap, loaded: Path, tmp_path: Path
) -> None:
    litmap("load", loaded, write(tmp_path / "e.xml", ERRATUM))
    litmap("explain", loaded, 1, "--set", "integrity=none", *ANN)
    litmap("load", loaded, write(tmp_path / "n.xml", RETRACTION))
    assert record(loaded)[3] == "retracted"
    elsewhere = article(9, "Retraction.", types=("Retraction Notice",), relations=(("RetractionOf", 2),), revised="2024-01-01")  # fmt: skip
    litmap("load", loaded, write(tmp_path / "m.xml", elsewhere))
    assert record(loaded) == ("randomized-trial", 2, 2, None)
    assert record(loaded, 2)[3] == "retracted"


def test_a_correction_of_an_older_map_puts_aside_what_it_did(litmap: Litmap, loaded: Path, tmp_path: Path) -> None:
    with open_store(loaded) as store, store.transaction() as conn:
        conn.execute(
            "insert into corrections (subject, pmid, field, action, value, reason, reviewer, made_at)"
            " values ('level', 1, 'integrity', 'set', 'none', 'read it', 'Ann', '2025-01-01T00:00:00Z')"
        )
    litmap("load", loaded, write(tmp_path / "n.xml", RETRACTION))
    assert record(loaded) == ("randomized-trial", 2, 2, None)


def test_studies_are_merged_and_split(litmap: Litmap, loaded: Path, tmp_path: Path) -> None:
    assert evidence(loaded)["n_studies"] == 2
    assert litmap("explain", loaded, 3, "--set", "study=1", "--reviewer", "Ann").code == 0
    assert evidence(loaded)["n_studies"] == 1
    assert litmap("explain", loaded, 2, "--set", "study=own", "--reviewer", "Ann").code == 0
    assert evidence(loaded)["n_studies"] == 2
    again(loaded, litmap, tmp_path)
    studies = dict(rows(loaded, "select pmid, study from record_studies"))
    assert studies[1] == studies[3] == "NCT00000001"
    assert studies[2] not in (studies[1], None)
    assert litmap("explain", loaded, 2, "--withdraw", "study", "--reviewer", "Ann").code == 0
    assert evidence(loaded)["n_studies"] == 1


def test_the_report_that_gave_a_merged_study_its_name_can_leave_it(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap("load", db, write(tmp_path / "a.xml", article(4), article(5)))
    litmap("explain", db, 5, "--set", "study=4", "--reviewer", "Ann")
    assert len(set(rows(db, "select study from record_studies"))) == 1
    litmap("explain", db, 4, "--set", "study=own", "--reviewer", "Ann")
    assert len(set(rows(db, "select study from record_studies"))) == 2


def test_a_duplicate_counts_nowhere(litmap: Litmap, loaded: Path, tmp_path: Path) -> None:
    def on_the_map() -> int:
        with open_store(loaded, read_only=True) as store:
            cells = gapmap.build(store, down="condition", across="route").cells.values()
            return sum(cell.n_records for cell in cells if (cell.row, cell.column) == ("depression", "intravenous"))

    before = on_the_map()
    assert litmap("explain", loaded, 3, "--set", "duplicate=1", "--reviewer", "Ann").code == 0
    assert (evidence(loaded)["n_reports"], evidence(loaded)["n_studies"]) == (2, 1)
    assert on_the_map() == before - 1
    again(loaded, litmap, tmp_path)
    with open_store(loaded) as store:
        link(store)
    assert evidence(loaded)["n_reports"] == 2
    assert litmap("explain", loaded, 1, "--set", "duplicate=3", "--reviewer", "Ann").code == 1  # no circles
    litmap("explain", loaded, 3, "--withdraw", "duplicate", "--reviewer", "Ann")
    assert evidence(loaded)["n_reports"] == 3


def test_decisions_that_a_duplicate_takes_with_it_are_named(litmap: Litmap, loaded: Path) -> None:
    with open_store(loaded) as store:
        (key,) = (row["key"] for row in store.rows("select key from claims"))
        for pmid, verdict in ((2, "include"), (3, "include"), (1, "exclude")):
            decide(store, claim_key=key, pmid=pmid, reviewer="Ann", verdict=verdict, reason="wrong study design")
    done = litmap("explain", loaded, 3, "--set", "duplicate=2", *ANN)
    assert (done.code, "decisions on PMID 3" in done.err) == (0, False)  # the record that counts has one of its own
    with open_store(loaded) as store:
        withdraw(store, claim_key=key, pmid=2, reviewer="Ann")
    litmap("explain", loaded, 3, "--withdraw", "duplicate", *ANN)
    done = litmap("explain", loaded, 3, "--set", "duplicate=2", *ANN)
    assert "decisions on PMID 3 for 1 claim count no longer, and none was made on PMID 2: decide on it anew" in done.err


def test_tags_of_a_record(litmap: Litmap, loaded: Path, tmp_path: Path) -> None:
    words = (
        "--add",
        "condition=ptsd:population",
        "--remove",
        "route=intravenous",
        "--set",
        "condition=depression:not-studied",
    )
    done = litmap("tag", loaded, "--record", 1, *words, "--reviewer", "Ann")
    assert done.code == 0, done.err
    for _ in range(2):
        tags = rows(loaded, "select condition, role, origin from record_conditions where pmid = 1 order by 1")
        assert tags == [("depression", "not-studied", "reviewer"), ("ptsd", "population", "reviewer")]
        assert rows(loaded, "select route from record_routes where pmid = 1") == []
        assert evidence(loaded)["n_reports"] == 2  # it is not about depression any more
        again(loaded, litmap, tmp_path)
    assert (1, "route:intravenous", "studied", "removed", "Ann") in standing(loaded)
    for tag in ("condition=ptsd", "route=intravenous", "condition=depression"):
        assert litmap("tag", loaded, "--record", 1, "--withdraw", tag, "--reviewer", "Ann").code == 0
    assert evidence(loaded)["n_reports"] == 3
    assert standing(loaded) == []


def test_a_retired_slug_means_its_successor(litmap: Litmap, loaded: Path, tmp_path: Path) -> None:
    key = rows(loaded, "select key from claims")[0][0]
    assert litmap("tag", loaded, "--record", 3, "--add", "condition=ocd", "--reviewer", "Ann").code == 0
    with open_store(loaded) as store:
        with store.transaction() as conn:
            conn.execute(
                "insert into corrections (subject, claim_key, field, slug, action, reviewer, made_at) values ('tag', ?, 'condition', 'ocd', 'add', 'Ann', '2025')",
                (key,),
            )
        texts = {row["name"]: row["content"] for row in store.rows("select * from vocabulary_files")}
        lines = texts["conditions.csv"].splitlines()
        columns = lines[0].split(",")
        (place,) = (n for n, line in enumerate(lines) if line.startswith("ocd,"))
        retired = {"slug": "ocd", "label": "OCD", "status": "retired", "replaced_by": "anxiety"}
        lines[place] = ",".join(retired.get(name, "") for name in columns)
        replace_vocabulary(store, {**texts, "conditions.csv": "\n".join(lines) + "\n"})
    by_ann = "select condition from {} where origin = 'reviewer'"
    assert rows(loaded, by_ann.format("record_conditions")) == [("anxiety",)]
    assert rows(loaded, by_ann.format("claim_conditions")) == [("anxiety",)]
    assert litmap("tag", loaded, "--record", 1, "--add", "condition=ocd", "--reviewer", "Ann").code == 0
    assert rows(loaded, by_ann.format("record_conditions")) == [("anxiety",), ("anxiety",)]
    assert litmap("tag", loaded, "--record", 3, "--withdraw", "condition=anxiety", "--reviewer", "Ann").code == 0
    assert rows(loaded, by_ann.format("record_conditions")) == [("anxiety",)]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("explain", 77, "--set", "design=cohort", *ANN), 1, "PMID 77 is not in this map"),
        (("explain", 1, "--set", "design=magic", *ANN), 1, "'magic' is not a value of design"),
        (("explain", 1, "--set", "level=6", *ANN), 1, "'6' is not a value of level"),
        (("explain", 1, "--set", "level", *ANN), 1, "'' is not a value of level"),
        (("explain", 1, "--set", "colour=red", *ANN), 1, "nothing that can be corrected"),
        (("explain", 1, "--set", "integrity=fine", *ANN), 1, "is not a value of integrity"),
        (("explain", 1, "--set", "design=cohort", "--reviewer", " ", "--reason", "x"), 1, "name is empty"),
        (("explain", 1, "--set", "design=cohort", "--reason", "x"), 2, "needs a name"),
        (("explain", 1, "--set", "design=cohort", "--reviewer", "Ann"), 1, "needs a reason"),
        (("explain", 1, "--set", "level=3", "--reviewer", "Ann", "--reason", "  "), 1, "needs a reason"),
        (("explain", 1, "--set", "level=3", "--set", "design=magic", *ANN), 1, "is not a value of design"),
        (("explain", 1, "--withdraw", "design", *ANN), 1, "no correction of the design"),
        (("explain", 1, "--set", "study=77", *ANN), 1, "PMID 77 is not in this map"),
        (("explain", 1, "--set", "study=1", *ANN), 1, "its own study"),
        (("explain", 1, "--set", "duplicate=1", *ANN), 1, "duplicate of itself"),
        (("explain", 1, "--set", "duplicate=x", *ANN), 1, "'x' is not a PMID"),
        (("tag", "--record", 77, "--add", "condition=ptsd", *ANN), 1, "PMID 77 is not in this map"),
        (("tag", "--record", 1, "--add", "condition=magic", *ANN), 1, "has no condition 'magic'"),
        (("tag", "--record", 1, "--add", "condition", *ANN), 1, "names no tag"),
        (("tag", "--record", 1, "--add", "condition=ptsd:studied", *ANN), 1, "is not a role of a condition"),
        (("tag", "--record", 1, "--remove", "route=oral", *ANN), 1, "is not tagged with the route oral"),
        (("tag", "--record", 1, "--withdraw", "route=oral", *ANN), 1, "no correction of the route oral"),
        (("tag", "--record", 1, "--add", "condition=ptsd"), 2, "needs a name"),
        (("tag", "--add", "condition=ptsd", *ANN), 2, "needs --record"),
        (("tag", "--record", 1), 2, "one of --add"),
    ],
)
def test_refusals_write_nothing(litmap: Litmap, loaded: Path, words: tuple[Any, ...], code: int, said: str) -> None:
    with open_store(loaded, read_only=True) as store:
        before = list(store.conn.iterdump())
    done = litmap(words[0], loaded, *words[1:])
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err
    with open_store(loaded, read_only=True) as store:
        assert list(store.conn.iterdump()) == before


def test_the_name_may_come_from_the_environment(litmap: Litmap, loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITMAP_REVIEWER", "Ann")
    assert litmap("explain", loaded, 1, "--set", "design=cohort", "--reason", "no random allocation").code == 0
    assert litmap("tag", loaded, "--record", 1, "--add", "condition=ptsd").code == 0
    assert {row[-1] for row in standing(loaded)} == {"Ann"}


def test_tag_alone_still_tags_everything(litmap: Litmap, loaded: Path) -> None:
    assert "3 records: design, level or rule changed for 0" in litmap("tag", loaded).err
