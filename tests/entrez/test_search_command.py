"""litmap search, fetch and update, as a user runs them."""

from __future__ import annotations

import json
import sqlite3
import zlib
from pathlib import Path
from typing import Any

from eutils_server import Article, Server

KEY = "s3cret0key"


def rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    conn = sqlite3.connect(db)
    try:
        return [tuple(row) for row in conn.execute(sql)]
    finally:
        conn.close()


def test_a_search_is_stored_with_pubmeds_reading_and_brings_its_records(
    db: Path, litmap: Any, at_server: Server
) -> None:
    pmids = at_server.fill(30)
    done = litmap("search", db, "ketamine OR zzyzxine")
    assert done.code == 0, done.err
    assert "30 found" in done.out
    assert "30 expected = 30 received (30 new, 0 updated, 0 unchanged, 0 in the map already) + 0 missing" in done.out
    assert "[All Fields]" in done.err
    assert "not found in PubMed: zzyzxine" in done.err
    assert [row[0] for row in rows(db, "select pmid from records order by 1")] == pmids
    stored = rows(
        db, "select query, count, n_received, missing, phrases_not_found, limits, complete, database from searches"
    )
    assert stored == [("ketamine OR zzyzxine", 30, 30, "[]", '["zzyzxine"]', None, 1, "pubmed")]
    assert len(rows(db, "select * from search_records")) == 30


def test_only_what_is_new_is_fetched(db: Path, litmap: Any, at_server: Server) -> None:
    at_server.fill(20)
    litmap("search", db, "ketamine")
    extra = at_server.fill(3, first=9_000_000)
    done = litmap("search", db, "ketamine")
    assert "23 expected = 23 received (3 new, 0 updated, 0 unchanged, 20 in the map already) + 0 missing" in done.out
    assert at_server.of("efetch")[-1].ids == extra
    assert len(rows(db, "select * from searches")) == 2


def test_what_does_not_come_is_named(db: Path, litmap: Any, at_server: Server) -> None:
    pmids = at_server.fill(20)
    at_server.unfetchable = {pmids[4]}
    done = litmap("search", db, "ketamine")
    assert done.code == 0
    assert "20 expected = 19 received (19 new, 0 updated, 0 unchanged, 0 in the map already) + 1 missing" in done.out
    assert f"Missing: PMID {pmids[4]}" in done.err
    assert rows(db, "select count, n_received, missing, complete from searches") == [(20, 19, f"[{pmids[4]}]", 1)]
    assert litmap("search", db, "ketamine", "--strict").code == 3


def test_count_asks_and_stores_nothing(db: Path, litmap: Any, at_server: Server) -> None:
    at_server.fill(20)
    before = db.read_bytes()
    done = litmap("search", db, "ketamine", "--count")
    assert (done.code, done.out) == (0, "20\n")
    assert len(at_server.asked) == 1
    assert db.read_bytes() == before


def test_since_limit_and_sort(db: Path, litmap: Any, at_server: Server) -> None:
    old = at_server.fill(5)
    at_server.add(*(Article(pmid, "ketamine, lately", created="2025/03/02") for pmid in (50, 60, 70)))
    done = litmap("search", db, "ketamine", "--since", "2025-01")
    assert "3 found" in done.out
    assert rows(db, "select query, limits from searches") == [("ketamine", '{"since":"2025-01"}')]
    done = litmap("search", db, "ketamine", "--limit", 2, "--sort", "date")
    assert "8 found, 2 asked for (--limit)" in done.out
    assert [row[0] for row in rows(db, "select pmid from search_records where search_id = 2 order by 1")] == old[-2:]
    assert at_server.of("esearch")[-1].params["sort"] == "pub_date"


def test_books_and_duplicates_are_records_once(db: Path, litmap: Any, at_server: Server) -> None:
    pmids = at_server.fill(5)
    at_server.add(Article(31643176, "Ketamine, a chapter", book=True))
    at_server.doubled = {pmids[0], 31643176}
    done = litmap("search", db, "ketamine")
    assert "6 expected = 6 received (6 new" in done.out
    assert len(rows(db, "select * from records")) == 6


