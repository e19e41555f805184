"""Prepared records to the database: what is new, what replaces what, and all rows that follow from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from litmap.ingest import derived, integrity, overlay, settle, stored
from litmap.ingest.preparing import Head, Prepared, Preparer, Ready
from litmap.ingest.rows import CHILDREN, COLUMNS
from litmap.pubmed import Deleted, Rejected
from litmap.store import Store

BATCH = 500
_WRITTEN = (*COLUMNS, "digest", *derived.COLUMNS)
_UPSERT = (
    f"insert into records ({', '.join(_WRITTEN)}) values ({', '.join('?' * len(_WRITTEN))})"
    f" on conflict (pmid) do update set {', '.join(f'{name} = excluded.{name}' for name in _WRITTEN[1:])}"
)


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


def holds(conn: sqlite3.Connection, head: Head) -> bool:
    """Whether the map holds exactly this record."""
    found = conn.execute("select 1 from records where pmid = ? and digest = ?", (head.pmid, head.digest))
    return found.fetchone() is not None


class Recorder:
    """Takes prepared items in their order and writes them in batches, inside the caller's transaction.

    `load_id` notes every PMID as a part of that load. Call `finish` at the end.
    """

    def __init__(self, store: Store, preparer: Preparer, *, load_id: int | None = None) -> None:
        self.counts = Counts()
        self.written: set[int] = set()
        self._store = store
        self._conn = store.conn
        self._preparer = preparer
        self._load_id = load_id
        self._batch: list[Prepared] = []
        self._seen: list[int] = []

    def take_all(self, items: Iterable[Ready], progress: Callable[[int], None] = lambda _: None) -> None:
        """Take every item; `progress` is called with the number of items taken since the last call."""
        count = 0
        for item in items:
            self._take(item)
            count += 1
            if count == BATCH:
                progress(count)
                count = 0
        progress(count)

    def _take(self, item: Ready) -> None:
        if isinstance(item, Prepared):
            self._seen.append(item.head.pmid)
            self._batch.append(item)
            if len(self._batch) >= BATCH:
                self._flush()
        elif isinstance(item, Head):
            self._seen.append(item.pmid)
            self.counts.unchanged += 1
        elif isinstance(item, Deleted):
            self._delete(item.pmid)
        else:
            self.counts.rejected.append(item)
        if len(self._seen) >= BATCH:
            self._note()

    def finish(self) -> Counts:
        """Write what is left, settle what follows from it, and return the counts."""
        self._flush()
        self._note()
        if self.written:
            corrected = overlay.corrected_among(self._conn, self.written)
            if corrected:
                derived.derive_records(self._store, self._preparer.tagger, self._preparer.rules, corrected)
            self.written |= integrity.settle(self._conn, sorted(self.written))
            settle.records_changed(self._store, sorted(self.written))
        return self.counts

    def _delete(self, pmid: int) -> None:
        """A deleted record stays, because decisions may hang on it, but says so and counts for nothing."""
        self._flush()
        held = stored.read(self._conn, [pmid])
        if held and held[0].status != integrity.DELETED:
            self._seen.append(pmid)
            self._batch.append(self._preparer.prepare(replace(held[0], status=integrity.DELETED)))
            self._flush()
        else:
            self.counts.unchanged += 1

    def _note(self) -> None:
        if self._load_id is not None:
            rows = [(self._load_id, pmid) for pmid in self._seen]
            self._conn.executemany("insert or ignore into load_records (load_id, pmid) values (?, ?)", rows)
        self._seen = []

    def _flush(self) -> None:
        held = self._held([item.head.pmid for item in self._batch])
        chosen: dict[int, Prepared] = {}
        for item in self._batch:
            pmid = item.head.pmid
            before = chosen[pmid].head if pmid in chosen else held.get(pmid)
            if before is None:
                self.counts.new += 1
            elif before.digest != item.head.digest and supersedes(item.head, before):
                self.counts.updated += 1
            else:
                self.counts.unchanged += 1
                continue
            chosen[pmid] = item
        self._batch = []
        if chosen:
            self._write(list(chosen.values()), [pmid for pmid in chosen if pmid in held])

    def _held(self, pmids: list[int]) -> dict[int, Head]:
        sql = f"select pmid, pmid_version, date_revised, form, digest, status, abstract is not null from records where pmid in ({', '.join('?' * len(pmids))})"
        return {row[0]: Head(*row) for row in self._conn.execute(sql, pmids)}

    def _write(self, items: list[Prepared], replaced: list[int]) -> None:
        conn = self._conn
        if replaced:
            self._remove(replaced)
        conn.executemany(
            _UPSERT,
            [(*item.scalar, item.head.digest, *item.derived.columns) for item in items],
        )
        for place, child in enumerate(CHILDREN):
            conn.executemany(child.insert, [row for item in items for row in item.children[place]])
        derived.write(conn, [item.derived for item in items])
        _index(conn, [item.head.pmid for item in items])
        self.written.update(item.head.pmid for item in items)

    def _remove(self, pmids: list[int]) -> None:
        _index(self._conn, pmids, remove=True)
        for child in CHILDREN:
            self._conn.executemany(f"delete from {child.table} where pmid = ?", [(pmid,) for pmid in pmids])
        derived.remove(self._conn, pmids)


def _index(conn: sqlite3.Connection, pmids: list[int], *, remove: bool = False) -> None:
    """Put records into the full-text index, or take them out, while their rows say what the index holds."""
    target = (
        "insert into records_fts (records_fts, rowid, title, abstract, terms) select 'delete', "
        if remove
        else "insert into records_fts (rowid, title, abstract, terms) select "
    )
    marks = ", ".join("?" * len(pmids))
    conn.execute(
        f"{target} pmid, title, abstract, terms from record_search where pmid in ({marks}) order by pmid", pmids
    )
