"""The fields of one MEDLINE record -> Record, by tables of what each field means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from litmap.model import Author, Chemical, Grant, Mesh, PublicationType, Record, Relation, Section, Supplementary, Trial
from litmap.pubmed import dates, identifiers, parts
from litmap.pubmed.article import empty, finished
from litmap.pubmed.parts import Draft

Fields = Iterable[tuple[str, str]]
Step = Callable[[str, Draft], None]

RELATIONS = {  # field -> PubMed's RefType
    "CIN": "CommentIn", "CON": "CommentOn", "CRI": "CorrectedandRepublishedIn", "CRF": "CorrectedandRepublishedFrom",
    "DDIN": "AssociatedDataset", "DRIN": "AssociatedPublication", "ECI": "ExpressionOfConcernIn", "ECF": "ExpressionOfConcernFor",
    "EIN": "ErratumIn", "EFR": "ErratumFor", "ORI": "OriginalReportIn", "PRIN": "PartialRetractionIn", "PROF": "PartialRetractionOf",
    "RIN": "RetractionIn", "ROF": "RetractionOf", "RPI": "RepublishedIn", "RPF": "RepublishedFrom", "RRI": "RetractedandRepublishedIn",
    "RRF": "RetractedandRepublishedFrom", "SPIN": "SummaryForPatientsIn", "UIN": "UpdateIn", "UOF": "UpdateOf",
}  # fmt: skip
_KIND = re.compile(r"(.*?)\s*\[([a-z]+)\]$")
_RELATED = re.compile(r"[.;]?\s*PMID:?\s*(\d{1,9})\b.*$")
_ISSN = re.compile(r"(\d{4}-\d{3}[\dxX])\s*(?:\((\w+)\))?")
_CHEMICAL = re.compile(r"((?:EC )?\S+) \((.*)\)$")
_LABEL = re.compile(r"(?:^|(?<=[.?!)\]%>] ))([A-Z][A-Z0-9 ,/&()'-]{2,60}): (?=\S)")
_ACRONYM = re.compile(r"[A-Z]{2}")
_INITIALS = re.compile(
    r"[^\W\d_a-z][a-z]?(?:[^\W\d_a-z][a-z]?){0,4}"
)  # also "IuA" and "Zh", as NLM writes Russian names
_SUFFIX = re.compile(r"^(Jr|Sr|[2-9](?:nd|rd|th)|II|III|IV|V)\.?$")


def record(fields: Fields) -> Record:
    """Make a Record of one block of fields. Raises ValueError (with the reason) for one that cannot be kept."""
    draft = empty()
    people = _People()
    for tag, value in fields:
        if not value or people.take(tag, value):
            continue
        if step := _STEPS.get(tag):
            step(value, draft)
        elif kind := RELATIONS.get(tag):
            draft["relations"].append(_relation(kind, value))
    draft["authors"] = people.authors or people.editors
    draft["form"] = "nbib"
    collection = draft.pop("collection", None)
    if book := draft.pop("book_title", None):  # a chapter's journal is its book, a book's the series
        draft["journal"] = draft.get("journal") or (book if draft.get("title") else collection)
        draft["title"] = draft.get("title") or book
        draft["country"] = None  # of a book, PL is the publisher's town
    return finished(draft)


class _People:
    """Gathers authors from their blocks: FAU, AU, AUID and AD lines in a row belong to one person."""

    def __init__(self) -> None:
        self.authors: list[Author] = []
        self.editors: list[Author] = []
        self._current: list[Author] | None = self.authors
        self._full = False
        self._house: str | None = None  # an AD line in front of all authors, as it stood until 2013: the first author's

    def take(self, tag: str, value: str) -> bool:
        """Use a field that is about people; return False for any other."""
        if tag in ("FAU", "FED"):
            self._current = self.authors if tag == "FAU" else self.editors
            self._current.append(_full_name(value))
            self._full = True
        elif tag in ("AU", "ED"):
            self._short(value, self.authors if tag == "AU" else self.editors)
        elif tag == "CN":
            self._current = self.authors
            self._current.append(Author(None, None, None, collective_name=value))
        elif tag in ("FIR", "IR"):  # investigators: not authors, and the next AD is theirs
            self._current = None
        elif tag in ("AUID", "AD"):
            self._add(tag, value)
        else:
            return False
        if self._house and self.authors:
            self.authors[0] = self.authors[0]._replace(affiliations=(self._house,))
            self._house = None
        return True

    def _short(self, value: str, people: list[Author]) -> None:
        """An AU line completes the FAU before it, or stands alone in old records."""
        self._current = people
        known = people[-1] if self._full and people else None
        last, initials, suffix = _short_name(value, known.last_name if known else None)
        if known:
            fore = known.fore_name
            if suffix and fore and fore.endswith(f" {suffix}"):
                fore = fore.removesuffix(f" {suffix}")
            people[-1] = known._replace(fore_name=fore, initials=initials, suffix=suffix)
        else:
            people.append(Author(last, None, initials, suffix))
        self._full = False

    def _add(self, tag: str, value: str) -> None:
        if not self._current:
            if tag == "AD" and self._current is not None and not self.editors:
                self._house = value
            return
        last = self._current[-1]
        if tag == "AUID":
            scheme, _colon, number = value.partition(":")
            if "orcid" in value.lower() or not number or scheme.isdecimal():  # not ISNI, which has as many digits
                self._current[-1] = last._replace(orcid=last.orcid or identifiers.orcid(value))
        else:
            self._current[-1] = last._replace(affiliations=(*last.affiliations, value))


def _full_name(value: str) -> Author:
    last, _comma, fore = value.partition(", ")
    return Author(last, fore or None, None)


def _short_name(value: str, last: str | None) -> tuple[str, str | None, str | None]:
    """Last name, initials and suffix of an AU line; `last` is the name that the FAU line before it gives."""
    words = value.split()
    suffix = words.pop() if len(words) > 2 and _SUFFIX.match(words[-1]) else None
    if last and words[: len(last.split())] == last.split():
        return last, " ".join(words[len(last.split()) :]) or None, suffix
    short = len(words) > 1 and (words[-1].isupper() or _INITIALS.fullmatch(words[-1]))
    initials = words.pop() if short else None
    return " ".join(words), initials, suffix


def _relation(kind: str, value: str) -> Relation:
    found = _RELATED.search(value)
    citation = value[: found.start()] if found else value
    return Relation(kind, identifiers.pmid(found[1]) if found else None, citation.strip() or None)


def _to(field: str) -> Step:
    def step(value: str, draft: Draft) -> None:
        draft[field] = draft.get(field) or " ".join(value.split())

    return step


def _date(field: str, read: Callable[[str], str | None]) -> Step:
    def step(value: str, draft: Draft) -> None:
        draft[field] = draft.get(field) or read(value)

    return step


def _pmid(value: str, draft: Draft) -> None:
    draft["pmid"] = identifiers.pmid(value)


def _own_id(place: str) -> Step:
    """AID is the ArticleIdList, LID the ELocationID: "10.1000/182 [doi]"."""

    def step(value: str, draft: Draft) -> None:
        if found := _KIND.match(value):
            parts.own_id(found[2], found[1], draft["late"] if place == "LID" else draft)

    return step


def _pmc(value: str, draft: Draft) -> None:
    parts.own_id("pmc", value, draft)


def _issn(value: str, draft: Draft) -> None:
    if found := _ISSN.match(value):
        field = "issn_linking" if found[2] == "Linking" else "issn"
        draft[field] = draft.get(field) or found[1]


def _abstract(kind: str) -> Step:
    """A structured abstract is one line of "LABEL: text": cut at labels in capitals, if it begins with one."""

    def step(value: str, draft: Draft) -> None:
        words = " ".join(value.split())
        marks = list(_LABEL.finditer(words))
        if not marks or marks[0].start():
            draft["sections"].append(Section(None, None, words, kind))
            return
        ends = [mark.start() for mark in marks[1:]] + [len(words)]
        for mark, end in zip(marks, ends, strict=True):
            draft["sections"].append(Section(mark[1], None, words[mark.end() : end].strip(), kind))

    return step


def _language(value: str, draft: Draft) -> None:
    draft["language"].append(value)


def _mesh(value: str, draft: Draft) -> None:
    heading, *qualifiers = value.split("/")
    major, name = heading.startswith("*"), heading.removeprefix("*")
    if not qualifiers:
        draft["mesh"].append(Mesh(None, name, major))
    for qualifier in qualifiers:
        draft["mesh"].append(Mesh(None, name, major, None, qualifier.removeprefix("*"), qualifier.startswith("*")))


def _chemical(value: str, draft: Draft) -> None:
    found = _CHEMICAL.match(value)
    draft["chemicals"].append(Chemical(found[1], found[2]) if found else Chemical(None, value))


def _trial(value: str, draft: Draft) -> None:
    registry, slash, number = value.partition("/")
    if slash and number and identifiers.is_trial_registry(registry):
        draft["trials"].append(Trial(registry, number))


def _grant(value: str, draft: Draft) -> None:
    """ID/Acronym/Agency/Country, of which the first two may be missing and an ID may hold slashes."""
    pieces = value.split("/")
    if len(pieces) >= 4:
        draft["grants"].append(Grant("/".join(pieces[:-3]) or None, pieces[-2] or None, pieces[-1] or None))
    elif len(pieces) == 3 and _ACRONYM.fullmatch(pieces[1]):  # until 2005 without a country
        draft["grants"].append(Grant(pieces[0] or None, pieces[2] or None, None))
    elif len(pieces) == 3:
        draft["grants"].append(Grant(pieces[0] or None, pieces[1] or None, pieces[2] or None))
    else:
        draft["grants"].append(Grant(None, pieces[0] or None, pieces[1] if len(pieces) > 1 else None))


_STEPS: dict[str, Step] = {
    "PMID": _pmid,
    "STAT": _to("status"),
    "DCOM": _date("date_completed", dates.compact),
    "LR": _date("date_revised", dates.compact),
    "DRDT": _date("date_revised", dates.compact),  # of a book
    "DEP": _date("epub_date", dates.compact),
    "DP": _date("pub_date", dates.from_text),
    "IS": _issn,
    "VI": _to("volume"),
    "IP": _to("issue"),
    "PG": _to("pages"),
    "TI": _to("title"),
    "TT": _to("vernacular_title"),
    "BTI": _to("book_title"),
    "CTI": _to("collection"),
    "AB": _abstract("abstract"),
    "OAB": _abstract("other"),
    "LA": _language,
    "JT": _to("journal"),
    "TA": _to("medline_ta"),
    "JID": _to("nlm_unique_id"),
    "PL": _to("country"),
    "PST": _to("publication_status"),
    "PMC": _pmc,
    "AID": _own_id("AID"),
    "LID": _own_id("LID"),
    "PT": lambda value, draft: draft["publication_types"].append(PublicationType(None, value)),
    "OT": lambda value, draft: draft["keywords"].append(value.removeprefix("*")),
    "MH": _mesh,
    "RN": _chemical,
    "NM": lambda value, draft: draft["supplementary"].append(Supplementary(None, value, None)),
    "SI": _trial,
    "GR": _grant,
}
