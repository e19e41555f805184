"""Named queries: the .sql files of `queries/`, and a user's own, each opening with a comment block.

    -- title: Claims by level
    -- description: What the rows are.
    -- parameter: level | integer | 5 | What it does.

A parameter line holds name, type, default and help. The type is `text`, `integer`, `claim`, `condition`, `route`,
`intervention`, or the allowed words joined by commas. The default `required` means that there is none. Values are
bound as text, `''` when not given, here and in Datasette alike: the SQL casts them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from litmap.errors import QueryError
from litmap.resources import folder

FACETS = {"condition": "conditions", "route": "routes", "intervention": "interventions"}
TYPES = ("text", "integer", "claim", *FACETS)
REQUIRED = "required"

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_WORD = re.compile(r"[a-z][a-z0-9_]*\Z")
_HEADER = re.compile(r"--\s*(title|description|parameter):\s*(.*\S)\s*\Z")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a named query."""

    name: str
    kind: str  # one of TYPES, or "choice"
    default: str  # '' when there is none
    help: str
    required: bool = False
    choices: tuple[str, ...] = ()


class Result(NamedTuple):
    """What a query gives: rows hold one value for each column, in order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """One .sql file."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    sql: str  # one statement, without the comment block and the closing semicolon
    path: Path

    def values(self, conn: sqlite3.Connection, given: Mapping[str, str]) -> dict[str, str]:
        """Check what was given and fill in the rest: one text for each parameter.

        Raises QueryError for an unknown or missing parameter, or a value that cannot be.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise QueryError(
                    f"the query {self.name} has no parameter {name!r}",
                    _suggest(name, known, "it takes", "it takes none"),
                )
        values = {}
        for parameter in self.parameters:
            text = given.get(parameter.name, "").strip()
            if parameter.required and not text:
                raise QueryError(f"the query {self.name} needs {parameter.name}", f"add: -p {parameter.name}=VALUE")
            values[parameter.name] = _checked(conn, parameter, text) if text else parameter.default
        return values

    def run(self, conn: sqlite3.Connection, params: Mapping[str, str] | None = None) -> Result:
        """Run the query, reading only. Raises QueryError as `values` does, and when the SQL is wrong."""
        values = self.values(conn, params or {})
        try:
            with _reading_only(conn):
                cursor = conn.execute(self.sql, values)
                rows = [tuple(row) for row in cursor]
        except sqlite3.DatabaseError as error:
            if "locked" in str(error) or "malformed" in str(error):
                raise
            raise QueryError(f"{self.path.name}: {error}", "a named query is one SELECT") from error
        return Result(tuple(column[0] for column in cursor.description), rows)


def named(extra: Path | None = None) -> dict[str, NamedQuery]:
    """Return the shipped queries and those of the folder `extra`, by name, in order of their names.

    Raises QueryError when the folder or one of its files cannot be used, or a name is taken.
    """
    found = {path.stem: read(path) for path in sorted(folder("queries").glob("*.sql"))}
    if extra is not None:
        if not extra.is_dir():
            raise QueryError(f"{extra} is not a folder", "give a folder of .sql files")
        for path in sorted(extra.glob("*.sql")):
            if path.stem in found:
                raise QueryError(
                    f"{path}: the name {path.stem} is taken by one of litmap's own queries", "rename the file"
                )
            found[path.stem] = read(path)
    return dict(sorted(found.items()))


def get(name: str, extra: Path | None = None) -> NamedQuery:
    """Return one query. Raises QueryError, naming close matches, when there is none of this name."""
    found = named(extra)
    if name not in found:
        raise QueryError(
            f"no query is called {name!r}",
            _suggest(name, found, "there are", "list them: litmap query DATABASE --list"),
        )
    return found[name]


def read(path: Path) -> NamedQuery:
    """Read one .sql file. Raises QueryError naming the file, and the line where there is one."""
    if not _NAME.match(path.stem):
        raise QueryError(f"{path}: a query's name is small letters, digits and hyphens", "rename the file")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path}: cannot be read: {error}") from error
    title, description, parameters = path.stem.replace("-", " ").capitalize(), [], []
    body = 0
    for body, line in enumerate(lines):
        if line.strip() and not line.startswith("--"):
            break
        header = _HEADER.match(line)
        if not header:
            continue
        key, text = header.groups()
        if key == "title":
            title = text
        elif key == "description":
            description.append(text)
        else:
            parameters.append(_parameter(f"{path}, line {body + 1}", text))
    sql = "\n".join(lines[body:]).strip()
    _check_sql(path, sql, parameters)
    return NamedQuery(path.stem, title, " ".join(description), tuple(parameters), sql.rstrip("; \n\t"), path)


def _parameter(where: str, text: str) -> Parameter:
    parts = [part.strip() for part in text.split("|", 3)]
    if len(parts) != 4 or not _WORD.match(parts[0]):
        raise QueryError(f"{where}: not a parameter", "write: -- parameter: name | type | default | help")
    name, kind, default, about = parts
    choices: tuple[str, ...] = ()
    if kind not in TYPES:
        choices = tuple(word.strip() for word in kind.split(","))
        if len(choices) < 2:
            raise QueryError(f"{where}: {kind!r} is not a type", f"use {', '.join(TYPES)} or a list of words")
        kind = "choice"
    required = default == REQUIRED
    return Parameter(name, kind, "" if required else default, about, required, choices)


def _check_sql(path: Path, sql: str, parameters: list[Parameter]) -> None:
    bare = _QUOTED.sub(" ", sql).strip().rstrip(";").strip()
    if not re.match(r"(select|with)\b", bare, re.IGNORECASE):
        raise QueryError(f"{path}: a named query is a SELECT", "it only reads: begin with select or with")
    if ";" in bare:
        raise QueryError(f"{path}: more than one statement", "keep one SELECT in each file")
    used, declared = set(re.findall(r"(?<!:):([A-Za-z_]\w*)", bare)), {parameter.name for parameter in parameters}
    if used != declared:
        name = sorted(used ^ declared)[0]
        problem = "is used but not described" if name in used else "is described but not used"
        raise QueryError(
            f"{path}: the parameter {name} {problem}", "describe each as: -- parameter: name | type | default | help"
        )


def _checked(conn: sqlite3.Connection, parameter: Parameter, text: str) -> str:
    if parameter.kind == "integer":
        if not re.fullmatch(r"-?\d{1,15}", text):
            raise QueryError(f"{parameter.name} must be a whole number, not {text!r}")
    elif parameter.kind == "choice":
        if text not in parameter.choices:
            raise QueryError(
                f"{parameter.name} cannot be {text!r}", _suggest(text, parameter.choices, "it is one of", "")
            )
    elif parameter.kind == "claim":
        if not conn.execute("select 1 from claims where key = ? or cast(id as text) = ?", (text, text)).fetchone():
            raise QueryError(f"there is no claim {text!r}", "the other queries list claims with their ids")
    elif parameter.kind in FACETS:
        return slug(conn, parameter.kind, text)
    return text


def slug(conn: sqlite3.Connection, facet: str, text: str) -> str:
    """Return the slug of the vocabulary meant by `text` (a replaced one gives its successor).

    Raises QueryError, naming close matches, when there is none.
    """
    rows = conn.execute(f"select slug, replaced_by from {FACETS[facet]}").fetchall()
    slugs = {row[0]: row[1] or row[0] for row in rows}
    wanted = "-".join(text.casefold().split())
    if wanted not in slugs:
        raise QueryError(
            f"the vocabulary has no {facet} {text!r}", _suggest(wanted, slugs, "it has", "the vocabulary is empty")
        )
    return str(slugs[wanted])


def _suggest(word: str, among: Mapping[str, Any] | tuple[str, ...], lead: str, none: str) -> str:
    close = get_close_matches(word, list(among), n=3, cutoff=0.5)
    if close:
        return "did you mean " + " or ".join(close) + "?"
    return f"{lead} {', '.join(sorted(among))}" if among else none


@contextmanager
def _reading_only(conn: sqlite3.Connection) -> Iterator[None]:
    """Let SQLite itself refuse whatever is not reading, also in a user's own query."""

    def allow(action: int, first: str | None, *_rest: str | None) -> int:
        # What FTS5 asks for when a table is first used: its version, and its row of the schema (which stays as it is).
        fts = (action, first) in ((sqlite3.SQLITE_PRAGMA, "data_version"), (sqlite3.SQLITE_UPDATE, "sqlite_master"))
        reading = action in _ALLOWED or fts
        return sqlite3.SQLITE_OK if reading else sqlite3.SQLITE_DENY

    conn.set_authorizer(allow)
    try:
        yield
    finally:
        conn.set_authorizer(_anything)


def _anything(*_: object) -> int:
    return sqlite3.SQLITE_OK  # Python 3.10 cannot take an authorizer away
