"""Prepared records to the database: what is new, what replaces what, and all rows that follow from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from litmap.ingest import derived, integrity, overlay, settle, stored, studies
from litmap.ingest.preparing import Batch, Preparer
from litmap.ingest.rows import CHILDREN, COLUMNS, Row, write_rows, write_tables
from litmap.pubmed import Rejected
from litmap.store import Store

# Records that enter the full-text index together, in order of PMID: it is written out when the order breaks or the next table is written.
_INDEXED = 5000
_WRITTEN = (*COLUMNS, "digest", *derived.COLUMNS)
_UPSERT = (
    f"insert into records ({', '.join(_WRITTEN)}) values ({', '.join('?' * len(_WRITTEN))})"
    f" on conflict (pmid) do update set {', '.join(f'{name} = excluded.{name}' for name in _WRITTEN[1:])}"
)


class Head(NamedTuple):
    """What decides between a record and the one that is stored under its PMID."""

    pmid: int
    version: int
    revised: str | None
    form: str
    digest: str
    status: str | None
    whole: bool  # has an abstract


_DECIDING = ("pmid", "pmid_version", "date_revised", "form", "digest", "status", "abstract")
_deciding: Callable[[Row], Row] = itemgetter(*map(_WRITTEN.index, _DECIDING))
_read_by_index: Callable[[Row], Row] = itemgetter(*map(_WRITTEN.index, ("pmid", "title", "abstract")))


def _head(row: Row) -> Head:
    pmid, version, revised, form, digest, status, abstract = _deciding(row)
    return Head(pmid, version, revised, form, digest, status, abstract is not None)


@dataclass
class Counts:
    """read = new + updated + unchanged + rejected."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def read(self) -> int:
        """All items that were looked at."""
        return self.new + self.updated + self.unchanged + len(self.rejected)


def supersedes(new: Head, old: Head) -> bool:
    """Tell whether a record that differs from the stored one takes its place.

    The higher PMID version wins, then the later DateRevised, then XML over MEDLINE, then one with an abstract over one
    without, then the later arrival.
    A record that PubMed deleted comes back only with a later revision.
    """
    if old.status == integrity.DELETED and new.status != integrity.DELETED:
        return (new.revised or "") > (old.revised or "")
    if new.version != old.version:
        return new.version > old.version
    if new.revised != old.revised:
        return (new.revised or "") > (old.revised or "")
    if new.form != old.form:
        return new.form == "xml"
    return new.whole >= old.whole


def holds(conn: sqlite3.Connection, keys: Sequence[tuple[int, str]]) -> list[bool]:
    """Which of these records, by PMID and digest, the map holds exactly so."""
    marks = ", ".join("?" * len(keys))
    sql = f"select pmid, digest from records where pmid in ({marks})"
    held = dict(conn.execute(sql, [pmid for pmid, _digest in keys]).fetchall())
    return [held.get(pmid) == digest for pmid, digest in keys]


