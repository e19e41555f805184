"""litmap serve: a real server on a free port, and what it refuses."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import IO

import pytest
import scratch_map

from litmap.cli import run
from litmap.store import open_store
from litmap.web import serving


@contextmanager
def served(*words: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `litmap serve` on a free port and yield the process and its address."""
    command = [sys.executable, "-m", "litmap", "serve", *map(str, words), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        line = _line(process.stderr, "http://")
        found = re.search(r"http://\S+", line)
        assert found, line
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


def _line(stream: IO[str] | None, word: str = "") -> str:
    """The next line with this word, or an error after a minute."""
    assert stream is not None
    lines: Queue[str] = Queue()
    found = (line for line in iter(stream.readline, "") if word in line)
    threading.Thread(target=lambda: lines.put(next(found, "")), daemon=True).start()
    return lines.get(timeout=60)


def journal(path: Path) -> str:
    conn = sqlite3.connect(path)
    try:
        return str(conn.execute("pragma journal_mode").fetchone()[0])
    finally:
        conn.close()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_lets_a_load_write_and_leaves_no_log_behind(tmp_path: Path, stop: signal.Signals) -> None:
    database = scratch_map.build(tmp_path / "evidence.db")
    with served(database) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        assert address.endswith("/evidence")
        with urllib.request.urlopen(address) as answer:
            assert "Evidence map" in answer.read().decode()
        assert journal(database) == "wal"
        with open_store(database) as store, store.transaction() as conn:
            conn.execute("update records set volume = '99' where pmid = 101")
            with urllib.request.urlopen(f"{address}/records/101.json") as answer:  # while the write lock is held
                assert '"12"' in answer.read().decode()
        with urllib.request.urlopen(f"{address}/records/101.json") as answer:
            assert '"99"' in answer.read().decode()
        process.send_signal(stop)
        assert process.wait(timeout=60) == 0
    assert journal(database) == "delete"
    assert [path.name for path in tmp_path.iterdir()] == ["evidence.db"]


def test_with_reload_the_code_and_all_named_queries_are_watched(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.sql").write_text("-- title: Mine\n-- description: One.\nselect 1 as n\n")
    watched: list[str] = []
    started: list[str] = []

    class Reloader:
        def watch_files(self, files: list[str]) -> None:
            watched.extend(files)

    def start(entry: str, **_: object) -> Reloader:
        started.append(entry)
        return Reloader()

    monkeypatch.setattr("hupper.start_reloader", start)
    monkeypatch.setattr(serving, "serve", lambda *_, **__: None)
    assert run(["serve", str(evidence), "--reload", "--queries", str(tmp_path)]) == 0
    assert started == ["litmap.cli.main"]
    assert {"mine.sql", "claims-by-level.sql"} <= {Path(path).name for path in watched}


def test_a_busy_port_is_named_with_what_to_do(evidence: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(["serve", str(evidence), "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert f"port {port}" in said
    assert "--port" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "said"), [(["--port", "99999"], "no port number"), (["--host", "no.such.host.invalid"], "no host")]
)
def test_an_impossible_address(evidence: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert run(["serve", str(evidence), *words]) == 1
    assert said in capsys.readouterr().err


def test_files_that_are_no_maps(tmp_path: Path, evidence: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>hello</p>")
    for words, said in (
        ([str(tmp_path / "none.db")], "does not exist"),
        ([str(page)], "not an SQLite database"),
        ([str(tmp_path)], "is a folder"),
        ([str(evidence), str(page)], "litmap import"),
        ([str(evidence), str(tmp_path / "none.db")], "does not exist"),
        ([str(evidence), str(evidence)], "both called evidence"),
        ([str(evidence), str(tmp_path / "100%25.db")], "Rename"),
    ):
        assert run(["serve", *words, "--port", "0"]) == 1
        assert said in capsys.readouterr().err.replace("Read documents", "litmap import")


def test_a_file_that_cannot_be_written_is_served_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = scratch_map.build(tmp_path / "evidence.db")
    before = database.read_bytes()
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with serving._live(database) as writable:
        assert not writable
        assert journal(database) == "delete"
    assert database.read_bytes() == before
