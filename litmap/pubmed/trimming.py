"""What the XML parser gets to see: one document, no reference lists, no record longer than any real one.

Reference lists are a third of PubMed's bytes, half of its elements, and nobody's identifiers here. A record of 100 MB would take
gigabytes to read; it is replaced by its PMID before anything is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

LONGEST = 16 << 20  # bytes of one record; papers with thousands of authors and their addresses have about 5 MB
TOO_LONG = "LongerThan"  # the attribute of what stands in the place of a longer one
_PIECE = 1 << 17
_OPEN, _CLOSE, _END = b"<ReferenceList", b"</ReferenceList>", b"</PubmedData>"
_INSIDE = b"<Reference"  # what may stand behind the end of one: a ReferenceList or a Reference
_END_OF_SET = b"</PubmedArticleSet"  # long, and so found fast
_BETWEEN = re.compile(rb"</PubmedArticleSet>\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE[^>\[]*>\s*)?<PubmedArticleSet>")
_PMID = re.compile(rb"<PMID\b[^>]*>\s*(\d{1,9})\s*<")


class Piece(NamedTuple):
    """A stretch of the document."""

    around: bytes  # what stands before the first whole record; all of it where there is none
    records: bytes  # whole records, and what stands between them


class Trimmed:
    """The document in the given stream, cut where a record of these elements begins or ends."""

    def __init__(self, stream: BinaryIO, records: Iterable[str]) -> None:
        names = "|".join(records).encode()
        self._stream = stream
        self._opening = re.compile(rb"<(%s)[\s>]" % names)
        self._closings = [b"</%s>" % name for name in names.split(b"|")]
        self._held = b""  # read, but not yet passed on: the beginning of a record
        self._searched = 0  # bytes of it in which no record ends
        self._ended = False

    def __iter__(self) -> Iterator[Piece]:
        """Yield pieces of any length, which together are the document."""
        while not self._ended:
            piece = self._stream.read(_PIECE)
            self._ended = not piece
            data = self._held + piece
            end = len(data) if self._ended else self._whole(data)
            self._held = data[end:]
            self._searched = 0 if end else len(data)
            if self._ended:
                yield Piece(_as_one(_without_references(data)), b"")
            elif end:
                yield self._cut(_as_one(_without_references(data[:end])))
            elif len(data) > LONGEST:
                yield Piece(self._replaced(data), b"")

    def _cut(self, data: bytes) -> Piece:
        opening = self._opening.search(data)
        start = opening.start() if opening else len(data)
        return Piece(data[:start], data[start:])

    def _whole(self, data: bytes) -> int:
        """Where a whole record ends, mostly the last; 0 when none does."""
        for closing in self._closings:
            found = data.rfind(closing, max(0, self._searched - len(closing)))
            if found >= 0:
                return found + len(closing)
        return 0

    def _replaced(self, data: bytes) -> bytes:
        """What stands before the record that is open, and a short one in its place."""
        self._searched = 0
        opening = self._opening.search(data)
        if opening is None:  # not a record, but a long list of deletions
            self._held = b""
            return data
        name = opening[1]
        pmid = _PMID.search(data, opening.end())
        self._skip(data[-len(name) - 3 :], b"</%s>" % name)
        short = b'<%s %s="%d"><PMID>%s</PMID>' % (name, TOO_LONG.encode(), LONGEST, pmid[1] if pmid else b"")
        return data[: opening.start()] + short + (b"" if self._ended else b"</%s>" % name)

    def _skip(self, data: bytes, closing: bytes) -> None:
        """Read on to the end of the record. A file that breaks off before that stays without it, and so is found out."""
        while (found := data.find(closing)) < 0:
            piece = self._stream.read(_PIECE)
            if not piece:
                self._ended = True
                return
            data = data[-len(closing) :] + piece
        self._held = data[found + len(closing) :]


def _as_one(data: bytes) -> bytes:
    """Go on where a document ends and another one of the same kind begins, as when downloads are appended to one file."""
    return _BETWEEN.sub(b"", data) if _END_OF_SET in data else data


def _without_references(data: bytes) -> bytes:
    """Drop the ReferenceLists that close a PubmedData.

    A list is dropped only when its tags are evidently balanced. Whatever looks odd goes to the parser, so that
    a damaged file is still found to be damaged.
    """
    start = data.find(_OPEN)
    if start < 0:
        return data
    out: list[bytes] = []
    position = 0
    while start >= 0 and (end := data.find(_END, start)) >= 0:
        out.append(data[position:start])
        found = data[start:end]
        if not _droppable(found):
            out.append(found)
        position = end
        start = data.find(_OPEN, position)
    out.append(data[position:])
    return b"".join(out)


def _droppable(found: bytes) -> bool:
    """Tell whether these are lists and nothing else: as many tags close an element as open one, and no bracket is left over.

    What follows the end of a list must be another one. A book has its lists elsewhere: there the book ends, and
    the PubmedData found belongs to a later article.
    """
    brackets = found.count(b">")
    if brackets != found.count(b"<") or brackets != 2 * found.count(b"</"):
        return False
    rest = found[found.find(_CLOSE) + len(_CLOSE) :]  # mostly blank: there is one list
    *between, after = rest.split(_CLOSE)
    return not after.strip() and all(not part.strip() or part.lstrip().startswith(_INSIDE) for part in between)
