"""litmap load of lists: rows matched, kept for later, or named with the reason; counts that add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from litmap.store import open_store
from tests.conftest import Litmap
from tests.support_records import article, write

TITLE = "Ketamine for depression: a randomized trial."


def rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    with open_store(db, read_only=True) as store:
        return [tuple(row) for row in store.rows(sql)]


def with_doi(text: str, doi: str) -> str:
    return text.replace("</MedlineCitation>", "</MedlineCitation><PubmedData><ArticleIdList>"
                        f'<ArticleId IdType="doi">{doi}</ArticleId></ArticleIdList></PubmedData>')  # fmt: skip


def saved(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def filled(litmap: Litmap, db: Path, tmp_path: Path) -> Path:
    """Records 1 (with a DOI), 2 and 3 (of one title), 4."""
    items = (
        with_doi(article(1), "10.1000/One"),
        article(2, "Sleep after surgery in children."),
        article(3, "Sleep after surgery in children."),
        article(4, "Nasal sprays in the emergency room."),
    )
    assert litmap("load", db, write(tmp_path / "records.xml", *items)).code == 0
    return db


LIST = """Title,Year,PMID,DOI,Notes
Ketamine for depression,2019,1,,by PMID
,,,10.1000/ONE,by DOI
"Nasal sprays in the emergency room",2020,,,by title
An article of next year,2026,9,,not in the map
An article nobody has,2019,,10.1000/none,
Sleep after surgery in children,2019,,,two of them
On the growth of roses,2019,1,,another title
,2019,,,
"""


def test_every_row_is_counted_and_named(litmap: Litmap, filled: Path, tmp_path: Path) -> None:
    done = litmap("load", filled, saved(tmp_path / "list.csv", LIST), "--source", "Rayyan", "--searched-on", "2025-05-01", "--query", "q")  # fmt: skip
    assert done.code == 0
    assert "list.csv: 8 read = 3 matched + 1 to fetch + 1 unmatched + 2 ambiguous + 1 rejected" in done.err
    assert "Matched: list.csv item 1: PMID 1, by PMID: Ketamine for depression" in done.err
    assert "Matched: list.csv item 2: PMID 1, by DOI" in done.err
    assert "Matched: list.csv item 3: PMID 4, by title and year" in done.err
    assert "To fetch: list.csv item 4: PMID 9 is not in the map" in done.err
    assert "Unmatched: list.csv item 5: its DOI is not in the map" in done.err
    assert "Ambiguous: list.csv item 6: several records of its title and year: PMID 2, 3" in done.err
    assert "Ambiguous: list.csv item 7: PMID 1 has another title" in done.err
    assert "Rejected: list.csv item 8: no title, PMID, DOI or PMCID" in done.err
    assert f"litmap fetch {filled} --from-references" in done.err
    assert rows(filled, "select position, matched_pmid, pmid, status from references_in order by id") == [
        (1, 1, 1, "matched"), (2, 1, 1, "matched"), (3, 4, 4, "matched"), (4, None, 9, "to-fetch"),
        (5, None, None, "unmatched"), (6, None, None, "ambiguous"), (7, None, 1, "ambiguous"),
    ]  # fmt: skip
    assert rows(filled, "select source, searched_on, query, n_read, n_rejected, format from loads where name = 'list.csv'") == [
        ("Rayyan", "2025-05-01", "q", 8, 1, "csv")
    ]  # fmt: skip
    assert rows(filled, "select pmid from load_records where load_id = 2 order by pmid") == [(1,), (4,)]
    assert litmap("load", filled, saved(tmp_path / "b.csv", LIST + "\n"), "--strict").code == 3
    assert litmap("doctor", filled).code == 0


def test_the_same_bytes_again_write_nothing(litmap: Litmap, filled: Path, tmp_path: Path) -> None:
    litmap("load", filled, saved(tmp_path / "list.csv", LIST))
    before = filled.read_bytes()
    done = litmap("load", filled, saved(tmp_path / "renamed.txt", LIST))
    assert "renamed.txt: loaded before, skipped" in done.err
    assert filled.read_bytes() == before


def test_quiet_still_names_what_needs_eyes(litmap: Litmap, filled: Path, tmp_path: Path) -> None:
    said = litmap("load", filled, saved(tmp_path / "list.csv", LIST), "-q").err
    assert "Matched" not in said
    assert said.count("Ambiguous:") == 2
    assert said.count("Unmatched:") == 1


def test_rows_find_their_record_when_it_comes(litmap: Litmap, filled: Path, tmp_path: Path) -> None:
    litmap("load", filled, saved(tmp_path / "list.csv", LIST))
    late = (article(9, "An article of next year."), with_doi(article(10, "An article nobody has."), "10.1000/none"))
    litmap("load", filled, write(tmp_path / "late.xml", *late))
    assert rows(filled, "select position, matched_pmid, reason from references_in where position in (4, 5)") == [
        (4, 9, "PMID"), (5, 10, "DOI"),
    ]  # fmt: skip
    assert rows(filled, "select count(*) from references_in where matched_pmid is null") == [(2,)]
    assert (2, 9) in rows(filled, "select load_id, pmid from load_records")


def test_a_pmid_that_turns_out_to_be_another_article_is_not_matched(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap("load", db, saved(tmp_path / "list.ris", "TY  - JOUR\nTI  - On the growth of roses\nN1  - PMID: 1\nER  -\n"))
    litmap("load", db, write(tmp_path / "a.xml", article(1)))
    assert rows(db, "select matched_pmid, status from references_in") == [(None, "ambiguous")]


def test_a_title_alone_does_not_match_another_authors_or_another_doi(
    litmap: Litmap, filled: Path, tmp_path: Path
) -> None:
    text = f"title,year,doi\n{TITLE},2019,10.1000/preprint\nReply,2019,\n{TITLE},2012,\n"
    done = litmap("load", filled, saved(tmp_path / "list.csv", text))
    assert "3 read = 0 matched + 0 to fetch + 2 unmatched + 1 ambiguous + 0 rejected" in done.err


def test_records_and_lists_in_one_call_whatever_their_order(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    listed = saved(tmp_path / "list.bib", "@article{a, title={" + TITLE + "}, note={PMID: 1}}")
    done = litmap("load", db, listed, write(tmp_path / "a.xml", article(1)))
    assert "list.bib: 1 read = 1 matched" in done.err
    assert "a.xml: 1 read = 1 new" in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Record ID,Title,RetractionDOI\n1,A,10.1/2\n", "--retractions"),
        ("Title,DOI\n", "holds no references"),
        ("just some words\n", "neither PubMed XML nor MEDLINE"),
    ],
)
def test_a_bad_file_is_one_line_and_nothing_is_written(
    litmap: Litmap, db: Path, tmp_path: Path, text: str, said: str
) -> None:
    before = db.read_bytes()
    good = saved(tmp_path / "good.csv", "Title,PMID\nA,1\n")
    done = litmap("load", db, good, saved(tmp_path / "bad.csv", text))
    assert (done.code, done.err.count("Error:")) == (1, 1)
    assert said in done.err
    assert db.read_bytes() == before
