"""What the machine derives for records, as rows: tags, levels, facts, integrity, study. Written in bulk.

`derive` is pure and may run in another process; `derive_records` lays people's corrections over its result and stores that.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from litmap.ingest import integrity, overlay, stored, studies
from litmap.ingest.rows import Row, write_tables
from litmap.model import Assessment, Match, Record, Tag
from litmap.review.entries import successors
from litmap.store import Store

if TYPE_CHECKING:
    from litmap.evidence import Rules
    from litmap.vocabulary import Tagger

TAG_TABLES = {"condition": "record_conditions", "route": "record_routes", "intervention": "record_interventions"}
COLUMNS = (
    "design",
    "secondary",
    "subjects",
    "level",
    "level_by_design",
    "level_rule",
    "level_basis",
    "provisional",
    "integrity",
)
_COLUMNS_OF = {
    **{table: ("pmid", facet, "role", "origin", "matched") for facet, table in TAG_TABLES.items()},
    "record_levels": ("pmid", "scheme", "ruleset", "rule", "design", "rank", "basis", "provisional", "confidence", "inputs"),
    "record_integrity": ("pmid", "kind", "notice_pmid", "origin", "date"),
    "record_facts": ("pmid", "field", "position", "value", "place", "start", '"end"'),
    "record_studies": ("pmid", "study", "origin"),
    "record_duplicates": ("pmid", "duplicate_of"),
    "record_machine": ("pmid", "field", "value"),
}  # fmt: skip
TABLES = tuple(_COLUMNS_OF)
_INSERT = {
    table: f"insert {'or ignore ' if table == 'record_integrity' else ''}into {table} ({', '.join(names)}) values ({', '.join('?' * len(names))})"
    for table, names in _COLUMNS_OF.items()
}
_PER_RECORD = tuple(table for table in TABLES if table != "record_integrity")


class Derived(NamedTuple):
    """The derived columns of one record and its rows in the derived tables."""

    pmid: int
    columns: Row  # in the order of COLUMNS
    tags: tuple[Row, ...]  # (facet, slug, role, origin, matched)
    rows: tuple[list[Row], list[Row], list[Row], list[Row]]  # levels, integrity, facts, study
    duplicate: tuple[Row, ...] = ()  # what people say: (pmid, duplicate_of)
    machine: tuple[Row, ...] = ()  # (pmid, field, the machine's value) beside people's corrections


def derive(records: Sequence[Record], tagger: Tagger, rules: Rules) -> list[Derived]:
    """Tag and assess records. All are tagged first: each of the two needs most of a processor's cache for what it looks words up in."""
    tagged = [tagger.tag_record(record) for record in records]
    assessed = rules.assess_all(records, tagged)
    return [_as_rows(*one) for one in zip(records, tagged, assessed, strict=True)]


def _as_rows(record: Record, tags: Sequence[Tag], found: Assessment) -> Derived:
    pmid = record.pmid
    design, secondary, subjects, given, integrity_notes, stated = found
    worst = integrity.worst(note.kind for note in integrity_notes) if integrity_notes else None
    levels: list[Row] = [
        (pmid, scheme, ruleset, rule, by, rank, basis, int(provisional), confidence, _inputs(inputs))
        for scheme, ruleset, rule, by, rank, basis, provisional, confidence, inputs in given
    ]
    _, _, _, rule, _, rank, basis, provisional, _, _ = levels[0]
    effective = rank if _counts(record, worst) else None
    columns = (design, int(secondary), subjects, effective, rank, rule, basis, provisional, worst)
    notes: list[Row] = [(pmid, *note) for note in integrity_notes]
    places: dict[str, int] = {}
    facts: list[Row] = []
    for field, value, place, start, end in stated:
        places[field] = position = places.get(field, 0) + 1
        facts.append((pmid, field, position, value, place, start, end))
    return Derived(pmid, columns, tuple(map(tuple, tags)), (levels, notes, facts, studies.of_record(record, stated)))


def _counts(record: Record, worst: str | None) -> bool:
    return record.status != integrity.DELETED and worst not in integrity.WITHOUT_LEVEL


_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # json.dumps would make one for each call