def test_a_query_pubmed_does_not_accept_writes_nothing(db: Path, litmap: Any, at_server: Server) -> None:
    before = db.read_bytes()
    done = litmap("search", db, "ketamine AND (")
    assert done.code == 1
    assert "does not accept this search" in done.err
    assert "Traceback" not in done.err
    assert db.read_bytes() == before
    for words in ((), ("x", "--claims"), ("x", "--dry-run"), ("x", "--since", "last year"), ("  ",)):
        assert litmap("search", db, *words).code in (1, 2)
    assert litmap("search", db.with_name("none.db"), "x").code == 1


def test_a_service_that_fails_half_way_keeps_what_came_and_goes_on(db: Path, litmap: Any, at_server: Server) -> None:
    pmids = at_server.fill(1_000)
    at_server.trouble("efetch", "503", 5, skip=2)
    done = litmap("search", db, "ketamine")
    assert done.code == 4
    assert "400 of 1,000 records are stored" in done.err
    assert "run the same command again" in done.err
    assert KEY not in done.err + done.out
    assert rows(db, "select count, n_received, complete from searches") == [(1000, 400, 0)]
    asked = len(at_server.asked)
    done = litmap("search", db, "ketamine")
    assert done.code == 0, done.err
    assert [len(one.ids) for one in at_server.asked[asked:]] == [200, 200, 200]
    assert rows(db, "select count, n_received, complete from searches") == [(1000, 1000, 1)]
    assert [row[0] for row in rows(db, "select pmid from records order by 1")] == pmids


def test_the_key_is_nowhere(db: Path, litmap: Any, at_server: Server, tmp_path: Path) -> None:
    at_server.fill(450)
    at_server.trouble("efetch", "json", 20, skip=1)
    done = litmap("search", db, "ketamine")
    assert done.code == 4
    assert at_server.asked[0].params["api_key"] == KEY
    assert KEY not in done.out + done.err
    cached = list((tmp_path / "cache").rglob("*.z"))
    assert cached
    assert KEY.encode() not in db.read_bytes()
    for path in cached:
        assert KEY.encode() not in path.read_bytes() + zlib.decompress(path.read_bytes())
        assert KEY not in str(path)


def test_no_cache(db: Path, litmap: Any, at_server: Server, tmp_path: Path) -> None:
    at_server.fill(450)
    at_server.trouble("efetch", "503", 5, skip=1)
    assert litmap("search", db, "ketamine", "--no-cache").code == 4
    assert not (tmp_path / "cache").exists()
    assert litmap("search", db, "ketamine", "--no-cache").code == 0
    assert len(rows(db, "select * from records")) == 450


def test_a_finished_run_leaves_no_cache_behind(db: Path, litmap: Any, at_server: Server, tmp_path: Path) -> None:
    at_server.fill(5)
    litmap("search", db, "ketamine")
    assert not list((tmp_path / "cache").rglob("*.z"))


# ---------------------------------------------------------------- fetch


def test_fetch_takes_words_files_and_the_standard_input(
    db: Path, litmap: Any, at_server: Server, tmp_path: Path, monkeypatch: Any
) -> None:
    import io

    pmids = at_server.fill(6)
    listed = tmp_path / "pmids.txt"
    listed.write_text(f"\ufeffPMID: {pmids[1]}\n{pmids[2]}, {pmids[0]}\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{pmids[3]}\n{pmids[3]}\n"))
    done = litmap("fetch", db, pmids[0], listed, "-", 77)
    assert done.code == 0, done.err
    assert "5 expected = 4 received (4 new, 0 updated, 0 unchanged) + 1 missing" in done.out
    assert "Missing: PMID 77" in done.err
    assert rows(db, "select n_read, n_new, n_rejected, source from loads") == [(5, 4, 1, "PubMed")]


