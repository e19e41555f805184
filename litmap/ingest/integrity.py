"""Integrity in both directions: a notice marks the record that it names, whichever of the two is loaded first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from litmap.evidence.integrity import KINDS as GRAVEST_FIRST
from litmap.evidence.integrity import told_by_relation
from litmap.ingest import said_integrity

WITHOUT_LEVEL = ("retracted", "notice")
DELETED = "Deleted"  # records.status of a record that PubMed has deleted


def worst(kinds: Iterable[str]) -> str | None:
    """Return the gravest of these kinds, or None."""
    return min(kinds, key=GRAVEST_FIRST.index, default=None)


def settle(conn: sqlite3.Connection, pmids: Iterable[int]) -> set[int]:
    """Bring integrity and effective levels in line after these records (or notes about them) were written.

    Call once at the end, inside the transaction. Looks at the records themselves, at those their notices name, and
    at those whose integrity a person corrected; returns the PMIDs of all that carry a note of integrity, or did before.
    """
    conn.execute("create temp table if not exists touched (pmid integer primary key)")
    conn.execute("create temp table if not exists notice_kinds (kind text primary key, gives text)")
    conn.execute("delete from touched")
    conn.execute("delete from notice_kinds")
    conn.executemany("insert or ignore into touched (pmid) values (?)", ((pmid,) for pmid in pmids))
    conn.executemany("insert into notice_kinds (kind, gives) values (?, ?)", told_by_relation().items())
    said_integrity.restore(conn)
    _mark_listed(conn)
    _mark_named(conn)
    said = said_integrity.apply(conn)
    conn.executemany("insert or ignore into named (pmid) values (?)", ((pmid,) for pmid in sorted(said)))
    _recount(conn)
    return {row[0] for row in conn.execute("select pmid from named")}


def _mark_listed(conn: sqlite3.Connection) -> None:
    """Touched records that a list of retractions names, whichever came first."""
    for paper in ("l.pmid = t.pmid", "l.doi = lower(r.doi)"):
        conn.execute(
            "insert or ignore into record_integrity (pmid, kind, notice_pmid, origin, date)"
            " select r.pmid, l.kind, l.notice_pmid, 'retraction-list', l.date"
            f" from touched t cross join records r on r.pmid = t.pmid cross join retractions_listed l on {paper} order by l.id"
        )


def _mark_named(conn: sqlite3.Connection) -> None:
    """Records named by a touched notice, and touched records named by any notice."""
    conn.execute("create temp table if not exists named (pmid integer primary key)")
    conn.execute("delete from named")
    gone = "origin = 'notice' and (pmid in (select pmid from touched) or notice_pmid in (select pmid from touched))"
    conn.execute(f"insert or ignore into named (pmid) select pmid from record_integrity where {gone}")
    conn.execute(f"delete from record_integrity where {gone}")
    for side in ("rel.pmid", "rel.related_pmid"):
        conn.execute(
            "insert or ignore into record_integrity (pmid, kind, notice_pmid, origin, date)"
            " select rel.related_pmid, k.gives, rel.pmid, 'notice', n.pub_date"
            f" from touched t cross join record_relations rel on {side} = t.pmid"
            " join notice_kinds k on k.kind = rel.kind join records r on r.pmid = rel.related_pmid join records n on n.pmid = rel.pmid"
            " where rel.related_pmid <> rel.pmid"
        )
    conn.execute(
        "insert or ignore into named (pmid) select pmid from record_integrity"
        " where pmid in (select pmid from touched) or (origin = 'notice' and notice_pmid in (select pmid from touched))"
    )


def _recount(conn: sqlite3.Connection) -> None:
    rank = "case kind " + " ".join(f"when '{kind}' then {place}" for place, kind in enumerate(GRAVEST_FIRST)) + " end"
    found = conn.execute(
        f"select pmid, integrity, status, level, level_by_design, (select kind from record_integrity i where i.pmid = r.pmid order by {rank} limit 1)"
        " from records r where pmid in (select pmid from named) order by pmid"
    ).fetchall()
    changes = []
    for pmid, before, status, level, by_design, kind in found:
        effective = None if kind in WITHOUT_LEVEL or status == DELETED else by_design
        if (before, level) != (kind, effective):
            changes.append((kind, effective, pmid))
    conn.executemany("update records set integrity = ?, level = ? where pmid = ?", changes)
