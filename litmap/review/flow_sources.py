"""Where the records of a map come from: searches and files of searches, or other sources."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from litmap.errors import LitmapError

DATABASES, OTHER = "databases", "other"
NAMES = {"pubmed": "PubMed"}
LONG_TITLE = 30  # characters; a shorter title may be that of two papers
FILES, GIVEN, UNKNOWN = "files loaded without a search", "PMIDs given one by one", "origin not recorded"


@dataclass(frozen=True, slots=True)
class Source:
    """One search (all its runs), or one load.

    identified = items with a PMID, repeated ones too + `lost`, which have no usable record.
    """

    stream: str  # databases | other
    name: str  # of the database, or FILES, GIVEN, UNKNOWN
    detail: str  # the query, or the file's name
    identified: int
    pmids: frozenset[int]
    lost: int = 0
    note: str = ""

    @property
    def repeats(self) -> int:
        """Items that repeat another of the same source."""
        return self.identified - self.lost - len(self.pmids)


def read(conn: sqlite3.Connection) -> list[Source]:
    """Return all sources, searches first, in the order they were run or loaded. Raises LitmapError when their counts contradict each other."""
    found = [*_searches(conn), *_loads(conn)]
    known = frozenset().union(*(source.pmids for source in found))
    held = {row[0] for row in conn.execute("select pmid from records union select pmid from decisions")}
    if held - known:
        found.append(Source(OTHER, UNKNOWN, "", len(held - known), frozenset(held - known)))
    for source in found:
        if source.repeats < 0:
            boxes = (
                f"identified from {source.name} ({source.identified})",
                f"its records ({len(source.pmids)}) and rejected items ({source.lost})",
            )
            raise LitmapError(
                f"these boxes do not add up: {boxes[0]}; {boxes[1]}", "check the file: litmap doctor DATABASE"
            )
    return found


def _searches(conn: sqlite3.Connection) -> Iterator[Source]:
    """One source for each query; what later runs found again is no further record."""
    pmids: dict[int, set[int]] = defaultdict(set)
    for search_id, pmid in conn.execute("select search_id, pmid from search_records"):
        pmids[search_id].add(pmid)
    runs: dict[tuple[str, str, str | None], list[sqlite3.Row]] = {}
    for row in conn.execute(
        "select id, query, database, limits, count, n_received, missing, complete from searches order by id"
    ):
        _check_search(row, len(pmids[row["id"]]))
        runs.setdefault((row["database"], row["query"], row["limits"]), []).append(row)
    for (database, query, _limits), rows in runs.items():
        found = frozenset().union(*(pmids[row["id"]] for row in rows))
        name = NAMES.get(database, database)
        yield Source(DATABASES, name, query, len(found), found, note=_search_note(rows[-1], len(pmids[rows[-1]["id"]])))


def _check_search(row: sqlite3.Row, listed: int) -> None:
    missing = len(json.loads(row["missing"]))
    if row["complete"] and row["n_received"] + missing != listed:
        raise LitmapError(
            f"these boxes do not add up: search {row['id']} found {listed}, but received {row['n_received']} + missing {missing}",
            "check the file: litmap doctor DATABASE",
        )


def _search_note(last: sqlite3.Row, listed: int) -> str:
    if not last["complete"]:
        return f"the search {last['query']!r} did not come to its end: run it again"
    if last["limits"] and last["count"] > listed:
        return f"the search {last['query']!r} was limited: PubMed has {last['count']}, {listed} were taken"
    return ""


def _loads(conn: sqlite3.Connection) -> Iterator[Source]:
    pmids: dict[int, set[int]] = defaultdict(set)
    for load_id, pmid in conn.execute("select load_id, pmid from load_records"):
        pmids[load_id].add(pmid)
    lost = _rejects(conn, pmids)
    listed, unknown = _references(conn)
    known = frozenset[int]().union(*listed.values())
    for row in conn.execute("select id, name, format, n_read, source, searched_on, query from loads order by id"):
        stream, name = _origin(row)
        found = frozenset(pmids[row["id"]] | listed[row["id"]])
        identified = row["n_read"]
        if name == GIVEN:  # what was fetched for a list of references was identified by that list
            identified -= len(found & known)
            found -= known
        if identified:
            yield Source(
                stream, name, row["query"] or row["name"], identified, found, lost[row["id"]] + unknown[row["id"]]
            )


def _references(conn: sqlite3.Connection) -> tuple[Mapping[int, set[int]], Mapping[int, int]]:
    """The PMIDs that lists of references name, and how many rows have none, by load. loads.n_read counts every row.

    A row without a PMID that an earlier one has too (the same DOI, or the same long title and year) is a duplicate of it, and
    not counted as unknown.
    """
    listed: dict[int, set[int]] = defaultdict(set)
    unknown: dict[int, int] = defaultdict(int)
    seen: set[tuple[str, int | None]] = set()
    for load_id, title, year, doi, pmid in conn.execute(
        "select load_id, title, year, doi, coalesce(matched_pmid, case status when 'to-fetch' then pmid end) from references_in"
        " where load_id is not null order by id"
    ):
        if pmid is not None:
            listed[load_id].add(pmid)
            continue
        words = " ".join(re.findall(r"\w+", (title or "").casefold()))
        named = (doi.casefold(), None) if doi else (words, year) if len(words) >= LONG_TITLE else None
        unknown[load_id] += named is None or named not in seen
        seen |= {named} if named else set()
    return listed, unknown


def _rejects(conn: sqlite3.Connection, pmids: Mapping[int, set[int]]) -> Mapping[int, int]:
    """Count rejected items by load. A PMID that was asked for by itself stays one, so that asking twice counts it once."""
    lost: dict[int, int] = defaultdict(int)
    sql = "select r.load_id, r.item, l.format from load_rejects r join loads l on l.id = r.load_id order by r.load_id, r.position"
    for load_id, item, form in conn.execute(sql):
        if form == "pmids" and item.isascii() and item.isdigit():
            pmids[load_id].add(int(item))
        else:
            lost[load_id] += 1
    return lost


def _origin(row: sqlite3.Row) -> tuple[str, str]:
    """A file counts as a search of a database when it was loaded with the query or the day of one."""
    if row["query"] or row["searched_on"]:
        return DATABASES, row["source"] or "PubMed"
    return OTHER, GIVEN if row["format"] == "pmids" else FILES