def test_fetch_again_brings_a_revised_record(db: Path, litmap: Any, at_server: Server) -> None:
    pmids = at_server.fill(3)
    litmap("fetch", db, *pmids)
    assert "(0 new, 0 updated, 3 unchanged)" in litmap("fetch", db, *pmids).out
    article = at_server.articles[pmids[0]]
    article.title, article.revised = "Ketamine, corrected", "2024/05/06"
    assert "(0 new, 1 updated, 2 unchanged)" in litmap("fetch", db, *pmids).out
    assert rows(db, f"select title from records where pmid = {pmids[0]}") == [("Ketamine, corrected",)]


def test_fetch_refuses_what_is_no_pmid(db: Path, litmap: Any, at_server: Server, tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(b"%PDF\xff\xfe")
    (tmp_path / "empty.txt").write_text("\n")
    for word in ("PMC123456", "0", "1234567890", tmp_path / "page.pdf", tmp_path / "empty.txt"):
        done = litmap("fetch", db, word)
        assert done.code == 1
        assert "Traceback" not in done.err
    assert at_server.asked == []


# ---------------------------------------------------------------- update


def test_update_finds_what_is_new_revised_and_retracted(db: Path, litmap: Any, at_server: Server) -> None:
    pmids = at_server.fill(10)
    litmap("search", db, "ketamine")
    new = at_server.fill(1, first=9_000_000)[0]
    at_server.articles[new].created = "2025/07/01"
    later = Article(40, "Something else", mesh=("Ketamine",))
    at_server.add(later)
    revised = at_server.articles[pmids[2]]
    revised.title, revised.revised = "Ketamine, corrected", "2025/07/02"
    bad = at_server.articles[pmids[3]]
    bad.types, bad.relations, bad.revised = (
        ("Journal Article", "Retracted Publication"),
        (("RetractionIn", 99),),
        "2025/07/03",
    )
    done = litmap("update", db)
    assert done.code == 0, done.err
    assert "12 found, 10 before: 1 new in PubMed, 1 newly matching, 0 no longer, 2 revised or newly indexed" in done.out
    assert "12 expected = 12 received (2 new, 2 updated, 8 unchanged) + 0 missing" in done.out
    assert f"PMID {pmids[3]}: now retracted" in done.out
    assert f"PMID {pmids[2]}: revised" in done.out
    assert rows(db, "select count, n_received, complete from searches order by id") == [(10, 10, 1), (12, 12, 1)]
    done = litmap("update", db)
    assert "12 found, 12 before: 0 new in PubMed, 0 newly matching, 0 no longer" in done.out
    assert "nothing changed for any claim" in done.out


def test_update_names_records_that_pubmed_no_longer_gives(db: Path, litmap: Any, at_server: Server) -> None:
    pmids = at_server.fill(5)
    litmap("search", db, "ketamine")
    del at_server.articles[pmids[0]]
    done = litmap("update", db)
    assert "4 found, 5 before: 0 new in PubMed, 0 newly matching, 1 no longer" in done.out
    assert f"PMID {pmids[0]}: PubMed no longer gives this record" in done.out
    assert rows(db, f"select count(*) from records where pmid = {pmids[0]}") == [(1,)]


def test_update_of_an_empty_map_says_so(db: Path, litmap: Any, at_server: Server) -> None:
    done = litmap("update", db)
    assert done.code == 0
    assert "nothing to update" in done.err
    assert at_server.asked == []


def test_an_update_that_failed_goes_on(db: Path, litmap: Any, at_server: Server) -> None:
    at_server.fill(600)
    litmap("search", db, "ketamine")
    at_server.trouble("efetch", "500", 5, skip=2)
    assert litmap("update", db).code == 4
    asked = len(at_server.asked)
    assert litmap("update", db).code == 0
    assert [len(one.ids) for one in at_server.asked[asked:]] == [200]
    assert json.loads(rows(db, "select missing from searches order by id desc")[0][0]) == []


def test_a_notice_that_a_search_brings_reaches_the_claims(
    db: Path, litmap: Any, at_server: Server, tmp_path: Path
) -> None:
    """The retracted paper itself is not fetched again: its notice says enough, and the claim's evidence follows."""
    (tmp_path / "claims.csv").write_text(
        "claim,source,condition,claim_type\nKetamine relieves depression.,a,depression,efficacy\n"
    )
    litmap("import", db, tmp_path / "claims.csv")
    at_server.add(
        Article(
            11,
            "Ketamine relieves depression: a randomized trial",
            types=("Randomized Controlled Trial",),
            mesh=("Ketamine",),
        )
    )
    litmap("search", db, "ketamine")
    litmap("link", db)
    assert rows(db, "select level, n_retracted from claim_evidence where condition = 'depression'") == [(2, 0)]
    at_server.add(
        Article(12, "Retraction: Ketamine", types=("Retraction of Publication",), relations=(("RetractionOf", 11),))
    )
    litmap("search", db, "ketamine")
    assert rows(db, "select integrity from records where pmid = 11") == [("retracted",)]
    assert rows(db, "select level, n_retracted from claim_evidence where condition = 'depression'") == [(None, 1)]


def test_pubmed_that_gives_nothing_of_what_it_found_is_not_believed(db: Path, litmap: Any, at_server: Server) -> None:
    at_server.unfetchable = set(at_server.fill(50))
    done = litmap("search", db, "ketamine")
    assert done.code == 4
    assert "gives none of them" in done.err
    assert rows(db, "select complete from searches") == [(0,)]
    at_server.unfetchable = set()
    assert litmap("search", db, "ketamine").code == 0


def test_an_update_finishes_a_search_that_was_stopped(db: Path, litmap: Any, at_server: Server) -> None:
    at_server.fill(600)
    at_server.trouble("efetch", "503", 5, skip=1)
    assert litmap("search", db, "ketamine").code == 4
    assert litmap("update", db).code == 0
    assert len(rows(db, "select * from records")) == 600
    assert rows(db, "select n_received, complete from searches order by id") == [(200, 0), (600, 1)]


def test_what_was_missing_is_asked_for_again_by_an_update(db: Path, litmap: Any, at_server: Server) -> None:
    pmids = at_server.fill(20)
    at_server.unfetchable = {pmids[4]}
    litmap("search", db, "ketamine")
    assert litmap("update", db).code == 0
    at_server.unfetchable = set()
    assert litmap("update", db).code == 0
    assert rows(db, "select n_received, missing from searches order by id") == [
        (19, f"[{pmids[4]}]"),
        (19, f"[{pmids[4]}]"),
        (20, "[]"),
    ]


def test_the_key_is_in_no_traceback(db: Path, litmap: Any, at_server: Server) -> None:
    at_server.fill(5)
    for kind, code in (("drop", 4), ("cut", 4), ("json", 4), ("bad-key", 1)):
        at_server.troubles.clear()
        at_server.trouble("esearch", kind, -1)
        done = litmap("search", db, "ketamine", "--debug")
        assert done.code == code
        assert "Traceback" in done.err
        assert KEY not in done.err + done.out


def test_a_search_with_missing_records_and_a_stopped_one_are_sound(db: Path, litmap: Any, at_server: Server) -> None:
    pmids = at_server.fill(450)
    at_server.unfetchable = {pmids[4]}
    litmap("search", db, "ketamine")
    at_server.trouble("efetch", "503", 9)
    at_server.fill(50, first=9_000_000)
    assert litmap("search", db, "ketamine").code == 4
    done = litmap("doctor", db)
    assert (done.code, done.err) == (0, "")
    assert "1 stopped before the end: run again" in litmap("status", db, "--csv").out
    conn = sqlite3.connect(db)
    conn.execute("delete from search_records where search_id = 1 and pmid = ?", (pmids[0],))
    conn.commit()
    conn.close()
    done = litmap("doctor", db)
    assert done.code == 1
    assert "search 1: 449 found, but 449 received and 1 missing" in done.err


def test_an_update_of_a_limited_search_says_that_it_is(db: Path, litmap: Any, at_server: Server) -> None:
    at_server.fill(20)
    litmap("search", db, "ketamine", "--limit", 5, "--sort", "date")
    done = litmap("update", db)
    assert "20 found, 5 asked for (--limit), 5 before: 0 new in PubMed" in done.out
    assert "search: ketamine (limit 5, sort date)" in done.err
