"""litmap search, litmap fetch: what PubMed has for a query or a list of PMIDs, in the map or named as missing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from litmap import clock, linking, pubmed
from litmap.errors import InputError, ServiceError
from litmap.ingest.records import preparer_of, store_records
from litmap.model import Record
from litmap.pubmed import entrez
from litmap.pubmed.entrez import Client, Found
from litmap.store import Store

Progress = Callable[[int, int], None]  # records done, of
_DATE = re.compile(r"(\d{4})(?:[-/](0[1-9]|1[0-2])(?:[-/](0[1-9]|[12]\d|3[01]))?)?")
DOUBTFUL = 10  # records that PubMed found; when it then gives none, that is no answer
MANY = 400  # values in one SQL statement


class Limits(NamedTuple):
    """What narrows a search beside its query."""

    since: str | None = None  # ISO date: records that entered PubMed on it or later
    limit: int | None = None
    sort: str | None = None

    def term(self, query: str) -> str:
        """The query as it goes to PubMed. Raises InputError for a date that is none."""
        return f"({query}) AND {entered_since(self.since)}" if self.since else query

    def text(self) -> str | None:
        """As stored with the search."""
        said = {name: value for name, value in self._asdict().items() if value is not None}
        return json.dumps(said, separators=(",", ":")) if said else None


NO_LIMITS = Limits()


@dataclass
class Received:
    """What came of a list of PMIDs: wanted = new + updated + unchanged + missing + rejected."""

    wanted: int
    new: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    missing: tuple[int, ...] = ()
    rejected: dict[int, str] = field(default_factory=dict)  # arrived, but not usable: why

    @property
    def here(self) -> int:
        """How many of them the map now holds as PubMed has them."""
        return len(self.new) + len(self.updated) + len(self.unchanged)


@dataclass
class SearchReport:
    """expected = received + missing; received = fetched now + in the map already."""

    search_id: int
    query: str
    found: Found
    expected: int
    already: int
    received: Received
    resumed: bool = False

    @property
    def missing(self) -> tuple[int, ...]:
        """PMIDs that PubMed found and did not give."""
        return tuple(sorted((*self.received.missing, *self.received.rejected)))


def entered_since(date: str) -> str:
    """The part of a query that asks for records created since a date: YYYY, YYYY-MM or YYYY-MM-DD."""
    return f'("{pubmed_date(date)}"[crdt] : "3000"[crdt])'


def pubmed_date(date: str) -> str:
    """A date in PubMed's form. Raises InputError for one that is none."""
    found = _DATE.fullmatch(date.strip())
    if not found:
        raise InputError(f"{date!r} is not a date", "write YYYY-MM-DD, YYYY-MM or YYYY")
    return "/".join((found[1], found[2] or "01", found[3] or "01"))


# ---------------------------------------------------------------- searches


def search(
    store: Store,
    client: Client,
    query: str,
    limits: Limits = NO_LIMITS,
    *,
    claims: Collection[int] = (),
    progress: Progress | None = None,
) -> SearchReport:
    """Run a query, store the search, fetch what is new.

    What arrived stays stored whatever happens then; the same call goes on from there. Raises InputError for a
    query PubMed does not accept (nothing is written), ServiceError when PubMed fails.
    """
    client.begin(["search", query, limits])
    found = entrez.search(client, limits.term(query), limit=limits.limit, sort=limits.sort)
    search_id, resumed = _open_search(store, query, found, limits, claims)
    held = in_map(store, found.pmids)
    report = SearchReport(search_id, query, found, len(found.pmids), len(held), Received(0), resumed)
    wanted = [pmid for pmid in found.pmids if pmid not in held]
    try:
        report.received = receive(
            store, client, wanted, progress and (lambda done, _of: progress(len(held) + done, report.expected))
        )
        if len(wanted) >= DOUBTFUL and not report.received.here and not report.received.rejected:
            raise ServiceError(f"PubMed found {len(wanted):,} records and gives none of them", entrez.AGAIN)
    except BaseException:
        _note(store, search_id, found.pmids)
        raise
    with store.transaction() as conn:
        conn.execute(
            "update searches set n_received = ?, missing = ?, complete = 1, ran_at = ? where id = ?",
            (report.expected - len(report.missing), json.dumps(report.missing), clock.now(), search_id),
        )
    client.finish()
    return report


