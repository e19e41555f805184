"""A small review from search to diagram: two searches, a file, single PMIDs, some forty decisions of two people."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from eutils_server import Article, Server

CLAIMS = """claim,source,condition,route,claim_type
Ketamine relieves depression within hours.,page,depression,intravenous,efficacy
Ketamine is safe in depression.,page,depression,,safety
"""
FIRST = 7_000_001  # PMIDs 7000001 to 7000034 are in PubMed
ANN, BOB = "Ann", "Bob"


def article(number: int, more: str = "") -> Article:
    return Article(FIRST + number, f"Ketamine for depression, report {number} {more}", types=("Journal Article",))


def sheet(path: Path, key: str, rows: Iterable[tuple[int, str, str, str]]) -> Path:
    """A filled-in sheet; rows are number, verdict, reason, stage."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["claim_key", "pmid", "verdict", "reason", "stage"])
        writer.writerows([key, FIRST + number, verdict, reason, stage] for number, verdict, reason, stage in rows)
    return path


@pytest.fixture
def searched(db: Path, litmap: Any, at_server: Server, tmp_path: Path) -> Path:
    """24 records from one search, 8 from another that shares 4, one not given; 5 in a file, 3 by PMID."""
    at_server.add(
        *(article(number) for number in range(20)), *(article(number, "esketamine") for number in range(20, 24))
    )
    at_server.add(*(Article(FIRST + number, f"Esketamine spray, report {number}") for number in range(24, 28)))
    at_server.unfetchable = {FIRST + 19}
    (tmp_path / "claims.csv").write_text(CLAIMS)
    file = "".join(article(number).xml() for number in (0, 1, 28, 29, 30))
    (tmp_path / "colleague.xml").write_text(f"<PubmedArticleSet>{file}</PubmedArticleSet>")
    at_server.add(article(31), article(32))
    for words in (
        ["import", db, tmp_path / "claims.csv"],
        ["load", db, tmp_path / "colleague.xml"],
        ["fetch", db, FIRST + 2, FIRST + 31, FIRST + 32],
    ):
        assert litmap(*words).code == 0
    del at_server.articles[FIRST + 31], at_server.articles[FIRST + 32]
    for words in (["search", db, "ketamine AND depression"], ["search", db, "esketamine"], ["link", db]):
        done = litmap(*words)
        assert done.code == 0, done.err
    return db


def decide(db: Path, litmap: Any, tmp_path: Path) -> int:
    """Enter the script; return how many decisions it has."""
    conn = sqlite3.connect(db)
    key, other = (row[0] for row in conn.execute("select key from claims order by id"))
    conn.close()
    early, late = "title-abstract", "full-text"
    scripts = (
        (ANN, key, [(n, "include", "", early) for n in range(10)] + [(n, "exclude", "wrong population", early) for n in range(10, 16)]),
        (ANN, key, [(28, "include", "", early), (29, "exclude", "wrong outcome", early), (31, "include", "", early)]),
        (ANN, other, [(10, "unsure", "", early), (16, "exclude", "wrong population", early)]),
        (BOB, key, [(n, "include", "", early) for n in range(7)] + [(7, "exclude", "wrong intervention", early), (8, "include", "", early)]),
        (BOB, key, [(11, "exclude", "wrong population", early)]),
        (ANN, key, [(n, "include", "", late) for n in range(5)] + [(5, "exclude", "wrong outcome", late)]),
        (ANN, key, [(6, "exclude", "Full text not retrieved", late), (28, "exclude", "wrong study design", late)]),
        (BOB, key, [(0, "include", "", late), (5, "exclude", "wrong outcome", late)]),
    )  # fmt: skip
    for number, (reviewer, claim, rows) in enumerate(scripts):
        path = sheet(tmp_path / f"sheet-{number}.csv", claim, rows)
        done = litmap("decisions", db, "--import", path, "--reviewer", reviewer)
        assert done.code == 0, done.err
    return sum(len(rows) for _, _, rows in scripts)