@lru_cache(maxsize=64)  # both schemes mostly rest on the same matches
def _inputs(matches: tuple[Match, ...]) -> str:
    return _encoded(
        [
            {key: value for key, value in zip(Match._fields, match, strict=True) if value is not None}
            for match in matches
        ]
    )


def tables(items: Sequence[Derived]) -> list[list[Row]]:
    """Return the rows of these records by table, in the order of TABLES."""
    tagged: dict[str, list[Row]] = {facet: [] for facet in TAG_TABLES}
    for item in items:
        for facet, slug, role, origin, matched in item.tags:
            tagged[facet].append((item.pmid, slug, role, origin, matched))
    return [
        *tagged.values(),
        *([row for item in items for row in item.rows[place]] for place in range(4)),
        [row for item in items for row in item.duplicate],
        [row for item in items for row in item.machine],
    ]


def write(conn: sqlite3.Connection, rows: Iterable[list[Row]]) -> None:
    """Write rows by table, in the order of TABLES; not the columns of `records`."""
    write_tables(conn, ((table, _INSERT[table], found) for table, found in zip(TABLES, rows, strict=True)))


def remove(conn: sqlite3.Connection, pmids: Sequence[int]) -> None:
    """Remove what was derived for these records; what reviewers, notices and retraction lists say of them stays."""
    keys = [(pmid,) for pmid in pmids]
    for table in _PER_RECORD:
        conn.executemany(f"delete from {table} where pmid = ?", keys)
    for table in ("record_integrity", "record_integrity_aside"):
        conn.executemany(f"delete from {table} where pmid = ? and origin in ('publication-type', 'relation', 'title')", keys)


def update_columns(conn: sqlite3.Connection, batch: Iterable[Derived]) -> None:
    """Write the derived columns of `records`, where they differ."""
    sets, same = ", ".join(f"{name} = ?" for name in COLUMNS), " and ".join(f"{name} is ?" for name in COLUMNS)
    conn.executemany(
        f"update records set {sets} where pmid = ? and not ({same})",
        [(*item.columns, item.pmid, *item.columns) for item in batch],
    )


def _with_corrections(conn: sqlite3.Connection, records: list[Record], tagger: Tagger, rules: Rules) -> list[Derived]:
    entries = overlay.entries(conn, [record.pmid for record in records])
    slugs = successors(conn) if entries else {}
    return [
        _corrected(record, item, said, rules, slugs) if (said := entries.get(record.pmid)) else item
        for record, item in zip(records, derive(records, tagger, rules), strict=True)
    ]


def _corrected(
    record: Record, machine: Derived, said: list[sqlite3.Row], rules: Rules, slugs: Mapping[tuple[str, str], str]
) -> Derived:
    """What the rules make of a record with people's tags, design and subjects, and then the levels that people gave."""
    tags = [Tag(*tag) for tag in overlay.tags(machine.tags, said, slugs)]
    item = _as_rows(record, tags, rules.assess(record, tags, overlay.said(said)))
    worst = item.columns[COLUMNS.index("integrity")]
    item = overlay.laid_over(item, said, counts=_counts(record, worst))
    return item._replace(machine=tuple(overlay.beside(machine, item, said, slugs)))


def derive_records(
    store: Store,
    tagger: Tagger,
    rules: Rules,
    pmids: Iterable[int] | None = None,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> set[int]:
    """Derive everything again for records of the map (default: all), inside the open transaction.

    Return their PMIDs, and those of others whose study has another name now. `progress` is called with the number of records done since the last call.
    """
    conn, done = store.conn, set[int]()
    wanted = (
        sorted(set(pmids))
        if pmids is not None
        else [row[0] for row in conn.execute("select pmid from records order by pmid")]
    )
    for start in range(0, len(wanted), stored.BATCH):
        found = stored.read(conn, wanted[start : start + stored.BATCH])
        batch = _with_corrections(conn, found, tagger, rules)
        remove(conn, [item.pmid for item in batch])
        write(conn, tables(batch))
        update_columns(conn, batch)
        done.update(item.pmid for item in batch)
        progress(len(batch))
    done |= studies.settle(conn)
    integrity.settle(conn, wanted)
    return done
