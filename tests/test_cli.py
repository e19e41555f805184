"""The command line as a whole: help, exit codes, messages."""

from __future__ import annotations

import importlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from litmap import cli
from tests.conftest import Litmap


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_the_list_of_commands_says_what_each_command_says(name: str) -> None:
    module = importlib.import_module(f"litmap.commands.{cli.MODULES.get(name, name)}")
    assert module.command.name == name
    assert module.command.help.splitlines()[0] == cli.COMMANDS[name]


def test_help_is_light() -> None:
    heavy = ("datasette", "sqlite_utils", "Bio", "lxml", "requests", "ahocorasick_rs", "tabulate")
    code = f"import sys; from litmap.cli import run; run(['--help']); sys.exit(','.join(m for m in {heavy!r} if m in sys.modules) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [["nonsense"], ["init"], ["init", "a.db", "--nonsense"]])
def test_wrong_usage_is_exit_2(litmap: Litmap, words: list[str]) -> None:
    assert litmap(*words).code == 2


def make_missing(path: Path) -> None:
    pass


def make_folder(path: Path) -> None:
    path.mkdir()


def make_empty(path: Path) -> None:
    path.touch()


def make_text(path: Path) -> None:
    path.write_text("This is not a database, but long enough to be read as one.")


def make_foreign(path: Path) -> None:
    conn = sqlite3.connect(path)
    conn.execute("create table bookmarks (id integer)")
    conn.commit()
    conn.close()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (make_missing, "does not exist"),
        (make_folder, "is a folder"),
        (make_empty, "is empty"),
        (make_text, "is not an SQLite database"),
        (make_foreign, "not one that litmap made"),
    ],
)
@pytest.mark.parametrize("words", [["status"], ["link"], ["map"], ["query", "documents"], ["serve", "--port", "0"]])
def test_what_is_not_a_map_is_refused_in_one_line_and_not_touched(litmap: Litmap, tmp_path: Path, make: object, says: str, words: list[str]) -> None:
    path = tmp_path / "some.db"
    make(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else None
    done = litmap(words[0], path, *words[1:])
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("Error: ")
    assert says in done.err.splitlines()[0]
    assert "Traceback" not in done.err
    assert (path.read_bytes() if path.is_file() else None) == before


def test_init_does_not_touch_what_is_there(litmap: Litmap, db: Path) -> None:
    before = db.read_bytes()
    done = litmap("init", db)
    assert done.code == 1
    assert "exists already" in done.err
    assert db.read_bytes() == before


def test_init_where_nothing_can_be_written(litmap: Litmap, tmp_path: Path) -> None:
    done = litmap("init", tmp_path / "nowhere" / "map.db")
    assert done.code == 1
    assert "does not exist" in done.err


def test_init_with_a_bad_vocabulary_leaves_no_file(litmap: Litmap, tmp_path: Path) -> None:
    done = litmap("init", tmp_path / "map.db", "--vocabulary", tmp_path / "nothing")
    assert done.code == 1
    assert not (tmp_path / "map.db").exists()


def test_a_database_in_use_by_another_process_is_said_so(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Ketamine relieves depression.")
    other = sqlite3.connect(db, isolation_level=None)
    other.execute("begin immediate")
    done = litmap("import", db, page)
    other.execute("rollback")
    other.close()
    assert done.code == 1
    assert "in use by another process" in done.err
    assert litmap("import", db, page).code == 0


def test_debug_shows_the_traceback_and_changes_nothing_else(
    litmap: Litmap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, plain = (litmap("status", tmp_path / "none.db", *words) for words in (["--debug"], []))
    assert "Traceback" in done.err
    assert done.err.endswith(plain.err)
    assert done.code == plain.code == 1
