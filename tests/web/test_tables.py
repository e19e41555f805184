"""Datasette's own pages over a map: facets that count what their links lead to, filters, formats, descriptions."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from litmap.web import cells, ours


def facets(site: Any, path: str) -> dict[str, Any]:
    """Facet results by name, in the shape both versions agree on."""
    found = site.json(path)["facet_results"]
    return found.get("results", found) if "results" in found else found


def count(site: Any, path: str) -> int:
    """How many rows a table page has."""
    table, _, query = path.partition("?")
    data = site.json(f"{table}.json?{query}&_extra=count&_size=0")
    return int(data.get("count", data.get("filtered_table_rows_count")))


@pytest.mark.parametrize("table", ["records", "claims"])
@pytest.mark.parametrize("facet", ["condition", "route", "intervention"])
def test_a_facets_number_is_the_number_of_rows_behind_its_link(site: Any, table: str, facet: str) -> None:
    results = facets(site, f"/evidence/{table}.json?_facet_tag={facet}&_extra=facet_results")[facet]["results"]
    assert results
    for entry in results:
        assert count(site, f"/evidence/{table}?_{facet}={entry['value']}") == entry["count"]


def test_a_parent_counts_each_record_of_its_children_once(site: Any) -> None:
    results = facets(site, "/evidence/records.json?_facet_tag=condition&_extra=facet_results")["condition"]["results"]
    counts = {entry["value"]: entry["count"] for entry in results}
    assert counts["depression"] == 7
    assert counts["treatment-resistant-depression"] == 2
    assert counts["mood-disorders"] == 7
    assert counts["chronic-pain"] == counts["crps"] == 1


def test_facets_narrow_with_the_other_filters(site: Any) -> None:
    path = "/evidence/records.json?_facet_tag=condition&_extra=facet_results&_route=intravenous&_level=2"
    results = facets(site, path)["condition"]["results"]
    assert {entry["value"]: entry["count"] for entry in results}["depression"] == 2


def test_this_level_or_better(site: Any) -> None:
    results = facets(site, "/evidence/records.json?_facet_level=level&_extra=facet_results")
    entries = results["this level or better"]["results"]
    assert [(entry["value"], entry["count"]) for entry in entries] == [(1, 1), (2, 4), (3, 6), (4, 7), (5, 8)]
    for entry in entries:
        assert count(site, f"/evidence/records?_level={entry['value']}") == entry["count"]
    assert count(site, "/evidence/claims?_level=2") == 2
    assert count(site, "/evidence/records?_level=nonsense") == 11


def test_a_facets_link_can_be_taken_back(site: Any) -> None:
    entries = facets(site, "/evidence/records.json?_facet_tag=route&_extra=facet_results&_route=oral")["route"][
        "results"
    ]
    chosen = next(entry for entry in entries if entry["value"] == "oral")
    assert chosen["selected"]
    assert "_route=oral" not in urlsplit(chosen["toggle_url"]).query


def test_the_table_page_shows_facets_descriptions_badges_and_links(site: Any) -> None:
    page = site.get("/evidence/records").text
    assert "this level or better" in page
    assert "Treatment-resistant depression" in page
    assert "not an appraisal" in page
    assert 'class="lm-badge lm-l2"' in page
    assert 'class="lm-badge lm-i-retracted"' in page
    links = site.get("/evidence/links").text
    assert 'href="/evidence/-/record/101"' in links


def test_full_text_search(site: Any) -> None:
    assert count(site, "/evidence/records?_search=complex+regional") == 1
    assert count(site, "/evidence/claims?_search=lozenges") == 1


def test_machinery_is_hidden_and_records_are_labelled(site: Any) -> None:
    tables = {table["name"]: table for table in site.json("/evidence.json")["tables"]}
    assert tables["_sqlite_migrations"]["hidden"]
    assert tables["vocabulary_files"]["hidden"]
    assert not tables["records"]["hidden"]
    assert "A trial of ketamine in depression that was withdrawn" in site.get("/evidence/links").text


def test_markdown(site: Any) -> None:
    answer = site.get("/evidence/records.md?_condition=crps")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/markdown")
    lines = answer.text.splitlines()
    assert lines[0].startswith("| pmid |")
    assert len(lines) == 3


def test_ris(site: Any) -> None:
    answer = site.get("/evidence/records.ris?_condition=crps")
    assert answer.text.startswith("TY  - JOUR\r\n")
    assert "AN  - 107\r\n" in answer.text
    assert "SP  - 201\r\nEP  - 209\r\n" in answer.text
    assert answer.text.count("ER  - ") == 1
    assert site.get("/evidence/documents.ris").status_code == 400


@pytest.mark.parametrize(
    "value", [None, b"\xff", "", "x" * 10_000, "<script>", -1, 10**30, 1.5, float("nan"), True, {"value": None}, {}, []]
)
@pytest.mark.parametrize("column", sorted(cells.RENDERERS))
def test_no_value_breaks_a_cell(column: str, value: Any) -> None:
    found = cells.RENDERERS[column]("/evidence", value)
    assert found is None or "<script>" not in found


def test_somebody_elses_database_is_left_alone(site_of: Any, evidence: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as conn:
        conn.execute("create table records (pmid integer primary key, level integer, title text)")
        conn.execute("insert into records values (101, 2, 'theirs')")
    conn.close()
    site = site_of(evidence, foreign)
    page = site.get("/foreign/records?_level=1&_facet_tag=condition").text
    assert "lm-badge" not in page
    assert "litmap" not in page
    assert "theirs" in page
    assert "lm-home" not in site.get("/foreign").text
    assert site.get("/foreign/records.ris").status_code == 404
    for path in ("map", "claim/x", "document/1", "record/101"):
        assert site.get(f"/foreign/-/{path}").status_code == 404
    assert site.loop.run_until_complete(ours.maps(site.datasette)) == ["evidence"]


def test_home_says_what_it_is_and_how_current(site: Any) -> None:
    page = site.get("/evidence").text
    assert "Risk of bias was not assessed" in page
    assert "last search 2026-01-10" in page
    assert 'href="/evidence/-/map"' in page
    assert "100 % of the 2 links" in page


def test_canned_queries_answer_and_show_their_forms(site: Any) -> None:
    from litmap.tables.queries import named
    from litmap.web.canned import address

    tables = ("documents", "searches")
    page = site.get("/evidence/claims-by-level").text
    assert 'name="condition"' in page
    for name, query in named().items():
        given = {
            parameter.name: "1" if parameter.kind in ("claim", "integer") else "depression"
            for parameter in query.parameters
            if parameter.required
        }
        asked = "&".join(f"{key}={value}" for key, value in given.items())
        assert site.get(f"/evidence/{address(name, tables)}.json?{asked}").status_code == 200, name
