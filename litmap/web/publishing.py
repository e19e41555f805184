"""A folder that anybody can serve with `datasette FOLDER`: a fresh file built by an allow-list, and what goes with it.

The database is made new and filled column by column from `allowed.TABLES`; it is never a copy of the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from litmap.errors import InputError, StoreError
from litmap.store import Store, create, open_store
from litmap.tables import gapmap
from litmap.web import allowed, canned, config, publish_texts, serving, stored, wheel

NAME = "evidence.db"
TEXT = ("quotes", "full", "none")
INDEXES = {"records_design": "records(design, level)"}  # the facet of designs at a level or better reads nothing else
MARK = "METHODS.md"  # a folder with this and the database is one of ours, and may be replaced


@dataclass(frozen=True, slots=True)
class Options:
    """What goes out beyond the facts."""

    document_text: str = "quotes"  # quotes: the claims' own sentences; full: whole documents; none: neither
    abstracts: bool = False
    reviewers: bool = False
    notes: bool = False
    download: bool = False


def publish(
    source: Path, target: Path, options: Options = Options(), *, queries: Path | None = None, force: bool = False
) -> dict[str, int]:
    """Write the folder and return how many rows of each table it holds. On any error, `target` is as it was.

    Raises StoreError for a file that is no map, InputError for a folder that is taken or a map without its rule set.
    """
    if options.document_text not in TEXT:
        raise InputError(f"--document-text cannot be {options.document_text}", f"choose from {', '.join(TEXT)}")
    _check_target(target, force)
    with (
        open_store(source, read_only=True) as store,
        tempfile.TemporaryDirectory(prefix=".litmap-", dir=target.resolve().parent) as made,
    ):
        folder = Path(made) / "site"
        folder.mkdir()
        facts = publish_texts.facts(store.conn)
        counts = build(store, folder / NAME, options)
        _accompany(folder, counts, facts, options, canned.canned(counts, queries))
        if target.exists():
            os.replace(target, Path(made) / "before")
        os.replace(folder, target)
    return counts


def _check_target(target: Path, force: bool) -> None:
    if not target.resolve().parent.is_dir():
        raise InputError(f"the folder {target.parent} does not exist", "make it first")
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError(f"{target} is a file", "give a folder that does not exist yet")
    if any(target.iterdir()) and not (force and (target / MARK).exists() and (target / NAME).exists()):
        hint = "add --force to replace it" if (target / MARK).exists() else "give a folder that does not exist yet"
        raise InputError(f"{target} is not empty", hint)


def build(store: Store, path: Path, options: Options) -> dict[str, int]:
    """Fill a new database file from the allow-list and return its counts."""
    with create(path) as new:
        conn = new.conn
        conn.execute("pragma foreign_keys = off")
        conn.execute("pragma synchronous = off")  # a file that failed is thrown away
        conn.execute("attach database ? as source", (f"{store.path.resolve().as_uri()}?mode=ro",))
        with new.transaction():
            for table, columns in allowed.TABLES.items():
                _copy(conn, table, columns.split(), options)
            _people(conn, options)
            for document, place in conn.execute("select id, source from documents").fetchall():
                conn.execute("update documents set source = ? where id = ?", (public_source(place), document))
            for load, name in conn.execute("select id, name from loads").fetchall():
                conn.execute("update loads set name = ? where id = ?", (_basename(name), load))
            for index in ("records_fts", "claims_fts"):
                conn.execute(f"insert into {index}({index}) values ('rebuild')")
            stored.save(conn, gapmap.build(new))
        conn.execute("detach database source")
        broken = conn.execute("pragma foreign_key_check").fetchone()
        if broken:
            raise StoreError(
                f"the map refers to rows of {broken[2]} that are not there", "run: litmap doctor " + str(store.path)
            )
        for index, columns in INDEXES.items():
            conn.execute(f"drop index {index}")
            conn.execute(f"create index {index} on {columns}")
        conn.execute("vacuum")
        conn.execute("analyze")
        tables = [
            row[0]
            for row in conn.execute(
                "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"
            )
        ]
        return {table: int(conn.execute(f"select count(*) from [{table}]").fetchone()[0]) for table in tables}


def _copy(conn: sqlite3.Connection, table: str, columns: list[str], options: Options) -> None:
    instead = _instead(options).get(table, {})
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(instead.get(column, f'"{column}"') for column in columns)
    where = f"where key in ({', '.join(repr(key) for key in allowed.META)})" if table == "meta" else ""
    if table == "record_sections" and not options.abstracts:
        return
    conn.execute(f"insert into main.{table} ({names}) select {values} from source.{table} {where}")


def _instead(options: Options) -> dict[str, dict[str, str]]:
    """SQL that stands in for a column: {table: {column: SQL}}."""
    found: dict[str, dict[str, str]] = {}
    if options.document_text != "full":
        found["documents"] = {"text": "''", "blocks": "'[]'"}
    if options.document_text == "none":
        found["claims"] = {"text": "'(not published)'", "heading": "null", "cues": "'[]'"}
        found.update({f"claim_{facet}s": {"matched": "null"} for facet in ("condition", "route", "intervention")})
    if not options.abstracts:
        found["records"] = {"abstract": "null"}
    if not options.notes:
        for table, columns in allowed.NOTES.items():
            found.setdefault(table, {}).update(dict.fromkeys(columns, "null"))
    return found


def _people(conn: sqlite3.Connection, options: Options) -> None:
    """Reviewers become "reviewer 1" and so on, in the order in which they first decided something."""
    if options.reviewers:
        return
    names: dict[str, str] = {}
    guards = conn.execute(
        "select name, sql from sqlite_master where type = 'trigger' and name like '%_no_update'"
    ).fetchall()
    for name, _sql in guards:
        conn.execute(f"drop trigger {name}")
    for table in allowed.REVIEWERS:
        for (reviewer,) in conn.execute(f"select reviewer from {table} group by reviewer order by min(id)").fetchall():
            alias = names.setdefault(reviewer, f"reviewer {len(names) + 1}")
            conn.execute(f"update {table} set reviewer = ? where reviewer = ?", (alias, reviewer))
    for _name, sql in guards:
        conn.execute(sql)


def _basename(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def public_source(source: str) -> str:
    """A source without what is private in it: the folders of a local path, or the user in a URL."""
    parts = urlsplit(source)
    if parts.scheme in ("http", "https"):
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return _basename(parts.path if parts.scheme == "file" else source)


def _accompany(
    folder: Path, counts: dict[str, int], facts: dict[str, Any], options: Options, queries: dict[str, Any]
) -> None:
    """Everything beside the database."""
    database = Path(NAME).stem
    about = {**serving.ABOUT, "about": "Methods", "about_url": "/static/methods.txt"}
    whole = config.metadata(database, set(counts) | {"record_search"}, queries, about)
    tables = whole["databases"][database]["tables"]
    for table in counts:
        if table not in allowed.TABLES:
            tables.setdefault(table, {})["hidden"] = True
    settings = {**config.PUBLIC_SETTINGS, "allow_download": options.download}
    _texts, alpha = config.for_alpha(whole)
    _json(folder / "metadata.json", whole)
    _json(folder / "settings.json", settings)
    _json(folder / "datasette.json", {"settings": {**settings, "allow_signed_tokens": False}, **alpha})
    size = (folder / NAME).stat().st_size
    inspected = {
        "hash": _digest(folder / NAME),
        "size": size,
        "file": NAME,
        "tables": {name: {"count": n} for name, n in counts.items()},
    }
    _json(folder / "inspect-data.json", {database: inspected})
    package = wheel.build(folder / "plugin")
    methods = publish_texts.methods(facts, counts, options.document_text, options.abstracts)
    (folder / "static").mkdir()
    (folder / "static" / "methods.txt").write_text(methods, encoding="utf-8")
    (folder / MARK).write_text(methods, encoding="utf-8")
    for name, text in publish_texts.deployment(package.name).items():
        (folder / name).write_text(text, encoding="utf-8")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
