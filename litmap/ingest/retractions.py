"""Mark the records of a map that a list of retractions names."""

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
    not_held: int  # about records that the map does not hold
    rejected: tuple[RejectedRow, ...]


def mark(store: Store, data: bytes) -> Marked:
    """Write a list's notes on the records that the map holds, in one transaction. Raises InputError for what is no list."""
    found = retractions.read(data)
    with store.transaction() as conn:
        held = {row[0] for row in conn.execute("select pmid from records")}
        wanted = [(pmid, note) for pmid, note in found.notes if pmid in held]
        before = conn.total_changes
        conn.executemany(
            "insert or ignore into record_integrity (pmid, kind, notice_pmid, origin, date) values (?, ?, ?, ?, ?)",
            [(pmid, *note) for pmid, note in wanted],
        )
        new = conn.total_changes - before
        if new:
            integrity.settle(conn, sorted({pmid for pmid, _ in wanted}))
            linking.refresh_evidence(store)
    read = len(found.notes) + len(found.rejected)
    return Marked(read, new, len(wanted) - new, len(found.notes) - len(wanted), found.rejected)
