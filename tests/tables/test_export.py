"""What an export holds, how it is shaped, and that it is written whole, the same each time, and harmless."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tables_world import World

from litmap.errors import InputError, QueryError
from litmap.escaping import inert
from litmap.tables import evidence, export, listings, provenance, studies
from litmap.tables.table import View, condition, public_source


def rows(world: World, what: str = "evidence", **view: Any) -> list[dict[str, Any]]:
    path = world.store.path.with_name("out.json")
    export.write(world.store, what, path, view=View(**view), force=True)
    return list(json.loads(path.read_text())["rows"])


def text(world: World, form: str, what: str = "evidence", **options: Any) -> str:
    path = world.store.path.with_name(f"out.{form}")
    export.write(world.store, what, path, force=True, **options)
    return path.read_text(encoding="utf-8")


def test_one_row_for_each_claim_and_condition_and_none_for_what_was_dismissed(world: World) -> None:
    assert [(row["claim_key"], row["condition"]) for row in rows(world)] == [
        ("key0004", "bipolar-disorder"),
        ("key0004", "chronic-pain"),
        ("key0001", "depression"),
        ("key0002", "ptsd"),
        ("key0003", None),
    ]


def test_a_reviewed_row_has_directions_and_the_records_behind_it(world: World) -> None:
    row = rows(world)[2]
    assert (row["basis"], row["highest_design"], row["highest_level"], row["rule"]) == (
        "reviewed",
        "randomized-trial",
        2,
        "T1",
    )
    assert (row["supports"], row["contradicts"], row["pmids"]) == (1, 0, "101")


def test_a_suggested_row_has_no_direction_rather_than_a_zero(world: World) -> None:
    row = rows(world)[0]
    assert (row["basis"], row["highest_level"], row["supports"], row["pmids"]) == ("suggested", 1, None, "104")


def test_retractions_behind_a_row_are_named_with_their_notice(world: World) -> None:
    world.conn.execute("update claim_evidence set basis = 'suggested', n_by_stance = '{}' where claim_id = 1")
    assert rows(world)[2]["integrity"] == "retracted: 103 (notice 104)"


def test_each_reviewers_latest_verdict_is_shown(world: World) -> None:
    for reviewer, verdict in (("AB", "partly"), ("CD", "supported"), ("AB", "unsupported")):
        world.add("claim_verdicts", claim_key="key0001", reviewer=reviewer, verdict=verdict, decided_at="2026-01-01")
    assert rows(world)[2]["verdict"] == "unsupported (AB); supported (CD)"


def test_for_people_a_level_comes_with_its_rule_and_direction(world: World) -> None:
    page = text(world, "md")
    assert "| randomized trial, level 2 (rule T1); 1 supports | 1 (1) |" in page
    assert "| systematic review, level 1 (rule S2); not reviewed | 1 (1) |" in page
    assert "needs another source than PubMed" in page
    assert "Highest study design found, not appraised" in page


def test_markdown_escapes_pipes_lines_and_markup(empty: World) -> None:
    empty.claim(empty.document("p"), "a | b\nc <b>*d</b> `e \\ f")
    line = next(line for line in text(empty, "md").splitlines() if "b&gt;" in line)
    assert r"a \| b<br>c &lt;b&gt;\*d&lt;/b&gt; \`e \\ f" in line
    assert len(re.findall(r"(?<!\\)\|", line)) == len(re.findall(r"(?<!\\)\|", text(empty, "md").split("\n")[4]))


def test_people_read_a_claim_without_the_marks_of_markdown_and_programs_get_the_quote(empty: World) -> None:
    empty.claim(empty.document("p"), "**Ketamine** relieves *pain* ([a trial](https://example.org)).")
    for form in ("md", "html"):
        shown = text(empty, form)
        assert "Ketamine relieves pain (a trial)." in shown
        assert "**" not in shown
    for form in ("csv", "json"):
        assert "**Ketamine** relieves *pain*" in text(empty, form)


def test_what_is_no_study_is_not_listed_as_one(empty: World) -> None:
    claim = empty.claim(empty.document("p"), "Ketamine helps.")
    empty.record(1)
    empty.record(2, design="narrative-review", level=None)
    empty.record(3, secondary=1)
    empty.record(4, secondary=1)
    empty.add("record_studies", pmid=1, study="NCT1", origin="registration")
    empty.add("record_studies", pmid=4, study="NCT1", origin="registration")
    for pmid in (1, 2, 3, 4):
        empty.link(claim, pmid, rank=pmid)
    table = studies.table(empty.store)
    assert [row[table.at("pmids")] for row in table.rows] == ["1; 4"]


def test_preprints_are_said_to_be_some_and_give_no_level_beside_a_published_report(empty: World) -> None:
    claim = empty.claim(empty.document("p"), "Ketamine helps.")
    for pmid, level in ((1, 2), (2, 3)):
        empty.record(pmid, level=level)
        empty.add("record_studies", pmid=pmid, study="NCT1", origin="registration")
        empty.link(claim, pmid, rank=pmid)
    empty.add("record_publication_types", pmid=1, position=1, name="Preprint")
    table = studies.table(empty.store)
    [row] = table.rows
    assert (row[table.at("level")], row[table.at("notes")]) == (3, "preprint: PMID 1")
    empty.evidence(claim, None, 3, 1)
    empty.conn.execute("update claim_evidence set n_reports = 2, n_preprints = 1")
    table = evidence.table(empty.store)
    [row] = table.rows
    assert (row[table.at("studies")], row[table.at("n_preprints")]) == ("1 (2, of them 1 preprint)", 1)


def test_claims_count_the_records_that_bear_as_the_sums_do(empty: World) -> None:
    claim = empty.claim(empty.document("p"), "Ketamine helps.")
    for pmid, kind in enumerate((None, "retracted", "notice", "concern", "corrected"), 1):
        empty.record(pmid, integrity=kind)
        empty.link(claim, pmid, rank=pmid)
    table = listings.claims(empty.store)
    [row] = table.rows
    names = ("n_bearing", "n_retracted", "n_concern", "n_corrected", "status")
    assert [row[table.at(name)] for name in names] == [3, 1, 1, 1, "active"]
    assert "n_retracted" in {column.name for column in table.columns if column.forms == "both"}


def test_a_study_names_a_kind_of_notice_once(empty: World) -> None:
    claim = empty.claim(empty.document("p"), "Ketamine helps.")
    empty.record(1, integrity="retracted")
    empty.link(claim, 1, rank=1)
    for notice in (31, 32):
        empty.add("record_integrity", pmid=1, kind="retracted", notice_pmid=notice, origin="notice")
    empty.add("record_integrity", pmid=1, kind="concern", origin="notice")
    table = studies.table(empty.store, include_retracted=True)
    [row] = table.rows
    assert row[table.at("notes")] == "concern; retracted (notice 2, 31, 32)"


AWKWARD = [
    'He said "yes", then, no',
    "two\nlines\r\nand more",
    "a\ttab",
    "naïve – 氯胺酮 – \U0001f642",
    "\u202bعربي\u202c עברית",
    "x" * 32_000,
    " spaces ",
    "semi;colon",
]


@pytest.mark.parametrize("awkward", AWKWARD)
@pytest.mark.parametrize("form", ["csv", "tsv", "json", "jsonl"])
def test_every_awkward_cell_comes_back(empty: World, form: str, awkward: str) -> None:
    empty.claim(empty.document("p"), awkward)
    path = empty.store.path.with_name(f"out.{form}")
    export.write(empty.store, "evidence", path)
    content = path.read_bytes().decode("utf-8")
    if form in ("csv", "tsv"):
        back = next(csv.DictReader(io.StringIO(content, newline=""), delimiter="\t" if form == "tsv" else ","))["claim"]
    else:
        back = json.loads(content)["rows"][0]["claim"] if form == "json" else json.loads(content)["claim"]
    assert back == awkward


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_run_becomes_text(empty: World, start: str) -> None:
    empty.claim(empty.document("p"), f"{start}cmd|' /C calc'!A0")
    path = empty.store.path.with_name("out.csv")
    export.write(empty.store, "evidence", path)
    back = next(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))
    assert back["claim"].startswith(f"'{start}cmd")
    assert inert(-1) == -1


def test_a_notice_stands_behind_no_row(world: World) -> None:
    def behind() -> list[str | None]:
        return [row["pmids"] for row in rows(world)]

    assert "104" in behind()
    world.add("record_integrity", pmid=104, kind="notice", origin="publication-type")
    assert "104" not in behind()


def test_nor_does_a_record_that_a_person_calls_a_notice(world: World) -> None:
    world.store.conn.execute("update records set design = 'notice' where pmid = 104")
    assert "104" not in [row["pmids"] for row in rows(world)]


def test_excel_gets_a_byte_order_mark_and_nobody_else(world: World) -> None:
    path = world.store.path.with_name("out.csv")
    export.write(world.store, "evidence", path)
    assert path.read_bytes().startswith(b"document,")
    export.write(world.store, "evidence", path, force=True, excel=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfdocument,")
    with pytest.raises(InputError, match="--excel is for CSV"):
        export.write(world.store, "evidence", path.with_suffix(".json"), excel=True)


@pytest.mark.parametrize("form", [name for name, form in export.FORMATS.items() if not form.citations])
def test_the_same_map_gives_the_same_bytes(world: World, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # else a second may pass between the two
    path = world.store.path.with_name(f"out.{form}")
    export.write(world.store, "evidence", path)
    first = path.read_bytes()
    export.write(world.store, "evidence", path, force=True)
    assert path.read_bytes() == first


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_a_file_says_when_it_was_made_as_it_was_told(world: World, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    path = world.store.path.with_name(f"out.{form}")
    export.write(world.store, "evidence", path)
    with zipfile.ZipFile(path) as packed:
        told = packed.read("docProps/core.xml").decode()
    assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", told) == ["2023-11-14T22:13:20Z"] * 2  # created, modified


def test_provenance_is_in_the_file_or_beside_it(world: World) -> None:
    told = provenance.of(world.store)
    assert len(told.content) == 64
    assert told.content in text(world, "md")
    assert json.loads(text(world, "json"))["provenance"]["content_sha256"] == told.content
    text(world, "csv", view=View(where=(condition("condition=ptsd"),)))
    beside = json.loads(world.store.path.with_name("out.csv-metadata.json").read_text())
    assert beside["url"] == "out.csv"
    assert beside["notes"][0]["content_sha256"] == told.content
    assert beside["notes"][0]["versions"]["Rule set"] == "ruleset-1"
    assert beside["notes"][0]["searches"] == ["2026-01-05"]
    assert beside["notes"][0]["filters"] == {"where": ["condition=ptsd"]}
    assert beside["notes"][0]["rows"] == 1


def test_the_digest_follows_the_content_and_not_the_clock(world: World) -> None:
    before = provenance.content_digest(world.conn)
    world.conn.execute("update documents set retrieved_at = '2030-01-01'")
    assert provenance.content_digest(world.conn) == before
    world.decide(4, 104)
    assert provenance.content_digest(world.conn) != before


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ("condition=mood-disorders", ["key0004", "key0001"]),
        ("condition=ptsd,depression", ["key0001", "key0002"]),
        ("condition!=mood-disorders", ["key0004", "key0002", "key0003"]),
        ("highest-level<=1", ["key0004", "key0004"]),
        ("highest_level>=2", ["key0001"]),
        ("claim~RECTAL", ["key0002"]),
        ("verdict=", ["key0004", "key0004", "key0001", "key0002", "key0003"]),
        ("polarity=deny", ["key0002"]),
    ],
)
def test_filters(world: World, where: str, keys: list[str]) -> None:
    assert [row["claim_key"] for row in rows(world, where=(condition(where),))] == keys


def test_columns_sorting_and_groups(world: World) -> None:
    assert list(rows(world, columns=("condition", "claim_key"))[0]) == ["condition", "claim_key"]
    assert [row["highest_level"] for row in rows(world, sort=("-highest_level",))] == [2, 1, 1, None, None]
    page = text(world, "md", view=View(group_by="claim_type", columns=("claim",)))
    assert (
        page.index("## efficacy")
        < page.index("Ketamine helps mood and pain.")
        < page.index("## regulatory")
        < page.index("It was approved")
    )


@pytest.mark.parametrize(
    ("what", "options", "says", "hint"),
    [
        ("evidnce", {}, "no 'evidnce' to export", "did you mean evidence"),
        ("evidence", {"form": "doc"}, "'doc' is not a format", "csv"),
        ("evidence", {"view": View(columns=("claims",))}, "no column 'claims'", "claim"),
        ("evidence", {"view": View(sort=("levle",))}, "no column 'levle'", ""),
        ("evidence", {"view": View(where=(condition("condition=pstd"),))}, "no condition 'pstd'", "did you mean ptsd"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    world: World, what: str, options: dict[str, Any], says: str, hint: str
) -> None:
    path = world.store.path.with_name("never.csv")
    with pytest.raises(QueryError, match=re.escape(says)) as caught:
        export.write(world.store, what, path, **options)
    assert hint in caught.value.hint
    assert not path.exists()


@pytest.mark.parametrize("bad", ["condition", "=x", "a b=c"])
def test_a_filter_that_is_none(bad: str) -> None:
    with pytest.raises(QueryError, match="is not a filter"):
        condition(bad)


def test_an_empty_map_exports_an_empty_table(empty: World) -> None:
    assert rows(empty) == []
    assert len(text(empty, "csv").splitlines()) == 1
    assert "(no rows)" in text(empty, "md")


def test_the_command(world: World, tmp_path: Path, litmap: Callable[..., Any]) -> None:
    path = tmp_path / "table.csv"
    done = litmap(
        "export", world.store.path, "evidence", "-o", path, "--where", "condition=ptsd", "--columns", "claim,claim-type"
    )
    assert (done.code, done.out) == (0, "")
    assert path.read_text() == "claim,claim_type\nRectal ketamine does not help PTSD.,efficacy\n"
    assert litmap("export", world.store.path, "evidence", "-o", path).code == 1
    assert litmap("export", world.store.path, "evidence", "-o", path, "--force", "--no-metadata").code == 0
    assert litmap("export", world.store.path, "evidence").code == 2
    listed = litmap("export", "--list").out
    assert all(name in listed for name in (*export.WHATS, *export.FORMATS))


def test_a_dash_is_stdout(world: World, capfdbinary: Any) -> None:
    export.write(world.store, "evidence", Path("-"), form="csv")
    assert capfdbinary.readouterr().out.startswith(b"document,document_id,source,")


@pytest.mark.parametrize("source", ["/home/ana/pages/page.html", "C:\\pages\\page.html", "~/page.html"])
def test_the_folders_of_a_machine_stay_out(empty: World, source: str) -> None:
    empty.claim(empty.document(source, title=None), "A claim.")
    for what in ("evidence", "claims"):
        assert {(row["document"], row["source"]) for row in rows(empty, what)} == {("page.html", "page.html")}


def test_addresses_and_relative_paths_stay() -> None:
    assert [public_source(text) for text in ("https://a.org/b/c", "pages/c.html")] == [
        "https://a.org/b/c",
        "pages/c.html",
    ]
