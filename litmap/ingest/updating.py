"""litmap update: run the stored searches again, look again at every record in use, say what changed for each claim."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from litmap import clock, linking
from litmap.ingest.searching import MANY, Limits, Progress, Received, in_map, receive, serve
from litmap.pubmed import entrez
from litmap.pubmed.entrez import Client, Found
from litmap.store import Store

OVERLAP = timedelta(days=7)  # records show up some days after the date they carry


@dataclass
class SearchUpdate:
    """What one stored search finds now. now = before + new - gone."""

    old_id: int
    query: str
    limits: Limits
    found: Found
    before: int
    entered: tuple[int, ...]  # new, and new in PubMed
    matching: tuple[int, ...]  # new to this search, though in PubMed before: indexed or corrected since
    gone: tuple[int, ...]
    revised: tuple[int, ...]  # found before, and changed in PubMed since
    search_id: int = 0

    @property
    def new(self) -> tuple[int, ...]:
        """All that it did not find before."""
        return tuple(sorted((*self.entered, *self.matching)))


@dataclass
class ClaimChange:
    """What changed for one claim, in sentences."""

    key: str
    text: str
    notes: list[str] = field(default_factory=list)


@dataclass
class UpdateReport:
    """What an update found and did."""

    searches: list[SearchUpdate] = field(default_factory=list)
    checked: int = 0  # records in use that were looked at again
    received: Received = field(default_factory=lambda: Received(0))
    records: dict[int, list[str]] = field(default_factory=dict)  # PMID -> what changed
    claims: list[ClaimChange] = field(default_factory=list)
    linked: bool = False


def update(
    store: Store,
    client: Client,
    *,
    link: bool = True,
    searching: Progress | None = None,
    progress: Progress | None = None,
) -> UpdateReport:
    """Bring the map up to date with PubMed.

    Links are made again where the map has links (not with `link=False`). `searching` is told of the searches done,
    `progress` of the records. Raises ServiceError when PubMed fails; what arrived is stored, and the next call goes on.
    """
    report = UpdateReport()
    stored = _stored_searches(store)
    client.begin(["update", str(store.path.resolve()), [row["id"] for row in stored]])
    for count, row in enumerate(stored):
        if searching:
            searching(count, len(stored))
        report.searches.append(_again(store, client, row))
    if searching:
        searching(len(stored), len(stored))
    used = _in_use(store)
    wanted = sorted(used.union(*((*_lacking(store, one.found), *one.new, *one.revised) for one in report.searches)))
    report.checked = len(used)
    before, flags_before, claims_before = _records(store, wanted), _flags(store), _claims(store)
    report.received = receive(store, client, wanted, progress)
    with store.transaction():
        for one in report.searches:
            one.search_id = _write(store, one)
    _settle(store, report, link)
    report.records = _changed_records(before, _records(store, wanted), report.received, used)
    _add_flagged(report.records, flags_before, _flags(store), set(wanted))
    report.claims = _changed_claims(store, report, claims_before, _claims(store))
    client.finish()
    return report


def _stored_searches(store: Store) -> list[Any]:
    """The last run of each search."""
    return store.rows(
        "select id, query, limits, ran_at from searches where id in (select max(id) from searches where database = 'pubmed' group by query, limits) order by id"
    )


def _again(store: Store, client: Client, row: Any) -> SearchUpdate:
    limits = Limits(**json.loads(row["limits"] or "{}"))
    term = limits.term(row["query"])
    found = entrez.search(client, term, limit=limits.limit, sort=limits.sort)
    before = {one[0] for one in store.conn.execute("select pmid from search_records where search_id = ?", (row["id"],))}
    new = set(found.pmids) - before
    entered = new & set(_dated(client, term, row["ran_at"], ("crdt", "edat"))) if new else set()
    revised = before & set(_dated(client, term, row["ran_at"], ("mhda", "lr"))) if before else set()
    gone = () if limits.limit else tuple(sorted(before - set(found.pmids)))
    return SearchUpdate(
        row["id"],
        row["query"],
        limits,
        found,
        len(before),
        tuple(sorted(entered)),
        tuple(sorted(new - entered)),
        gone,
        tuple(sorted(revised)),
    )


def _dated(client: Client, term: str, ran_at: str, fields: Sequence[str]) -> tuple[int, ...]:
    """PMIDs of a query of which one of these dates lies after the last run (with an overlap)."""
    day = (date.fromisoformat(ran_at[:10]) - OVERLAP).strftime("%Y/%m/%d")
    since = " OR ".join(f'"{day}"[{field}] : "3000"[{field}]' for field in fields)
    return entrez.search(client, f"({term}) AND ({since})").pmids


def _in_use(store: Store) -> set[int]:
    """Records that bear on a claim or were decided upon; in a map without either, all that searches brought."""
    used = {
        row[0] for row in store.conn.execute("select pmid from links where bears = 1 union select pmid from decisions")
    }
    if not used and not store.value("select exists (select 1 from links)"):
        used = {row[0] for row in store.conn.execute("select pmid from search_records join records using (pmid)")}
    return used


def _write(store: Store, one: SearchUpdate) -> int:
    """The new run of a search, for the claims of the old one."""
    missing = _lacking(store, one.found)
    cursor = store.conn.execute(
        "insert into searches (query, translation, ran_at, count, n_received, missing, phrases_not_found, limits, complete) values (?, ?, ?, ?, ?, ?, ?, ?, 1)",
        (
            *(
                one.query,
                one.found.translation,
                clock.now(),
                one.found.count,
                len(one.found.pmids) - len(missing),
                json.dumps(missing),
            ),
            *(json.dumps(one.found.phrases_not_found, ensure_ascii=False), one.limits.text()),
        ),
    )
    search_id = int(cursor.lastrowid or 0)
    store.conn.executemany(
        "insert into search_records (search_id, pmid) values (?, ?)", ((search_id, pmid) for pmid in one.found.pmids)
    )
    serve(
        store,
        search_id,
        [
            row[0]
            for row in store.conn.execute("select claim_id from claim_searches where search_id = ?", (one.old_id,))
        ],
    )
    return search_id


def _lacking(store: Store, found: Found) -> list[int]:
    """What a search found and the map does not hold: it did not come, or its run was stopped."""
    held = in_map(store, found.pmids)
    return [pmid for pmid in found.pmids if pmid not in held]


def _settle(store: Store, report: UpdateReport, link: bool) -> None:
    """Bring what hangs on records up to date: links as deep as they were, and the evidence of each claim."""
    top = store.meta("link_top")
    if link and top:
        linking.link(store, top=int(top))
        report.linked = True
    else:
        with store.transaction():
            linking.refresh_evidence(store)


# ---------------------------------------------------------------- what changed


def _records(store: Store, pmids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for start in range(0, len(pmids), MANY):
        part = pmids[start : start + MANY]
        marks = ",".join("?" * len(part))
        rows = store.conn.execute(
            f"select pmid, digest, level, design, integrity from records where pmid in ({marks})", tuple(part)
        )
        found.update((row["pmid"], row) for row in rows)
    return found


def _changed_records(
    before: dict[int, Any], after: dict[int, Any], received: Received, used: Collection[int]
) -> dict[int, list[str]]:
    """PMID -> what changed, in the words of the report."""
    changes: dict[int, list[str]] = defaultdict(list)
    for pmid, now in sorted(after.items()):
        then = before.get(pmid)
        if then is None:
            continue
        if then["integrity"] != now["integrity"]:
            changes[pmid].append(f"now {now['integrity']}" if now["integrity"] else f"no longer {then['integrity']}")
        if then["level"] != now["level"]:
            changes[pmid].append(f"level {_shown(then['level'])} -> {_shown(now['level'])}")
        if then["digest"] != now["digest"] and not changes[pmid]:
            changes[pmid].append("revised")
    for pmid in received.missing:
        if pmid in used:
            changes[pmid].append("PubMed no longer gives this record")
    return {pmid: said for pmid, said in sorted(changes.items()) if said}


def _flags(store: Store) -> dict[int, str]:
    """What speaks against each record that has something against it."""
    return {
        row[0]: row[1] for row in store.conn.execute("select pmid, integrity from records where integrity is not null")
    }


def _add_flagged(
    changes: dict[int, list[str]], before: dict[int, str], after: dict[int, str], looked_at: Collection[int]
) -> None:
    """Records that were not fetched, but of which a notice that was fetched says something."""
    for pmid in sorted({*before, *after}):
        if pmid not in looked_at and before.get(pmid) != after.get(pmid):
            changes[pmid] = [f"now {after[pmid]}" if pmid in after else f"no longer {before[pmid]}"]


def _shown(level: int | None) -> str:
    return "none" if level is None else str(level)


@dataclass
class _Claims:
    bearing: dict[int, set[int]]
    levels: dict[tuple[int, str], int | None]


def _claims(store: Store) -> _Claims:
    """What stands beside each claim now."""
    bearing: dict[int, set[int]] = defaultdict(set)
    for claim, pmid in store.conn.execute("select claim_id, pmid from links where bears = 1"):
        bearing[claim].add(pmid)
    rows = store.conn.execute("select claim_id, coalesce(condition, ''), level from claim_evidence")
    return _Claims(bearing, {(row[0], row[1]): row[2] for row in rows})


def _changed_claims(store: Store, report: UpdateReport, before: _Claims, after: _Claims) -> list[ClaimChange]:
    found: dict[int, set[int]] = defaultdict(set)
    gone: dict[int, set[int]] = defaultdict(set)
    concerns: dict[int, set[int]] = defaultdict(set)  # a change of which records a claim's readers want to know
    for one in report.searches:
        for row in store.conn.execute("select claim_id from claim_searches where search_id = ?", (one.search_id,)):
            found[row[0]].update(one.new)
            gone[row[0]].update(one.gone)
            concerns[row[0]].update(one.found.pmids, one.gone)
    for claim, pmid in store.conn.execute(
        "select claims.id, pmid from decisions join claims on claims.key = claim_key"
    ):
        concerns[claim].add(pmid)
    changes = []
    for row in store.rows("select id, key, text from claims where status = 'active' order by id"):
        change, number = ClaimChange(row["key"], row["text"]), row["id"]
        _note(change, "found by its searches for the first time", found[number])
        _note(change, "no longer found by its searches", gone[number])
        _note(change, "bears on it now", after.bearing[number] - before.bearing[number])
        _note(change, "bears on it no longer", before.bearing[number] - after.bearing[number])
        for pmid in sorted((before.bearing[number] | after.bearing[number] | concerns[number]) & report.records.keys()):
            change.notes.append(f"PMID {pmid}: {', '.join(report.records[pmid])}")
        for condition in sorted({key[1] for key in (*before.levels, *after.levels) if key[0] == number}):
            then, now = before.levels.get((number, condition)), after.levels.get((number, condition))
            if then != now:
                change.notes.append(
                    f"highest level{' for ' + condition if condition else ''}: {_shown(then)} -> {_shown(now)}"
                )
        if change.notes:
            changes.append(change)
    return changes


def _note(change: ClaimChange, what: str, pmids: Collection[int]) -> None:
    if pmids:
        change.notes.append(f"{what}: PMID {', '.join(map(str, sorted(pmids)))}")
