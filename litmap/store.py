"""Open, create and migrate a database file; transactions. The only place that opens SQLite."""

from __future__ import annotations

import os
import shlex
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap import __version__
from litmap.clock import now
from litmap.errors import StoreError
from litmap.resources import folder

if TYPE_CHECKING:
    import sqlite_utils

APPLICATION_ID = 0x6C6D6170  # "lmap"
MINIMUM_SQLITE = (3, 35, 0)
BUSY_SECONDS = 5.0
PAGE = 8192  # bytes; records are long, and a map is a sixth smaller than with SQLite's 4096
_LEAVING_MS = 250  # how long closing waits for readers that are about to go

if sys.version_info < (3, 12):
    # There sqlite3 raises and catches an error for each of these to learn that they have no adapter: a tenth of the work of a load.
    sqlite3.register_adapter(type(None), lambda none: none)
    sqlite3.register_adapter(bool, int)


def _connect(path: Path, *, read_only: bool, immutable: bool = False) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old; litmap needs 3.35 or newer")
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rw'}{'&immutable=1' if immutable else ''}"
    wait = float(os.environ.get("LITMAP_BUSY_SECONDS", BUSY_SECONDS))
    conn = sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None)
    conn.row_factory = sqlite3.Row
    conn.execute("pragma foreign_keys = on")
    conn.execute("pragma trusted_schema = on")  # the full-text index reads a view
    return conn


class Store:
    """One open evidence map. Use as a context manager; nothing is written outside `transaction()`."""

    def __init__(self, path: Path, conn: sqlite3.Connection, *, read_only: bool = False) -> None:
        self.path = path
        self.conn = conn
        self.read_only = read_only

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. The last one out leaves no write-ahead log behind."""
        if not self.read_only:
            _leave_wal(self.conn, wait_ms=_LEAVING_MS)
        last_reader = self.read_only and _in_wal(self.conn)
        self.conn.close()
        if last_reader and _writable(self.path):
            conn = _connect(self.path, read_only=False)
            _leave_wal(conn)
            conn.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the write lock from the first statement; commit at the end, or undo everything."""
        self.conn.execute("begin immediate")
        try:
            yield self.conn
        except BaseException:
            if self.conn.in_transaction:
                self.conn.execute("rollback")
            raise
        self.conn.execute("commit")

    def use_wal(self) -> None:
        """Let readers go on while a long write runs. `close` switches back.

        While another process reads in the other mode nothing is switched: it and the write wait for each other.
        """
        try:
            self.conn.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError:
            return
        self.conn.execute("pragma synchronous = normal")

    def rows(self, sql: str, *params: Any) -> list[sqlite3.Row]:
        """Run a query and return its rows."""
        return self.conn.execute(sql, params).fetchall()

    def value(self, sql: str, *params: Any) -> Any:
        """Run a query and return the first column of its first row, or None."""
        row = self.conn.execute(sql, params).fetchone()
        return row[0] if row else None

    def meta(self, key: str) -> str | None:
        """Return a value of the table `meta`."""
        found = self.value("select value from meta where key = ?", key)
        return None if found is None else str(found)

    def set_meta(self, key: str, value: str) -> None:
        """Write a value of the table `meta`, unless it is there already. Call inside a transaction."""
        if self.meta(key) != value:
            self.conn.execute("insert or replace into meta (key, value) values (?, ?)", (key, value))


def _in_wal(conn: sqlite3.Connection) -> bool:
    try:
        return bool(conn.execute("pragma journal_mode").fetchone()[0] == "wal")
    except sqlite3.DatabaseError:
        return False


