"""The pieces that article and book records share: authors, keywords, dates, identifiers, abstracts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from litmap.model import Author, Grant, PublicationType, Section
from litmap.pubmed import dates, identifiers
from litmap.pubmed.flatten import text

if TYPE_CHECKING:
    from lxml.etree import _Element

Draft = dict[str, Any]  # a Record in the making: its keyword arguments
_NAMES = {"LastName": 0, "ForeName": 1, "FirstName": 1, "Initials": 2, "Suffix": 3, "CollectiveName": 4}
_shared = lru_cache(1_000)(PublicationType)  # few exist


def date_parts(element: _Element) -> str | None:
    """Read Year, Month, Day, Season, MedlineDate as an ISO date. A season has no month: its date is the year."""
    year = month = day = None
    for part in element:
        tag = part.tag
        if tag == "Year":
            year = part.text
        elif tag == "Month":
            month = part.text
        elif tag == "Day":
            day = part.text
        elif tag == "MedlineDate":
            return dates.from_text(part.text)
    return dates.iso(year, month and month.strip(), day and day.strip())


def authors(element: _Element) -> list[Author]:
    """Read an AuthorList. A name marked invalid is a misprint that the next entry corrects."""
    return [_author(child) for child in element if child.tag == "Author" and child.get("ValidYN") != "N"]


def _author(element: _Element) -> Author:
    names: list[str | None] = [None] * 5
    orcid = None
    affiliations: list[str] = []
    for child in element:
        tag = child.tag
        place = _NAMES.get(tag)
        if place is not None:
            names[place] = text(child)
        elif tag == "AffiliationInfo":
            affiliations += [found for part in child if part.tag == "Affiliation" and (found := text(part))]
        elif tag == "Identifier":
            if child.get("Source", "ORCID").upper() == "ORCID":
                orcid = orcid or identifiers.orcid(child.text)
        elif tag == "Affiliation" and (found := text(child)):  # before 2015
            affiliations.append(found)
    last, fore, initials, suffix, collective = names
    return Author(last, fore, initials, suffix, collective, orcid, tuple(affiliations))


def sections(element: _Element, kind: str) -> list[Section]:
    """Read the AbstractText elements of an Abstract or OtherAbstract."""
    return [
        Section(child.get("Label") or None, child.get("NlmCategory") or None, found, kind)
        for child in element
        if child.tag == "AbstractText" and (found := text(child))
    ]


def joined(found: Iterable[Section]) -> str | None:
    """Join the sections of kind "abstract" by newlines, each behind its label. "Unlabelled" is no label."""
    lines = [
        f"{part.label}: {part.text}" if part.label and part.label.upper() != "UNLABELLED" else part.text
        for part in found
        if part.kind == "abstract"
    ]
    return "\n".join(lines) or None


def words(element: _Element, tag: str) -> list[str]:
    """Return the texts of the children with this tag."""
    return [found for child in element if child.tag == tag and (found := text(child))]


def publication_type(element: _Element) -> PublicationType | None:
    """Read one PublicationType."""
    name = text(element)
    return _shared(element.get("UI"), name) if name else None


def grants(element: _Element) -> list[Grant]:
    """Read a GrantList; an empty Grant is dropped."""
    found = []
    for child in element:
        parts = {part.tag: text(part) for part in child}
        if any(parts.values()):
            found.append(Grant(parts.get("GrantID"), parts.get("Agency"), parts.get("Country")))
    return found


def article_ids(element: _Element, draft: Draft) -> None:
    """Read the record's own ArticleIdList; those in a ReferenceList belong to other works."""
    for child in element:
        if child.tag == "ArticleId" and (found := text(child)):
            own_id(child.get("IdType"), found, draft)


def own_id(kind: str | None, value: str, draft: Draft) -> None:
    """Keep an identifier of the record itself, unless an earlier place gave one."""
    if kind == "doi":
        _first(draft, "doi", identifiers.doi(value))
    elif kind in ("pmc", "pmcid"):
        _first(draft, "pmcid", identifiers.pmcid(value))
    elif kind == "pii":
        _first(draft, "pii", value)


def elocation(element: _Element, draft: Draft) -> None:
    """Read an ELocationID, unless it is marked invalid."""
    if element.get("ValidYN") != "N" and (found := text(element)):
        own_id(element.get("EIdType"), found, draft["late"])


def pagination(element: _Element, draft: Draft) -> None:
    """Read a Pagination: MedlinePgn as it stands, else first and last page."""
    found = {child.tag: text(child) for child in element}
    first, last = found.get("StartPage"), found.get("EndPage")
    draft["pages"] = found.get("MedlinePgn") or (f"{first}-{last}" if first and last else first)


def _first(draft: Draft, field: str, value: str | None) -> None:
    if value and not draft.get(field):
        draft[field] = value
