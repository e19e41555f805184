"""Record <-> rows of the record_* tables: what PubMed says, without anything derived."""

from __future__ import annotations

import json
import marshal
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import chain, count, repeat
from json.encoder import encode_basestring
from operator import add, attrgetter
from typing import Any, NamedTuple

from litmap import model
from litmap.model import Record

Row = tuple[Any, ...]

_TOGETHER = 64  # rows that one statement writes: the more, the less each costs; twice as many save next to nothing

COLUMNS = (
    "pmid", "pmid_version", "title", "vernacular_title", "abstract", "journal", "journal_abbrev", "medline_ta", "nlm_unique_id", "issn",
    "issn_linking", "country", "pub_date", "pub_year", "epub_date", "volume", "issue", "pages", "doi", "pmcid", "pii", "language", "status",
    "publication_status", "indexing_method", "date_completed", "date_revised", "form",
)  # fmt: skip
scalars: Callable[[Record], Row] = attrgetter(*COLUMNS)


class Child(NamedTuple):
    """A table with one row for each item of a tuple field of Record, in its order from 1."""

    table: str
    field: str
    columns: tuple[str, ...]
    make: Callable[[Row], Any]  # stored values -> item

    @property
    def insert(self) -> str:
        """The statement that writes its rows."""
        names = ("pmid", "position", *self.columns)
        return f"insert into {self.table} ({', '.join(names)}) values ({', '.join('?' * len(names))})"


def _author(row: Row) -> model.Author:
    last, fore, initials, suffix, collective, orcid, affiliations = row
    return model.Author(last, fore, initials, suffix, collective, orcid, tuple(json.loads(affiliations or "[]")))


def _mesh(row: Row) -> model.Mesh:
    ui, heading, major, qualifier_ui, qualifier, qualifier_major = row
    return model.Mesh(
        ui, heading, bool(major), qualifier_ui, qualifier, None if qualifier_major is None else bool(qualifier_major)
    )


def _spread(kind: Callable[..., Any]) -> Callable[[Row], Any]:
    return lambda row: kind(*row)


CHILDREN = (
    Child(
        "record_authors",
        "authors",
        ("last_name", "fore_name", "initials", "suffix", "collective_name", "orcid", "affiliations"),
        _author,
    ),
    Child("record_sections", "sections", ("label", "category", "text", "kind"), _spread(model.Section)),
    Child("record_publication_types", "publication_types", ("ui", "name"), _spread(model.PublicationType)),
    Child("record_keywords", "keywords", ("keyword",), lambda row: row[0]),
    Child("record_mesh", "mesh", ("ui", "heading", "major", "qualifier_ui", "qualifier", "qualifier_major"), _mesh),
    Child("record_chemicals", "chemicals", ("registry_number", "name"), _spread(model.Chemical)),
    Child("record_supplementary", "supplementary", ("ui", "name", "kind"), _spread(model.Supplementary)),
    Child("record_trials", "trials", ("registry", "number"), _spread(model.Trial)),
    Child("record_grants", "grants", ("grant_id", "agency", "country"), _spread(model.Grant)),
    Child("record_relations", "relations", ("kind", "related_pmid", "citation"), _spread(model.Relation)),
)


def children(record: Record) -> list[list[Row]]:
    """Return the rows of the child tables, in the order of CHILDREN."""
    pmid = record.pmid
    return [
        [
            (pmid, i, last, fore, initials, suffix, collective, orcid, _strings(places) if places else None)
            for i, (last, fore, initials, suffix, collective, orcid, places) in enumerate(record.authors, 1)
        ],
        _numbered(pmid, record.sections),
        _numbered(pmid, record.publication_types),
        list(zip(repeat(pmid), count(1), record.keywords, strict=False)),
        _numbered(pmid, record.mesh),
        _numbered(pmid, record.chemicals),
        _numbered(pmid, record.supplementary),
        _numbered(pmid, record.trials),
        _numbered(pmid, record.grants),
        _numbered(pmid, record.relations),
    ]


def _numbered(pmid: int, items: Sequence[Row]) -> list[Row]:
    """Return a row for each item. Most of all that is written are such rows: tuples added in C take half the time."""
    return list(map(add, zip(repeat(pmid), count(1), strict=False), items)) if items else []


def write_rows(conn: sqlite3.Connection, insert: str, rows: Sequence[Row]) -> None:
    """Run a statement that ends in `values (?, ...)` for all rows, many of them at a time."""
    whole = len(rows) - len(rows) % _TOGETHER
    if whole:
        head, _, marks = insert.rpartition(" values ")
        values = tuple(chain.from_iterable(rows[:whole]))
        size = len(rows[0]) * _TOGETHER
        conn.executemany(
            f"{head} values {', '.join([marks] * _TOGETHER)}",
            [values[start : start + size] for start in range(0, len(values), size)],
        )
    conn.executemany(insert, rows[whole:])


def write_tables(conn: sqlite3.Connection, found: Iterable[tuple[str, str, Sequence[Row]]]) -> None:
    """Write rows by table: (table, its statement for `write_rows`, rows).

    Those of a table with an index of another order are written one at a time. A statement of many rows saves every page
    that it touches, so that it can be undone, and there each row touches one of its own.
    """
    indexed = {row[0] for row in conn.execute("select tbl_name from sqlite_schema where type = 'index' and sql is not null")}
    for table, insert, rows in found:
        if table in indexed:
            conn.executemany(insert, rows)
        else:
            write_rows(conn, insert, rows)


def indexing_words(record: Record) -> str:
    """Return what the full-text index reads beside title and abstract, as the view record_search has it."""
    headings = " ; ".join(dict.fromkeys([mesh.heading for mesh in record.mesh]))
    return f"{headings} ; {' ; '.join(record.keywords)}".strip(" ;")


def digest(scalar: Row, items: list[list[Row]]) -> str:
    """Return a digest of all that a record says (32 hexadecimal digits), from its columns and its child rows.

    Every field but `form`: the same content read from another file form has the same digest. Version 2 of marshal's
    format writes strings, whole numbers and None the same way in every Python and on every platform, and is the
    fastest that does.
    """
    return blake2b(marshal.dumps((scalar[:-1], items), 2), digest_size=16).hexdigest()


def digest_of(record: Record) -> str:
    """Return the digest of a record."""
    return digest(scalars(record), children(record))


def _strings(texts: Iterable[str]) -> str:
    """A JSON array of strings. json.dumps makes a new encoder for each call, and there are many authors."""
    return f"[{', '.join(map(encode_basestring, texts))}]"


def rebuilt(scalar: Mapping[str, Any], items: Mapping[str, Iterable[Sequence[Any]]]) -> Record:
    """Return the Record whose columns and child rows (by table, in order, without pmid and position) these are."""
    fields = {name: scalar[name] for name in COLUMNS}
    for child in CHILDREN:
        fields[child.field] = tuple(child.make(tuple(row)) for row in items.get(child.table, ()))
    return Record(**fields)
