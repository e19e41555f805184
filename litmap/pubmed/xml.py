"""PubMed XML (also the older MEDLINE sets) -> records, one at a time, in constant memory, without network or DTD."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from litmap.errors import RecordError
from litmap.model import Record
from litmap.pubmed import article, book, elements, identifiers
from litmap.pubmed.flatten import text
from litmap.pubmed.items import Deleted, Rejected
from litmap.pubmed.source import WIDE, Source, damage_named
from litmap.pubmed.trimming import LONGEST, TOO_LONG, Trimmed

if TYPE_CHECKING:
    from lxml.etree import _Element

_READERS = {
    "PubmedArticle": article.read,
    "MedlineCitation": article.read,
    "PubmedBookArticle": book.read,
    "BookDocument": book.read,
}
_DELETIONS = ("DeleteCitation", "DeleteDocument")
_PUBMED = ("PubmedArticle", "PubmedBookArticle", *_DELETIONS)
_ITEMS = {  # by root element, which may also be a lone record
    "PubmedArticleSet": _PUBMED,
    "PubmedBookArticleSet": _PUBMED,
    "PubmedArticle": _PUBMED,
    "PubmedBookArticle": _PUBMED,
    "MedlineCitationSet": ("MedlineCitation", *_DELETIONS),
    "MedlineCitation": ("MedlineCitation",),
    "BookDocumentSet": ("BookDocument", *_DELETIONS),
    "BookDocument": ("BookDocument",),
}
_MISC = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.S)
_DOCTYPE = re.compile(r"<!DOCTYPE(?:[^\"'\[>]|\"[^\"]*\"|'[^']*')*(?:\[(?P<subset>.*?)\]\s*)?>", re.S)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)(?:\s[^<>]*(?<!/))?>?")
_LINES = re.compile(r",? line \d+(?:, column \d+)?")
_HINT = "nothing of this file was kept; download it again, or keep the records before the damage with --keep-partial"


def read(source: Source) -> Iterator[Record | Deleted | Rejected]:
    """Yield what the source holds, in its order.

    Raises RecordError for XML that is broken, defines entities, or is not PubMed's.
    """
    root, opening = _root(source)
    if root not in _ITEMS:
        raise RecordError(
            f"{source.name} is XML, but not PubMed's: its root element is {root}",
            "fetch PubMed XML (rettype xml), a PubmedArticleSet",
        )
    where = "before its first record"
    try:
        with damage_named(source.name, _HINT):
            for item in _items(source, _ITEMS[root], opening):
                if isinstance(item, Record):
                    where = f"after PMID {item.pmid}"
                yield item
    except etree.XMLSyntaxError as error:
        what = _LINES.sub("", " ".join(error.msg.split())).strip()  # lines are those of what the parser was given
        raise RecordError(f"{source.name} is not well-formed XML {where}: {what}", _HINT) from error


def _root(source: Source) -> tuple[str, str]:
    """Return the name of the root element and its whole tag, or "" for one that is not a set's.

    Raises RecordError when the document defines entities.
    """
    head, position = _decoded(source.head), 0
    while True:
        if found := _MISC.match(head, position):
            position = found.end()
        elif found := _DOCTYPE.match(head, position):
            if "<!ENTITY" in (found["subset"] or ""):
                raise RecordError(
                    f"{source.name} defines XML entities, which PubMed never does; it was not read",
                    "use a file that comes from PubMed",
                )
            position = found.end()
        else:
            break
    if head.startswith("<!DOCTYPE", position):
        raise RecordError(
            f"{source.name} has a document type that PubMed never has; it was not read",
            "use a file that comes from PubMed",
        )
    root = _ROOT.match(head, position)
    if root is None:
        return "missing", ""
    usable = root[0].endswith(">") and root[1] not in _READERS
    return root[1], root[0] if usable else ""


def _decoded(head: bytes) -> str:
    if head.startswith(WIDE):
        return head.decode("utf-16", "replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")


def _items(source: Source, tags: tuple[str, ...], opening: str) -> Iterator[Record | Deleted | Rejected]:
    if source.head.startswith(WIDE):
        found = elements.streamed(source.stream, tags)
    else:
        pieces = Trimmed(source.stream, [tag for tag in tags if tag in _READERS])
        found = elements.elements(pieces, opening.encode(), tags)
    for position, element in enumerate(found, 1):
        reader = _READERS.get(element.tag)
        if reader is None:
            yield from (_deleted(child, position) for child in element)
        elif element.get(TOO_LONG):
            yield Rejected(
                position, _called(element), f"longer than {LONGEST >> 20} MiB, which no record of PubMed's is"
            )
        else:
            try:
                yield reader(element)
            except ValueError as error:
                yield Rejected(position, _called(element), str(error))
            except RecursionError:
                yield Rejected(position, f"item {position}", "markup nested too deeply")


def _deleted(element: _Element, position: int) -> Deleted | Rejected:
    number = identifiers.pmid(element.text)
    return (
        Deleted(number) if number else Rejected(position, f"deletion of {text(element)!r}", "no PMID of 1 to 9 digits")
    )


def _called(element: _Element) -> str:
    """What a person would call a record that could not be read."""
    title = element.find(".//ArticleTitle")
    words = (text(title) if title is not None else None) or ""
    number = (element.findtext(".//PMID") or "").strip()
    return f"PMID {number}" if number else words[:80] or element.tag
