"""Lists of references into the map: every row is kept, and tied to its record now or when that comes."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from litmap.clock import now
from litmap.errors import RecordError
from litmap.ingest.matching import AMBIGUOUS, MATCHED, TO_FETCH, UNMATCHED, Index, Verdict, judge
from litmap.pubmed import lists
from litmap.pubmed.items import Rejected
from litmap.pubmed.lists import Reference
from litmap.store import Store

if TYPE_CHECKING:
    from litmap.ingest.loading import Provenance

_OPEN = "from references_in where matched_pmid is null and raw like '{%'"


class Named(NamedTuple):
    """What became of one row."""

    position: int
    label: str
    verdict: Verdict


@dataclass
class ListReport:
    """read = matched + to fetch + unmatched + ambiguous + rejected."""

    name: str
    form: str  # ris | endnote | bibtex | csv
    rows: list[Named] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    known: bool = False  # these bytes were loaded before: nothing was written

    @property
    def read(self) -> int:
        """All rows that were looked at."""
        return len(self.rows) + len(self.rejected)

    def count(self, status: str) -> int:
        """Rows of this status."""
        return sum(row.verdict.status == status for row in self.rows)


@dataclass(frozen=True)
class ListFile:
    """A list that was read, before anything is written."""

    name: str
    form: str
    sha256: str
    items: tuple[Reference | Rejected, ...]


def recognised(path: Path) -> str | None:
    """Return the form of a list of references, or None for all else, also what cannot be opened."""
    try:
        with path.open("rb") as file:
            return lists.recognised(file.read(lists.HEAD))
    except OSError:
        return None


def read(path: Path) -> ListFile:
    """Read a list whole. Raises RecordError when it is none, holds nothing or is damaged."""
    data = path.read_bytes()
    items = tuple(lists.read(data, str(path)))
    if not items:
        raise RecordError(f"{path} holds no references", "export it again")
    return ListFile(path.name, lists.recognised(data[: lists.HEAD]) or "", sha256(data).hexdigest(), items)


def load_list(store: Store, file: ListFile, provenance: Provenance) -> ListReport:
    """Keep a list's rows in references_in, matched where the map has the record; one transaction.

    The same bytes again write nothing.
    """
    report = ListReport(file.name, file.form)
    if store.value("select 1 from loads where sha256 = ?", file.sha256):
        report.known = True
        return report
    index = Index(store.conn)
    for item in file.items:
        if isinstance(item, Rejected):
            report.rejected.append(item)
        else:
            report.rows.append(Named(item.position, item.label, judge(item, index)))
    with store.transaction() as conn:
        load_id = _log(conn, file, report, provenance)
        kept = [item for item in file.items if isinstance(item, Reference)]
        conn.executemany(
            "insert into references_in (load_id, position, raw, title, year, doi, pmcid, pmid, matched_pmid, status, reason)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_row(load_id, one, named.verdict) for one, named in zip(kept, report.rows, strict=True)],
        )
        _belong(conn, ((load_id, one.verdict.pmid) for one in report.rows if one.verdict.status == MATCHED))
    return report


def _log(conn: sqlite3.Connection, file: ListFile, report: ListReport, provenance: Provenance) -> int:
    cursor = conn.execute(
        "insert into loads (name, sha256, format, n_read, n_new, n_updated, n_unchanged, n_rejected, source, searched_on, query, loaded_at)"
        " values (?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?)",
        (file.name, file.sha256, file.form, report.read, len(report.rows), len(report.rejected),
         provenance.source, provenance.searched_on, provenance.query, now()),
    )  # fmt: skip
    load_id = int(cursor.lastrowid or 0)
    conn.executemany(
        "insert into load_rejects (load_id, position, item, reason) values (?, ?, ?, ?)",
        [(load_id, place, one.item, one.reason) for place, one in enumerate(report.rejected, 1)],
    )
    return load_id


def _row(load_id: int, one: Reference, verdict: Verdict) -> tuple[object, ...]:
    raw = json.dumps({"position": one.position, "fields": one.fields}, ensure_ascii=False, separators=(",", ":"))
    matched = verdict.pmid if verdict.status == MATCHED else None
    doi, pmcid = next(iter(one.dois), None), next(iter(one.pmcids), None)
    pmid = verdict.pmid or (one.pmids[0] if len(one.pmids) == 1 else None)
    return load_id, one.position, raw, one.title, one.year, doi, pmcid, pmid, matched, verdict.status, verdict.reason


def _belong(conn: sqlite3.Connection, rows: Iterable[tuple[int, int | None]]) -> None:
    """A record that a list holds came with that load too, as one of an .nbib file would."""
    conn.executemany("insert or ignore into load_records (load_id, pmid) values (?, ?)", rows)


class Open(NamedTuple):
    """A row of references_in without its record."""

    id: int
    load_id: int
    one: Reference
    resolved: int | None  # the PMID that PubMed gave for it


def open_rows(conn: sqlite3.Connection, status: str | None = None) -> list[Open]:
    """Return the rows that have no record yet, in their order."""
    found = []
    for row_id, load_id, raw, pmid, said in conn.execute(f"select id, load_id, raw, pmid, status {_OPEN} order by id"):
        if status in (None, said):
            stored = json.loads(raw)
            one = lists.reference(stored["position"], [tuple(pair) for pair in stored["fields"]])
            found.append(Open(row_id, load_id, one, None if one.pmids else pmid))
    return found


def records_came(conn: sqlite3.Connection, pmids: Collection[int]) -> None:
    """Tie rows to records that were just written. Call inside the transaction."""
    if not conn.execute(f"select exists (select 1 {_OPEN})").fetchone()[0]:
        return
    fresh = Index(conn, pmids)
    touched = [row for row in open_rows(conn) if fresh.touches(row.one, row.resolved)]
    if touched:
        rejudge(conn, touched)


def rejudge(conn: sqlite3.Connection, rows: Iterable[Open]) -> Counter[str]:
    """Judge rows anew, write what came of it, and count it by status. Call inside a transaction."""
    index, counts = Index(conn), Counter[str]()
    for row in rows:
        verdict = judge(row.one, index, row.resolved)
        counts[verdict.status] += 1
        matched = verdict.pmid if verdict.status == MATCHED else None
        conn.execute(
            "update references_in set pmid = coalesce(?, pmid), matched_pmid = ?, status = ?, reason = ? where id = ?",
            (verdict.pmid, matched, verdict.status, verdict.reason, row.id),
        )
        if matched:
            _belong(conn, [(row.load_id, matched)])
    return counts


def to_fetch(conn: sqlite3.Connection) -> list[int]:
    """Return the PMIDs that lists name and the map does not hold."""
    sql = (
        "select distinct pmid from references_in where status = ? and pmid not in (select pmid from records) order by 1"
    )
    return [row[0] for row in conn.execute(sql, (TO_FETCH,))]


__all__ = [
    "AMBIGUOUS",
    "MATCHED",
    "TO_FETCH",
    "UNMATCHED",
    "ListFile",
    "ListReport",
    "load_list",
    "open_rows",
    "read",
    "recognised",
    "records_came",
    "rejudge",
    "to_fetch",
]
