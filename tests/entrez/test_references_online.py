"""litmap fetch for rows of lists: PMIDs they name, and those that PubMed finds by DOI or by citation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eutils_server import Article, Server

from litmap.store import open_store
from tests.conftest import Litmap

RIS = """TY  - JOUR
TI  - The first of the trials
DO  - 10.1000/one
ER  -
TY  - JOUR
TI  - The second of the trials
JO  - J Tests
PY  - 2020
VL  - 4
SP  - 11
EP  - 19
AU  - Doe, J
ER  -
TY  - JOUR
TI  - Nobody knows this
DO  - 10.1000/none
ER  -
TY  - JOUR
TI  - The fourth of the trials
N1  - PMID: 44
ER  -
"""


def rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    with open_store(db, read_only=True) as store:
        return [tuple(row) for row in store.rows(sql)]


def library(server: Server) -> None:
    server.add(
        Article(41, "The first of the trials", doi="10.1000/ONE"),
        Article(42, "The second of the trials", citation=("J Tests", "2020", "4", "11")),
        Article(44, "The fourth of the trials"),
    )


def loaded(litmap: Litmap, db: Path, tmp_path: Path) -> Path:
    path = tmp_path / "list.ris"
    path.write_text(RIS)
    assert litmap("load", db, path).code == 0
    return db


def test_pmids_of_lists_are_fetched_and_matched(litmap: Litmap, db: Path, tmp_path: Path, at_server: Server) -> None:
    library(at_server)
    done = litmap("fetch", loaded(litmap, db, tmp_path), "--from-references")
    assert "1 expected = 1 received" in done.out
    assert rows(db, "select position, matched_pmid from references_in where matched_pmid is not null") == [(4, 44)]
    assert "No list names a record" in litmap("fetch", db, "--from-references").err
    assert not at_server.of("ecitmatch")


def test_the_rest_is_found_by_doi_and_by_citation(litmap: Litmap, db: Path, tmp_path: Path, at_server: Server) -> None:
    library(at_server)
    done = litmap("fetch", loaded(litmap, db, tmp_path), "--resolve")
    assert "3 unmatched = 1 found by DOI + 1 by citation + 1 not found" in done.err
    assert "Unmatched: Nobody knows this" in done.err
    assert rows(db, "select position, matched_pmid, status from references_in order by position") == [
        (1, 41, "matched"), (2, 42, "matched"), (3, None, "unmatched"), (4, 44, "matched"),
    ]  # fmt: skip
    asked = at_server.of("ecitmatch")[0]
    assert asked.params["bdata"] == "J Tests|2020|4|11|Doe|2|"
    assert asked.params["email"] == "me@example.org"


def test_what_the_matcher_takes_for_it_is_not_believed_over_the_title(
    litmap: Litmap, db: Path, tmp_path: Path, at_server: Server
) -> None:
    at_server.add(Article(50, "Growing roses indoors", citation=("J Tests", "2020", "4", "11")))
    litmap("fetch", loaded(litmap, db, tmp_path), "--resolve")
    assert rows(db, "select status from references_in where position = 2") == [("ambiguous",)]


def test_without_a_network_everything_stays(litmap: Litmap, db: Path, tmp_path: Path, at_server: Server) -> None:
    library(at_server)
    loaded(litmap, db, tmp_path)
    before = rows(db, "select * from references_in")
    at_server.trouble("esearch", "503", -1)
    assert litmap("fetch", db, "--resolve").code == 4
    assert rows(db, "select * from references_in") == before
    at_server.troubles.clear()
    at_server.trouble("ecitmatch", "html", -1)
    done = litmap("fetch", db, "--resolve")
    assert (done.code, done.err.count("Error:")) == (4, 1)
    assert "citation matcher" in done.err
    at_server.troubles.clear()
    assert litmap("fetch", db, "--resolve").code == 0
    assert rows(db, "select count(*) from references_in where matched_pmid is not null") == [(3,)]
