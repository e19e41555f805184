"""litmap load: counts that add up, what replaces what, integrity in both directions, nothing written twice."""

from __future__ import annotations

import gzip
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from litmap.ingest import loading, stored
from litmap.ingest.records import load, store_records
from litmap.ingest.rows import digest_of
from litmap.pubmed import read
from litmap.store import open_store
from tests.conftest import Litmap
from tests.support_records import HEAD, article, deletion, nbib, write


def rows(db: Path, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with open_store(db, read_only=True) as store:
        return [tuple(row) for row in store.rows(sql, *params)]


def dump(db: Path) -> list[str]:
    with open_store(db, read_only=True) as store:
        return [line for line in store.conn.iterdump() if "_sqlite_migrations" not in line]


def sound(litmap: Litmap, db: Path) -> None:
    done = litmap("doctor", db)
    assert done.code == 0, done.out + done.err


def test_every_item_is_counted_and_a_rejected_one_named(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml.gz", article(1), article("", "Nameless."), article(2), article(1))
    done = litmap("load", db, path)
    assert done.code == 0
    assert "4 read = 2 new + 0 updated + 1 unchanged + 1 rejected" in done.err
    assert "item 2: no PMID of 1 to 9 digits: Nameless." in done.err
    assert rows(db, "select n_read, n_new, n_updated, n_unchanged, n_rejected, format from loads") == [
        (4, 2, 0, 1, 1, "xml")
    ]
    assert rows(db, "select item, reason from load_rejects") == [("Nameless.", "no PMID of 1 to 9 digits")]
    assert rows(db, "select pmid from load_records order by pmid") == [(1,), (2,)]
    sound(litmap, db)


def test_strict_says_so_after_the_work(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    assert litmap("load", db, write(tmp_path / "a.xml", article(1), article("")), "--strict").code == 3
    assert rows(db, "select pmid from records") == [(1,)]


def test_a_record_is_tagged_levelled_and_searchable(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap("load", db, write(tmp_path / "a.xml", article(1)))
    assert rows(db, "select design, level, integrity from records") == [("randomized-trial", 2, None)]
    assert ("depression",) in rows(db, "select condition from record_conditions")
    assert ("intravenous",) in rows(db, "select route from record_routes")
    assert rows(db, "select count(*) from record_levels where scheme = 'ocebm-benefit'") == [(1,)]
    assert rows(db, "select rowid from records_fts where records_fts match 'intravenous AND patients'") == [(1,)]


def test_the_same_bytes_twice_write_nothing(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml.gz", article(1), article(2))
    litmap("load", db, path)
    before, size = dump(db), db.stat().st_size
    again = path.rename(tmp_path / "other-name.txt")
    done = litmap("load", db, again)
    assert "loaded before, skipped" in done.err
    assert (dump(db), db.stat().st_size) == (before, size)


def test_the_same_bytes_twice_in_one_call_are_loaded_once(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", article(1))
    litmap("load", db, path, path)
    assert rows(db, "select count(*) from loads") == [(1,)]


def test_equal_records_in_another_file_are_not_written(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap("load", db, write(tmp_path / "a.xml", article(1), article(2)))
    before = rows(db, "select * from records order by pmid")
    done = litmap("load", db, write(tmp_path / "b.xml", article(2), article(1)))
    assert "2 read = 0 new + 0 updated + 2 unchanged" in done.err
    assert rows(db, "select * from records order by pmid") == before


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
    bare = write(tmp_path / "bare.xml", article(1).replace("We gave intravenous ketamine to 40 patients with depression.", ""))
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


def test_reports_with_one_registration_are_one_study(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    both = article(3, trials=("NCT00000001", "NCT00000002"))
    litmap(
        "load",
        db,
        write(
            tmp_path / "a.xml",
            article(1, trials=("NCT00000001",)),
            article(2, trials=("nct 00000001",)),
            both,
            article(4),
        ),
    )
    assert rows(db, "select pmid, study from record_studies order by pmid") == [(1, "NCT00000001"), (2, "NCT00000001")]


def test_a_deleted_record_stays_and_counts_for_nothing(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap("load", db, write(tmp_path / "a.xml", article(1), article(2)))
    done = litmap("load", db, write(tmp_path / "b.xml", article(3), deletion(1, 99)))
    assert "3 read = 1 new + 1 updated + 1 unchanged + 0 rejected" in done.err
    assert rows(db, "select status, level from records where pmid = 1") == [("Deleted", None)]
    litmap("load", db, write(tmp_path / "c.xml", article(1, "The old wording again.")))
    assert rows(db, "select status from records where pmid = 1") == [("Deleted",)]
    litmap("load", db, write(tmp_path / "d.xml", article(1, revised="2024-01-01")))
    assert rows(db, "select status, level from records where pmid = 1") == [("MEDLINE", 2)]
    sound(litmap, db)


def test_provenance_is_kept_and_no_path(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap(
        "load",
        db,
        write(tmp_path / "a.xml", article(1)),
        "--source",
        "PubMed",
        "--searched-on",
        "2025-05-01",
        "--query",
        "ketamine[tiab]",
    )
    assert rows(db, "select name, source, searched_on, query from loads") == [
        ("a.xml", "PubMed", "2025-05-01", "ketamine[tiab]")
    ]


# ---------------------------------------------------------------- bad input


def broken(path: Path) -> Path:
    text = HEAD + "<PubmedArticleSet>" + article(1) + article(2) + "<PubmedArticle><Med"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_breaks_off_leaves_the_map_as_it_was(
    litmap: Litmap, db: Path, tmp_path: Path, workers: int
) -> None:
    litmap("load", db, write(tmp_path / "good.xml", article(7)))
    before = db.read_bytes()
    done = litmap("load", db, broken(tmp_path / "bad.xml"), "--workers", workers)
    assert done.code == 1
    assert done.err.count("\n") <= 2
    assert "not well-formed" in done.err
    assert "--keep-partial" in done.err
    assert db.read_bytes() == before


@pytest.mark.parametrize("workers", [1, 2])
def test_keep_partial_keeps_what_came_before_and_says_so(
    litmap: Litmap, db: Path, tmp_path: Path, workers: int
) -> None:
    done = litmap("load", db, broken(tmp_path / "bad.xml"), "--keep-partial", "--workers", workers)
    assert done.code == 0
    assert "3 read = 2 new + 0 updated + 0 unchanged + 1 rejected" in done.err
    assert "the rest of the file" in done.err
    assert litmap("load", db, broken(tmp_path / "bad2.xml"), "--keep-partial", "--strict").code == 0  # known bytes


def test_one_bad_file_refuses_all_before_anything_is_written(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    before = db.read_bytes()
    good = write(tmp_path / "good.xml", article(1))
    empty = tmp_path / "empty.nbib"
    empty.touch()
    for bad in (tmp_path / "missing.xml", tmp_path, empty):
        done = litmap("load", db, good, bad)
        assert (done.code, done.err.count("Error:")) == (1, 1)
        assert str(bad) in done.err
        assert db.read_bytes() == before


def test_a_wrong_md5_refuses_and_a_right_one_does_not(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "pubmed25n0001.xml.gz", article(1))
    beside = tmp_path / "pubmed25n0001.xml.gz.md5"
    beside.write_text("MD5(pubmed25n0001.xml.gz)= " + "0" * 32)
    done = litmap("load", db, path)
    assert done.code == 1
    assert "MD5" in done.err
    beside.write_text(f"MD5(pubmed25n0001.xml.gz)= {md5(path.read_bytes()).hexdigest()}\n")
    assert litmap("load", db, path).code == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_in_the_middle_leaves_the_file_unchanged(db: Path, tmp_path: Path, workers: int) -> None:
    path = write(tmp_path / "a.xml", *(article(number) for number in range(1, 1300)))
    before = db.read_bytes()

    def interrupt(_count: int) -> None:
        raise KeyboardInterrupt

    with open_store(db) as store, pytest.raises(KeyboardInterrupt):
        load(store, [path], workers=workers, progress=interrupt)
    assert db.read_bytes() == before


# ---------------------------------------------------------------- many files, and the library


def test_files_read_side_by_side_give_the_same_map_as_one_after_the_other(litmap: Litmap, tmp_path: Path) -> None:
    files = [
        write(
            tmp_path / f"{start}.xml.gz",
            *(
                article(start + i, f"Ketamine number {i}, file {start}.", revised=f"20{10 + start % 7}-01-01")
                for i in range(600)
            ),
            deletion(start + 3),
        )
        for start in (1, 301, 601, 901)
    ]
    dumps = []
    for workers in (1, 2, 3):
        db = tmp_path / f"{workers}.db"
        litmap("init", db)
        with open_store(db) as store:
            reports = load(store, files, workers=workers)
        assert [report.name for report in reports] == [file.name for file in files]
        dumps.append((dump(db), [(r.counts.new, r.counts.updated, r.counts.unchanged) for r in reports]))
        sound(litmap, db)
    assert dumps[0] == dumps[1] == dumps[2]


def test_memory_does_not_grow_with_what_waits(
    litmap: Litmap, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Items of later files wait on disk: at no time are more than a few batches in memory."""
    from litmap.ingest import readers

    most = 0
    receive = readers._Reader.receive

    def watched(self: Any, *args: Any, **kwargs: Any) -> None:
        nonlocal most
        receive(self, *args, **kwargs)
        most = max(most, len(self.arrived))

    monkeypatch.setattr(readers._Reader, "receive", watched)
    files = [write(tmp_path / f"{start}.xml", *(article(start + i) for i in range(2000))) for start in (1, 3001)]
    with open_store(db) as store:
        load(store, files, workers=2)
    assert 0 < most <= 2


def test_records_come_back_as_they_were_read(db: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", article(2, trials=("NCT00000001",), relations=(("ErratumIn", 5),)), article(1))
    read_back = sorted(read(path), key=lambda record: record.pmid)  # type: ignore[union-attr, return-value]
    with open_store(db) as store:
        load(store, [path])
        assert list(stored.records(store)) == read_back
        assert list(stored.records(store, [2, 77])) == read_back[1:]
        assert [row[0] for row in store.rows("select digest from records order by pmid")] == [
            digest_of(record) for record in read_back
        ]  # type: ignore[arg-type]


def test_store_records_joins_an_open_transaction(db: Path, tmp_path: Path) -> None:
    items = list(read(write(tmp_path / "a.xml", article(1), article(2))))
    with open_store(db) as store:
        with pytest.raises(RuntimeError), store.transaction():
            assert store_records(store, items).new == 2
            raise RuntimeError
        assert store.value("select count(*) from records") == 0
        assert store_records(store, items).new == 2
        assert store_records(store, items).unchanged == 2


def test_large_files_are_read_by_other_processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.xml.gz"
    path.write_bytes(gzip.compress(b"x"))
    monkeypatch.setattr(loading, "cores", lambda: 8)
    file = loading.File(path, "xml", "")
    assert loading._workers([file]) == 1
    monkeypatch.setattr(loading, "_WORTH_A_PROCESS", 1)
    assert loading._workers([file]) == 8


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