def prisma(db: Path, litmap: Any) -> dict[str, str]:
    done = litmap("flow", db, "--prisma", "--csv")
    assert done.code == 0, done.err
    return {row["data"]: row["n"] for row in csv.DictReader(io.StringIO(done.out))}


def test_the_whole_flow(searched: Path, litmap: Any, tmp_path: Path) -> None:
    assert decide(searched, litmap, tmp_path) == 41
    found = prisma(searched, litmap)
    told = {name: int(n) for name, n in found.items() if n.isdigit()}
    assert (told["database_results"], found["database_specific_results"]) == (32, "PubMed, 32")
    assert (told["organisation_results"], told["citations_results"]) == (5, 3)
    # 4 of the second search are in the first; 2 of the file and 1 of the PMIDs are in the searches
    assert told["duplicates"] == 4 + 2 + 1
    assert told["excluded_other"] == 1  # PubMed did not give it
    assert told["records_screened"] == 20  # reports 0 to 16, 28, 29 and 31
    assert told["excluded_automatic"] == 33 - 1 - 20
    # 11 to 16 and 29; report 10 is "unsure" for the other claim
    assert told["records_excluded"] == 7
    assert (told["dbr_sought_reports"], told["other_sought_reports"]) == (11, 2)
    assert (told["dbr_notretrieved_reports"], told["other_notretrieved_reports"]) == (1, 0)
    assert (told["dbr_assessed"], told["other_assessed"]) == (10, 2)
    # report 5 in full text; 7 is a conflict; 10 is unsure
    assert found["dbr_excluded"] == "awaiting a decision, 2; wrong outcome, 1"
    assert found["other_excluded"] == "wrong study design, 1"
    assert (told["new_studies"], told["new_reports"]) == (8, 8)  # 0 to 4, 8, 9; 31


def test_the_boxes_add_up(searched: Path, litmap: Any, tmp_path: Path) -> None:
    decide(searched, litmap, tmp_path)
    told = json.loads(litmap("flow", searched, "--prisma", "--json").out)
    for name in ("databases", "other", "total"):
        one = told[name]
        assert one["identified"] == one["duplicates"] + one["automation"] + one["unusable"] + one["screened"]
        assert one["screened"] == one["excluded"] + one["sought"]
        assert one["assessed"] == one["sought"] - one["not_retrieved"] == sum(one["reasons"].values()) + one["reports"]
    assert told["status"] == "screened"
    assert told["total"]["reports"] == sum(told[name]["reports"] for name in ("databases", "other"))


def test_a_map_that_nobody_screened_says_so(searched: Path, litmap: Any, tmp_path: Path) -> None:
    done = litmap("flow", searched)
    assert done.code == 0
    assert "not screened" in done.out
    assert "no person has decided" in done.err
    found = prisma(searched, litmap)
    assert (found["records_screened"], found["excluded_automatic"]) == ("0", "32")
    assert "Records screened (all sources): not screened" in litmap("flow", searched, "--csv").out
    assert litmap("flow", searched, "--svg", tmp_path / "flow.svg").code == 0
    assert "not screened" in (tmp_path / "flow.svg").read_text()


def test_searching_again_finds_no_further_records(searched: Path, litmap: Any, tmp_path: Path) -> None:
    before = prisma(searched, litmap)
    assert litmap("search", searched, "esketamine").code == 0
    assert prisma(searched, litmap) == before


def test_numbers_that_contradict_each_other_are_an_error(searched: Path, litmap: Any) -> None:
    conn = sqlite3.connect(searched)
    conn.execute("update searches set n_received = n_received - 3 where query = 'esketamine'")
    conn.commit()
    conn.close()
    done = litmap("flow", searched)
    assert done.code == 1
    assert "do not add up: search 2 found 8, but received 5 + missing 0" in done.err
    assert done.out == ""
