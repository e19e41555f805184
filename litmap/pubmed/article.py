"""PubmedArticle -> Record, by tables of what to do with each element (NLM DTD 2011 to 2025)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from litmap.model import Chemical, Mesh, Record, Relation, Supplementary, Trial
from litmap.pubmed import dates, identifiers, parts
from litmap.pubmed.flatten import text
from litmap.pubmed.parts import Draft

if TYPE_CHECKING:
    from lxml.etree import _Element

_shared = lru_cache(20_000)(Mesh)  # the same headings come again and again
Step = Callable[["_Element", Draft], None]
MOST_TEXT = (
    2 << 20
)  # characters of title and abstracts; PubMed cuts abstracts at 10,000 words, and tagging takes 40 times the text in memory
_LISTS = (
    "sections",
    "publication_types",
    "keywords",
    "mesh",
    "chemicals",
    "supplementary",
    "trials",
    "grants",
    "relations",
    "authors",
)


def read(element: _Element) -> Record:
    """Make a Record of a PubmedArticle or a bare MedlineCitation. Raises ValueError (with the reason) for one that cannot be kept."""
    draft = empty()
    if element.tag == "MedlineCitation":
        _citation(element, draft)
    else:
        _each(element, _PUBMED_ARTICLE, draft)
    return finished(draft)


def empty() -> Draft:
    """Return a draft with nothing in it."""
    draft: Draft = {name: [] for name in _LISTS}
    draft["language"] = []
    draft["late"] = {}  # ELocationID and OtherID give way to the ArticleIdList, which comes after them
    draft["lone"] = None  # until 2013 an article had one affiliation, its first author's, in front of the authors
    return draft


def finished(draft: Draft) -> Record:
    """Close a draft. Raises ValueError when it has no usable PMID, or a text no record has."""
    if not draft.get("pmid"):
        raise ValueError("no PMID of 1 to 9 digits")
    if len(draft.get("title") or "") + sum(len(part.text) for part in draft["sections"]) > MOST_TEXT:
        raise ValueError(f"title and abstracts longer than {MOST_TEXT:,} characters, which no record of PubMed's is")
    for field, value in draft.pop("late").items():
        draft[field] = draft.get(field) or value
    if (house := draft.pop("lone")) and draft["authors"]:
        first = draft["authors"][0]
        draft["authors"][0] = first._replace(affiliations=(*first.affiliations, house))
    draft["title"] = draft.get("title") or draft.get("vernacular_title") or ""
    draft["journal_abbrev"] = draft.get("journal_abbrev") or draft.get("medline_ta")
    draft["abstract"] = parts.joined(draft["sections"])
    draft["language"] = ";".join(draft["language"]) or None
    draft["pub_year"] = dates.year_of(draft.get("pub_date"))
    for name in _LISTS:
        draft[name] = tuple(draft[name])
    return Record(**draft)


def _each(element: _Element, table: dict[str, Step], draft: Draft) -> None:
    find = table.get
    for child in element:
        step = find(child.tag)
        if step:
            step(child, draft)


def _text_to(field: str) -> Step:
    def step(element: _Element, draft: Draft) -> None:
        draft[field] = text(element)

    return step


def _date_to(field: str) -> Step:
    def step(element: _Element, draft: Draft) -> None:
        draft[field] = parts.date_parts(element)

    return step


def _into(table: dict[str, Step]) -> Step:
    def step(element: _Element, draft: Draft) -> None:
        _each(element, table, draft)

    return step


def _citation(element: _Element, draft: Draft) -> None:
    draft["status"] = element.get("Status")
    draft["indexing_method"] = element.get("IndexingMethod")
    _each(element, _CITATION, draft)


def _pmid(element: _Element, draft: Draft) -> None:
    draft["pmid"] = identifiers.pmid(element.text)
    draft["pmid_version"] = identifiers.version(element.get("Version"))


def _other_id(element: _Element, draft: Draft) -> None:
    if element.get("Source") == "NLM" and (found := text(element)):
        parts.own_id("pmc", found, draft["late"])


def _authors(element: _Element, draft: Draft) -> None:
    draft["authors"] += parts.authors(element)


def _language(element: _Element, draft: Draft) -> None:
    if found := text(element):
        draft["language"].append(found)


def _abstract(element: _Element, draft: Draft) -> None:
    draft["sections"] += parts.sections(element, "abstract")


def _other_abstract(element: _Element, draft: Draft) -> None:
    draft["sections"] += parts.sections(element, "other")


def _article_date(element: _Element, draft: Draft) -> None:
    if element.get("DateType", "Electronic") == "Electronic":
        draft["epub_date"] = parts.date_parts(element)


def _publication_types(element: _Element, draft: Draft) -> None:
    draft["publication_types"] += [
        found for child in element if child.tag == "PublicationType" and (found := parts.publication_type(child))
    ]


def _grants(element: _Element, draft: Draft) -> None:
    draft["grants"] += parts.grants(element)


def _data_banks(element: _Element, draft: Draft) -> None:
    for bank in element:
        registry = None
        for child in bank:
            if child.tag == "DataBankName":
                registry = text(child)
            elif child.tag == "AccessionNumberList" and identifiers.is_trial_registry(registry):
                draft["trials"] += [Trial(registry, number) for number in parts.words(child, "AccessionNumber")]


def _chemicals(element: _Element, draft: Draft) -> None:
    for child in element:
        number = name = None
        for part in child:
            if part.tag == "RegistryNumber":
                number = part.text
            elif part.tag == "NameOfSubstance":
                name = text(part)
        if name:
            draft["chemicals"].append(Chemical(number, name))


def _supplementary(element: _Element, draft: Draft) -> None:
    for child in element:
        if name := text(child):
            draft["supplementary"].append(Supplementary(child.get("UI"), name, child.get("Type")))


def _relations(element: _Element, draft: Draft) -> None:
    for child in element:
        kind = child.get("RefType")
        if child.tag == "CommentsCorrections" and kind:
            draft["relations"].append(_relation(kind, child))


def _old_relations(element: _Element, draft: Draft) -> None:
    """Until 2009 there was no list: each kind was an element of its own (CommentOn, RetractionIn), later an attribute."""
    if kind := element.get("RefType"):
        draft["relations"].append(_relation(kind, element))
    else:
        draft["relations"] += [_relation(child.tag, child) for child in element]


def _relation(kind: str, element: _Element) -> Relation:
    source = number = None
    for part in element:
        if part.tag == "PMID":
            number = identifiers.pmid(part.text)
        elif part.tag == "RefSource":
            source = text(part)
    return Relation(kind, number, source)


def _mesh(element: _Element, draft: Draft) -> None:
    rows = draft["mesh"]
    for child in element:
        ui = heading = None
        major = qualified = False
        for part in child:
            name = part.text
            if part.tag == "DescriptorName":
                ui, heading, major = part.get("UI"), name, part.get("MajorTopicYN") == "Y"
            elif part.tag == "QualifierName" and heading and name:
                rows.append(_shared(ui, heading, major, part.get("UI"), name, part.get("MajorTopicYN") == "Y"))
                qualified = True
        if heading and not qualified:
            rows.append(_shared(ui, heading, major))


def _keywords(element: _Element, draft: Draft) -> None:
    draft["keywords"] += parts.words(element, "Keyword")


_ISSUE: dict[str, Step] = {"Volume": _text_to("volume"), "Issue": _text_to("issue"), "PubDate": _date_to("pub_date")}
_JOURNAL: dict[str, Step] = {
    "ISSN": _text_to("issn"),
    "JournalIssue": _into(_ISSUE),
    "Title": _text_to("journal"),
    "ISOAbbreviation": _text_to("journal_abbrev"),
}
_ARTICLE: dict[str, Step] = {
    "Journal": _into(_JOURNAL),
    "ArticleTitle": _text_to("title"),
    "VernacularTitle": _text_to("vernacular_title"),
    "Pagination": parts.pagination,
    "ELocationID": parts.elocation,
    "Abstract": _abstract,
    "AuthorList": _authors,
    "Affiliation": _text_to("lone"),
    "Language": _language,
    "DataBankList": _data_banks,
    "GrantList": _grants,
    "PublicationTypeList": _publication_types,
    "ArticleDate": _article_date,
}
_JOURNAL_INFO: dict[str, Step] = {
    "Country": _text_to("country"),
    "MedlineTA": _text_to("medline_ta"),
    "NlmUniqueID": _text_to("nlm_unique_id"),
    "ISSNLinking": _text_to("issn_linking"),
}
_CITATION: dict[str, Step] = {
    "PMID": _pmid,
    "DateCompleted": _date_to("date_completed"),
    "DateRevised": _date_to("date_revised"),
    "Article": _into(_ARTICLE),
    "MedlineJournalInfo": _into(_JOURNAL_INFO),
    "ChemicalList": _chemicals,
    "SupplMeshList": _supplementary,
    "CommentsCorrectionsList": _relations,
    "CommentsCorrections": _old_relations,
    "MeshHeadingList": _mesh,
    "OtherID": _other_id,
    "OtherAbstract": _other_abstract,
    "KeywordList": _keywords,
}
_PUBMED_DATA: dict[str, Step] = {
    "PublicationStatus": _text_to("publication_status"),
    "ArticleIdList": parts.article_ids,
}
_PUBMED_ARTICLE: dict[str, Step] = {"MedlineCitation": _citation, "PubmedData": _into(_PUBMED_DATA)}
