"""The elements of a PubMed document, in its order and in constant memory.

Whole records are parsed apart from the document they stand in, some at a time: that takes three quarters of the time of
one parse of the whole. A second parser gets what stands around them, and with it the document's beginning and end. It also gets
records that are not well-formed by themselves, so that what is damaged is found, and named, as if it alone had read all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from lxml import etree

from litmap.pubmed.trimming import Piece

if TYPE_CHECKING:
    from lxml.etree import _Element

_SAFE: dict[str, Any] = {  # collect_ids=False would be a little faster, but has libxml2 load the document type
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "remove_comments": True,
    "remove_pis": True,
    "huge_tree": True,
}
_PIECE = 1 << 15
# What makes of a record that follows no record or another one; and "&", of which the parser may tell much later.
_HIDING = re.compile(rb"<!-|<!\[|<!A|<\?(?!xml\s)|&")
_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)""")
_SAME = (b"utf-8", b"utf8")  # encodings in which a piece needs no declaration


def elements(pieces: Iterable[Piece], root: bytes, tags: Collection[str]) -> Iterator[_Element]:
    """Yield the elements with these tags; use each before the next is asked for.

    `root` is the document's first tag as it stands. Raises XMLSyntaxError where the document is not well-formed, after the elements before that place.
    """
    document = _Document(tags)
    apart = root.endswith(b">")
    closing = b"</%s>" % root[1:-1].split()[0] if apart else b""
    parser = etree.XMLParser(**_SAFE)
    for around, records in pieces:
        apart = apart and _alone(around, closing[:-1])
        yield from document.fed(around)
        if not records:
            continue
        found = _parsed(root + records + closing, parser) if apart else None
        if found is None:
            apart = False  # of some damage the other parser tells only at the end, and passes on nothing behind it
            yield from document.fed(records)
            continue
        yield from found.iter(*tags)
    document.ended()


def streamed(stream: BinaryIO, tags: Collection[str]) -> Iterator[_Element]:
    """The same of a document that is not cut into pieces."""
    document = _Document(tags)
    while piece := stream.read(_PIECE):
        yield from document.fed(piece)
    document.ended()


class _Document:
    """The parser of the document as a whole."""

    def __init__(self, tags: Collection[str]) -> None:
        self._parser = etree.XMLPullParser(events=("end",), tag=tuple(tags), **_SAFE)

    def fed(self, data: bytes) -> Iterator[_Element]:
        """Take more of the document; yield the elements that end in it."""
        if not data:
            return
        try:
            self._parser.feed(data)
        except etree.XMLSyntaxError:
            yield from self._found()
            raise
        yield from self._found()

    def ended(self) -> None:
        """The document has ended."""
        self._parser.close()

    def _found(self) -> Iterator[_Element]:
        for _event, element in self._parser.read_events():
            assert isinstance(element, etree._Element)  # other events were not asked for
            yield element
            _forget(element)


def _alone(around: bytes, ending: bytes) -> bool:
    """Whether records that follow this can be read by themselves: no tag is left open in it, and it does not end the document."""
    if ending in around or around.rfind(b"<") > around.rfind(b">") or _HIDING.search(around):
        return False
    encoding = _ENCODING.match(around)
    return encoding is None or encoding[1].lower() in _SAME


def _parsed(data: bytes, parser: etree.XMLParser) -> _Element | None:
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None


def _forget(element: _Element) -> None:
    """Drop a record that was read, and what stood before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