class Recorder:
    """Takes prepared batches in their order and writes them, inside the caller's transaction.

    `load_id` notes every PMID as a part of that load. Call `finish` at the end.
    """

    def __init__(self, store: Store, preparer: Preparer, *, load_id: int | None = None) -> None:
        self.counts = Counts()
        self.written: set[int] = set()
        self._store = store
        self._conn = store.conn
        self._preparer = preparer
        self._load_id = load_id
        self._unindexed: list[Row] = []  # what the full-text index is yet to get: PMID, title, abstract, words of indexing

    def take_all(self, batches: Iterable[Batch], progress: Callable[[Batch], None] = lambda _: None) -> None:
        """Take every batch; `progress` is called with each that was taken."""
        for batch in batches:
            self._take(batch)
            progress(batch)

    def _take(self, batch: Batch) -> None:
        self._note([*(row[0] for row in batch.records), *batch.held])
        self._put(batch)
        for pmid in batch.deleted:
            self._delete(pmid)

    def _put(self, batch: Batch) -> None:
        pmids = [row[0] for row in batch.records]
        self.counts.unchanged += len(batch.held)
        self.counts.rejected += [Rejected(*one) for one in batch.rejected]
        held = self._held(pmids)
        if held:
            chosen = {row[0] for row in batch.records if self._wins(_head(row), held.get(row[0]))}
            if chosen:
                self._write(_only(batch, chosen), sorted(chosen & held.keys()))
        else:
            self.counts.new += len(pmids)
            self._write(batch, [])

    def _wins(self, new: Head, old: Head | None) -> bool:
        """Whether a record is to be written; counts it."""
        if old is None:
            self.counts.new += 1
        elif old.digest != new.digest and supersedes(new, old):
            self.counts.updated += 1
        else:
            self.counts.unchanged += 1
            return False
        return True

    def finish(self) -> Counts:
        """Write what is left, settle what follows from it, and return the counts."""
        self._index()
        if self.written:
            corrected = overlay.corrected_among(self._conn, self.written)
            if corrected:  # names the studies too
                again = derived.derive_records(self._store, self._preparer.tagger, self._preparer.rules, corrected)
                self.written |= again
            else:
                self.written |= studies.settle(self._conn)
            self.written |= integrity.settle(self._conn, sorted(self.written))
            settle.records_changed(self._store, sorted(self.written))
        return self.counts

    def _delete(self, pmid: int) -> None:
        """A deleted record stays, because decisions may hang on it, but says so and counts for nothing.

        The file that deletes it did not bring it: it is no part of that load.
        """
        held = stored.read(self._conn, [pmid])
        if held and held[0].status != integrity.DELETED:
            for batch in self._preparer.ready([held[0]._replace(status=integrity.DELETED)]):
                self._put(batch)
        else:
            self.counts.unchanged += 1

    def _note(self, pmids: Iterable[int]) -> None:
        if self._load_id is not None:
            rows = [(self._load_id, pmid) for pmid in pmids]
            write_rows(self._conn, "insert or ignore into load_records (load_id, pmid) values (?, ?)", rows)

    def _held(self, pmids: list[int]) -> dict[int, Head]:
        sql = f"select pmid, pmid_version, date_revised, form, digest, status, abstract is not null from records where pmid in ({', '.join('?' * len(pmids))})"
        return {row[0]: Head(*row) for row in self._conn.execute(sql, pmids)}

    def _write(self, batch: Batch, replaced: list[int]) -> None:
        conn = self._conn
        if replaced:
            self._index()
            self._remove(replaced)
        conn.executemany(_UPSERT, batch.records)
        write_tables(
            conn, ((child.table, child.insert, rows) for child, rows in zip(CHILDREN, batch.children, strict=True))
        )
        derived.write(conn, batch.derived)
        self.written.update([row[0] for row in batch.records])
        self._unindexed += [(*_read_by_index(row), words) for row, words in zip(batch.records, batch.words, strict=True)]
        if len(self._unindexed) >= _INDEXED:
            self._index()

    def _remove(self, pmids: list[int]) -> None:
        marks = ", ".join("?" * len(pmids))
        self._conn.execute(
            "insert into records_fts (records_fts, rowid, title, abstract, terms)"
            f" select 'delete', pmid, title, abstract, terms from record_search where pmid in ({marks}) order by pmid",
            pmids,
        )  # while the rows say what the index holds
        for child in CHILDREN:
            self._conn.executemany(f"delete from {child.table} where pmid = ?", [(pmid,) for pmid in pmids])
        derived.remove(self._conn, pmids)

    def _index(self) -> None:
        if self._unindexed:
            self._unindexed.sort()
            self._conn.executemany(
                "insert into records_fts (rowid, title, abstract, terms) values (?, ?, coalesce(?, ''), ?)",
                self._unindexed,
            )
            self._unindexed = []


def _only(batch: Batch, pmids: Collection[int]) -> Batch:
    """The batch without the rows of other records."""
    return batch._replace(
        records=[row for row in batch.records if row[0] in pmids],
        words=[words for row, words in zip(batch.records, batch.words, strict=True) if row[0] in pmids],
        children=[[row for row in rows if row[0] in pmids] for rows in batch.children],
        derived=[[row for row in rows if row[0] in pmids] for rows in batch.derived],
    )

