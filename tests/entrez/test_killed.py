"""A run that is stopped in the middle of 2,000 records loses nothing that it received."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from eutils_server import Server
from user_environment import environment

from litmap.commands import asking, options

LONG = 60  # seconds after which a test that hangs is given up


def start(server: Server, tmp_path: Path, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "litmap", *map(str, words)],
        env={**os.environ, **environment(server, tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores Ctrl-C
    )


def pmids_in(db: Path) -> list[int]:
    conn = sqlite3.connect(db)
    try:
        assert conn.execute("pragma integrity_check").fetchone() == ("ok",)
        return [row[0] for row in conn.execute("select pmid from records order by pmid")]
    finally:
        conn.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopped_in_the_middle(db: Path, server: Server, tmp_path: Path, how: signal.Signals) -> None:
    pmids = server.fill(2_000)
    server.trouble("efetch", "hold", skip=5)
    stopped = start(server, tmp_path, "search", db, "ketamine")
    assert server.held.wait(LONG), stopped.communicate()
    stopped.send_signal(how)
    _out, err = stopped.communicate(timeout=LONG)
    server.go_on.set()
    if how == signal.SIGINT:
        assert stopped.returncode == 130
        assert err.strip() == "Interrupted; what arrived is kept; run the same command again to go on."
    assert pmids_in(db) == pmids[:1_000]
    sound = start(server, tmp_path, "doctor", db)
    assert (sound.wait(LONG), sound.communicate()[1]) == (0, "")

    asked = len(server.asked)
    again = start(server, tmp_path, "search", db, "ketamine")
    out, err = again.communicate(timeout=LONG)
    assert again.returncode == 0, err
    assert "2,000 expected = 2,000 received (1,000 new" in out
    assert "went on from there" in err
    assert [pmid for one in server.asked[asked:] for pmid in one.ids] == pmids[1_000:]
    assert all(one.utility == "efetch" for one in server.asked[asked:])
    assert pmids_in(db) == pmids


def test_stopped_between_receiving_and_storing(
    db: Path, litmap: Any, at_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The raw reply is in the cache: what was received need not be asked for again."""
    from litmap.ingest import searching

    pmids = at_server.fill(500)
    store_records, calls = searching.store_records, []

    def stop_at_the_second(*args: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return store_records(*args, **options)

    monkeypatch.setattr(searching, "store_records", stop_at_the_second)
    assert litmap("search", db, "ketamine").code == 130
    assert pmids_in(db) == pmids[:200]
    asked = len(at_server.asked)
    assert litmap("search", db, "ketamine").code == 0
    assert [one.ids for one in at_server.asked[asked:]] == [pmids[400:]]
    assert pmids_in(db) == pmids


def test_stopped_fetch_and_update_go_on_too(
    db: Path, litmap: Any, at_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmids = at_server.fill(500)
    for words in (("fetch", db, *pmids), ("update", db)):
        at_server.trouble("efetch", "drop", 5, skip=2)
        assert litmap(*words).code == 4
        asked = len(at_server.asked)
        assert litmap(*words).code == 0
        assert [one.ids for one in at_server.asked[asked:] if one.ids] == [pmids[400:]]
        litmap("search", db, "ketamine")  # so that there is something to update


def test_progress_shows_rate_and_time_left(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([100.0, 110.0, 140.0])
    monkeypatch.setattr(options, "progress_wanted", lambda: True)
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    progress = asking.Progress()
    progress(1_000, 4_000)
    progress(2_200, 4_000)
    assert "2,200 of 4,000 records, 120/s, 0:15 left" in capsys.readouterr().err
    progress(4_000, 4_000)
    assert capsys.readouterr().err.endswith("0:00 left\n")


def test_an_update_shows_its_searches_too(
    db: Path, litmap: Any, at_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_server.fill(5)
    for word in ("ketamine", "study"):
        litmap("search", db, word)
    monkeypatch.setattr(options, "progress_wanted", lambda: True)
    said = litmap("update", db).err
    assert "1 of 2 searches" in said
    assert "5 of 5 records" in said


def test_no_progress_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    asking.Progress()(1, 2)
    assert capsys.readouterr().err == ""
