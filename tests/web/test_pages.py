"""Map, claim, document and record pages: what they show, and that it stays inert."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import scratch_map

from litmap.store import open_store
from tests.conftest import Litmap

PAGES = (
    "map",
    "claim/k0000001",
    "claim/k0000005",
    "claim/k0000007",
    "document/1",
    "record/101",
    "record/105",
    "record/109",
)


class Text(HTMLParser):
    """The words of a page, and the opening tags."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> Text:
    found = Text()
    found.feed(html)
    return found


def words(site: Any, path: str) -> str:
    """The page's text with single spaces."""
    answer = site.get(f"/evidence/-/{path}")
    assert answer.status_code == 200, answer.text[:300]
    return " ".join(" ".join(read(answer.text).words).split())


def cells(site: Any, query: str = "") -> dict[tuple[str, str], str]:
    """The map's cells as text: {(row, column): text}."""
    html = site.get(f"/evidence/-/map{query}").text
    head, body = html.split("<tbody>")
    columns = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', head)
    found = {}
    for row in body.split("<tr ")[1:]:
        slug = re.search(r'data-slug="([^"]+)"', row)
        assert slug
        for column, cell in zip(columns, row.split("<td ")[1:], strict=True):
            found[slug[1], column] = " ".join(re.sub(r"<[^>]+>", " ", "<td " + cell).replace("&nbsp;", " ").split())
    return found


