"""Which record of the map a reference of somebody's list is: by PMID, DOI, PMCID, or title and year.

No match is better than a wrong one: what contradicts itself or fits two records is ambiguous, with the reason.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from litmap.pubmed.lists import Reference

MATCHED, TO_FETCH, UNMATCHED, AMBIGUOUS = "matched", "to-fetch", "unmatched", "ambiguous"
TELLING = 3  # words that a title needs to be one's only name: "In reply" is many articles
ALIKE = 0.5  # share of the shorter title's words in the longer one, below which these are two articles
YEARS = 1  # on line in December, in print in January


class Verdict(NamedTuple):
    status: str
    pmid: int | None  # the record, or the one to fetch
    reason: str


class Held(NamedTuple):
    """What of a record tells whether it is the one."""

    pmid: int
    title: str
    vernacular: str | None
    year: int | None
    doi: str | None
    pmcid: str | None
    author: str | None  # surname of the first


class Index:
    """The records of a map, or some of them, by all that identifies them."""

    def __init__(self, conn: sqlite3.Connection, pmids: Collection[int] | None = None) -> None:
        self.by_pmid: dict[int, Held] = {}
        self.by_doi: dict[str, list[int]] = defaultdict(list)
        self.by_pmcid: dict[str, list[int]] = defaultdict(list)
        self.by_title: dict[str, list[int]] = defaultdict(list)
        sql = (
            "select r.pmid, r.title, r.vernacular_title, r.pub_year, lower(r.doi), r.pmcid,"
            " (select last_name from record_authors a where a.pmid = r.pmid order by position limit 1) from records r"
        )
        if pmids is None:
            found = conn.execute(f"{sql} order by r.pmid").fetchall()
        else:
            found = [row for pmid in sorted(pmids) for row in conn.execute(f"{sql} where r.pmid = ?", (pmid,))]
        for row in found:
            self._add(Held(*row))

    def _add(self, one: Held) -> None:
        self.by_pmid[one.pmid] = one
        for key, index in ((one.doi, self.by_doi), (one.pmcid, self.by_pmcid)):
            if key:
                index[key].append(one.pmid)
        for title in {plain(one.title), plain(one.vernacular)} - {""}:
            self.by_title[title].append(one.pmid)

    def touches(self, one: Reference, pmid: int | None) -> bool:
        """Whether any of these records could be the reference."""
        return (
            any(number in self.by_pmid for number in (*one.pmids, pmid, one.guess) if number)
            or any(doi in self.by_doi for doi in one.dois)
            or any(pmcid in self.by_pmcid for pmcid in one.pmcids)
            or plain(one.title) in self.by_title
        )


def plain(title: str | None) -> str:
    """A title without marks, accents, tags, case and punctuation."""
    text = unicodedata.normalize("NFKD", re.sub(r"</?[a-zA-Z]+/?>", "", title or "")).casefold()
    return " ".join(re.findall(r"\w+", "".join(char for char in text if not unicodedata.combining(char))))


def judge(one: Reference, index: Index, resolved: int | None = None) -> Verdict:
    """Say which record a reference is. `resolved` is a PMID that PubMed gave for it."""
    by_doi = {pmid for doi in one.dois for pmid in index.by_doi.get(doi, ())}
    pmids = one.pmids or ((resolved,) if resolved else ())
    if len(pmids) > 1:
        sure = by_doi.intersection(pmids)
        if len(sure) == 1:
            return Verdict(MATCHED, sure.pop(), "PMID and DOI")
        return Verdict(AMBIGUOUS, None, f"names several PMIDs: {', '.join(map(str, pmids))}")
    if pmids:
        return _by_pmid(one, index, pmids[0], by_doi)
    by_pmcid = {pmid for pmcid in one.pmcids for pmid in index.by_pmcid.get(pmcid, ())}
    for found, how in ((by_doi, "DOI"), (by_pmcid, "PMCID")):
        if found:
            return _by_identifier(one, index, found, how)
    return _by_title(one, index)


def _by_pmid(one: Reference, index: Index, pmid: int, by_doi: set[int]) -> Verdict:
    held = index.by_pmid.get(pmid)
    others = sorted(by_doi - {pmid})
    if others and pmid not in by_doi:
        return Verdict(AMBIGUOUS, None, f"its PMID is {pmid}, its DOI that of PMID {others[0]}")
    if held is None:
        return Verdict(TO_FETCH, pmid, f"PMID {pmid} is not in the map")
    if pmid not in by_doi and not alike(one.title, held):
        return Verdict(AMBIGUOUS, None, f"PMID {pmid} has another title: {held.title}")
    return Verdict(MATCHED, pmid, "PMID")


def _by_identifier(one: Reference, index: Index, found: set[int], how: str) -> Verdict:
    fitting = sorted(pmid for pmid in found if alike(one.title, index.by_pmid[pmid]))
    same = [pmid for pmid in fitting if plain(one.title) == plain(index.by_pmid[pmid].title)]
    if len(fitting) == 1 or len(same) == 1:
        return Verdict(MATCHED, (same or fitting)[0], how)
    if not fitting:
        first = index.by_pmid[min(found)]
        return Verdict(
            AMBIGUOUS, None, f"the {how} is that of PMID {first.pmid}, which has another title: {first.title}"
        )
    return Verdict(AMBIGUOUS, None, f"the {how} is that of several records: PMID {', '.join(map(str, fitting))}")


def _by_title(one: Reference, index: Index) -> Verdict:
    missing = (
        "its DOI is not in the map" if one.dois else "its PMCID is not in the map" if one.pmcids else "no PMID or DOI"
    )
    title = plain(one.title)
    same = [index.by_pmid[pmid] for pmid in index.by_title.get(title, ())] if title else []
    if one.guess in {held.pmid for held in same}:
        return Verdict(MATCHED, one.guess, "accession number and title")
    near = [held for held in same if one.year and held.year and abs(held.year - one.year) <= YEARS]
    if not near or len(title.split()) < TELLING:
        return Verdict(UNMATCHED, None, f"{missing}, nor an article of its title and year" if title else missing)
    fitting = [held for held in near if not _differs(one, held)]
    if len(fitting) == 1:
        return Verdict(MATCHED, fitting[0].pmid, "title and year")
    numbers = ", ".join(str(held.pmid) for held in near)
    if fitting:
        return Verdict(AMBIGUOUS, None, f"several records of its title and year: PMID {numbers}")
    return Verdict(AMBIGUOUS, None, f"its title and year are those of PMID {numbers}, its DOI or first author is not")


def _differs(one: Reference, held: Held) -> bool:
    """Whether a DOI or the first author says that an article of the same title is another."""
    if one.dois and held.doi and held.doi not in one.dois:
        return True
    return bool(one.author and held.author and not set(plain(held.author).split()) & set(plain(one.author).split()))


def alike(title: str | None, held: Held) -> bool:
    """Whether two titles can be one article's: shortened, or translated in the record. A row without a title can be any."""
    mine = set(plain(title).split())
    for other in (held.title, held.vernacular):
        theirs = set(plain(other).split())
        if not mine or not theirs or len(mine & theirs) >= ALIKE * min(len(mine), len(theirs)):
            return bool(other) or not mine
    return False
