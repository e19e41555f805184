"""What listings and messages look like on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from litmap.commands import options
from tests.conftest import Litmap


def test_wide_columns_share_what_narrow_ones_leave(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    options.emit("table", ("id", "text", "n"), [(1, "one two three four five six seven eight nine ten eleven twelve", 5)])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[2].startswith("1     one two three four five six seven eight")


def test_the_name_of_a_column_is_never_broken(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    options.emit("table", ("a_very_long_name", "another_long_name"), [("some words that go on", "and some more of them")])
    assert capsys.readouterr().out.splitlines()[0].split() == ["a_very_long_name", "another_long_name"]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_data_keep_every_character(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    options.emit(form, ("text",), [("a\u202eb",)])
    assert "\u202e" in capsys.readouterr().out


def test_a_page_cannot_steer_the_terminal(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    page = tmp_path / "claims.csv"
    page.write_text("claim,condition\nKetamine \x1b[31mrelieves\u202e depression.,\nIt \x1b[2Jhelps.,gout2\n", encoding="utf-8")
    imported = litmap("import", db, page)
    listed = litmap("claims", db)
    for said in (imported.err, listed.out):
        assert "\x1b" not in said
        assert "\u202e" not in said
    assert "relieves" in listed.out


def test_commands_to_run_next_can_be_pasted(litmap: Litmap, tmp_path: Path) -> None:
    path = tmp_path / "my map?.db"
    assert f"litmap import '{path}' PAGE" in litmap("init", path).err
    assert f"litmap import '{path}' PAGE" in litmap("status", path).err


def test_a_broken_fixed_clock_is_named(litmap: Litmap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert litmap("init", tmp_path / "a.db").code == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    done = litmap("import", tmp_path / "a.db", Path(__file__))
    assert done.code == 1
    assert "SOURCE_DATE_EPOCH is 'yesterday'" in done.err
    assert litmap("init", tmp_path / "b.db").code == 1


def test_the_same_steps_make_the_same_tables(litmap: Litmap, tmp_path: Path) -> None:
    import sqlite3

    page = tmp_path / "page.txt"
    page.write_text("Ketamine relieves depression within hours.\n", encoding="utf-8")
    dumps = []
    for name in ("a.db", "b.db"):
        assert litmap("init", tmp_path / name).code == 0
        assert litmap("import", tmp_path / name, page).code == 0
        conn = sqlite3.connect(tmp_path / name)
        dumps.append("\n".join(conn.iterdump()))
        conn.close()
    assert dumps[0] == dumps[1]
