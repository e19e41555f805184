"""What the fields of other programs mean, and where in them a PMID, a DOI or a PMCID hides.

Sources: the RIS specification (Research Information Systems, 2001) and how Zotero 6, EndNote 20, Rayyan and Covidence
fill it; their CSV headers; biblatex's manual (eprint fields).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from litmap.pubmed.identifiers import pmid as pmid_of

Fields = Sequence[tuple[str, str]]  # name in lower case, value; names may repeat

# What a field is, by its name in RIS, BibTeX or the header of a CSV file; the first that is filled is taken.
NAMES = {
    "title": "ti|t1|ct|title|article title|document title|primary title|reference title",
    "year": "py|y1|year|publication year|published year|pub year|year published|date|da|publication date",
    "journal": "jf|jo|t2|journal|journaltitle|publication title|journal/book|source title|secondary title|journal name|ja|j2|journal abbreviation|shortjournal",
    "volume": "vl|volume",
    "page": "sp|pages|start page|page start|page|first page",
    "author": "au|a1|authors|author|first author|author(s)|author names|author full names",
    "pmid": "pmid|pubmed_id|pubmed id|pubmedid|pubmed pmid|pubmed identifier|pubmed|pm|medline pmid",
    "doi": "do|doi|digital object identifier|article doi|di|doi link",
    "pmcid": "pmcid|pmc|pmc_id|pmc id",
    "accession": "an|accession number|accession|accession no|accession no.|accession_number|ui|unique identifier",
    "database": "db|dp|database|name of database|database provider|remote database name|database name|source database|archive",
    # The identifiers of other articles stand here.
    "silent": "ab|n2|abstract|abstract note|references|cited references|cr|bibliography|similar articles",
}
_ROLES = {name: role for role, names in NAMES.items() for name in names.split("|")}
_UNSEARCHED = ("title", "silent", "author", "year", "volume", "page")

_LINK = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed|europepmc\.org/(?:abstract|article)/med|pubmed\.gov)/(\d{1,9})(?!\d)"
    r"|ncbi\.nlm\.nih\.gov/\S*?[?&](?:list_uids|term|id)=(\d{1,9})(?!\d)|info:pmid/(\d{1,9})(?!\d)",
    re.I,
)
_LABELLED = re.compile(
    r"\bpmid[\W_]{0,3}(\d{1,9})(?![\d-])|\b(?:pubmed(?:[ _-]?(?:id|pmid))?|medline)\s?[:=#]\s?(\d{1,9})(?![\d-])", re.I
)
_PMC = re.compile(r"\bPMC[\s:]?(\d{3,9})(?!\d)", re.I)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>|]+", re.I)
_DOI_LABEL = re.compile(r"(?:\bdoi\b[\s:=]*|doi\.org/)$", re.I)
_DOI_ALONE = re.compile(r"(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.I)
_DOI_TAIL = re.compile(r"(?:/(?:full|abstract|pdf|epdf|fulltext|meta|summary))?(?:[?#].*)?$", re.I)
# What follows names another article than the one in hand.
_OTHERS = re.compile(
    r"\b(?:comment (?:in|on)|erratum (?:in|for)|corrected and republished|republished|retract\w+ (?:in|of)|update (?:in|of)|"
    r"expression of concern|summary for patients|original report|cites|cited (?:in|by)|reply to|see also)\b[^\n]*",
    re.I,
)
_PUBMEDS = re.compile(r"pubmed|medline|\bnlm\b|national library of medicine", re.I)
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")


class Reference(NamedTuple):
    """One reference of a list. Several PMIDs or DOIs mean that the row contradicts itself."""

    position: int  # in the file, from 1
    fields: tuple[tuple[str, str], ...]
    title: str | None
    year: int | None
    journal: str | None
    volume: str | None
    page: str | None  # the first
    author: str | None  # the first, as it stands
    pmids: tuple[int, ...]
    dois: tuple[str, ...]  # in lower case
    pmcids: tuple[str, ...]
    guess: int | None  # a bare accession number of a database that is not named: a PMID only if the title agrees

    @property
    def label(self) -> str:
        """How to name it to a person."""
        return self.title or ", ".join((*map(str, self.pmids), *self.dois, *self.pmcids)) or "(no title)"


def role(name: str) -> str | None:
    """Return what a field of this name is, or None."""
    return _ROLES.get(" ".join(name.casefold().split()))


def reference(position: int, fields: Fields) -> Reference:
    """Make a reference of fields as they stood in a file; the same fields always give the same."""
    by_role: dict[str, list[str]] = {}
    for name, value in fields:
        by_role.setdefault(role(name) or "", []).append(value.strip())

    def first(what: str) -> str | None:
        return next(filter(None, by_role.get(what, ())), None)

    searched = [(role(name), value) for name, value in fields if role(name) not in _UNSEARCHED]
    year, title, author = _YEAR.search(" ".join(by_role.get("year", ()))), first("title"), first("author")
    pmids, guess = _pmids(by_role, searched)
    return Reference(
        position,
        tuple(fields),
        " ".join(title.split()) if title else None,
        int(year[0]) if year else None,
        first("journal"),
        first("volume"),
        re.split(r"\s*[-\u2010-\u2014,;]", first("page") or "")[0] or None,
        re.split(r"\s*(?:;|\n|\band\b|&)\s*", author)[0] or None if author else None,
        pmids,
        _dois(searched),
        _once(f"PMC{found}" for _, value in searched for found in _PMC.findall(_own(value)))
        or _once(f"PMC{value}" for value in by_role.get("pmcid", ()) if value.isdecimal()),
        guess,
    )


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _own(value: str) -> str:
    return _OTHERS.sub("", value)


def _pmids(by_role: dict[str, list[str]], searched: list[tuple[str | None, str]]) -> tuple[tuple[int, ...], int | None]:
    """The PMIDs of the surest place that names any: its own field, an accession number of PubMed, a link, a note."""
    named = [pmid_of(value.lower().removeprefix("pmid").lstrip(": ")) for value in _parts(by_role, "pmid")]
    bare = [pmid_of(value) for value in _parts(by_role, "accession")]
    database = " ".join(by_role.get("database", ()))
    texts = [_own(value) for _, value in searched]
    linked = [pmid_of("".join(found)) for text in texts for found in _LINK.findall(text)]
    noted = [pmid_of("".join(found)) for text in texts for found in _LABELLED.findall(text)]
    for found in (named, bare if _PUBMEDS.search(database) else [], linked, noted):
        sure = tuple(dict.fromkeys(one for one in found if one))
        if sure:
            return sure, None
    return (), next((one for one in bare if one), None) if not database else None


def _parts(by_role: dict[str, list[str]], what: str) -> list[str]:
    return [part for value in by_role.get(what, ()) for part in re.split(r"[\s,;|]+(?=\d)", value)]


def _dois(searched: list[tuple[str | None, str]]) -> tuple[str, ...]:
    """The DOIs of the surest place that names any: its own field, after "doi", anywhere."""
    places: tuple[list[str], list[str], list[str]] = ([], [], [])
    for what, value in searched:
        text = _own(value).replace("%2F", "/").replace("%2f", "/")
        alone = _DOI_ALONE.fullmatch(text.strip()) if what == "doi" else None
        if alone:  # old ones hold <, > and #
            places[0].append(alone[1].rstrip(".,;").lower())
            continue
        for found in _DOI.finditer(text):
            place = 0 if what == "doi" else 1 if _DOI_LABEL.search(text[: found.start()]) else 2
            places[place].append(_doi(found[0]))
    return _once(next(filter(None, places), []))


def _doi(text: str) -> str:
    """A DOI without what follows it in a sentence or an address. Brackets belong to it when they are balanced."""
    text = _DOI_TAIL.sub("", text, count=1).rstrip(".,;:'\u201d\u2019")
    while text and text[-1] in ")]}" and text.count(text[-1]) > text.count({")": "(", "]": "[", "}": "{"}[text[-1]]):
        text = text[:-1].rstrip(".,;:'")
    return text.lower()
