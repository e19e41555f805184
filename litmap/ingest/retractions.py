"""Keep what a list of retractions says, and mark the records it names."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from litmap import linking
from litmap.evidence import retractions
from litmap.evidence.retractions import Paper, RejectedRow
from litmap.ingest import integrity
from litmap.store import Store


@dataclass(frozen=True)
class Marked:
    """What a list did. Rows read = new + known + not_held + rejected."""

    read: int
    new: int
    known: int  # said before
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
        known = set(
            map(tuple, conn.execute("select coalesce(pmid, doi), kind, coalesce(notice_pmid, 0) from retractions_listed"))
        )
        fresh = {
            key: note.date
            for paper, note in found.notes
            if (key := (paper, note.kind, note.notice_pmid or 0)) not in known
        }
        conn.executemany(
            "insert into retractions_listed (pmid, doi, kind, notice_pmid, date) values (?, ?, ?, nullif(?, 0), ?)",
            [(*_columns(paper), kind, notice, date) for (paper, kind, notice), date in fresh.items()],
        )
        new = [paper for paper, _, _ in fresh if paper in held]
        if new:
            integrity.settle(conn, sorted({pmid for paper in new for pmid in held[paper]}))
            linking.refresh_evidence(store)
    not_held = sum(paper not in held for paper, _ in found.notes)
    read = len(found.notes) + len(found.rejected)
    return Marked(read, len(new), len(found.notes) - not_held - len(new), not_held, found.rejected, found.unread)


def _held(conn: sqlite3.Connection, wanted: set[Paper]) -> dict[Paper, list[int]]:
    """The records of the map that are among these papers. Nothing keeps two records from having one DOI."""
    held: dict[Paper, list[int]] = {}
    for pmid, doi in conn.execute("select pmid, lower(doi) from records order by pmid"):
        for paper in wanted & {pmid, doi}:
            held.setdefault(paper, []).append(pmid)
    return held


def _columns(paper: Paper) -> tuple[int | None, str | None]:
    return (paper, None) if isinstance(paper, int) else (None, paper)