@pytest.mark.parametrize("page", PAGES)
def test_pages_have_landmarks_labels_and_nothing_inline(site: Any, page: str) -> None:
    answer = site.get(f"/evidence/-/{page}")
    found = read(answer.text)
    names = [tag for tag, _ in found.tags]
    assert names.count("main") == names.count("h1") == 1
    assert {"header", "nav", "footer"} <= set(names)
    assert ("html", {"lang": "en"}) in found.tags
    assert all("style" not in attrs and not any(name.startswith("on") for name in attrs) for _, attrs in found.tags)
    assert all(attrs.get("src") for tag, attrs in found.tags if tag == "script")
    assert "<style" not in answer.text
    ids = [attrs["id"] for _, attrs in found.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_site_works(site: Any, page: str) -> None:
    found = read(site.get(f"/evidence/-/{page}").text)
    links = {attrs.get("href") or "" for tag, attrs in found.tags if tag in ("a", "link")}
    links |= {attrs.get("src") or "" for tag, attrs in found.tags if tag == "script"}
    for link in sorted(links):
        if link.startswith("/"):
            assert site.get(link.partition("#")[0]).status_code in (200, 302), link
        elif link.startswith("#"):
            assert any(attrs.get("id") == link[1:] for _, attrs in found.tags), link


def test_the_front_page_leads_to_the_map(tmp_path: Path, site_of: Any) -> None:
    site = site_of(scratch_map.build(tmp_path / "my map.db"))
    links = [attrs["href"] for tag, attrs in read(site.get("/").text).tags if tag == "a"]
    found = next(link for link in links if link and link.endswith("/-/map") and not link.startswith("/"))
    assert site.get(f"/{found}").status_code == 200


def test_the_cells_of_the_map_differ_by_state(site: Any) -> None:
    found = cells(site)
    assert "systematic review" in found["depression", "Intravenous"]
    assert "1 for 1 against" in found["depression", "Intravenous"]
    assert "1 retracted" in found["depression", "Intravenous"]
    assert "none found" in found["ocd", "Sublingual"]
    assert "no claim 1 record" in found["treatment-resistant-depression", "Intranasal"]
    assert "not reviewed" in found["crps", "Intravenous"]
    assert "not reviewed" not in found["depression", "Intravenous"]
    assert "1 denial" in found["depression", "Oral"]
    assert "nothing" in found["crps", "Oral"]
    assert ("(not stated)", "Route not stated") in found
    assert "anesthesia" not in {row for row, _ in found}


def test_claims_that_no_study_answers_are_no_gap(site: Any) -> None:
    found = cells(site, "?question=prevalence&level=1")
    assert "other source" in found["depression", "Route not stated"]
    assert "not searched" not in found["depression", "Route not stated"]


def test_the_maps_links_lead_to_as_many_rows_as_the_cell_says(site: Any) -> None:
    html = site.get("/evidence/-/map").text
    links = re.findall(r'<a (?:class="deny" )?href="(/evidence/(?:claims|records)\?[^"]+)">(\d+)&nbsp;', html)
    assert len(links) > 20
    for link, number in links:
        table, _, query = link.replace("&amp;", "&").partition("?")
        data = site.json(f"{table}.json?{query}&_extra=count&_size=0")
        assert int(data.get("count", data.get("filtered_table_rows_count"))) == int(number), link


def test_filters_of_the_map(site: Any) -> None:
    assert "2 records" not in " ".join(cells(site, "?intervention=esketamine").values())
    assert "1 record" in cells(site, "?intervention=esketamine")["depression", "Intranasal"]
    best = cells(site, "?level=1")
    assert "1 record" in best["depression", "Intravenous"]
    assert "not searched" in best["crps", "Intravenous"]
    assert "no claim 1 record" in cells(site, "?claim_type=onset")["crps", "Intravenous"]
    reviewed = cells(site, "?reviewed=1")
    assert "2 records" in reviewed["depression", "Intravenous"]
    assert cells(site, "?level=9&intervention=' or 1=1") == cells(site)


def test_folding_hides_what_lies_below(site: Any) -> None:
    html = site.get("/evidence/-/map?fold=mood-disorders").text
    hidden = set(re.findall(r'data-slug="([^"]+)" data-above="[^"]*" hidden', html))
    assert hidden == {"depression", "treatment-resistant-depression"}
    assert 'aria-expanded="false"' in html


def test_the_sites_csv_is_that_of_the_command_line(site: Any, litmap: Litmap, evidence: Path) -> None:
    done = litmap("map", evidence, "--csv")
    assert site.get("/evidence/-/map.csv").text.splitlines() == done.out.splitlines()


def test_downloads_of_the_map_follow_the_filters(site: Any) -> None:
    answer = site.get("/evidence/-/map.csv?level=1")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    cell = next(row for row in rows if (row["row"], row["column"]) == ("depression", "intravenous"))
    assert (cell["n_records"], cell["highest_level"], cell["directions"]) == ("1", "1", '{"supports": 1}')
    assert "attachment" in answer.headers["content-disposition"]
    svg = site.get("/evidence/-/map.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.text.lstrip().startswith("<")


def test_a_claim_never_shows_only_the_highest(site: Any) -> None:
    page = words(site, "claim/k0000001")
    assert "Ketamine infusions lift depression within a day." in page
    assert "Swallowed ketamine has never been shown" in page  # its paragraph
    for heading in ("Highest design", "Against the claim", "Verdict", "Harms", "Depression , other routes"):
        assert heading.replace(" ,", ",") in page.replace(" ,", ","), heading
    assert "contradicts" in page
    assert "supported as of 2026-02-01" in page
    assert "1 retracted" in page
    assert "rule T1, from indexing by NLM" in page
    assert "condition depression: exact" in page
    assert page.index("Systematic review of randomized trials") < page.index("Retracted, and notices")


def test_harms_are_shown_whatever_the_claim_is_about(site: Any) -> None:
    assert "Dizziness may follow a nasal dose." in words(site, "claim/k0000005")
    assert "not a sign of safety" in words(site, "claim/k0000003")


@pytest.mark.parametrize(("key", "said"), [("k0000005", "official record"), ("k0000004", "epidemiology")])
def test_claims_that_need_another_source_say_which(site: Any, key: str, said: str) -> None:
    assert said in words(site, f"claim/{key}")
    assert "not counted as a gap" in words(site, f"claim/{key}")
    assert 'class="lv l' not in site.get(f"/evidence/-/claim/{key}").text.split("<aside")[0]


def test_a_claims_id_leads_to_the_address_that_can_be_cited(site: Any) -> None:
    answer = site.get("/evidence/-/claim/3")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/evidence/-/claim/k0000003"


def test_a_claim_searched_without_result_shows_the_search(site: Any) -> None:
    page = words(site, "claim/k0000007")
    assert "ketamine AND sublingual AND obsessive" in page
    assert "2026-01-10: 0 found" in page


def test_a_document_marks_every_claim_and_loses_no_text(site: Any) -> None:
    html = site.get("/evidence/-/document/1").text
    article = html.split("<article")[1].split("</article>")[0]
    plain = " ".join(" ".join(read("<article" + re.sub(r"<sup>\d+</sup>", "", article)).words).split())
    assert plain.split() == scratch_map.PAGE.split() or " ".join(scratch_map.PAGE.split()) in plain
    assert set(re.findall(r'id="(k\d+)"', article)) == {f"k{number:07d}" for number in range(1, 8)}
    assert 'class="cl e-reviewed" id="k0000001"' in html
    assert 'class="cl e-none-found" id="k0000007"' in html
    assert 'class="cl e-other-source" id="k0000005"' in html


def test_a_record_explains_its_level_and_what_became_of_it(site: Any) -> None:
    page = words(site, "record/105")
    assert "Retracted." in page
    assert "by design alone it would be level 2" in page
    assert "Retraction: A trial of ketamine in depression" in page
    sister = words(site, "record/102")
    assert "Other reports of this study" in sister
    assert "Esketamine nasal spray in resistant depression" in sister
    assert "participants 73" in sister
    assert (
        "J Inv Med. 2013 Mar;12(3):201-9. doi: 10.5555/jim.102. PubMed PMID: 102; PubMed Central PMCID: PMC10200."
        in sister
    )
    assert "AN - 102" in sister
    assert "@article{pmid102," in sister
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/102/"' in site.get("/evidence/-/record/102").text


def test_a_record_says_that_it_is_a_preprint_and_what_its_title_told(tmp_path: Path, site_of: Any) -> None:
    path = scratch_map.build(tmp_path / "evidence.db")
    with open_store(path) as store, store.transaction() as conn:
        scratch_map.insert(conn, "record_publication_types", pmid=102, position=1, ui="D000076942", name="Preprint")
        conn.execute("update record_integrity set origin = 'title', notice_pmid = null where pmid in (105, 106)")
    site = site_of(path)
    assert "Preprint. Not reviewed by a journal" in words(site, "record/102")
    assert "Preprint." not in words(site, "record/101")
    assert "Known from the title." in words(site, "record/105")
    notice = words(site, "record/106")
    assert "This record is a notice about another one." in notice
    assert "Known from the title." in notice


def test_a_role_that_does_not_count_is_named_where_it_first_stands(tmp_path: Path, site_of: Any) -> None:
    path = scratch_map.build(tmp_path / "evidence.db")
    with open_store(path) as store, store.transaction() as conn:
        scratch_map.insert(conn, "record_interventions", pmid=102, intervention="midazolam", role="comparator", origin="title", matched="midazolam")  # fmt: skip
    html = site_of(path).get("/evidence/-/record/102").text
    assert html.count('data-role="comparator"') == 1
    assert html.count('title="intervention: Midazolam (comparator)"') == 2  # title and abstract
    assert 'data-role="indication"' not in html


def test_a_record_without_a_title_can_still_be_read_and_followed(tmp_path: Path, site_of: Any) -> None:
    path = scratch_map.build(tmp_path / "evidence.db")
    with open_store(path) as store, store.transaction() as conn:
        conn.execute("update records set title = '', journal = null, journal_abbrev = null, pub_year = null where pmid in (102, 106)")  # fmt: skip
    site = site_of(path)
    assert "[Title not stated]" in words(site, "record/102")
    assert ">[Title not stated]</a>" in site.get("/evidence/-/claim/k0000001").text
    assert "Notice: PMID 106" in words(site, "record/105")


def test_a_heading_stands_only_over_what_pubmed_gives(tmp_path: Path, site_of: Any) -> None:
    path = scratch_map.build(tmp_path / "evidence.db")
    with open_store(path) as store, store.transaction() as conn:
        conn.execute("update records set status = null, date_revised = null, date_completed = null, indexing_method = null where pmid = 102")  # fmt: skip
        conn.execute("update records set status = null, date_completed = '2020-01-31' where pmid = 101")
    site = site_of(path)
    assert "<h2>Record</h2>" not in site.get("/evidence/-/record/102").text
    page = site.get("/evidence/-/record/101").text
    assert "<h2>Record</h2>" in page
    assert "<dt>Completed</dt><dd>2020-01-31</dd>" in page


@pytest.mark.parametrize(
    "path",
    [
        "claim/none",
        "claim/" + "x" * 500,
        "document/99",
        "record/999999999",
        "record/12345678901",
        "claim/~27",
    ],
)
def test_what_is_not_there_is_a_plain_404(site: Any, path: str) -> None:
    assert site.get(f"/evidence/-/{path}").status_code == 404


def test_pages_stay_closed_to_those_who_may_not_see_the_tables(
    evidence: Path, site_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from litmap.web import config

    whole = config.metadata

    def closed(*args: Any) -> Any:
        found = whole(*args)
        found["databases"]["evidence"]["tables"]["claims"]["allow"] = {"id": "somebody"}
        return found

    monkeypatch.setattr(config, "metadata", closed)
    monkeypatch.setattr(config, "_CONFIG_KEYS", (*config._CONFIG_KEYS, "allow"))
    site = site_of(evidence)
    for page in ("map", "map.csv", "claim/k0000001", "record/101", "document/1"):
        assert site.get(f"/evidence/-/{page}").status_code == 403


HOSTILE = '<script>window.pwned=1</script><img src=x onerror=window.pwned=1>"\'></a><a href="javascript:window.pwned=1">x</a>\'; drop table claims; --'


def make_hostile(path: Path) -> Path:
    """A map in which every text that somebody else wrote is an attack."""
    scratch_map.build(path)
    with open_store(path) as store, store.transaction() as conn:
        texts = {"records": ("title", "journal", "journal_abbrev", "doi", "pmcid", "volume", "pages", "abstract", "vernacular_title"),
                 "record_sections": ("label", "text"), "record_keywords": ("keyword",), "record_mesh": ("heading", "qualifier"),
                 "record_authors": ("last_name", "initials", "collective_name"), "record_relations": ("citation",), "record_trials": ("number", "registry"),
                 "claims": ("text", "heading"), "documents": ("title",), "decisions": ("reviewer", "reason"), "claim_verdicts": ("rationale", "reviewer"),
                 "searches": ("query",), "record_conditions": ("matched",), "claim_conditions": ("matched",), "conditions": ("label",), "routes": ("label",)}  # fmt: skip
        for trigger in ("decisions_no_update", "claim_verdicts_no_update"):
            conn.execute(f"drop trigger {trigger}")
        for table, columns in texts.items():
            for column in columns:
                conn.execute(f"update {table} set {column} = ?", (HOSTILE,))
        conn.execute("update documents set source = 'javascript:window.pwned=1', text = ?", (HOSTILE * 8,))
        conn.execute('update claims set start = 10, "end" = 60')
        conn.execute("update links set reasons = ?", (f'["{"<script>window.pwned=1</script>"}"]',))
    return path


def test_hostile_content_is_inert(tmp_path: Path, site_of: Any) -> None:
    site = site_of(make_hostile(tmp_path / "evidence.db"))
    for page in (*(f"-/{page}" for page in PAGES), "records", "claims", "links", "documents", "records/105"):
        answer = site.get(f"/evidence/{page}")
        assert answer.status_code == 200, page
        found = read(answer.text)
        assert not any(tag == "script" and "pwned" in str(attrs) for tag, attrs in found.tags)
        assert "<script>window.pwned" not in answer.text
        assert not any(str(attrs.get("href", "")).strip().lower().startswith("javascript") for _, attrs in found.tags)
        assert not any("onerror" in attrs for _, attrs in found.tags)
    for path in ("records.ris", "records.md", "-/map.csv"):
        assert site.get(f"/evidence/{path}").status_code == 200
    assert "TY  - JOUR\r\nTI  - <script>" in site.get("/evidence/records.ris").text
    assert "<script>" not in site.get("/evidence/records.md").text
    assert site.get("/evidence/-/map.svg").text.count("<script") == 0


def test_pages_follow_what_is_written(tmp_path: Path, site_of: Any) -> None:
    path = scratch_map.build(tmp_path / "evidence.db")
    site = site_of(path)
    assert "2 records" not in cells(site)["crps", "Intravenous"]
    assert "1 record" in cells(site)["crps", "Intravenous"]
    assert "No reviewer has given one." in words(site, "claim/k0000003")
    with open_store(path) as store, store.transaction() as conn:
        scratch_map.insert(conn, "record_conditions", pmid=102, condition="crps", role="indication", origin="title")
        scratch_map.insert(
            conn,
            "claim_verdicts",
            claim_key="k0000003",
            reviewer="B",
            verdict="partly",
            decided_at="2026-03-01T00:00:00Z",
        )
    assert "2 records" in cells(site)["crps", "Intravenous"]
    assert "partly as of 2026-03-01" in words(site, "claim/k0000003")


def test_a_markdown_page_does_not_show_its_list_marks_as_paragraphs(tmp_path: Path, site_of: Any) -> None:
    from litmap import cli

    page, database = tmp_path / "page.md", tmp_path / "marks.db"
    page.write_text(
        "# Zinc\n\n- Zinc shortens colds.\n- Zinc prevents acne.\n\n1. Zinc heals wounds.\n", encoding="utf-8"
    )
    assert cli.run(["init", str(database), "-q"]) == 0
    assert cli.run(["import", str(database), str(page), "-q"]) == 0
    shown = site_of(database).get("/marks/-/document/1").text
    assert "Zinc shortens colds." in shown
    assert re.findall(r"<p[^>]*>\s*(?:#|-|1\.)\s*</p>", shown) == []


def test_a_claim_of_harm_names_the_rule_basis_and_provisional_level_for_harm(tmp_path: Path, site_of: Any) -> None:
    path = scratch_map.build(tmp_path / "evidence.db")
    harm = {"scheme": "ocebm-harm", "ruleset": "rules/1", "rule": "H7", "design": "cohort", "basis": "text"}
    with open_store(path) as store, store.transaction() as conn:
        conn.execute("delete from links where claim_id = 6")
        scratch_map.insert(conn, "links", claim_id=6, pmid=102, rank=1, score=1, bears=1, reasons="[]", record_digest="d102", ranker="linking/1")
        scratch_map.insert(conn, "record_levels", pmid=102, **harm, rank=3, provisional=1, inputs="[]")
        assert conn.execute("select provisional, level_rule from records where pmid = 102").fetchone()[:] == (0, "T1")
    page = words(site_of(path), "claim/k0000006")
    assert "rule H7, from words of title and abstract" in page
    assert "provisional level" in page
    assert "rule T1" not in page


def test_a_review_that_is_secondary_is_no_question_of_a_trial(tmp_path: Path, site_of: Any) -> None:
    path = scratch_map.build(tmp_path / "evidence.db")
    with open_store(path) as store, store.transaction() as conn:
        conn.execute("update records set secondary = 1 where pmid = 101")
    page = words(site_of(path), "record/101")
    assert "systematic review (a further question to the data of a study)" in page


def test_records_of_concern_and_corrected_ones_are_counted_on_map_claim_and_document(tmp_path: Path, site_of: Any) -> None:
    path = scratch_map.build(tmp_path / "evidence.db")
    with open_store(path) as store, store.transaction() as conn:
        for pmid, kind in ((101, "concern"), (102, "corrected")):
            conn.execute("delete from record_integrity where pmid = ?", (pmid,))
            scratch_map.insert(conn, "record_integrity", pmid=pmid, kind=kind, origin="relation")
        conn.execute("update claim_evidence set n_concern = 1, n_corrected = 1 where n_reports > 1")
        scratch_map.insert(conn, "record_publication_types", pmid=102, position=1, ui="D000076942", name="Preprint")
    site = site_of(path)
    assert "1 of concern 2 corrected 1 preprint" in words(site, "map")
    assert "A preprint gives the level only where nothing published has one." in words(site, "map")
    assert "1 of concern 1 corrected" in words(site, "claim/k0000001")
    assert "1 of concern, 2 corrected, 1 preprint" in words(site, "document/1")


def test_a_claim_says_how_many_of_its_reports_are_preprints(tmp_path: Path, site_of: Any) -> None:
    path = scratch_map.build(tmp_path / "evidence.db")
    with open_store(path) as store, store.transaction() as conn:
        scratch_map.insert(conn, "record_publication_types", pmid=102, position=1, ui="D000076942", name="Preprint")
        conn.execute("update claim_evidence set n_preprints = 1 where n_reports > 1")
        [key] = conn.execute("select c.key from claims c join claim_evidence e on e.claim_id = c.id join links l on l.claim_id = c.id where e.n_reports > 1 and l.pmid = 102 limit 1").fetchone()  # fmt: skip
    page = words(site_of(path), f"claim/{key}")
    assert "reports (1 preprint) of" in page
    assert "PMID 102 preprint" in page
