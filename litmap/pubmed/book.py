"""PubmedBookArticle -> Record: a book, or a chapter whose journal is the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litmap.model import Record
from litmap.pubmed import identifiers, parts
from litmap.pubmed.article import empty, finished
from litmap.pubmed.flatten import text
from litmap.pubmed.parts import Draft

if TYPE_CHECKING:
    from lxml.etree import _Element


def read(element: _Element) -> Record:
    """Make a Record of a PubmedBookArticle or a bare BookDocument. Raises ValueError (with the reason) for one that cannot be kept."""
    draft = empty()
    for part in [element] if element.tag == "BookDocument" else element:
        if part.tag == "BookDocument":
            _document(part, draft)
        elif part.tag == "PubmedBookData":
            for child in part:
                if child.tag == "PublicationStatus":
                    draft["publication_status"] = text(child)
                elif child.tag == "ArticleIdList":
                    parts.article_ids(child, draft)
    return finished(draft)


def _document(element: _Element, draft: Draft) -> None:
    book: Draft = {"authors": []}
    for child in element:
        _document_part(child, draft, book)
    chapter = draft.get("title") is not None
    draft["title"] = draft.get("title") or book.get("title")
    draft["journal"] = book.get("title") if chapter else book.get("collection")
    draft["authors"] = draft["authors"] or book["authors"]
    for field in ("volume", "pub_date"):
        draft[field] = book.get(field)


def _document_part(child: _Element, draft: Draft, book: Draft) -> None:
    tag = child.tag
    if tag == "PMID":
        draft["pmid"] = identifiers.pmid(child.text)
        draft["pmid_version"] = identifiers.version(child.get("Version"))
    elif tag == "Book":
        _book(child, draft, book)
    elif tag in ("ArticleTitle", "VernacularTitle"):
        draft["title" if tag == "ArticleTitle" else "vernacular_title"] = text(child)
    elif tag == "ArticleIdList":
        parts.article_ids(child, draft)
    elif tag == "AuthorList" and child.get("Type") != "editors":
        draft["authors"] += parts.authors(child)
    elif tag == "Abstract":
        draft["sections"] += parts.sections(child, "abstract")
    elif tag == "PublicationType" and (kind := parts.publication_type(child)):
        draft["publication_types"].append(kind)
    elif tag == "DateRevised":
        draft["date_revised"] = parts.date_parts(child)
    elif tag == "GrantList":
        draft["grants"] += parts.grants(child)
    elif tag == "KeywordList":
        draft["keywords"] += parts.words(child, "Keyword")
    elif tag == "Language" and (found := text(child)):
        draft["language"].append(found)
    elif tag == "Pagination":
        parts.pagination(child, draft)


def _book(element: _Element, draft: Draft, book: Draft) -> None:
    editors = []
    for child in element:
        tag = child.tag
        if tag == "BookTitle":
            book["title"] = text(child)
        elif tag == "CollectionTitle":
            book["collection"] = text(child)
        elif tag == "PubDate":
            book["pub_date"] = parts.date_parts(child)
        elif tag == "Volume":
            book["volume"] = text(child)
        elif tag == "ELocationID":
            parts.elocation(child, draft)
        elif tag == "AuthorList":
            found = parts.authors(child)
            if child.get("Type") == "editors":
                editors += found
            else:
                book["authors"] += found
    book["authors"] = book["authors"] or editors
