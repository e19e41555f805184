"""The file: made whole or not at all, ours or refused, migrated in one piece."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from litmap import store
from litmap.errors import StoreError

PUBLIC_TABLES = {
    "documents", "records", "record_authors", "record_sections", "record_publication_types", "record_keywords", "record_mesh",
    "record_chemicals", "record_supplementary", "record_trials", "record_grants", "record_relations", "references_in", "searches",
    "search_records", "claim_searches", "decisions", "claim_verdicts", "corrections", "claims", "claim_occurrences", "claim_conditions",
    "claim_routes", "claim_interventions", "record_conditions", "record_routes", "record_interventions", "record_levels",
    "record_integrity", "links", "claim_evidence", "conditions", "routes", "interventions", "evidence_levels", "meta", "samples",
    "sample_links",
}  # fmt: skip


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as conn:
        found = {row[0] for row in conn.execute("select name from sqlite_master where type = 'table'")}
    conn.close()
    return found


def test_a_new_map_has_every_public_table_and_says_that_it_is_ours(db: Path) -> None:
    assert tables(db) >= PUBLIC_TABLES
    with store.open_store(db) as opened:
        assert opened.value("pragma application_id") == store.APPLICATION_ID
        assert opened.value("pragma foreign_keys") == 1
        assert opened.value("pragma journal_mode") == "delete"


def test_a_migration_that_fails_at_its_last_statement_leaves_the_schema_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_good.sql").write_text("create table good (id integer);")
    (folder / "0002_bad.sql").write_text(
        "create table half (id integer);\ninsert into half values (1);\ninsert into nowhere values (1);"
    )
    conn = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        store.migrate(conn, folder)
    conn.close()
    assert "good" in tables(tmp_path / "x.db")
    assert "half" not in tables(tmp_path / "x.db")


def test_a_migration_cut_off_in_the_middle_of_a_statement_is_refused() -> None:
    with pytest.raises(StoreError, match="middle of a statement"):
        list(store.statements("create table a (id integer);\ncreate table b (id"))


def test_a_trigger_is_one_statement() -> None:
    sql = "create trigger t before delete on a begin select 1; select 2; end;\ncreate table b (id);"
    assert len(list(store.statements(sql))) == 2


def test_an_older_map_is_brought_up_to_date_and_kept_as_it_was(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in store.migration_files():
        (folder / path.name).write_text(path.read_text())
    (folder / "9999_next.sql").write_text("create table later (id integer);")
    newer = sorted(folder.glob("*.sql"))
    monkeypatch.setattr(store, "migration_files", lambda where=None: newer)
    store.open_store(db).close()
    assert "later" in tables(db)
    backups = list(db.parent.glob("*.backup"))
    assert len(backups) == 1
    assert "later" not in tables(backups[0])
    assert str(backups[0]) in capsys.readouterr().err


def test_no_backup_is_overwritten_whatever_has_its_name(db: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in store.migration_files():
        (folder / path.name).write_text(path.read_text())
    monkeypatch.setattr(store, "migration_files", lambda where=None: sorted(folder.glob("*.sql")))
    for number in (1, 2):
        (folder / f"999{number}_next.sql").write_text(f"create table later{number} (id integer);")
        store.open_store(db).close()
    kept = [db.with_name(f"{db.name}.before-999{number}_next.backup") for number in (1, 2)]
    assert [tables(one) & {"later1", "later2"} for one in kept] == [set(), {"later1"}]
    db.with_name(f"{db.name}.before-9993_next.backup").mkdir()
    db.with_name(f"{db.name}.before-9993_next-2.backup").write_text("notes")
    (folder / "9993_next.sql").write_text("create table later3 (id integer);")
    store.open_store(db).close()
    assert "later2" in tables(db.with_name(f"{db.name}.before-9993_next-3.backup"))
    assert db.with_name(f"{db.name}.before-9993_next-2.backup").read_text() == "notes"


def test_a_map_of_a_newer_litmap_is_refused_and_not_touched(db: Path) -> None:
    with sqlite3.connect(db) as conn:
        conn.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('litmap', '9999_future', '')"
        )
    conn.close()
    before = db.read_bytes()
    with pytest.raises(StoreError, match="newer litmap"):
        store.open_store(db)
    assert db.read_bytes() == before


@pytest.mark.parametrize("table", ["decisions", "claim_verdicts", "corrections"])
def test_what_people_said_cannot_be_changed_or_removed(db: Path, table: str) -> None:
    rows = {
        "decisions": "insert into decisions (claim_key, pmid, reviewer, verdict, decided_at) values ('k', 1, 'ann', 'include', '2025')",
        "claim_verdicts": "insert into claim_verdicts (claim_key, reviewer, verdict, decided_at) values ('k', 'ann', 'supported', '2025')",
        "corrections": "insert into corrections (subject, claim_key, action, reviewer, made_at) values ('claim', 'k', 'set', 'ann', '2025')",
    }
    with store.open_store(db) as opened:
        opened.conn.execute(rows[table])
        for change in (f"update {table} set reviewer = 'bob'", f"delete from {table}"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                opened.conn.execute(change)


def test_a_failed_transaction_leaves_nothing(db: Path) -> None:
    with store.open_store(db) as opened:
        with pytest.raises(KeyboardInterrupt), opened.transaction() as conn:
            conn.execute("insert into meta values ('a', 'b')")
            raise KeyboardInterrupt
        assert opened.meta("a") is None


def test_wal_is_left_on_close(db: Path) -> None:
    with store.open_store(db) as opened:
        opened.use_wal()
        with opened.transaction() as conn:
            conn.execute("insert into meta values ('a', 'b')")
    assert sorted(path.name for path in db.parent.iterdir()) == ["map.db"]
    with store.open_store(db, read_only=True) as again:
        assert again.value("pragma journal_mode") == "delete"


def test_a_read_only_map_can_be_read_but_not_written(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db.chmod(0o444)
    real = os.access
    # root may write everywhere, whatever the mode says
    monkeypatch.setattr(
        os, "access", lambda path, mode, **kw: False if mode == os.W_OK and Path(path) == db else real(path, mode, **kw)
    )
    with store.open_store(db, read_only=True) as opened:
        assert opened.value("select count(*) from claims") == 0
    with pytest.raises(StoreError, match="cannot be written"):
        store.open_store(db)


def test_a_map_left_with_a_log_on_read_only_media(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There SQLite opens neither the log nor its index; without a log the file itself is whole."""
    connect = store._connect

    def as_there(path: Path, *, read_only: bool, immutable: bool = False) -> sqlite3.Connection:
        if not immutable:
            raise sqlite3.OperationalError("unable to open database file")
        return connect(path, read_only=read_only, immutable=immutable)

    monkeypatch.setattr(store, "_connect", as_there)
    with store.open_store(db, read_only=True) as opened:
        assert opened.value("select count(*) from conditions") > 10
    db.with_name("map.db-wal").write_bytes(b"changes")
    with pytest.raises(StoreError, match=r"latest changes are in map\.db-wal"):
        store.open_store(db, read_only=True)


KILLED = """
import os, signal, sqlite3, sys
conn = sqlite3.connect(sys.argv[1])
conn.execute("pragma cache_size = 2")  # pages: the rest goes to the file before the end
conn.execute("begin")
conn.executemany("insert into meta (key, value) values (?, ?)", [(f"key {number}", "x" * 4000) for number in range(200)])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_what_a_killed_process_left_half_written_is_undone(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed() -> None:
        subprocess.run([sys.executable, "-c", KILLED, str(db)], check=False)
        assert db.with_name(f"{db.name}-journal").exists()

    killed()
    with monkeypatch.context() as patched:
        patched.setattr(store, "_writable", lambda _path: False)
        with pytest.raises(StoreError, match="left half written by a process that was stopped") as caught:
            store.open_store(db, read_only=True)
        assert f"{db.name}-journal" in (caught.value.hint or "")
    with store.open_store(db, read_only=True) as opened:
        assert opened.value("select count(*) from meta where key like 'key %'") == 0
    killed()
    with store.open_store(db) as opened:
        assert opened.value("select count(*) from meta where key like 'key %'") == 0