def _leave_wal(conn: sqlite3.Connection, wait_ms: int = 0) -> None:
    """Switch back, unless another process has the file open: then the last one out does."""
    if not _in_wal(conn):
        return
    before = conn.execute("pragma busy_timeout").fetchone()[0]
    conn.execute(f"pragma busy_timeout = {wait_ms}")
    try:
        conn.execute("pragma journal_mode = delete")
    except sqlite3.OperationalError:
        with suppress(sqlite3.OperationalError):
            conn.execute("pragma wal_checkpoint(passive)")  # the file itself holds all that no reader is in the way of
    conn.execute(f"pragma busy_timeout = {before}")


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def migration_files(where: Path | None = None) -> list[Path]:
    """Return the numbered SQL files in order. Raises StoreError when there are none."""
    found = sorted((where or folder("db") / "migrations").glob("[0-9]*.sql"))
    if not found:
        raise StoreError("litmap's own database files are missing", "reinstall litmap")
    return found


def statements(sql: str) -> Iterator[str]:
    """Split a script into single statements. `executescript` would commit first."""
    buffer = ""
    for line in sql.splitlines(keepends=True):
        buffer += line
        if sqlite3.complete_statement(buffer):
            yield buffer
            buffer = ""
    if buffer.strip() and any(line.strip() and not line.strip().startswith("--") for line in buffer.splitlines()):
        raise StoreError(f"a migration ends in the middle of a statement: {buffer.strip()[:60]}")


def migrate(conn: sqlite3.Connection, where: Path | None = None) -> list[str]:
    """Apply what is pending, each file in one transaction. Return the names of the files applied."""
    import sqlite_utils
    from sqlite_utils import Migrations

    migrations = Migrations("litmap")
    for path in migration_files(where):

        def apply(db: sqlite_utils.Database, path: Path = path) -> None:
            for statement in statements(path.read_text(encoding="utf-8")):
                db.conn.execute(statement)

        migrations(name=path.stem)(apply)
    db = sqlite_utils.Database(conn)
    pending = [migration.name for migration in migrations.pending(db)]
    if pending:
        migrations.apply(db)
        # sqlite-utils asks the machine's clock; ours can be fixed
        conn.executemany(
            "update _sqlite_migrations set applied_at = ? where migration_set = 'litmap' and name = ?",
            [(now(), name) for name in pending],
        )
    return pending


def create(path: Path, where: Path | None = None) -> Store:
    """Make a new, empty map. Raises StoreError when the path cannot be written or is taken."""
    if path.exists():
        raise StoreError(
            f"{path} exists already", "choose another name, or use it as it is: litmap status " + shlex.quote(str(path))
        )
    if not path.parent.is_dir():
        raise StoreError(f"the folder {path.parent} does not exist", "make it first")
    try:
        path.touch(exist_ok=False)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error
    conn = _connect(path, read_only=False)
    try:
        conn.execute(f"pragma page_size = {PAGE}")
        migrate(conn, where)
        conn.execute(f"pragma application_id = {APPLICATION_ID}")
    except BaseException:
        conn.close()
        path.unlink(missing_ok=True)
        raise
    return Store(path, conn)


def _check_file(path: Path) -> None:
    if not path.exists():
        raise StoreError(f"{path} does not exist", f"make it first: litmap init {shlex.quote(str(path))}")
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a database file")
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error
    if not head:
        raise StoreError(
            f"{path} is empty, not a litmap database", f"remove it, then: litmap init {shlex.quote(str(path))}"
        )
    if not head.startswith(b"SQLite format 3\0"):
        raise StoreError(f"{path} is not an SQLite database", "give the file that litmap init made")


def _check_ours(path: Path, conn: sqlite3.Connection) -> None:
    try:
        found = conn.execute("pragma application_id").fetchone()[0]
        if found != APPLICATION_ID:
            raise StoreError(
                f"{path} is an SQLite database, but not one that litmap made", "give the file that litmap init made"
            )
        applied = {row[0] for row in conn.execute("select name from _sqlite_migrations where migration_set = 'litmap'")}
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise
        raise StoreError(f"{path} is damaged: {error}", "restore a backup") from error
    unknown = sorted(applied - {file.stem for file in migration_files()})
    if unknown:
        raise StoreError(
            f"{path} was made by a newer litmap than this one ({__version__}); it knows {unknown[-1]}", "upgrade litmap"
        )


