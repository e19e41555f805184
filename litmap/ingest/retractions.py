"""Keep what a list of retractions says, and mark the records it names."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from litmap import linking
from litmap.evidence import retractions
from litmap.evidence.retractions import Paper, RejectedRow
from litmap.ingest import integrity
from litmap.model import IntegrityNote
from litmap.store import Store


@dataclass(frozen=True)
class Marked:
    """What a list did. Rows read = new + known + not_held + rejected."""

    read: int
    new: int
    known: int  # said before
    filled: int  # of these, those whose date or notice was empty till now
    not_held: int  # about records that the map does not hold yet
    rejected: tuple[RejectedRow, ...]
    unread: tuple[RejectedRow, ...]  # used, but for a date or notice that could not be read


def mark(store: Store, data: bytes) -> Marked:
    """Keep a list's notes and mark the records they name, in one transaction. Raises InputError for what is no list.

    A record that the map does not hold is marked when it comes.
    """
    found = retractions.read(data)
    with store.transaction() as conn:
        held = _held(conn, {paper for paper, _ in found.notes})
        listed = _Listed(conn)
        fullest_first = sorted(found.notes, key=lambda one: (one[1].notice_pmid is None, one[1].date is None))
        new = [paper for paper, note in fullest_first if listed.say(paper, note) and paper in held]
        filled = [paper for paper in listed.filled if paper in held]
        if new or filled:
            pmids = sorted({pmid for paper in (*new, *filled) for pmid in held[paper]})
            _forget(conn, sorted({pmid for paper in filled for pmid in held[paper]}))
            integrity.settle(conn, pmids)
            linking.refresh_evidence(store)
    not_held = sum(paper not in held for paper, _ in found.notes)
    read = len(found.notes) + len(found.rejected)
    known = len(found.notes) - not_held - len(new)
    return Marked(read, len(new), known, len(listed.filled), not_held, found.rejected, found.unread)


class _Listed:
    """The table retractions_listed. What a list leaves empty, a later one fills; what stands there is never changed."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        self.filled: list[Paper] = []
        self._rows: dict[tuple[Paper, str], list[tuple[int, int | None, str | None]]] = {}
        for paper, kind, *row in conn.execute(
            "select coalesce(pmid, doi), kind, id, notice_pmid, date from retractions_listed order by id"
        ):
            self._rows.setdefault((paper, kind), []).append((row[0], row[1], row[2]))

    def say(self, paper: Paper, note: IntegrityNote) -> bool:
        """Keep a note; return whether it is a new one."""
        rows = self._rows.setdefault((paper, note.kind), [])
        same = [at for at, row in enumerate(rows) if row[1] == note.notice_pmid]
        if not same:  # one of the two names no notice, and their dates do not differ
            same = [
                at
                for at, (_, notice, day) in enumerate(rows)
                if None in (notice, note.notice_pmid) and (None in (day, note.date) or day == note.date)
            ]
        if not same:
            made = self.conn.execute(
                "insert into retractions_listed (pmid, doi, kind, notice_pmid, date) values (?, ?, ?, ?, ?)",
                (*_columns(paper), note.kind, note.notice_pmid, note.date),
            )
            rows.append((int(made.lastrowid or 0), note.notice_pmid, note.date))
            return True
        number, notice, day = before = rows[same[0]]
        rows[same[0]] = after = number, notice or note.notice_pmid, day or note.date
        if after != before:
            self.conn.execute("update retractions_listed set notice_pmid = ?, date = ? where id = ?", (*after[1:], number))
            self.filled.append(paper)
        return False


def _forget(conn: sqlite3.Connection, pmids: list[int]) -> None:
    """Take off what lists said of these records; settling says it anew."""
    for table in ("record_integrity", "record_integrity_aside"):
        conn.executemany(
            f"delete from {table} where pmid = ? and origin = 'retraction-list'", [(pmid,) for pmid in pmids]
        )


def _held(conn: sqlite3.Connection, wanted: set[Paper]) -> dict[Paper, list[int]]:
    """The records of the map that are among these papers. Nothing keeps two records from having one DOI."""
    held: dict[Paper, list[int]] = {}
    for pmid, doi in conn.execute("select pmid, lower(doi) from records order by pmid"):
        for paper in wanted & {pmid, doi}:
            held.setdefault(paper, []).append(pmid)
    return held


def _columns(paper: Paper) -> tuple[int | None, str | None]:
    return (paper, None) if isinstance(paper, int) else (None, paper)
