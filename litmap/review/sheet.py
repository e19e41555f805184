"""Decisions by spreadsheet: every suggestion as a row to be filled in, taken back whole or not at all."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litmap.errors import InputError
from litmap.linking.evidence import refresh_evidence, suggestions
from litmap.linking.standing import entries
from litmap.review.corrections import resolve
from litmap.review.decisions import (
    FULL_TEXT,
    TITLE_ABSTRACT,
    check_claim,
    check_record,
    check_reviewer,
    check_words,
    decide,
)
from litmap.review.pages import BY_HAND
from litmap.review.queue import CANDIDATES, own, passed, shuffled
from litmap.review.reviewers import open_items
from litmap.review.sheet_files import Line, restored
from litmap.store import Store

ABOUT = (
    *(
        "map",
        "claim_key",
        "pmid",
        "claim",
        "heading",
        "rank",
        "title",
        "journal",
        "year",
        "level",
        "design",
        "integrity",
    ),
    *("conclusion_of_machine", "reasons", "votes", "abstract"),
)
HIDDEN = ("rank", "level", "design", "conclusion_of_machine", "reasons")  # from a blind reviewer
FILLED = ("stage", "verdict", "reason", "stance", "directness", "note")
UNSAID = ("reason", "stance", "directness", "note")  # what says nothing without a verdict
COLUMNS = (*ABOUT, *FILLED)
NAMED = 10  # how many faulty rows a message names
_ROWS = f"""
select c.key as claim_key, p.pmid, c.text as claim, c.heading, l.rank, r.title, r.journal, r.pub_year as year, r.level, r.design, r.integrity,
  l.reasons, l.ranker, r.abstract, dense_rank() over (order by c.document_id, c.start, c.key) as position
from {CANDIDATES} p join claims c on c.id = p.claim_id join records r on r.pmid = p.pmid
left join links l on l.claim_id = p.claim_id and l.pmid = p.pmid
where c.status = 'active' and (? is null or c.key = ?) and p.pmid not in (select pmid from record_duplicates)
order by position, coalesce(l.rank, 1e9), p.pmid
"""
WHOLE_MAP = "*"  # in the column claim_key: the record's eligibility for the whole map


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What an import did. rows = written + unchanged + empty."""

    rows: int
    written: int
    unchanged: int
    empty: int


def map_mark(conn: sqlite3.Connection) -> str:
    """Return a short word that tells this map from others: made from its first document, which is kept for ever."""
    row = conn.execute("select source, sha256, retrieved_at from documents order by id limit 1").fetchone()
    return hashlib.sha256(repr(tuple(row or ())).encode()).hexdigest()[:12]


