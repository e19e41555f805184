"""A table on its way out: columns that say what they hold, rows that come one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from litmap.errors import QueryError
from litmap.model import Record
from litmap.store import Store
from litmap.wording import unmarked

if TYPE_CHECKING:
    from litmap.tables.gapmap import GapMap

Row = tuple[Any, ...]
FACETS = {"conditions": "conditions", "routes": "routes", "interventions": "interventions"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `forms`: both, data (csv, json, xlsx ...) only, or reading (md, html, docx) only."""

    name: str
    label: str
    help: str
    kind: str = (
        "text"  # text | quote (of a document) | integer | url | conditions | routes | interventions (slugs joined by "; ") | pmid | pmids
    )
    width: int = 14  # characters, for formats that want to know
    forms: str = "both"


class Reference(NamedTuple):
    """One record in a list of references."""

    pmid: int
    text: str  # NLM style, with what must be said of it (retracted ...)
    url: str  # by DOI where there is one, else in PubMed


@dataclass(frozen=True, slots=True)
class Table:
    """What is exported: `rows` hold one value for each column and can be gone through once."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    notes: tuple[str, ...] = ()  # what a reader must know to read it rightly
    group: str | None = None  # the name of the column by which rows stand together
    records: Callable[[Iterable[int]], Iterator[tuple[Record, str]]] | None = (
        None  # reads records by PMID, for formats that hold references
    )
    cite: Callable[[Iterable[int]], Iterator[Reference]] | None = (
        None  # turns the PMIDs of columns of kind "pmids" into references
    )
    picture: Callable[[], GapMap] | None = None  # the map, for formats that hold pictures
    left_out: int = 0  # retracted records that it would hold otherwise

    def at(self, name: str) -> int:
        """Return the position of a column. Raises QueryError, naming close ones, when there is none."""
        names = [column.name for column in self.columns]
        if name not in names:
            close = get_close_matches(name, names, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(close)}?" if close else f"it has {', '.join(names)}"
            raise QueryError(f"the table {self.name} has no column {name!r}", hint)
        return names.index(name)


class Condition(NamedTuple):
    """One filter: a column, an operator (!= <= >= = ~), the words to compare with."""

    column: str
    operator: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.column}{self.operator}{','.join(self.values)}"


_WHERE = re.compile(r"\s*([\w-]+)\s*(!=|<=|>=|=|~)(.*)\Z", re.DOTALL)


def condition(text: str) -> Condition:
    """Read a filter: NAME=VALUE[,VALUE], also != <= >= and ~ (contains). Raises QueryError when it is none."""
    found = _WHERE.match(text)
    if not found:
        raise QueryError(
            f"{text!r} is not a filter", "write COLUMN=VALUE, or with != <= >= ~ (contains); several values with commas"
        )
    column, operator, rest = found.groups()
    return Condition(column.replace("-", "_"), operator, tuple(value.strip() for value in rest.split(",")))


def public_source(source: str) -> str:
    """Return where a document came from, without the folders of somebody's machine."""
    local = source.startswith(("/", "\\\\", "~")) or re.match(r"[A-Za-z]:[\\/]", source)
    return re.split(r"[\\/]", source)[-1] if local else source


@dataclass(frozen=True, slots=True)
class View:
    """What the user wants of a table."""

    columns: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    sort: tuple[str, ...] = ()  # names; a leading "-" sorts downwards
    group_by: str | None = None
    include_retracted: bool = False

    def __bool__(self) -> bool:
        return self != View()

    def described(self) -> dict[str, Any]:
        """Return what was asked for, in words for the provenance."""
        said: dict[str, Any] = {"where": [str(one) for one in self.where]} if self.where else {}
        said |= {name: list(value) for name, value in (("columns", self.columns), ("sort", self.sort)) if value}
        said |= {"group_by": self.group_by} if self.group_by else {}
        return said | ({"include_retracted": True} if self.include_retracted else {})


