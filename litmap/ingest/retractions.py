"""Keep what a list of retractions says, and mark the records it names."""

from __future__ import annotations

from dataclasses import dataclass

from litmap import linking
from litmap.evidence import retractions
from litmap.evidence.retractions import RejectedRow
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


def mark(store: Store, data: bytes) -> Marked:
    """Keep a list's notes and mark the records they name, in one transaction. Raises InputError for what is no list.

    A record that the map does not hold is marked when it comes.
    """
    found = retractions.read(data)
    with store.transaction() as conn:
        held = {row[0] for row in conn.execute("select pmid from records")}
        known = set(map(tuple, conn.execute("select pmid, kind, coalesce(notice_pmid, 0) from retractions_listed")))
        fresh = {
            key: note.date
            for pmid, note in found.notes
            if (key := (pmid, note.kind, note.notice_pmid or 0)) not in known
        }
        conn.executemany(
            "insert into retractions_listed (pmid, kind, notice_pmid, date) values (?, ?, nullif(?, 0), ?)",
            [(*key, date) for key, date in fresh.items()],
        )
        new = [pmid for pmid, _, _ in fresh if pmid in held]
        if new:
            integrity.settle(conn, sorted(set(new)))
            linking.refresh_evidence(store)
    not_held = sum(pmid not in held for pmid, _ in found.notes)
    read = len(found.notes) + len(found.rejected)
    return Marked(read, len(new), len(found.notes) - not_held - len(new), not_held, found.rejected)
