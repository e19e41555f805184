"""litmap load: what replaces what, integrity in both directions, and what people said stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from litmap.store import open_store
from tests.conftest import Litmap
from tests.support_loading import rows, sound
from tests.support_records import article, deletion, nbib, write


@pytest.mark.parametrize(
    ("old", "new", "taken"),
    [
        ({"revised": "2020-01-02"}, {"revised": "2021-01-01"}, True),
        ({"revised": "2020-01-02"}, {"revised": "2019-01-01"}, False),
        ({"revised": None}, {"revised": "2019-01-01"}, True),
        ({"revised": "2020-01-02"}, {"revised": None}, False),
        ({"version": 1, "revised": "2021-01-01"}, {"version": 2, "revised": "2020-01-01"}, True),
        ({"version": 2, "revised": "2020-01-01"}, {"version": 1, "revised": "2021-01-01"}, False),
        ({}, {}, True),  # the same revision, but another title: the later arrival
    ],
)
def test_newer_replaces_and_older_does_not(
    litmap: Litmap, db: Path, tmp_path: Path, old: dict[str, Any], new: dict[str, Any], taken: bool
) -> None:
    litmap("load", db, write(tmp_path / "a.xml", article(1, "Esketamine spray, first wording.", **old)))
    done = litmap(
        "load",
        db,
        write(
            tmp_path / "b.xml", article(1, "Second wording about rats.", abstract="Nothing.", types=("Review",), **new)
        ),
    )
    title = "Second wording about rats." if taken else "Esketamine spray, first wording."
    assert f"{int(taken)} updated + {int(not taken)} unchanged" in done.err
    assert rows(db, "select title from records") == [(title,)]
    for word, found in (("second", taken), ("esketamine", not taken)):
        assert bool(rows(db, "select rowid from records_fts where records_fts match ?", word)) is found
    assert rows(db, "select name from record_publication_types") == [
        ("Review" if taken else "Randomized Controlled Trial",)
    ]
    sound(litmap, db)


def test_xml_beats_medline_at_equal_revision_whichever_comes_first(litmap: Litmap, tmp_path: Path) -> None:
    xml, medline = (
        write(tmp_path / "a.xml", article(1, "From XML.")),
        nbib(tmp_path / "a.nbib", 1, title="From MEDLINE."),
    )
    for number, files in enumerate(((xml, medline), (medline, xml))):
        db = tmp_path / f"{number}.db"
        litmap("init", db)
        litmap("load", db, *files)
        assert rows(db, "select title, form from records") == [("From XML.", "xml")]
    newer = nbib(tmp_path / "b.nbib", 1, title="Newer.", revised="20220101")
    litmap("load", db, newer)
    assert rows(db, "select title, form from records") == [("Newer.", "nbib")]


def test_a_copy_without_abstract_never_takes_the_abstract_away(litmap: Litmap, tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.xml", article(1, abstract="We gave intravenous ketamine."))
    bare = write(
        tmp_path / "bare.xml", article(1).replace("We gave intravenous ketamine to 40 patients with depression.", "")
    )
    for number, files in enumerate(((whole, bare), (bare, whole))):
        db = tmp_path / f"{number}.db"
        litmap("init", db)
        litmap("load", db, *files)
        assert rows(db, "select abstract from records") == [("We gave intravenous ketamine.",)]


def test_a_notice_marks_its_record_whichever_is_loaded_first(litmap: Litmap, tmp_path: Path) -> None:
    trial = write(tmp_path / "trial.xml", article(1))
    notice = write(
        tmp_path / "notice.xml",
        article(2, "Retraction.", types=("Retraction Notice",), relations=(("RetractionOf", 1),)),
    )
    for number, files in enumerate(((trial, notice), (notice, trial))):
        db = tmp_path / f"{number}.db"
        litmap("init", db)
        for file in files:
            litmap("load", db, file)
        assert rows(db, "select level, level_by_design, integrity from records where pmid = 1") == [
            (None, 2, "retracted")
        ]
        assert rows(db, "select kind, notice_pmid, origin from record_integrity where pmid = 1") == [
            ("retracted", 2, "notice")
        ]
        assert rows(db, "select level, integrity from records where pmid = 2") == [(None, "notice")]
        sound(litmap, db)


def test_a_notice_that_no_longer_names_a_record_gives_its_level_back(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap(
        "load",
        db,
        write(
            tmp_path / "a.xml",
            article(1),
            article(2, "Retraction.", types=("Retraction Notice",), relations=(("RetractionOf", 1),)),
        ),
    )
    litmap(
        "load",
        db,
        write(tmp_path / "b.xml", article(2, "Retraction.", types=("Retraction Notice",), revised="2021-01-01")),
    )
    assert rows(db, "select level, integrity from records where pmid = 1") == [(2, None)]


def test_a_revised_record_keeps_what_notices_and_people_say(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap(
        "load",
        db,
        write(
            tmp_path / "a.xml",
            article(1),
            article(2, "Concern.", types=("Expression of Concern",), relations=(("ExpressionOfConcernFor", 1),)),
        ),
    )
    with open_store(db) as store, store.transaction() as conn:
        conn.execute("insert into record_integrity (pmid, kind, origin) values (1, 'retracted', 'reviewer')")
    litmap("load", db, write(tmp_path / "b.xml", article(1, "Revised.", revised="2021-01-01")))
    assert rows(db, "select kind, origin from record_integrity where pmid = 1 order by kind") == [
        ("concern", "notice"),
        ("retracted", "reviewer"),
    ]
    assert rows(db, "select integrity, level from records where pmid = 1") == [("retracted", None)]


def test_corrections_stand_over_what_is_derived_again(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap("load", db, write(tmp_path / "a.xml", article(1)))
    entries = (
        ("tag", "condition", "depression", None, "remove", None),
        ("tag", "condition", "ptsd", "indication", "add", None),
        ("tag", "route", "oral", "studied", "add", None),
        ("tag", "route", "oral", None, "withdraw", None),
        ("level", "design", None, None, "set", "cohort"),
        ("level", "level", None, None, "set", "4"),
        ("study", None, None, None, "set", "trial-a"),
    )
    with open_store(db) as store, store.transaction() as conn:
        conn.executemany(
            "insert into corrections (subject, pmid, field, slug, role, action, value, reviewer, made_at) values (?, 1, ?, ?, ?, ?, ?, 'Ann', '2025-01-01')",
            entries,
        )
    litmap("load", db, write(tmp_path / "b.xml", article(1, "Ketamine for depression, revised.", revised="2021-01-01")))
    assert rows(db, "select design, level, level_rule, provisional from records") == [("cohort", 4, "reviewer", 0)]
    assert rows(db, "select condition, origin from record_conditions where role = 'indication'") == [
        ("ptsd", "reviewer")
    ]
    assert ("oral",) not in rows(db, "select route from record_routes")
    assert rows(db, "select study, origin from record_studies") == [("trial-a", "reviewer")]
    sound(litmap, db)


def test_a_deleted_record_stays_and_counts_for_nothing(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap("load", db, write(tmp_path / "a.xml", article(1), article(2)))
    done = litmap("load", db, write(tmp_path / "b.xml", article(3), deletion(1, 99)))
    assert "3 read = 1 new + 1 updated + 1 unchanged + 0 rejected" in done.err
    assert rows(db, "select status, level from records where pmid = 1") == [("Deleted", None)]
    assert rows(db, "select load_id, pmid from load_records order by 1, 2") == [(1, 1), (1, 2), (2, 3)], "identified once"
    litmap("load", db, write(tmp_path / "c.xml", article(1, "The old wording again.")))
    assert rows(db, "select status from records where pmid = 1") == [("Deleted",)]
    litmap("load", db, write(tmp_path / "d.xml", article(1, revised="2024-01-01")))
    assert rows(db, "select status, level from records where pmid = 1") == [("MEDLINE", 2)]
    sound(litmap, db)


def test_a_retraction_that_arrives_later_reaches_the_claims(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(
        "Ketamine for depression\n\nIntravenous ketamine relieves depression within hours.\n", encoding="utf-8"
    )
    litmap("import", db, page)
    litmap(
        "load",
        db,
        write(
            tmp_path / "a.xml", article(1, "Intravenous ketamine relieves depression within hours: a randomized trial.")
        ),
    )
    litmap("link", db)
    levels = (
        "select level, n_retracted from claim_evidence where condition = 'depression' and n_reports + n_retracted > 0"
    )
    assert rows(db, levels) == [(2, 0)]
    litmap(
        "load",
        db,
        write(
            tmp_path / "b.xml",
            article(2, "Retraction.", types=("Retraction Notice",), relations=(("RetractionOf", 1),)),
        ),
    )
    assert rows(db, levels) == [(None, 1)]
