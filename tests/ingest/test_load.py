"""litmap load: counts that add up, nothing written twice, what a record becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from litmap.ingest import stored
from litmap.ingest.records import load, store_records
from litmap.ingest.rows import digest_of
from litmap.pubmed import read
from litmap.store import open_store
from tests.conftest import Litmap
from tests.support_loading import dump, rows, sound
from tests.support_records import article, write


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
    found = rows(db, "select pmid, study from record_studies order by pmid")
    assert found == [(1, "NCT00000001"), (2, "NCT00000001"), (3, "NCT00000001+NCT00000002")]


def test_reports_of_the_same_several_trials_are_taken_together(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    both = ("NCT00000001", "NCT00000002")
    litmap("load", db, write(tmp_path / "a.xml", article(1, trials=both), article(2, trials=both[::-1]), article(3, trials=both[:1])))
    assert rows(db, "select count(*), count(distinct study) from record_studies") == [(3, 2)]


EUROPEAN, AMERICAN, BRITISH = "2014-004584-20", "NCT00000001", "ISRCTN00000005"
STATED = "We gave ketamine to 40 patients with depression."
OF_ONE_TRIAL = (
    article(1, trials=("EUCTR2014-004584-20-NL",)),
    article(2, abstract=f"{STATED} EudraCT {EUROPEAN}."),
    article(3, trials=(AMERICAN,)),
    article(4, trials=(BRITISH, EUROPEAN)),
    article(5, abstract=f"{STATED} EudraCT {EUROPEAN}; {AMERICAN}."),
)
OF_OTHERS = (
    article(6, trials=("2014-004584-21",)),
    article(7, trials=(AMERICAN, "NCT00000002", EUROPEAN, "2014-004584-21")),  # pooled
)


@pytest.mark.parametrize("turned", [False, True])
def test_a_trial_with_numbers_in_several_registers_is_one_study_in_whatever_order_its_reports_come(
    litmap: Litmap, db: Path, tmp_path: Path, turned: bool
) -> None:
    for number, one in enumerate((*OF_ONE_TRIAL, *OF_OTHERS)[:: -1 if turned else 1]):
        litmap("load", db, write(tmp_path / f"{number}.xml", one))
    found = rows(db, "select pmid, study from record_studies order by pmid")
    assert found == [
        *((pmid, AMERICAN) for pmid in range(1, 6)),
        (6, "2014-004584-21"),
        (7, f"{AMERICAN}+NCT00000002"),
    ]
    litmap("tag", db)
    assert rows(db, "select pmid, study from record_studies order by pmid") == found


def test_reports_part_again_when_the_record_that_tied_them_is_revised(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap("load", db, write(tmp_path / "a.xml", article(1, trials=(EUROPEAN,)), article(2, trials=(AMERICAN, EUROPEAN))))
    assert rows(db, "select distinct study from record_studies") == [(AMERICAN,)]
    litmap("load", db, write(tmp_path / "b.xml", article(2, trials=(AMERICAN,), revised="2021-01-02")))
    assert rows(db, "select pmid, study from record_studies order by pmid") == [(1, EUROPEAN), (2, AMERICAN)]


def test_a_registration_in_the_abstract_ties_reports_that_the_index_does_not(
    litmap: Litmap, db: Path, tmp_path: Path
) -> None:
    stated = "We gave ketamine to 40 patients with depression."
    litmap(
        "load",
        db,
        write(
            tmp_path / "a.xml",
            article(1, trials=("NCT00000001",)),
            article(2, abstract=f"{stated} (NCT 00000001)."),
            article(3, abstract=f"{stated} NCT00000001, NCT00000002."),
            article(4, abstract=f"{stated} Registered as CRD42020123456."),
        ),
    )
    found = rows(db, "select pmid, study, origin from record_studies order by pmid")
    assert found == [
        (1, "NCT00000001", "registration"),
        (2, "NCT00000001", "abstract"),
        (3, "NCT00000001+NCT00000002", "abstract"),
    ]


def test_types_that_the_national_library_does_not_use_are_named(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", article(1, types=("Randomised Study",)), article(2, types=("Editorial",)))
    for done in (litmap("load", db, path), litmap("status", db)):
        assert (done.code, done.err.count("Warning:")) == (0, 1)
        assert "publication type 'Randomised Study' (1 record) is not in NLM's list" in done.err


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