def rows(
    store: Store,
    reviewer: str | None = None,
    claim_key: str | None = None,
    *,
    stage: str = TITLE_ABSTRACT,
    blind: bool = False,
    state: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield a row for each candidate of each active claim, best ranked first, filled in with what `reviewer` said at a stage.

    Without a reviewer the columns to fill in are empty: other people's votes stay hidden. At full text these are the
    records that title and abstract let pass. `blind` empties the columns of HIDDEN and shuffles. `state` keeps what
    awaits a second vote (not this reviewer's), or is in conflict; a conflict shows its votes. Raises InputError for an unknown claim.
    """
    key = None if claim_key is None else resolve(store.conn, claim_key)
    name = None if reviewer is None else check_reviewer(reviewer)
    mark, machine = map_mark(store.conn), suggestions(store.conn)
    mine = own(store.conn, name, stage) if name and state != "conflict" else {}  # a resolution is no vote sent in again
    wanted = _wanted(store.conn, name, stage, state)
    found = store.rows(_ROWS, key, key)
    if blind:
        found.sort(key=lambda row: (row["position"], shuffled(row["claim_key"], row["pmid"])))
    for row in found:
        place = row["claim_key"], row["pmid"]
        if wanted is not None and place not in wanted:
            continue
        said, by_hand = mine.get(place), row["ranker"] in (None, BY_HAND)
        values = {**dict(row), "map": mark, "votes": wanted[place] if wanted else None}
        values["conclusion_of_machine"] = "bears on the claim" if place in machine else ""
        values["reasons"] = None if by_hand else "; ".join(json.loads(row["reasons"]))
        values |= dict.fromkeys(HIDDEN) if blind else {"rank": None} if by_hand else {}
        values |= {name: getattr(said, name) if said else None for name in FILLED}
        yield values | ({} if said or stage == TITLE_ABSTRACT else {"stage": stage})


def _wanted(
    conn: sqlite3.Connection, reviewer: str | None, stage: str, state: str | None
) -> dict[tuple[str | None, int], str] | None:
    """Return the claims and PMIDs to write, with the votes that may be shown; None: all."""
    if state is not None:
        found = [one for one in open_items(conn) if (one.state, one.stage) == (state, stage)]
        told = {
            (one.claim_key, one.pmid): "; ".join(f"{who}: {said}" for who, said in sorted(one.votes.items()))
            for one in found
            if state != "awaiting" or reviewer not in one.votes
        }
        return told if state != "awaiting" else dict.fromkeys(told, "")
    return dict.fromkeys(passed(conn), "") if stage == FULL_TEXT else None


def take(
    store: Store,
    sheet: Sequence[Line],
    reviewer: str,
    *,
    blind: bool = False,
    kind: str = "vote",
    stage: str = TITLE_ABSTRACT,
) -> SheetReport:
    """Enter a sheet's decisions, all or none, in one transaction; `kind` is vote or resolution, `stage` that of rows without one.

    A row without a verdict is skipped; one that says what the reviewer said last is left alone. Raises InputError,
    naming lines: unknown claims or PMIDs, words that are none of the allowed ones, rows that contradict each
    other or say something but no verdict, a sheet from another map.
    """
    name = check_reviewer(reviewer)
    with store.transaction() as conn:
        latest = _latest_by_stage(conn, name, kind)
        wanted, given = _checked(conn, sheet, stage)
        new = {key: said for key, said in wanted.items() if latest.get(key) != said}
        for (claim_key, pmid, stage), (verdict, reason, stance, directness, note) in new.items():
            decide(store, claim_key=claim_key, pmid=pmid, reviewer=name, verdict=verdict, kind=kind, stage=stage, reason=reason,
                   stance=stance, directness=directness, note=note, blind=blind, refresh=False)  # fmt: skip
        if new:
            refresh_evidence(store)
    return SheetReport(len(sheet), len(new), given - len(new), len(sheet) - given)


Place = tuple[str | None, int, str]  # claim key, PMID, stage
Said = tuple[str | None, ...]  # verdict, reason, stance, directness, note


def _latest_by_stage(conn: sqlite3.Connection, reviewer: str, kind: str) -> dict[Place, Said]:
    found = {
        (e.claim_key, e.pmid, e.stage): (e.verdict, e.reason, e.stance, e.directness, e.note) if e.kind == kind else ()
        for e in entries(conn)
        if e.reviewer == reviewer
    }
    return {place: said for place, said in found.items() if said}


def _checked(conn: sqlite3.Connection, sheet: Sequence[Line], stage: str) -> tuple[dict[Place, Said], int]:
    """Return what a sheet says, and how many of its rows say something."""
    mark = map_mark(conn)
    foreign = next((line for line, row in sheet if restored(row.get("map", ""), [mark]) not in ("", mark)), None)
    if foreign is not None:
        raise InputError(
            f"the sheet was made from another map (line {foreign})", "import it into the map that it was exported from"
        )
    keys = {row[0] for row in conn.execute("select key from claims")}
    found: dict[Place, Said] = {}
    lines: dict[Place, int] = {}
    faults: list[tuple[str, str]] = []
    given = [(line, row) for line, row in sheet if any(row.get(name) for name in ("verdict", *UNSAID))]
    for line, row in given:
        try:
            place, said = _parsed(conn, row, stage, keys)
        except InputError as error:
            faults.append((f"line {line}: {error}", error.hint))
            continue
        if place in found and found[place] != said:
            faults.append((f"line {line}: contradicts line {lines[place]}", "keep one of the lines"))
        found.setdefault(place, said)
        lines.setdefault(place, line)
    if faults:
        raise _refusal(faults)
    return found, len(given)


def _refusal(faults: Sequence[tuple[str, str]]) -> InputError:
    named = faults[:NAMED]
    more = f"; and {len(faults) - NAMED} more" if len(faults) > NAMED else ""
    hints = dict.fromkeys(hint for _, hint in named)
    return InputError(
        f"nothing was imported: {'; '.join(fault for fault, _ in named)}{more}",
        f"{'; '.join(hints)}; then import the sheet again",
    )


def _parsed(
    conn: sqlite3.Connection, row: Mapping[str, str], stage: str, keys: Collection[str]
) -> tuple[Place, Said]:
    if not row.get("verdict"):
        given = next(name for name in UNSAID if row.get(name))
        raise InputError(f"a {given} but no verdict", "give a verdict there, or empty the cell")
    words = {name: (row.get(name) or "").removeprefix("'") or None for name in FILLED}
    stage = (words["stage"] or stage).lower()
    verdict, stance, directness = (
        value.lower() if (value := words[name]) else None for name in ("verdict", "stance", "directness")
    )
    check_words(kind="vote", stage=stage, verdict=verdict, stance=stance, directness=directness)
    number = row.get("pmid", "").removesuffix(".0")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise InputError(f"{number!r} is not a PMID", "write the number alone")
    key = None if row.get("claim_key") == WHOLE_MAP else restored(row.get("claim_key", ""), keys)
    check_claim(conn, key)
    check_record(conn, int(number))
    return (key, int(number), stage), (verdict, words["reason"], stance, directness, words["note"])