def _pending(conn: sqlite3.Connection) -> list[str]:
    """The names of the migrations that this map lacks."""
    applied = {row[0] for row in conn.execute("select name from _sqlite_migrations where migration_set = 'litmap'")}
    return [file.stem for file in migration_files() if file.stem not in applied]


def _backup(path: Path, conn: sqlite3.Connection, pending: str) -> Path:
    """Copy the map as it is before the migration `pending`, into a file of its own. Raises StoreError where it cannot."""
    target = _unused(path, pending)
    copy = sqlite3.connect(target)
    try:
        conn.backup(copy)
    except BaseException:
        copy.close()
        target.unlink(missing_ok=True)
        raise
    copy.close()
    return target


def _unused(path: Path, pending: str) -> Path:
    """Make an empty file whose name nothing has yet."""
    for number in count(1):
        target = path.with_name(f"{path.name}.before-{pending}{f'-{number}' if number > 1 else ''}.backup")
        try:
            target.touch(exist_ok=False)
            return target
        except FileExistsError:
            continue
        except OSError as error:
            raise StoreError(
                f"cannot write {target}, to keep {path} as it is before it is brought up to date: {error.strerror}"
            ) from error
    raise AssertionError  # never: the numbers do not end


def _reading(path: Path) -> sqlite3.Connection:
    """Connect for reading, also to a file left in WAL mode on read-only media, where no log can be opened beside it.

    What a process that was killed left half written is undone first.
    """
    try:
        conn = _connect(path, read_only=True)
        try:
            conn.execute("pragma schema_version").fetchone()
        except sqlite3.OperationalError as error:
            if "readonly" not in str(error):  # SQLITE_READONLY_ROLLBACK: a journal is there to be played back
                raise
            conn.close()
            _undo_half_written(path)
            conn = _connect(path, read_only=True)
        return conn
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise
        if "unable to open" not in str(error):
            raise StoreError(f"{path} is damaged: {error}", "restore a backup") from error
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise StoreError(
                f"{path} cannot be read here: its latest changes are in {log.name}",
                "copy both to a folder that can be written, and open it there",
            ) from error
    return _connect(path, read_only=True, immutable=True)


def _undo_half_written(path: Path) -> None:
    """Have SQLite play back the journal that a killed process left beside the map. Raises StoreError where nothing can be written."""
    if not _writable(path):
        raise StoreError(
            f"{path} was left half written by a process that was stopped, and cannot be written to undo that",
            f"copy it and {path.name}-journal to a folder that can be written, and open it there",
        )
    conn = _connect(path, read_only=False)
    try:
        conn.execute("pragma schema_version").fetchone()
    finally:
        conn.close()


def open_store(path: Path, *, read_only: bool = False) -> Store:
    """Open an existing map, bringing an older one up to date (a backup is kept beside it).

    Raises StoreError for a missing, foreign, newer or damaged file, and for one that cannot be
    written unless `read_only`.
    """
    _check_file(path)
    writable = _writable(path)
    if not read_only and not writable:
        raise StoreError(f"{path} (or its folder) cannot be written", "check the permissions, or copy it elsewhere")
    conn = _reading(path)
    try:
        _check_ours(path, conn)
        outdated = _pending(conn)
    except BaseException:
        conn.close()
        raise
    if read_only and not outdated:
        return Store(path, conn, read_only=True)
    conn.close()
    if not writable:
        raise StoreError(
            f"{path} was made by an older litmap and cannot be written to bring it up to date", "copy it elsewhere"
        )
    conn = _connect(path, read_only=False)
    _leave_wal(conn)
    if outdated:
        kept = _backup(path, conn, outdated[0])
        print(f"bringing {path} up to date; the file as it was: {kept}", file=sys.stderr)
        migrate(conn)
    return Store(path, conn, read_only=read_only)
