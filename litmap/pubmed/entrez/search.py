"""All PMIDs of a query, however many: ESearch gives 9,999 at most, so a larger set is split until each part fits.

By PMID range, or by the day a record was created; never by publication date, which records share, lack and
change. Each split is checked: the counts of the parts must add up to the count of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from litmap.errors import InputError, ServiceError
from litmap.pubmed.entrez.client import AGAIN, Client

MOST = 9_999  # what ESearch hands out of one query; of exactly 10,000 it loses one without a word
SORTS = {"relevance": "relevance", "date": "pub_date", "author": "Author", "journal": "JournalName"}


@dataclass(frozen=True, slots=True)
class Found:
    """What PubMed found for a query."""

    term: str  # as it was sent
    count: int
    pmids: tuple[int, ...]  # ascending; fewer than `count` only where a limit was given
    translation: str
    phrases_not_found: tuple[str, ...]
    remarks: tuple[str, ...]


class _Axis(NamedTuple):
    """A whole-number line on which every record has one place."""

    low: int
    high: int
    first_cut: int  # where the records are thickest
    term: Callable[[int, int], str]


def _days(low: int, high: int) -> str:
    first, last = (date.fromordinal(day).strftime("%Y/%m/%d") for day in (low, high))
    return f'("{first}"[crdt] : "{last}"[crdt])'


# PMIDs have up to 9 digits; in 2026 the newest are near 42 million. Creation dates begin with the oldest file.
_AXES = (
    _Axis(1, 999_999_999, 1 << 25, lambda low, high: f"{low}:{high}[uid]"),
    _Axis(date(1900, 1, 1).toordinal(), date(2999, 12, 31).toordinal(), date(2015, 1, 1).toordinal(), _days),
)


class _Uneven(Exception):
    """The parts do not add up to the whole."""


def count(client: Client, term: str) -> Found:
    """Ask only how many there are. Raises InputError for a query that cannot be, ServiceError when PubMed fails."""
    head = client.search_once(_checked(term))
    return Found(term, head.count, (), head.translation, head.phrases_not_found, head.remarks)


def search(client: Client, term: str, *, limit: int | None = None, sort: str | None = None) -> Found:
    """Return every PMID of a query, or the first `limit` in the order `sort` (a key of SORTS).

    Raises InputError for a query PubMed does not accept, ServiceError when it fails or its counts contradict.
    """
    if sort and limit and limit > MOST:
        raise InputError(f"PubMed sorts only the first {MOST:,} records", "give a smaller --limit, or no --sort")
    most = MOST if limit is None else min(limit, MOST)
    head = client.search_once(_checked(term), most=most, sort=SORTS[sort] if sort else None)
    wanted = head.count if limit is None else min(limit, head.count)
    if wanted <= MOST:
        pmids = _rest(client, term, head.pmids, wanted, sort)
        if pmids is None:
            pmids = _split(client, term, head.count)
    else:
        pmids = _split(client, term, head.count)
    if len(pmids) > wanted:
        pmids = pmids[-wanted:] if wanted > MOST else pmids[:wanted]
    return Found(
        term, max(head.count, len(pmids)), tuple(sorted(pmids)), head.translation, head.phrases_not_found, head.remarks
    )


def _checked(term: str) -> str:
    if not term.strip():
        raise InputError("the query is empty", "say what to search for")
    return term


def _rest(client: Client, term: str, first: tuple[int, ...], wanted: int, sort: str | None) -> list[int] | None:
    """Page on where a server gave fewer PMIDs than asked for. None when some do not come that way."""
    got = dict.fromkeys(first)
    while len(got) < wanted:
        before = len(got)
        page = client.search_once(term, start=before, most=wanted - before, sort=SORTS[sort] if sort else None)
        got.update(dict.fromkeys(page.pmids))
        if len(got) == before:
            return None
    return list(got)[:wanted]


def _split(client: Client, term: str, total: int) -> list[int]:
    client.tell(f"{total:,} found, and PubMed gives {MOST:,} at most: asking for them in parts")
    for axis in _AXES:
        try:
            parts = [pmid for part in _parts(client, term, axis, axis.low, axis.high, total) for pmid in part]
        except _Uneven:
            continue
        return sorted(set(parts))
    client.journal.forget("esearch")
    raise ServiceError(f"PubMed counts {total:,} records, but its parts do not add up to that", AGAIN)


def _parts(client: Client, term: str, axis: _Axis, low: int, high: int, total: int) -> Iterator[list[int]]:
    """The PMIDs between two places, part by part. `total` is their count."""
    if total == 0:
        return
    asked = f"({term}) AND {axis.term(low, high)}"
    if total <= MOST:
        page = client.search_once(asked, most=MOST)
        pmids = _rest(client, asked, page.pmids, page.count, None) if page.count <= MOST else None
        if pmids is not None:
            yield pmids
            return
        total = page.count
    if low >= high:
        raise _Uneven
    cut = axis.first_cut if low < axis.first_cut < high else (low + high) // 2
    counts = [client.search_once(f"({term}) AND {axis.term(*ends)}").count for ends in ((low, cut), (cut + 1, high))]
    if sum(counts) != total and client.search_once(asked).count != sum(counts):
        raise _Uneven
    yield from _parts(client, term, axis, low, cut, counts[0])
    yield from _parts(client, term, axis, cut + 1, high, counts[1])
