"""What changed for each claim between two states of a map: evidence new and gone, levels, retractions.

Claims are told apart by their keys, which survive new versions of a page, and records by PMID. The evidence of a claim is
what bears on it: what people included, else what is suggested. Its level is the one for the claim's question.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from litmap.linking.standing import Standing, standings
from litmap.store import Store

NOTICES = ("retracted", "partly-retracted", "concern")
SET_ASIDE = "nobody decided on it, and only what reviewers included counts now"
SCHEMES = {"harm": "ocebm-harm"}  # every other question: ocebm-benefit, which stands in records.level


@dataclass(frozen=True, slots=True)
class Paper:
    """One record as evidence for a claim, as one of the two maps has it."""

    pmid: int
    title: str
    year: int | None
    design: str | None
    level: int | None
    notices: tuple[str, ...]
    verdict: str | None  # what people's decisions come to; None: nobody decided
    duplicate_of: int | None  # the record that counts in its place


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence that came or went, and why."""

    pmid: int
    title: str
    year: int | None
    design: str | None
    level: int | None
    notices: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A record in a claim's evidence whose level or design is another now."""

    pmid: int
    title: str
    level_before: int | None
    level_now: int | None
    design_before: str | None
    design_now: str | None


@dataclass(frozen=True, slots=True)
class Noticed:
    """A record in a claim's evidence, before or now, with a notice that it did not have."""

    pmid: int
    title: str
    notice: str  # retracted | partly-retracted | concern


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """What changed for one claim that is in both maps."""

    key: str
    text: str
    basis_before: str  # reviewed: people included records, and these alone count; suggested
    basis_now: str
    highest_before: int | None
    highest_now: int | None
    new: tuple[Evidence, ...]
    gone: tuple[Evidence, ...]
    levels: tuple[LevelChange, ...]
    noticed: tuple[Noticed, ...]

    def __bool__(self) -> bool:
        moved = (self.basis_before, self.highest_before) != (self.basis_now, self.highest_now)
        return bool(self.new or self.gone or self.levels or self.noticed or moved)


