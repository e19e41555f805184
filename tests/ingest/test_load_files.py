"""litmap load: files that are damaged, several or large; reading them in other processes."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from litmap.ingest import loading, readers
from litmap.ingest.records import load
from litmap.store import open_store
from tests.conftest import Litmap
from tests.support_loading import dump, rows, sound
from tests.support_records import HEAD, article, deletion, write


def broken(path: Path) -> Path:
    text = HEAD + "<PubmedArticleSet>" + article(1) + article(2) + "<PubmedArticle><Med"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_breaks_off_leaves_the_map_as_it_was(
    litmap: Litmap, db: Path, tmp_path: Path, workers: int
) -> None:
    litmap("load", db, write(tmp_path / "good.xml", article(7)))
    before = db.read_bytes()
    done = litmap("load", db, broken(tmp_path / "bad.xml"), "--workers", workers)
    assert done.code == 1
    assert done.err.count("\n") <= 2
    assert "not well-formed" in done.err
    assert "--keep-partial" in done.err
    assert db.read_bytes() == before


@pytest.mark.parametrize("workers", [1, 2])
def test_keep_partial_keeps_what_came_before_and_says_so(
    litmap: Litmap, db: Path, tmp_path: Path, workers: int
) -> None:
    done = litmap("load", db, broken(tmp_path / "bad.xml"), "--keep-partial", "--workers", workers)
    assert done.code == 0
    assert "3 read = 2 new + 0 updated + 0 unchanged + 1 rejected" in done.err
    assert "the rest of the file" in done.err
    assert litmap("load", db, broken(tmp_path / "bad2.xml"), "--keep-partial", "--strict").code == 0  # known bytes


def test_one_bad_file_refuses_all_before_anything_is_written(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    before = db.read_bytes()
    good = write(tmp_path / "good.xml", article(1))
    empty = tmp_path / "empty.nbib"
    empty.touch()
    for bad in (tmp_path / "missing.xml", tmp_path, empty):
        done = litmap("load", db, good, bad)
        assert (done.code, done.err.count("Error:")) == (1, 1)
        assert str(bad) in done.err
        assert db.read_bytes() == before


def test_a_wrong_md5_refuses_and_a_right_one_does_not(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "pubmed25n0001.xml.gz", article(1))
    beside = tmp_path / "pubmed25n0001.xml.gz.md5"
    beside.write_text("MD5(pubmed25n0001.xml.gz)= " + "0" * 32)
    done = litmap("load", db, path)
    assert done.code == 1
    assert "MD5" in done.err
    beside.write_text("<html><title>404 Not Found</title></html>")
    done = litmap("load", db, path)
    assert (done.code, "holds no MD5 digest" in done.err) == (1, True)
    beside.write_text(f"MD5(pubmed25n0001.xml.gz)= {md5(path.read_bytes()).hexdigest()}\n")
    assert litmap("load", db, path).code == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_in_the_middle_leaves_the_file_unchanged(db: Path, tmp_path: Path, workers: int) -> None:
    path = write(tmp_path / "a.xml", *(article(number) for number in range(1, 1300)))
    before = db.read_bytes()

    def interrupt(_count: int, _share: float) -> None:
        raise KeyboardInterrupt

    with open_store(db) as store, pytest.raises(KeyboardInterrupt):
        load(store, [path], workers=workers, progress=interrupt)
    assert db.read_bytes() == before


# ---------------------------------------------------------------- many files, and the library


def test_files_read_side_by_side_give_the_same_map_as_one_after_the_other(litmap: Litmap, tmp_path: Path) -> None:
    files = [
        write(
            tmp_path / f"{start}.xml.gz",
            *(
                article(start + i, f"Ketamine number {i}, file {start}.", revised=f"20{10 + start % 7}-01-01")
                for i in range(600)
            ),
            deletion(start + 3),
        )
        for start in (1, 301, 601, 901)
    ]
    dumps = []
    for workers in (1, 2, 3):
        db = tmp_path / f"{workers}.db"
        litmap("init", db)
        with open_store(db) as store:
            reports = load(store, files, workers=workers)
        assert [report.name for report in reports] == [file.name for file in files]
        dumps.append((dump(db), [(r.counts.new, r.counts.updated, r.counts.unchanged) for r in reports]))
        sound(litmap, db)
    assert dumps[0] == dumps[1] == dumps[2]


def test_memory_does_not_grow_with_what_waits(
    litmap: Litmap, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Items of later files wait on disk: at no time are more than a few batches in memory."""
    most = 0
    receive = readers._Reader.receive

    def watched(self: Any, *args: Any, **kwargs: Any) -> None:
        nonlocal most
        receive(self, *args, **kwargs)
        most = max(most, len(self.arrived))

    monkeypatch.setattr(readers._Reader, "receive", watched)
    files = [write(tmp_path / f"{start}.xml", *(article(start + i) for i in range(2000))) for start in (1, 3001)]
    with open_store(db) as store:
        load(store, files, workers=2)
    assert 0 < most <= 2


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as large, and pages leave the cache early, which would lock readers out without a log."""
    monkeypatch.setattr(loading, "_LARGE", 0)
    monkeypatch.setattr(loading, "_CACHE", 64)


def reading_while_loading(db: Path, path: Path) -> list[int]:
    """Load a file; return how many records another connection saw meanwhile, which does not wait."""
    seen = []

    def look(_count: int, _share: float) -> None:
        with closing(sqlite3.connect(db, timeout=0)) as conn:
            seen.append(conn.execute("select count(*) from records").fetchone()[0])

    with open_store(db) as store:
        load(store, [path], progress=look)
    return seen


@pytest.mark.usefixtures("large")
def test_reads_go_on_while_a_load_writes(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    litmap("load", db, write(tmp_path / "few.xml", article(1)))
    seen = reading_while_loading(db, write(tmp_path / "many.xml", *(article(number) for number in range(2, 3200))))
    assert len(seen) > 2
    assert set(seen) == {1}, "the state before the load, whole"
    assert rows(db, "select count(*) from records") == [(3199,)]
    assert rows(db, "pragma journal_mode") == [("delete",)]
    assert [path.name for path in tmp_path.glob("map.db*")] == ["map.db"]


@pytest.mark.usefixtures("large")
def test_a_reader_that_was_there_first_does_not_stop_a_load(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITMAP_BUSY_SECONDS", "0")
    path = write(tmp_path / "a.xml", article(1), article(2))
    with closing(sqlite3.connect(db)) as conn, open_store(db) as store:
        reading = conn.execute("select slug from conditions")
        reading.fetchone()
        monkeypatch.setattr(store, "transaction", done_first(reading, store.transaction))
        load(store, [path])
    assert rows(db, "select count(*) from records") == [(2,)]


def done_first(reading: sqlite3.Cursor, transaction: Any) -> Any:
    """A transaction that begins when the reading has ended."""

    def begin() -> Any:
        reading.close()
        return transaction()

    return begin


@pytest.mark.usefixtures("large")
def test_a_reader_that_stays_longest_switches_the_log_off(db: Path, tmp_path: Path) -> None:
    with open_store(db) as store:
        load(store, [write(tmp_path / "a.xml", article(1))])
        reader = open_store(db, read_only=True)
        assert reader.value("select count(*) from records") == 1
    assert (tmp_path / "map.db-wal").exists(), "the reader has the file open"
    reader.close()
    assert [path.name for path in tmp_path.glob("map.db*")] == ["map.db"]
    assert rows(db, "pragma journal_mode") == [("delete",)]


@pytest.mark.usefixtures("large")
def test_large_files_are_read_by_other_processes(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = readers._Reader.__init__

    def watched(self: Any, *args: Any) -> None:
        started.append(1)
        start(self, *args)

    monkeypatch.setattr(readers._Reader, "__init__", watched)
    with open_store(db) as store:
        load(store, [write(tmp_path / "a.xml", article(1))])
        monkeypatch.setattr(loading, "_LARGE", 1 << 20)
        load(store, [write(tmp_path / "b.xml", article(2))])
    assert len(started) == 1, "a small file is done sooner than a process has started"


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminal to be had on this platform")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_terminal_sees_how_much_is_left_and_a_pipe_does_not(db: Path, tmp_path: Path, workers: str) -> None:
    path = write(tmp_path / "many.xml", *map(article, range(1, 2201)))
    command = [sys.executable, "-m", "litmap", "load", str(db), str(path), "--workers", workers]
    ours, theirs = os.openpty()
    subprocess.run(command, stderr=theirs, check=True)
    os.close(theirs)
    seen = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert re.search(r"\r\x1b\[K(?!2,200)[\d,]+ records, [\d,]+/s, \d+:\d\d left", seen)
    assert re.search(r"\r\x1b\[K2,200 records, [\d,]+/s, 0:00 left", seen)
    other = db.with_name("other.db")
    subprocess.run([sys.executable, "-m", "litmap", "init", str(other)], check=True, capture_output=True)
    command[command.index(str(db))] = str(other)
    assert "left" not in subprocess.run(command, capture_output=True, text=True, check=True).stderr


def test_documents_appended_to_one_file_are_read_as_one(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    one, two = write(tmp_path / "1.xml.gz", article(1), deletion(9)), write(tmp_path / "2.xml.gz", article(2))
    both = tmp_path / "both.xml.gz"
    both.write_bytes(one.read_bytes() + two.read_bytes())
    assert "3 read = 2 new" in litmap("load", db, both).err


def test_an_error_is_one_line_and_what_to_do(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    path = tmp_path / "nul.xml"
    path.write_text(HEAD + "<PubmedArticleSet>" + article(1, "A \0 title") + "</PubmedArticleSet>", encoding="utf-8")
    done = litmap("load", db, path)
    assert (done.code, done.err.count("\n")) == (1, 2)
