"""litmap doctor: is the file sound, and does it still say what was put in?"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from litmap.ingest import stored
from litmap.ingest.rows import digest_of
from litmap.store import Store
from litmap.wording import counted

SHOWN = 5  # problems named for each check; the rest are counted


@dataclass(frozen=True)
class Check:
    """One check: what was looked at, how many problems, and the first few by name."""

    name: str
    looked_at: int
    problems: int
    examples: tuple[str, ...] = ()
    skipped: str = ""  # why it could not be made

    @property
    def result(self) -> str:
        """One word or two for a table."""
        return f"skipped: {self.skipped}" if self.skipped else counted(self.problems, "problem") if self.problems else "ok"


Finder = Callable[[Store], tuple[int, Iterator[str]]]


def examine(store: Store) -> list[Check]:
    """Make all checks. Writes nothing; the full-text checks need a file that could be written."""
    checks = []
    for name, finder in CHECKS.items():
        if name.startswith("full-text") and store.read_only:
            checks.append(Check(name, 0, 0, skipped="the file is open for reading only"))
            continue
        looked_at, problems = finder(store)
        first = tuple(islice(problems, SHOWN))
        checks.append(Check(name, looked_at, len(first) + sum(1 for _ in problems), first))
    return checks


def _pages(store: Store) -> tuple[int, Iterator[str]]:
    found = (str(row[0]) for row in store.conn.execute("pragma integrity_check") if row[0] != "ok")
    return int(store.value("pragma page_count")), found


def _foreign_keys(store: Store) -> tuple[int, Iterator[str]]:
    tables = int(store.value("select count(*) from sqlite_master where type = 'table'"))
    found = (
        f"{row[0]} row {row[1]} names a missing row of {row[2]}"
        for row in store.conn.execute("pragma foreign_key_check")
    )
    return tables, found


def _full_text(index: str, table: str) -> Finder:
    def find(store: Store) -> tuple[int, Iterator[str]]:
        count = int(store.value(f"select count(*) from {table}"))
        indexed = int(store.value(f"select count(*) from {index}_docsize"))
        problems = [f"{index} holds {indexed} rows, {table} {count}"] if count != indexed else []
        store.conn.execute("begin immediate")
        try:  # an insert by name only: FTS5 compares index and content
            store.conn.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            problems.append(f"{index} differs from {table}: {error}")
        finally:
            store.conn.execute("rollback")
        return count, iter(problems)

    return find


def _quotes(store: Store) -> tuple[int, Iterator[str]]:
    """text[start:end] == quote, in every version a claim stood in. Python counts characters as the offsets do."""

    def find() -> Iterator[str]:
        for document in store.conn.execute("select id, source, version, text from documents order by id"):
            occurrences = store.conn.execute(
                'select c.key, c.text, o.start, o."end" from claim_occurrences o join claims c on c.id = o.claim_id where o.document_id = ?',
                (document["id"],),
            )
            for key, text, start, end in occurrences:
                if document["text"][start:end] != text:
                    yield f"claim {key} is not what stands at {start} to {end} of {document['source']}, version {document['version']}"

    return int(store.value("select count(*) from claim_occurrences")), find()


def _records(store: Store) -> tuple[int, Iterator[str]]:
    def find() -> Iterator[str]:
        digests = dict(store.conn.execute("select pmid, digest from records"))
        for record in stored.records(store):
            if digest_of(record) != digests[record.pmid]:
                yield f"PMID {record.pmid} is not as it was loaded"

    return int(store.value("select count(*) from records")), find()


def _counts(store: Store) -> tuple[int, Iterator[str]]:
    """Counts that must agree with the rows they count."""

    def find() -> Iterator[str]:
        for load in store.conn.execute(
            "select id, name, n_read, n_new + n_updated + n_unchanged + n_rejected as total, n_rejected from loads order by id"
        ):
            rejects = store.value("select count(*) from load_rejects where load_id = ?", load["id"])
            if load["n_read"] != load["total"] or load["n_rejected"] != rejects:
                yield f"load {load['id']} ({load['name']}): the counts do not add up"
        for search in store.conn.execute(
            "select id, n_received, json_array_length(missing) as n_missing, complete from searches order by id"
        ):
            noted = store.value("select count(*) from search_records where search_id = ?", search["id"])
            received, missing = search["n_received"], search["n_missing"]
            if noted != received + missing if search["complete"] else noted < received:  # a stopped run has not counted yet
                yield f"search {search['id']}: {noted} found, but {received} received and {missing} missing"
        for source, current in store.conn.execute(
            "select source, sum(current) from documents group by source having sum(current) <> 1 order by source"
        ):
            yield f"{source} has {current} current versions"

    looked_at = store.value(
        "select (select count(*) from loads) + (select count(*) from searches) + (select count(distinct source) from documents)"
    )
    return int(looked_at), find()


def _levels(store: Store) -> tuple[int, Iterator[str]]:
    """A retracted record, a notice and a deleted record carry no level; any other carries its design's."""
    wrong = store.conn.execute(
        "select pmid from records where level is not case when integrity in ('retracted', 'notice') or status = 'Deleted' then null else level_by_design end order by pmid"
    )
    return int(store.value("select count(*) from records")), (
        f"PMID {row[0]}: its level does not follow from design and integrity" for row in wrong
    )


CHECKS: dict[str, Finder] = {
    "file": _pages,
    "foreign keys": _foreign_keys,
    "full-text index of records": _full_text("records_fts", "records"),
    "full-text index of claims": _full_text("claims_fts", "claims"),
    "quotes": _quotes,
    "records": _records,
    "levels": _levels,
    "counts": _counts,
}