def _open_search(store: Store, query: str, found: Found, limits: Limits, claims: Iterable[int]) -> tuple[int, bool]:
    """Write down the search and what it found; an unfinished run of the same one is gone on with."""
    values = (found.translation, clock.now(), found.count, json.dumps(found.phrases_not_found, ensure_ascii=False))
    with store.transaction() as conn:
        row = conn.execute(
            "select id from searches where query = ? and limits is ? and database = 'pubmed' and complete = 0 order by id desc",
            (query, limits.text()),
        ).fetchone()
        if row:
            search_id = int(row[0])
            conn.execute(
                "update searches set translation = ?, ran_at = ?, count = ?, phrases_not_found = ? where id = ?",
                (*values, search_id),
            )
            conn.execute("delete from search_records where search_id = ?", (search_id,))
        else:
            cursor = conn.execute(
                "insert into searches (translation, ran_at, count, phrases_not_found, query, limits, complete) values (?, ?, ?, ?, ?, ?, 0)",
                (*values, query, limits.text()),
            )
            search_id = int(cursor.lastrowid or 0)
        conn.executemany(
            "insert into search_records (search_id, pmid) values (?, ?)", ((search_id, pmid) for pmid in found.pmids)
        )
        serve(store, search_id, claims)
    return search_id, row is not None


def already_searched(store: Store, query: str, limits: Limits, claims: Collection[int]) -> str | None:
    """When this search was last run to its end, or None. Claims that came since are entered as served by it."""
    row = store.conn.execute(
        "select id, ran_at from searches where query = ? and limits is ? and database = 'pubmed' and complete = 1 order by id desc",
        (query, limits.text()),
    ).fetchone()
    if row is None:
        return None
    with store.transaction():
        serve(store, row["id"], claims)
    return str(row["ran_at"])


def serve(store: Store, search_id: int, claims: Iterable[int]) -> None:
    """Write down which claims a search was run for. Call inside a transaction."""
    store.conn.executemany(
        "insert or ignore into claim_searches (claim_id, search_id) values (?, ?)",
        ((claim, search_id) for claim in claims),
    )


def _note(store: Store, search_id: int, pmids: Sequence[int]) -> None:
    """How far an unfinished search came."""
    with store.transaction() as conn:
        conn.execute("update searches set n_received = ? where id = ?", (len(in_map(store, pmids)), search_id))


def in_map(store: Store, pmids: Sequence[int]) -> dict[int, str]:
    """Those of some PMIDs that the map holds, with the digest of each record."""
    held: dict[int, str] = {}
    for start in range(0, len(pmids), MANY):
        part = pmids[start : start + MANY]
        marks = ",".join("?" * len(part))
        held.update(
            (row[0], row[1])
            for row in store.conn.execute(f"select pmid, digest from records where pmid in ({marks})", tuple(part))
        )
    return held


# ---------------------------------------------------------------- records


def fetch(store: Store, client: Client, pmids: Sequence[int], *, progress: Progress | None = None) -> Received:
    """Fetch these records, those in the map as well, and note them as a load. Raises ServiceError."""
    wanted = sorted(set(pmids))
    client.begin(["fetch", wanted])
    received = receive(store, client, wanted, progress)
    _log(store, wanted, received)
    client.finish()
    return received


