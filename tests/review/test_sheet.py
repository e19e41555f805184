"""Decisions by spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from litmap.errors import InputError
from litmap.review import sheet
from litmap.review.decisions import decide, withdraw
from tests.support_maps import Map


def fill(path: Path, made: Map, said: dict[tuple[str, int], dict[str, str]]) -> Path:
    rows = list(sheet.rows(made.store))
    for row in rows:
        row.update(said.get((row["claim_key"], row["pmid"]), {}))
    sheet.write(path, rows)
    return path


def enter(made: Map, path: Path, reviewer: str = "Ann") -> sheet.SheetReport:
    return sheet.take(made.store, sheet.read(path), reviewer)


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
    sheet.write(tmp_path / "s.csv", rows)
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        enter(reviewed, tmp_path / "s.csv")
    assert reviewed.store.value("select count(*) from decisions") == 0


def test_rows_that_contradict_each_other_are_named(reviewed: Map, tmp_path: Path) -> None:
    row = {**next(iter(sheet.rows(reviewed.store))), "verdict": "include"}
    sheet.write(tmp_path / "s.csv", [row, row, {**row, "verdict": "exclude"}])
    with pytest.raises(InputError, match="line 4: contradicts line 2"):
        enter(reviewed, tmp_path / "s.csv")


def test_other_peoples_votes_stay_hidden(reviewed: Map) -> None:
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ann", verdict="include")
    verdicts = {row["verdict"] for row in sheet.rows(reviewed.store, "Ben")}
    assert verdicts == {None}
    mine = {(row["claim_key"], row["pmid"]): row["verdict"] for row in sheet.rows(reviewed.store, "Ann")}
    assert mine["one", 11] == "include"


def test_a_sheet_of_semicolons_and_one_that_is_none(reviewed: Map, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("claim_key;pmid;verdict\none;11;include\n", encoding="utf-8")
    assert enter(reviewed, tmp_path / "s.csv").written == 1
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no column claim_key"):
        sheet.read(tmp_path / "t.csv")
    (tmp_path / "u.xlsx").write_bytes(b"not a zip")
    with pytest.raises(InputError, match=r"not an \.xlsx file"):
        sheet.read(tmp_path / "u.xlsx")


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
