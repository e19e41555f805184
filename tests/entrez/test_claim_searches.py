"""litmap search --claims: one query for each intervention, condition and question."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from eutils_server import Article, Server

from litmap.ingest.claim_queries import shortest, with_plurals

CSV = """claim,source,condition,route,claim_type
Intravenous ketamine relieves PTSD.,a,ptsd,intravenous,efficacy
Ketamine by nasal spray eases PTSD.,b,ptsd,intranasal,efficacy
Ketamine in PTSD is safe.,a,ptsd,,safety
Ketamine was approved in 1970.,d,,,regulatory
One in ten people use ketamine.,e,,,epidemiology
Ketamine relieves OCD.,a,ocd,,efficacy
"""


def rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    conn = sqlite3.connect(db)
    try:
        return [tuple(row) for row in conn.execute(sql)]
    finally:
        conn.close()


@pytest.fixture
def claims(db: Path, litmap: Any, tmp_path: Path) -> Path:
    (tmp_path / "claims.csv").write_text(CSV)
    assert litmap("import", db, tmp_path / "claims.csv").code == 0
    return db


def test_dry_run_shows_the_queries_and_asks_nothing(claims: Path, litmap: Any, at_server: Server) -> None:
    before = claims.read_bytes()
    done = litmap("search", claims, "--claims", "--dry-run")
    assert done.code == 0, done.err
    heads = [line for line in done.out.splitlines() if line.startswith("#")]
    assert heads == [
        "# ketamine × ocd × benefit (1 claim)",
        "# ketamine × ptsd × benefit (2 claims)",
        "# ketamine × ptsd × harm (1 claim)",
    ]
    benefit = done.out.splitlines()[3]
    assert '"Ketamine"[mh]' in benefit
    assert '"esketamine*"[tiab]' in benefit
    assert '"Stress Disorders, Post-Traumatic"[mh]' in benefit
    assert '"adverse effects"[sh]' not in benefit
    assert '"adverse effects"[sh]' in done.out.splitlines()[5]
    assert at_server.asked == []
    assert claims.read_bytes() == before


def test_the_route_is_never_asked_for(claims: Path, litmap: Any, at_server: Server) -> None:
    out = litmap("search", claims, "--claims", "--dry-run").out
    for word in ("intravenous", "nasal", "infusion", "spray"):
        assert word not in out.lower()


def test_what_is_not_searched_is_said(claims: Path, litmap: Any, at_server: Server) -> None:
    done = litmap("search", claims, "--claims", "--dry-run")
    assert "3 queries for 4 claims." in done.err
    assert "Not searched: 1 claim (official-record: " in done.err
    assert "Not searched: 1 claim (prevalence: " in done.err
    assert "--question official-record" in done.err
    assert re.search(r"Not searched: \w+ Ketamine was approved in 1970\. \(official-record\)", done.err)
    done = litmap("search", claims, "--claims", "--dry-run", "--question", "official-record", "--broad")
    assert "# ketamine × official-record (1 claim)" in done.out
    assert litmap("search", claims, "--claims", "--question", "why").code == 1


def test_each_claim_knows_its_searches_and_their_records(claims: Path, litmap: Any, at_server: Server) -> None:
    at_server.add(
        Article(11, "Ketamine for posttraumatic stress disorder"), Article(12, "Ketamine for PTSD", "Safety was good.")
    )
    done = litmap("search", claims, "--claims")
    assert done.code == 0, done.err
    found = rows(
        claims,
        "select text, group_concat(pmid) from claims join claim_searches on claim_id = claims.id join searches s on s.id = search_id"
        " left join search_records using (search_id) where s.complete group by text order by text",
    )
    assert found == [
        ("Intravenous ketamine relieves PTSD.", "11,12"),
        ("Ketamine by nasal spray eases PTSD.", "11,12"),
        ("Ketamine in PTSD is safe.", "12"),
        ("Ketamine relieves OCD.", None),  # searched, none found: not the same as not searched
    ]
    assert [row[0] for row in rows(claims, "select pmid from records")] == [11, 12]


def test_what_was_searched_is_not_searched_again(claims: Path, litmap: Any, at_server: Server, tmp_path: Path) -> None:
    litmap("search", claims, "--claims")
    asked = len(at_server.asked)
    (tmp_path / "more.csv").write_text(
        "claim,source,condition,route,claim_type\nKetamine helps with PTSD.,c,ptsd,,efficacy\n"
    )
    litmap("import", claims, tmp_path / "more.csv")
    done = litmap("search", claims, "--claims")
    assert "litmap update runs it again" in done.out
    assert len(at_server.asked) == asked
    assert rows(
        claims, "select count(*) from claim_searches join claims on claims.id = claim_id where text like '%helps%'"
    ) == [(1,)]
    litmap("search", claims, "--claims", "--again")
    assert len(at_server.asked) > asked


def test_count_tells_how_much_each_would_bring(claims: Path, litmap: Any, at_server: Server) -> None:
    at_server.add(Article(11, "Ketamine for PTSD"))
    done = litmap("search", claims, "--claims", "--count")
    assert [line for line in done.out.splitlines() if line.isdigit()] == ["0", "1", "0"]
    assert rows(claims, "select count(*) from searches") == [(0,)]


def test_a_failure_in_the_second_search_keeps_the_first(claims: Path, litmap: Any, at_server: Server) -> None:
    at_server.add(Article(11, "Ketamine for PTSD"), Article(12, "Ketamine for obsessive-compulsive disorder"))
    at_server.trouble("esearch", "503", 5, skip=1)
    assert litmap("search", claims, "--claims").code == 4
    asked = len(at_server.asked)
    done = litmap("search", claims, "--claims")
    assert done.code == 0, done.err
    assert all("ocd" not in one.params.get("term", "").lower() for one in at_server.asked[asked:])
    assert rows(claims, "select count(*), min(complete) from searches") == [(3, 1)]


def test_a_search_that_was_stopped_has_found_nothing_out(claims: Path, litmap: Any, at_server: Server) -> None:
    """ "None found" is said of searches that were run to their end only."""
    at_server.add(*(Article(pmid, "Ketamine for PTSD") for pmid in range(11, 31)))
    at_server.trouble("efetch", "503", 5)
    assert litmap("search", claims, "--claims").code == 4

    def searched(words: str) -> set[bool]:
        table = litmap("export", claims, "evidence", "--format", "jsonl", "-o", "-").out.splitlines()
        return {row["searched"] is not None for row in map(json.loads, table) if words in row["claim"]}

    assert (searched("nasal spray"), searched("OCD")) == ({False}, {True})
    assert litmap("search", claims, "--claims").code == 0
    assert searched("nasal spray") == {True}


def test_an_update_tells_each_claim_what_its_searches_brought(claims: Path, litmap: Any, at_server: Server) -> None:
    at_server.add(Article(11, "Ketamine for PTSD", types=("Randomized Controlled Trial",)))
    litmap("search", claims, "--claims")
    assert litmap("link", claims).code == 0
    at_server.add(Article(13, "Ketamine for PTSD, a second look", created="2025/07/01"))
    trial = at_server.articles[11]
    trial.types, trial.relations, trial.revised = (
        (*trial.types, "Retracted Publication"),
        (("RetractionIn", 99),),
        "2025/07/03",
    )
    done = litmap("update", claims)
    assert done.code == 0, done.err
    after = done.out[done.out.index("Intravenous ketamine relieves PTSD.") :].split("\n\n")[0]
    assert "found by its searches for the first time: PMID 13" in after
    assert "PMID 11: now retracted" in after
    assert "Ketamine relieves OCD." not in done.out
    assert rows(claims, "select count(*) from claim_searches") == [(8,)]


def test_wordings_that_find_nothing_more_are_left_out() -> None:
    whole, near = shortest(
        ["major depression", "depression", "bipolar disorder", "bipolar affective disorder", "in a low mood"]
    )
    assert whole == ["depression", "bipolar disorder", "in a low mood"]
    assert near == ["bipolar disorder"]
    assert with_plurals(["psychosis", "psychoses", "therapy", "drug", "drugs"]) == [
        "psychosis",
        "psychoses",
        "therapy",
        "therapies",
        "drug*",
    ]