def _log(store: Store, wanted: Sequence[int], received: Received) -> None:
    """Records that no search brought are "other sources" in a flow diagram: they count as a load."""
    lost = {**dict.fromkeys(received.missing, "PubMed does not give this record"), **received.rejected}
    asked = "\n".join(f"{pmid} {'lost' if pmid in lost else ''}" for pmid in wanted)
    digest = sha256(f"pmids\n{asked}".encode()).hexdigest()
    with store.transaction() as conn:
        if conn.execute("select 1 from loads where sha256 = ?", (digest,)).fetchone():
            return
        cursor = conn.execute(
            "insert into loads (name, sha256, format, n_read, n_new, n_updated, n_unchanged, n_rejected, source, loaded_at) values (?, ?, 'pmids', ?, ?, ?, ?, ?, 'PubMed', ?)",
            (
                f"{len(wanted)} PMIDs",
                digest,
                len(wanted),
                len(received.new),
                len(received.updated),
                len(received.unchanged),
                len(lost),
                clock.now(),
            ),
        )
        rows = ((cursor.lastrowid, pmid) for pmid in wanted if pmid not in lost)
        conn.executemany("insert into load_records (load_id, pmid) values (?, ?)", rows)
        rejects = ((cursor.lastrowid, position, str(pmid), lost[pmid]) for position, pmid in enumerate(sorted(lost), 1))
        conn.executemany("insert into load_rejects (load_id, position, item, reason) values (?, ?, ?, ?)", rejects)


def receive(store: Store, client: Client, pmids: Sequence[int], progress: Progress | None = None) -> Received:
    """Fetch and store, one transaction for each batch: what arrived stays. Raises ServiceError."""
    received, came = Received(len(pmids)), set[int]()
    asked, preparer = set(pmids), preparer_of(store) if pmids else None
    if progress and pmids:
        progress(0, len(pmids))
    try:
        for batch in client.fetch(pmids):
            records, rejected = _read(batch.body)
            received.rejected.update((pmid, why) for pmid, why in rejected.items() if pmid in asked)
            before = in_map(store, sorted(records))
            store_records(store, [records[pmid] for pmid in sorted(records)], preparer=preparer)
            after = in_map(store, sorted(records))
            for pmid in sorted(asked & after.keys() - came):
                kind = (
                    received.new
                    if pmid not in before
                    else received.unchanged
                    if before[pmid] == after[pmid]
                    else received.updated
                )
                kind.append(pmid)
            came |= after.keys()
            if progress:
                progress(len(came & asked), len(pmids))
    except ServiceError as error:
        raise ServiceError(
            f"{error}; {len(came & asked):,} of {len(pmids):,} records are stored", error.hint
        ) from error
    received.rejected = {pmid: why for pmid, why in received.rejected.items() if pmid not in came}
    if received.new or received.updated:
        _refresh(store)
    received.missing = tuple(pmid for pmid in sorted(asked) if pmid not in came and pmid not in received.rejected)
    return received


def _refresh(store: Store) -> None:
    """A record that came to be retracted, or has another level now, counts differently for the claims it bears on."""
    if store.value("select exists (select 1 from links) or exists (select 1 from decisions)"):
        with store.transaction():
            linking.refresh_evidence(store)


def _read(body: bytes) -> tuple[dict[int, Record], dict[int, str]]:
    """The records of a reply, of each its highest version; and what could not be read, with the reason."""
    records: dict[int, Record] = {}
    rejected: dict[int, str] = {}
    for item in pubmed.read_bytes(body, "PubMed's reply"):
        if isinstance(item, Record):
            held = records.get(item.pmid)
            if held is None or held.pmid_version < item.pmid_version:
                records[item.pmid] = item
        elif isinstance(item, pubmed.Rejected):
            number = re.search(r"\d{1,9}", item.item)
            if number:
                rejected[int(number[0])] = item.reason
    return records, rejected


def pmids_in(text: str) -> tuple[list[int], list[str]]:
    """PMIDs in a text, in order and once each: separated by blanks, commas or lines, with "PMID:" or without.

    Returns them, and the words that are none.
    """
    found, odd = [], []
    for word in re.sub(r"(?i)\bpmid\b\s*[:=]?", " ", text).replace(",", " ").replace(";", " ").split():
        if re.fullmatch(r"0*[1-9]\d{0,8}", word):
            found.append(int(word))
        else:
            odd.append(word)
    return list(dict.fromkeys(found)), odd
