"""What people say of a record's integrity, in the place of what types, notices and lists of retractions say.

A correction (subject `level`, field `integrity`, value a kind or `none`) decides how grave the record's state is: graver
notes are put aside, milder ones stay. Notes put aside come back when the correction is withdrawn. A note graver than all
that the machine said when the correction was made (`machine_then`) is none that the reviewer saw: it counts at once.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from litmap.evidence.integrity import KINDS
from litmap.review.entries import standing

_COLUMNS = "pmid, kind, notice_pmid, origin, date"


def machine(conn: sqlite3.Connection, pmid: int) -> str:
    """Return the gravest kind that types, notices and lists say of a record, whatever people say; `none` without one."""
    sql = (
        "select kind from record_integrity where pmid = ? and origin <> 'reviewer'"
        " union select kind from record_integrity_aside where pmid = ?"
    )
    return min((row[0] for row in conn.execute(sql, (pmid, pmid))), key=KINDS.index, default="none")


def later(stand: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the kinds that the correction in force among these standing ones does not put aside although they are graver than it.

    None of them stood when it was made.
    """
    said = [row for row in stand if (row["field"], row["action"]) == ("integrity", "set")]
    if not said or said[-1]["machine_then"] is None:
        return frozenset()
    return frozenset(_graver(said[-1]["value"])).intersection(_graver(said[-1]["machine_then"]))


def _graver(value: str) -> tuple[str, ...]:
    return KINDS if value == "none" else KINDS[: KINDS.index(value)]


def restore(conn: sqlite3.Connection) -> None:
    """Put every note back that a correction keeps aside. Call `apply` afterwards, in the same transaction."""
    conn.execute(
        f"insert or ignore into record_integrity ({_COLUMNS}) select {_COLUMNS} from record_integrity_aside order by {_COLUMNS}"
    )
    conn.execute("delete from record_integrity_aside")


def apply(conn: sqlite3.Connection) -> set[int]:
    """Lay all corrections of integrity over the notes; return the records of the map that anybody ever corrected so."""
    entries: defaultdict[int, list[sqlite3.Row]] = defaultdict(list)
    sql = (
        "select c.* from corrections c join records r on r.pmid = c.pmid"
        " where c.subject = 'level' and c.field = 'integrity' order by c.id"
    )
    for row in conn.execute(sql).fetchall():
        entries[row["pmid"]].append(row)
    for pmid, rows in sorted(entries.items()):
        conn.execute("delete from record_integrity where pmid = ? and origin = 'reviewer'", (pmid,))
        conn.execute("delete from record_machine where pmid = ? and field = 'integrity'", (pmid,))
        stand = standing(rows)
        if stand:
            _say(conn, pmid, stand[-1])
    return set(entries)


def _say(conn: sqlite3.Connection, pmid: int, said: Any) -> None:
    value, date = said["value"], said["made_at"][:10]
    held = {row[0] for row in conn.execute("select kind from record_integrity where pmid = ?", (pmid,))}
    conn.execute(
        "insert into record_machine (pmid, field, value) values (?, 'integrity', ?)", (pmid, machine(conn, pmid))
    )
    aside = held.intersection(_graver(value)) - later([said])
    for kind in sorted(aside):
        conn.execute(
            f"insert into record_integrity_aside ({_COLUMNS}) select {_COLUMNS} from record_integrity where pmid = ? and kind = ?",
            (pmid, kind),
        )
        conn.execute("delete from record_integrity where pmid = ? and kind = ?", (pmid, kind))
    if value != "none":
        conn.execute(
            f"insert into record_integrity ({_COLUMNS}) values (?, ?, null, 'reviewer', ?)", (pmid, value, date)
        )
