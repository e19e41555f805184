"""Decisions by spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from litmap.errors import InputError
from litmap.linking import link
from litmap.review import sheet, sheet_files
from litmap.review.decisions import decide, withdraw
from tests.support_maps import Map


def fill(path: Path, made: Map, said: dict[tuple[str, int], dict[str, str]]) -> Path:
    rows = list(sheet.rows(made.store))
    for row in rows:
        row.update(said.get((row["claim_key"], row["pmid"]), {}))
    sheet_files.write(path, sheet.COLUMNS, rows)
    return path


def enter(made: Map, path: Path, reviewer: str = "Ann") -> sheet.SheetReport:
    return sheet.take(made.store, sheet_files.read(path), reviewer)


@pytest.mark.parametrize("name", ["sheet.csv", "sheet.xlsx"])
def test_a_sheet_goes_out_and_comes_back(reviewed: Map, tmp_path: Path, name: str) -> None:
    path = fill(tmp_path / name, reviewed, {
        ("one", 11): {"verdict": "include", "stance": "supports", "directness": "direct", "note": "clear"},
        ("one", 12): {"verdict": "Exclude", "reason": "wrong study design"},
    })  # fmt: skip
    report = enter(reviewed, path)
    assert (report.rows, report.written, report.unchanged, report.empty) == (6, 2, 0, 4)
    assert reviewed.evidence("one", "depression")["basis"] == "reviewed"
    again = enter(reviewed, path)
    assert (again.written, again.unchanged) == (0, 2)
    assert reviewed.store.value("select count(*) from decisions") == 2


def test_cells_that_a_spreadsheet_would_run_are_text(reviewed: Map, tmp_path: Path) -> None:
    path = fill(tmp_path / "sheet.csv", reviewed, {})
    with path.open(encoding="utf-8-sig", newline="") as file:
        titles = {row["title"] for row in csv.DictReader(file)}
    assert "'=cmd| ketamine and depression" in titles


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("claim_key", "nobody", "line 2: no claim has the key 'nobody'"),
        ("pmid", "999", "line 2: PMID 999 is not in this map"),
        ("pmid", "12x", "line 2: '12x' is not a PMID"),
        ("verdict", "maybe", "line 2: 'maybe' is not a verdict"),
        ("stance", "for", "line 2: 'for' is not a stance"),
        ("map", "abcdef", "made from another map"),
    ],
)
def test_a_faulty_row_is_named_and_nothing_is_imported(
    reviewed: Map, tmp_path: Path, column: str, value: str, message: str
) -> None:
    rows: list[dict[str, Any]] = list(sheet.rows(reviewed.store))
    for row in rows:
        row["verdict"] = "include"
    rows[0][column] = value
    sheet_files.write(tmp_path / "s.csv", sheet.COLUMNS, rows)
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        enter(reviewed, tmp_path / "s.csv")
    assert reviewed.store.value("select count(*) from decisions") == 0


def test_rows_that_contradict_each_other_are_named(reviewed: Map, tmp_path: Path) -> None:
    row = {**next(iter(sheet.rows(reviewed.store))), "verdict": "include"}
    sheet_files.write(tmp_path / "s.csv", sheet.COLUMNS, [row, row, {**row, "verdict": "exclude"}])
    with pytest.raises(InputError, match="line 4: contradicts line 2"):
        enter(reviewed, tmp_path / "s.csv")


def test_other_peoples_votes_stay_hidden(reviewed: Map) -> None:
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ann", verdict="include")
    verdicts = {row["verdict"] for row in sheet.rows(reviewed.store, "Ben")}
    assert verdicts == {None}
    mine = {(row["claim_key"], row["pmid"]): row["verdict"] for row in sheet.rows(reviewed.store, "Ann")}
    assert mine["one", 11] == "include"


def test_what_the_program_concludes_does_not_tell_what_others_decided(reviewed: Map) -> None:
    before = list(sheet.rows(reviewed.store, "Ben"))
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ann", verdict="include")
    assert reviewed.store.value("select group_concat(pmid) from links where bears = 1 and claim_id = 1") == "11"
    assert list(sheet.rows(reviewed.store, "Ben")) == before
    reviewed.record(20, "Found by hand")
    decide(reviewed.store, claim_key="one", pmid=20, reviewer="Ann", verdict="include")
    (row,) = (row for row in sheet.rows(reviewed.store, "Ben") if row["pmid"] == 20)
    assert (row["rank"], row["reasons"], row["verdict"]) == (None, None, None)


def test_a_blind_sheet_has_neither_rank_nor_level_nor_their_order(reviewed: Map) -> None:
    for pmid in range(20, 32):
        reviewed.record(
            pmid, f"Ketamine relieves depression {pmid}", condition=["depression"], intervention=["ketamine"]
        )
    link(reviewed.store)
    rows = list(sheet.rows(reviewed.store, claim_key="one", blind=True))
    shown = [row["pmid"] for row in rows]
    assert shown != reviewed.ranked("one")
    assert sorted(shown) == sorted(reviewed.ranked("one"))
    assert {row[name] for row in rows for name in sheet.HIDDEN} == {None}


def test_full_text_has_a_sheet_of_its_own(reviewed: Map, tmp_path: Path) -> None:
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ann", verdict="include", stance="supports")
    decide(reviewed.store, claim_key="one", pmid=12, reviewer="Ann", verdict="exclude")
    (row,) = sheet.rows(reviewed.store, "Ann", stage="full-text")
    assert (row["pmid"], row["stage"], row["verdict"]) == (11, "full-text", None)
    sheet_files.write(tmp_path / "s.csv", sheet.COLUMNS, [{**row, "verdict": "include"}])
    assert enter(reviewed, tmp_path / "s.csv").written == 1
    assert reviewed.store.value("select stage from decisions where id = 3") == "full-text"
    (again,) = sheet.rows(reviewed.store, "Ann", stage="full-text")
    assert again["verdict"] == "include"
    assert next(sheet.rows(reviewed.store, "Ann"))["stage"] == "title-abstract"


def test_conflicts_and_what_awaits_a_second_vote_go_out_alone(reviewed: Map, tmp_path: Path, litmap: Any) -> None:
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ann", verdict="include")
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ben", verdict="exclude")
    decide(reviewed.store, claim_key="two", pmid=12, reviewer="Ann", verdict="exclude")
    (row,) = sheet.rows(reviewed.store, "Ann", state="conflict")
    assert (row["pmid"], row["votes"], row["verdict"]) == (11, "Ann: include; Ben: exclude", None)
    (row,) = sheet.rows(reviewed.store, "Ben", state="awaiting")
    assert (row["pmid"], row["votes"]) == (12, "")
    assert list(sheet.rows(reviewed.store, "Ann", state="awaiting")) == []
    done = litmap("decisions", reviewed.store.path, "--export", tmp_path / "c.csv", "--conflicts")
    assert (done.code, "1 row to decide on" in done.err) == (0, True)


def test_what_is_said_without_a_verdict_is_not_passed_over(reviewed: Map, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("claim_key,pmid,verdict,stance\none,11,include,\none,12,,supports\n")
    with pytest.raises(InputError, match="line 3: a stance but no verdict"):
        enter(reviewed, tmp_path / "s.csv")
    assert reviewed.store.value("select count(*) from decisions") == 0


def test_a_sheet_from_another_map_is_refused_even_when_nothing_is_filled_in(reviewed: Map, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("map,claim_key,pmid,verdict\nabcdef,one,11,\n")
    with pytest.raises(InputError, match="another map"):
        enter(reviewed, tmp_path / "s.csv")


def test_the_list_of_a_reviewer_hides_what_others_decided_before_them(reviewed: Map, litmap: Any) -> None:
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ann", verdict="include")
    decide(reviewed.store, claim_key="one", pmid=12, reviewer="Ann", verdict="include")
    decide(reviewed.store, claim_key="one", pmid=12, reviewer="Ben", verdict="exclude")
    listed = litmap("decisions", reviewed.store.path, "--reviewer", "Ben", "--csv").out.splitlines()
    assert listed[1:] == ['one,12,conflict,,"Ann, Ben",title-abstract,']


def test_a_sheet_of_semicolons_and_one_that_is_none(reviewed: Map, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("claim_key;pmid;verdict\none;11;include\n", encoding="utf-8")
    assert enter(reviewed, tmp_path / "s.csv").written == 1
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no column claim_key"):
        sheet_files.read(tmp_path / "t.csv")
    (tmp_path / "u.xlsx").write_bytes(b"not a zip")
    with pytest.raises(InputError, match=r"not an \.xlsx file"):
        sheet_files.read(tmp_path / "u.xlsx")


@pytest.mark.parametrize(
    "text",
    [
        "verdict;pmid;claim_key;mine\r\ninclude;11;one;2024-05-31\r\n",
        "\ufeffsep=;\r\nverdict;PMID;Claim key\r\n;;\r\nInclude;11.0;one\r\n",
        ",,\n\npmid,verdict,claim_key\n\n11, include ,one\n,,\n",
        "pmid\tverdict\tclaim_key\r11\tinclude\tone\r",
    ],
)
def test_a_sheet_is_read_as_spreadsheets_leave_it(reviewed: Map, tmp_path: Path, text: str) -> None:
    (tmp_path / "s.csv").write_bytes(text.encode())
    report = enter(reviewed, tmp_path / "s.csv")
    assert (report.rows, report.written) == (1, 1)


def test_lines_are_named_as_the_spreadsheet_counts_them_with_what_to_do(reviewed: Map, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("sep=,\n\nclaim_key,pmid,verdict\none,11,include\n,,\none,12,yes\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 6: 'yes' is not a verdict") as refused:
        enter(reviewed, tmp_path / "s.csv")
    assert "include, exclude, unsure" in refused.value.hint
    assert reviewed.store.value("select count(*) from decisions") == 0
    (tmp_path / "s.csv").write_text("claim_key,pmid,verdict,Verdict\none,11,include,exclude\n", encoding="utf-8")
    with pytest.raises(InputError, match="two columns verdict"):
        enter(reviewed, tmp_path / "s.csv")


def test_the_page_of_decisions_is_found_in_a_workbook_with_others(reviewed: Map, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = fill(tmp_path / "s.xlsx", reviewed, {("one", 11): {"verdict": "include"}})
    book = load_workbook(path)
    book.create_sheet("Notes", 0)["A1"] = "read me"
    book["decisions"].insert_rows(1)
    book.save(path)
    assert enter(reviewed, path).written == 1


@pytest.mark.parametrize(("key", "spoilt"), [("0123456789012345", "1.23457E+14"), ("12e4", "120000"), ("1234567890123456", "1,23457E+15")])
def test_a_key_that_a_spreadsheet_took_for_a_number_is_known_again(reviewed: Map, tmp_path: Path, key: str, spoilt: str) -> None:
    reviewed.claim(key, "Ketamine relieves.", condition=["depression"], intervention=["ketamine"])
    (tmp_path / "s.csv").write_text(f'claim_key,pmid,verdict\n"{spoilt}",11,include\n', encoding="utf-8")
    enter(reviewed, tmp_path / "s.csv")
    assert reviewed.store.value("select claim_key from decisions") == key


def test_a_number_that_may_be_two_keys_is_refused(reviewed: Map, tmp_path: Path) -> None:
    for key in ("1234567890123456", "1234567890999999"):
        reviewed.claim(key, f"Ketamine relieves {key}.", condition=["depression"], intervention=["ketamine"])
    (tmp_path / "s.csv").write_text("claim_key,pmid,verdict\n1.23457E+15,11,include\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no claim has the key '1.23457E\+15'"):
        enter(reviewed, tmp_path / "s.csv")


def test_a_star_decides_for_the_whole_map(reviewed: Map, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("claim_key,pmid,verdict,reason\n*,11,exclude,duplicate\n", encoding="utf-8")
    enter(reviewed, tmp_path / "s.csv")
    assert reviewed.store.value("select count(*) from links where pmid = 11 and bears = 1") == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reviewer": "  "}, "reviewer's name is empty"),
        ({"claim_key": "nobody"}, "no claim has the key"),
        ({"pmid": 5}, "PMID 5 is not in this map"),
        ({"verdict": "yes"}, "'yes' is not a verdict"),
        ({"verdict": None}, "needs a verdict"),
    ],
)
def test_a_decision_that_makes_no_sense_writes_nothing(reviewed: Map, change: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {"claim_key": "one", "pmid": 11, "reviewer": "Ann", "verdict": "include"}
    with pytest.raises(InputError, match=message):
        decide(reviewed.store, **{**good, **change})
    assert reviewed.store.value("select count(*) from decisions") == 0


def test_only_what_was_said_can_be_withdrawn(reviewed: Map) -> None:
    with pytest.raises(InputError, match="no decision on PMID 11 to withdraw"):
        withdraw(reviewed.store, claim_key="one", pmid=11, reviewer="Ann")


def test_the_command_lists_exports_and_imports(reviewed: Map, tmp_path: Path, litmap: Any) -> None:
    database = reviewed.store.path
    target = tmp_path / "out.csv"
    assert litmap("decisions", database, "--export", target).code == 0
    assert litmap("decisions", database, "--export", target).code == 1
    assert litmap("decisions", database, "--import", target).code == 2
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ann", verdict="include")
    listed = litmap("decisions", database, "--csv")
    assert "one,11,include,,Ann,title-abstract" in listed.out