def shaped(store: Store, table: Table, view: View, *, reading: bool) -> Table:
    """Apply a view: filter, sort, group, then keep the wanted columns, or those made for data or for reading.

    Rows are held in memory only when they are sorted or grouped. Raises QueryError for an unknown column or value.
    """
    rows: Iterable[Row] = table.rows
    tests = [_test(store, table, one) for one in view.where]
    if tests:
        rows = (row for row in rows if all(test(row) for test in tests))
    keys = [*view.sort]
    if view.group_by:
        table.at(view.group_by)
        keys.insert(0, view.group_by)
    if keys:
        rows = _sorted(table, rows, keys)
    wanted = view.columns or tuple(
        column.name for column in table.columns if column.forms in ("both", "reading" if reading else "data")
    )
    if view.group_by and view.group_by not in wanted:
        wanted = (view.group_by, *wanted)
    if reading:
        rows = _labelled(store, table, rows)
    places = [table.at(name.replace("-", "_")) for name in wanted]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in places),
        rows=(tuple(row[place] for place in places) for row in rows),
        group=view.group_by,
    )


def _labelled(store: Store, table: Table, rows: Iterable[Row]) -> Iterator[Row]:
    """For people, the vocabulary's labels in place of its slugs, and quotes without the marks of Markdown."""
    places = [(at, column.kind) for at, column in enumerate(table.columns) if column.kind in FACETS]
    quotes = [at for at, column in enumerate(table.columns) if column.kind == "quote"]
    labels = {kind: dict(store.conn.execute(f"select slug, label from {kind}").fetchall()) for _, kind in places}
    for row in rows:
        values = list(row)
        for at, kind in places:
            if values[at]:
                values[at] = "; ".join(labels[kind].get(slug, slug) for slug in str(values[at]).split("; "))
        for at in quotes:
            values[at] = unmarked(values[at]) if values[at] else values[at]
        yield tuple(values)


def groups(table: Table) -> Iterator[tuple[str | None, list[Row]]]:
    """Go through the rows of a table group by group; a table without groups is one, called None."""
    if table.group is None:
        yield None, list(table.rows)
        return
    place = table.at(table.group)
    found: dict[str, list[Row]] = {}
    for row in table.rows:
        found.setdefault("" if row[place] is None else str(row[place]), []).append(row)
    yield from found.items()


def _sorted(table: Table, rows: Iterable[Row], keys: Sequence[str]) -> list[Row]:
    result = list(rows)
    for key in reversed(keys):
        place = table.at(key.lstrip("-"))
        down = key.startswith("-")
        known = sorted(
            (row for row in result if row[place] is not None), key=lambda row: _order(row[place]), reverse=down
        )
        result = known + [row for row in result if row[place] is None]
    return result


def _order(value: Any) -> tuple[int, float, str]:
    return (0, value, "") if isinstance(value, (int, float)) else (1, 0, str(value).casefold())


def _test(store: Store, table: Table, one: Condition) -> Callable[[Row], bool]:
    place = table.at(one.column)
    kind = table.columns[place].kind
    if one.operator in ("<=", ">="):
        return _compare(place, one)
    if one.operator == "~":
        words = [value.casefold() for value in one.values]
        return lambda row: any(word in str(row[place] or "").casefold() for word in words)
    if kind in FACETS:
        wanted = _narrower(store, kind, one.values)
    else:
        wanted = {value.casefold() for value in one.values}
    equal = one.operator == "="

    def test(row: Row) -> bool:
        text = "" if row[place] is None else str(row[place])
        held = set(text.split("; ")) if kind in FACETS else {text.casefold()}
        return bool(wanted & held) == equal

    return test


def _compare(place: int, one: Condition) -> Callable[[Row], bool]:
    try:
        limit = float(one.values[0])
    except ValueError:
        text = one.values[0]
        if one.operator == "<=":
            return lambda row: row[place] is not None and str(row[place]) <= text
        return lambda row: row[place] is not None and str(row[place]) >= text
    if one.operator == "<=":
        return lambda row: isinstance(row[place], (int, float)) and row[place] <= limit
    return lambda row: isinstance(row[place], (int, float)) and row[place] >= limit


def _narrower(store: Store, facet: str, slugs: Iterable[str]) -> set[str]:
    from litmap.tables.queries import slug

    parents: Mapping[str, str | None] = dict(store.conn.execute(f"select slug, parent from {facet}").fetchall())
    found = {slug(store.conn, facet.removesuffix("s"), one) for one in slugs if one}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found | ({""} if "" in slugs else set())
