"""The machine against a person's coding."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from litmap.errors import InputError
from litmap.review import agreement, coding
from tests.support_records import HEAD, article

Litmap = Callable[..., Any]


@pytest.fixture
def loaded(db: Path, tmp_path: Path, litmap: Litmap) -> Path:
    titles = [
        (
            1,
            "Intravenous ketamine for depression: a randomized trial.",
            "We gave intravenous ketamine to 40 patients with depression.",
        ),
        (
            2,
            "Oral ketamine for chronic pain: a randomized trial.",
            "We gave oral ketamine to 40 patients with chronic pain.",
        ),
        (3, "Esketamine nasal spray for depression.", "We gave esketamine nasal spray to patients with depression."),
        (4, "Sleep diaries in nurses.", "We read diaries."),
    ]
    path = tmp_path / "records.xml"
    path.write_text(
        HEAD
        + "<PubmedArticleSet>"
        + "".join(article(pmid, title, abstract=text) for pmid, title, text in titles)
        + "</PubmedArticleSet>",
        encoding="utf-8",
    )
    assert litmap("load", db, path).code == 0
    return db


def coded(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "coded.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_figures_by_tag(loaded: Path, tmp_path: Path, litmap: Litmap) -> None:
    file = coded(
        tmp_path,
        "pmid,condition,route\n1,depression,intravenous\n2,chronic-pain; fibromyalgia,oral\n3,depression,\n4,none,none\n",
    )
    done = litmap("agreement", loaded, file, "--json")
    assert done.code == 0, done.err
    rows = {(row["field"], row["value"]): row for row in json.loads(done.out)}
    total = rows["condition", "(all)"]
    assert (total["both"], total["machine_only"], total["person_only"], total["items"]) == (3, 0, 1, 4)
    assert (total["precision"], total["recall"]) == (1.0, 0.75)
    assert rows["condition", "depression"]["kappa"] == 1.0
    assert rows["condition", "fibromyalgia"]["recall"] == 0.0
    assert rows["route", "(all)"]["items"] == 3  # an empty cell is not coded
    assert "1 disagreements" in done.err


def test_disagreements_are_listed(loaded: Path, tmp_path: Path, litmap: Litmap) -> None:
    file = coded(tmp_path, "pmid,condition\n1,anxiety\n4,none\n")
    done = litmap("agreement", loaded, file, "--disagreements", "--csv")
    assert list(csv.reader(io.StringIO(done.out)))[1:] == [
        ["condition", "1", "depression", "machine"],
        ["condition", "1", "anxiety", "person"],
    ]


def test_single_values(loaded: Path, tmp_path: Path, litmap: Litmap) -> None:
    done = litmap("agreement", loaded, coded(tmp_path, "pmid,level\n1,2\n2,4\n"), "--json")
    rows = {row["value"]: row for row in json.loads(done.out)}
    assert (rows["2"]["both"], rows["2"]["machine_only"], rows["4"]["person_only"]) == (1, 1, 1)


def test_rows_that_cannot_be_used_are_named(loaded: Path, tmp_path: Path, litmap: Litmap) -> None:
    file = coded(tmp_path, "pmid,condition\n1,depression\n1,ptsd\n2,backache\n99,ptsd\n")
    done = litmap("agreement", loaded, file)
    assert "line 3, 1: condition is coded twice" in done.err
    assert "line 4, 2: condition has no value 'backache'" in done.err
    assert "line 5, 99: no such record in the map" in done.err
    assert litmap("agreement", loaded, file, "--strict").code == 3


@pytest.mark.parametrize("text", ["title,condition\na,ptsd\n", "pmid,colour\n1,red\n", "pmid,condition\n1,\n"])
def test_useless_codings_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        coding.read(text, {}, {"record": frozenset("1"), "claim": frozenset()})


def test_kappa_as_cohen_defines_it() -> None:
    marks = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert agreement.kappa(marks) == pytest.approx(0.4)
    point, low, high = agreement.interval(marks)
    assert low < point < high  # type: ignore[operator]
    assert agreement.interval(marks) == (point, low, high)
    assert agreement.interval([(True, True)] * 5) == (None, None, None)
    assert agreement.kappa([]) is None


def test_the_blank_form_can_be_read_back(loaded: Path, tmp_path: Path, litmap: Litmap) -> None:
    form = tmp_path / "form.csv"
    assert litmap("export", loaded, "coding-form", "-o", form).code == 0
    filled = form.read_text(encoding="utf-8").replace("\n1,", "\n1,", 1)
    rows = list(csv.DictReader(io.StringIO(filled)))
    assert [row["pmid"] for row in rows] == ["1", "2", "3", "4"]
    rows[0]["condition"] = "depression"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    assert litmap("agreement", loaded, coded(tmp_path, out.getvalue())).code == 0


def test_the_codebook_defines_every_code(loaded: Path, tmp_path: Path, litmap: Litmap) -> None:
    book = tmp_path / "codebook.csv"
    assert litmap("export", loaded, "codebook", "-o", book).code == 0
    rows = list(csv.DictReader(io.StringIO(book.read_text(encoding="utf-8"))))
    fields = {row["field"] for row in rows}
    assert {"condition", "route", "intervention", "design", "level"} <= fields
    (ptsd,) = [row for row in rows if row["code"] == "ptsd"]
    assert "Stress Disorders, Post-Traumatic" in ptsd["definition"]
