"""People's corrections of records: append-only rows; what they change is derived again at once.

Make entries with `setting`, `same_study`, `tagging` or `withdrawal`, and enter them with `enter`. Each checks what it is
given against the map and raises InputError; nothing is written then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import NamedTuple

from litmap import clock
from litmap.errors import InputError
from litmap.evidence import SCHEMES, Rules
from litmap.evidence.integrity import KINDS
from litmap.evidence.rules import DESIGNS, SUBJECTS
from litmap.ingest import overlay, said_integrity, settle
from litmap.ingest.derived import TAG_TABLES, derive_records
from litmap.ingest.new import stored_vocabulary
from litmap.linking.standing import standings
from litmap.review.decisions import check_record, check_reviewer
from litmap.review.entries import standing, successors
from litmap.store import Store
from litmap.vocabulary import Tagger
from litmap.vocabulary.entries import ROLES

RANKS = ("1", "2", "3", "4", "5", "none")
# What a person can say of a record, beside its tags, with the words allowed. It needs a reason.
VALUES: dict[str, tuple[str, ...]] = {
    "design": DESIGNS,
    "subjects": SUBJECTS,
    "secondary": ("yes", "no"),
    "integrity": (*KINDS, "none"),
    overlay.LEVEL: RANKS,
    **dict.fromkeys(SCHEMES, RANKS),
}
STUDY, DUPLICATE, OWN = "study", "duplicate", "own"
FIELDS = (*VALUES, STUDY, DUPLICATE)


class Entry(NamedTuple):
    """One row of `corrections` to be written. Its subject is level, tag, study or duplicate."""

    subject: str
    pmid: int
    field: str | None
    action: str  # set | add | remove | withdraw
    value: str | None = None
    slug: str | None = None
    role: str | None = None


# ---------------------------------------------------------------- design, level, integrity, study, duplicate


def setting(conn: sqlite3.Connection, pmid: int, field: str, value: str) -> list[Entry]:
    """Return the entries that set a field of FIELDS.

    A study's value is the PMID of another report of it, `own` (it shares its study with no other), or the study's name,
    such as a registration; a duplicate's value is the PMID of the record that counts.
    """
    check_record(conn, pmid)
    if field == STUDY:
        return _study(conn, pmid, value)
    if field == DUPLICATE:
        return [Entry(DUPLICATE, pmid, None, "set", str(_original(conn, pmid, value)))]
    allowed = VALUES[_known(field)]
    if value not in allowed:
        raise InputError(f"{value!r} is not a value of {field}", f"choose one of: {', '.join(allowed)}")
    return [Entry("level", pmid, field, "set", value)]


def same_study(conn: sqlite3.Connection, pmids: Iterable[int]) -> list[Entry]:
    """Return the entries that make records reports of one study: that of the first, which keeps its name."""
    wanted = list(dict.fromkeys(pmids))
    for pmid in wanted:
        check_record(conn, pmid)
    if len(wanted) < 2:
        raise InputError("one study needs two reports or more", "name another PMID")
    name = _study_of(conn, wanted[0])
    return [Entry(STUDY, pmid, None, "set", name) for pmid in wanted]


def _known(field: str) -> str:
    if field not in FIELDS:
        raise InputError(f"{field!r} is nothing that can be corrected", f"choose one of: {', '.join(FIELDS)}")
    return field


def _study(conn: sqlite3.Connection, pmid: int, value: str) -> list[Entry]:
    if value.isdecimal():
        if _pmid(value) == pmid:
            raise InputError(f"PMID {pmid} is always a report of its own study", "name another PMID, or own")
        return same_study(conn, (_pmid(value), pmid))
    name = "".join(value.split()).upper()  # as registrations are compared
    if not name:
        raise InputError("the study's name is empty", "give a registration, the PMID of another report, or own")
    if name == OWN.upper():
        name = f"pmid:{pmid}"
        if conn.execute("select 1 from record_studies where study = ? and pmid <> ?", (name, pmid)).fetchone():
            name += "/own"  # others were merged with this one under its name
    return [Entry(STUDY, pmid, None, "set", name)]


def _study_of(conn: sqlite3.Connection, pmid: int) -> str:
    row = conn.execute("select study from record_studies where pmid = ?", (pmid,)).fetchone()
    return str(row[0]) if row else f"pmid:{pmid}"


def _pmid(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 999_999_999:
        raise InputError(f"{value!r} is not a PMID", "a PMID is a number of 1 to 9 digits")
    return int(value)


def decided_on_duplicate_only(conn: sqlite3.Connection, entries: Iterable[Entry]) -> list[tuple[int, int, int]]:
    """Return (PMID, the record that counts, claims) where people decided on a record that became a duplicate, but not on the other.

    Their decisions stay with the record they read, and count no longer: they are for a person to make again.
    """
    decided = standings(conn)
    found = []
    for entry in entries:
        if entry.subject == DUPLICATE and entry.action == "set" and entry.value:
            original = int(entry.value)
            claims = sum(pmid == entry.pmid and (key, original) not in decided for key, pmid in decided)
            if claims:
                found.append((entry.pmid, original, claims))
    return found


def _original(conn: sqlite3.Connection, pmid: int, value: str) -> int:
    original = _pmid(value)
    check_record(conn, original)
    if original == pmid:
        raise InputError(f"PMID {pmid} cannot be a duplicate of itself", "name the record that counts")
    row = conn.execute("select duplicate_of from record_duplicates where pmid = ?", (original,)).fetchone()
    if row:
        raise InputError(f"PMID {original} is itself a duplicate, of PMID {row[0]}", "name the record that counts")
    return original


# ---------------------------------------------------------------- tags


def tagging(conn: sqlite3.Connection, pmid: int, action: str, words: str) -> list[Entry]:
    """Return the entry that adds, removes or sets a tag (set: this role and no other), or withdraws entries about it.

    `words` is `facet=slug` or `facet=slug:role`. A retired slug means the one that replaces it.
    """
    check_record(conn, pmid)
    facet, slug, role = _tag(conn, words)
    if action == "withdraw":
        return [Entry("tag", pmid, facet, "withdraw", None, slug, None)]
    if action == "remove":
        sql = f"select 1 from {TAG_TABLES[facet]} where pmid = ? and {facet} = ? and (? is null or role = ?)"
        if not conn.execute(sql, (pmid, slug, role, role)).fetchone():
            as_role = f" as {role}" if role else ""
            raise InputError(
                f"PMID {pmid} is not tagged with the {facet} {slug}{as_role}", "there is nothing to remove"
            )
    return [Entry("tag", pmid, facet, action, None, slug, role)]


def _tag(conn: sqlite3.Connection, words: str) -> tuple[str, str, str | None]:
    facet, _, rest = words.partition("=")
    slug, _, role = rest.partition(":")
    if facet not in TAG_TABLES or not slug:
        raise InputError(
            f"{words!r} names no tag", f"write FACET=SLUG or FACET=SLUG:ROLE; facets: {', '.join(TAG_TABLES)}"
        )
    now = successors(conn).get((facet, slug))
    if now is None:
        raise InputError(f"the vocabulary has no {facet} {slug!r}", "list it: litmap vocabulary DATABASE")
    allowed = ROLES["condition" if facet == "condition" else "treatment"]
    if role and role not in allowed:
        raise InputError(f"{role!r} is not a role of a {facet}", f"choose one of: {', '.join(allowed)}")
    return facet, now, role or None


# ---------------------------------------------------------------- taking back, entering


def withdrawal(conn: sqlite3.Connection, pmid: int, field: str) -> list[Entry]:
    """Return the entry that takes back what its reviewer said of a field of FIELDS."""
    check_record(conn, pmid)
    if _known(field) in VALUES:
        return [Entry("level", pmid, field, "withdraw")]
    return [Entry(field, pmid, None, "withdraw")]


def enter(store: Store, entries: Sequence[Entry], *, reviewer: str, reason: str | None = None) -> None:
    """Write entries, derive their records again, and count the evidence of the claims they are linked to.

    Uses the open transaction, or one of its own. Raises InputError for an empty name, a missing reason, or a withdrawal
    of nothing; the caller's transaction must then be rolled back.
    """
    name, why = check_reviewer(reviewer), " ".join((reason or "").split()) or None
    for entry in entries:
        if entry.subject == "level" and entry.action == "set" and why is None:
            raise InputError(f"a correction of the {entry.field} needs a reason", "say why: --reason TEXT")
    with nullcontext() if store.conn.in_transaction else store.transaction():
        for entry in entries:
            for one in _resolved(store.conn, entry, name):
                _write(store.conn, one, name, why)
        pmids = sorted({entry.pmid for entry in entries})
        changed = derive_records(store, Tagger(stored_vocabulary(store)), Rules.load(), pmids)
        settle.records_changed(store, sorted(changed | set(pmids)))


def _resolved(conn: sqlite3.Connection, entry: Entry, reviewer: str) -> list[Entry]:
    """A withdrawal as the entries that it takes back: they may have been made under a slug that was replaced since."""
    if entry.action != "withdraw":
        return [entry]
    slugs = successors(conn)
    sql = "select * from corrections where pmid = ? and subject = ? and field is ? order by id"
    held = [
        row
        for row in standing(conn.execute(sql, (entry.pmid, entry.subject, entry.field)))
        if entry.slug is None or slugs.get((row["field"], row["slug"])) == entry.slug
    ]
    mine = sorted({row["slug"] or "" for row in held if row["reviewer"] == reviewer})
    if not mine:
        what = f"{entry.field} {entry.slug}" if entry.slug else entry.field or entry.subject
        others = ", ".join(sorted({row["reviewer"] for row in held}))
        hint = f"made by {others}" if others else "see what was said: litmap explain DATABASE PMID"
        raise InputError(f"{reviewer} has no correction of the {what} of PMID {entry.pmid} to withdraw", hint)
    return [entry._replace(slug=slug or None) for slug in mine]


def _write(conn: sqlite3.Connection, entry: Entry, reviewer: str, reason: str | None) -> None:
    of_integrity = (entry.subject, entry.field, entry.action) == ("level", "integrity", "set")
    then = said_integrity.machine(conn, entry.pmid) if of_integrity else None
    conn.execute(
        "insert into corrections (subject, pmid, field, slug, role, action, value, reason, reviewer, made_at, machine_then)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*entry[:3], entry.slug, entry.role, entry.action, entry.value, reason, reviewer, clock.now(), then),
    )