@dataclass(frozen=True, slots=True)
class ClaimMove:
    """A claim that is in one of the two maps only. `why` says what became of a claim that is gone."""

    key: str
    text: str
    highest: int | None
    evidence: int  # records
    why: str


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference. common = changed claims + unchanged."""

    new: tuple[ClaimMove, ...]
    gone: tuple[ClaimMove, ...]
    changed: tuple[ClaimChange, ...]
    unchanged: int

    @property
    def common(self) -> int:
        """How many claims are active in both."""
        return len(self.changed) + self.unchanged

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "claims": {
                "in_both": self.common,
                "changed": len(self.changed),
                "unchanged": self.unchanged,
                "new": len(self.new),
                "gone": len(self.gone),
            },
            "claims_new": [asdict(claim) for claim in self.new],
            "claims_gone": [asdict(claim) for claim in self.gone],
            "claims_changed": [asdict(claim) for claim in self.changed],
        }


class _State:
    """One of the two maps, as far as the comparison needs it."""

    def __init__(self, store: Store) -> None:
        conn = store.conn
        self.claims = {
            row["key"]: row for row in conn.execute("select id, key, text, question, status from claims order by id")
        }
        self.active = {key: row for key, row in self.claims.items() if row["status"] == "active"}
        self.decided = standings(conn)
        self.bearing = self._bearing(conn)
        best = "select claim_id, min(level) from claim_evidence group by claim_id"
        self.highest: dict[int, int | None] = dict(conn.execute(best).fetchall())
        self.reviewed = _firsts(conn, "select distinct claim_id from claim_evidence where basis = 'reviewed'")
        self._conn = conn
        self._notices = self._noticed(conn)
        self._twins: dict[int, int] = dict(conn.execute("select pmid, duplicate_of from record_duplicates").fetchall())

    def _bearing(self, conn: sqlite3.Connection) -> Mapping[str, set[int]]:
        """PMIDs that bear on each claim; what people included needs no link."""
        found: dict[str, set[int]] = defaultdict(set)
        for key, pmid in conn.execute(
            "select c.key, l.pmid from links l join claims c on c.id = l.claim_id where l.bears = 1"
        ):
            found[key].add(pmid)
        barred = {pmid for (key, pmid), s in self.decided.items() if key is None and s.verdict == "exclude"}
        barred |= _firsts(conn, "select pmid from record_duplicates")
        for (key, pmid), standing in self.decided.items():
            if key is not None and standing.verdict == "include" and pmid not in barred:
                found[key].add(pmid)
        return found

    def _noticed(self, conn: sqlite3.Connection) -> Mapping[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for pmid, kind in conn.execute("select pmid, kind from record_integrity"):
            if kind in NOTICES:
                found[pmid].add(kind)
        return found

    def evidence(self, key: str) -> set[int]:
        return self.bearing.get(key, set())

    def top(self, key: str) -> int | None:
        return self.highest.get(self.claims[key]["id"])

    def basis(self, key: str) -> str:
        return "reviewed" if self.claims[key]["id"] in self.reviewed else "suggested"

    def paper(self, key: str, pmid: int) -> Paper | None:
        """The record, whether or not it bears on the claim; None when the map does not have it."""
        row = self._conn.execute(
            "select title, pub_year, design, level from records where pmid = ?", (pmid,)
        ).fetchone()
        if row is None:
            return None
        level = row["level"]
        scheme = SCHEMES.get(self.claims[key]["question"])
        if scheme:
            found = self._conn.execute(
                "select rank from record_levels where pmid = ? and scheme = ?", (pmid, scheme)
            ).fetchone()
            level = found[0] if found else None
        notices = tuple(kind for kind in NOTICES if kind in self._notices.get(pmid, ()))
        return Paper(
            pmid,
            row["title"],
            row["pub_year"],
            row["design"],
            None if "retracted" in notices else level,
            notices,
            self.verdict(key, pmid),
            self._twins.get(pmid),
        )

    def verdict(self, key: str, pmid: int) -> str | None:
        """What people say of the record: for the whole map where that excludes it, else for the claim."""
        whole: Standing | None = self.decided.get((None, pmid))
        if whole is not None and whole.verdict == "exclude":
            return "exclude"
        standing = self.decided.get((key, pmid))
        return standing.verdict if standing else None


def _firsts(conn: sqlite3.Connection, sql: str) -> set[int]:
    return {row[0] for row in conn.execute(sql)}


def compare(old: Store, new: Store) -> Diff:
    """Compare two maps; claims in the order they stand in, records by PMID."""
    before, now = _State(old), _State(new)
    came = [
        _moved(now, key, "was dismissed or gone" if key in before.claims else "")
        for key in now.active
        if key not in before.active
    ]
    went = [_moved(before, key, _fate(now, key)) for key in before.active if key not in now.active]
    both = [_changed(before, now, key) for key in now.active if key in before.active]
    changed = tuple(change for change in both if change)
    return Diff(tuple(came), tuple(went), changed, len(both) - len(changed))


def _moved(state: _State, key: str, why: str) -> ClaimMove:
    return ClaimMove(key, state.claims[key]["text"], state.top(key), len(state.evidence(key)), why)


def _fate(now: _State, key: str) -> str:
    if key not in now.claims:
        return "not in the new map"
    return "dismissed by a person" if now.claims[key]["status"] == "dismissed" else "no longer in its document"


def _changed(before: _State, now: _State, key: str) -> ClaimChange:
    had, has = before.evidence(key), now.evidence(key)
    pairs = {pmid: (before.paper(key, pmid), now.paper(key, pmid)) for pmid in sorted(had | has)}
    return ClaimChange(
        key,
        now.claims[key]["text"],
        before.basis(key),
        now.basis(key),
        before.top(key),
        now.top(key),
        tuple(
            _evidence(here, _why_new(was, here)) for pmid, (was, here) in pairs.items() if pmid in has - had and here
        ),
        tuple(
            _evidence(was, _why_gone(here, now.basis(key)))
            for pmid, (was, here) in pairs.items()
            if pmid in had - has and was
        ),
        tuple(_levels((was, here) for pmid, (was, here) in pairs.items() if pmid in had & has)),
        tuple(_notices(pairs.values())),
    )


def _evidence(paper: Paper, why: str) -> Evidence:
    return Evidence(paper.pmid, paper.title, paper.year, paper.design, paper.level, paper.notices, why)


def _why_new(was: Paper | None, here: Paper) -> str:
    if here.verdict == "include" and (was is None or was.verdict != "include"):
        return "included by reviewers"
    return "new in the map" if was is None else "now bears on the claim"


def _why_gone(here: Paper | None, basis: str) -> str:
    if here is None:
        return "no longer in the map"
    if here.duplicate_of is not None:
        return f"a duplicate of PMID {here.duplicate_of}"
    if basis == "reviewed" and here.verdict in (None, "unsure"):
        return SET_ASIDE
    return {
        "exclude": "excluded by reviewers",
        "conflict": "reviewers disagree",
    }.get(here.verdict or "", "no longer bears on the claim")


def _levels(pairs: Iterable[tuple[Paper | None, Paper | None]]) -> Iterable[LevelChange]:
    for was, here in pairs:
        if was and here and (was.level, was.design) != (here.level, here.design):
            yield LevelChange(here.pmid, here.title, was.level, here.level, was.design, here.design)


def _notices(pairs: Iterable[tuple[Paper | None, Paper | None]]) -> Iterable[Noticed]:
    """Notices that the new map has and the old one had not, on a record that both have."""
    for was, here in pairs:
        if was and here:
            yield from (Noticed(here.pmid, here.title, notice) for notice in here.notices if notice not in was.notices)
