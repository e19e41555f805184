"""Leave out the reference lists before XML is parsed: a third of PubMed's bytes, half of its elements, and nobody's identifiers here."""

from __future__ import annotations

from typing import BinaryIO

_PIECE = 1 << 17
_LONGEST = 1 << 24  # a list longer than this is left to the parser
_OPEN, _CLOSE, _END = b"<ReferenceList", b"</ReferenceList>", b"</PubmedData>"


class WithoutReferences:
    """A stream like the given one, without the ReferenceLists that close a PubmedData.

    A list is dropped only when its tags are evidently balanced. Whatever looks odd goes to the parser, so that
    a damaged file is still found to be damaged.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = b""  # read, but not yet passed on: it may be (the beginning of) a list
        self._ended = False

    def read(self, _size: int = -1) -> bytes:
        """Return the next piece, of any length; nothing at the end."""
        while not self._ended:
            piece = self._stream.read(_PIECE)
            self._ended = not piece
            passed = self._pass(self._held + piece)
            if passed:
                return passed
        passed, self._held = self._held, b""
        return passed

    def _pass(self, data: bytes) -> bytes:
        out: list[bytes] = []
        position = 0
        while (start := data.find(_OPEN, position)) >= 0:
            end = data.find(_END, start)
            if end < 0:
                break
            out.append(data[position:start])
            found = data[start:end]
            if not _droppable(found):
                out.append(found)
            position = end
        # an opening that is not closed yet, or may be cut in two, is kept back
        keep = start if start >= 0 else max(position, data.rfind(b"<", max(position, len(data) - len(_OPEN))))
        if (
            self._ended
            or (start >= 0 and len(data) - start > _LONGEST)
            or (start < 0 and data[keep : keep + 1] != b"<")
        ):
            keep = len(data)
        out.append(data[position:keep])
        self._held = data[keep:]
        return b"".join(out)


def _droppable(found: bytes) -> bool:
    """Tell whether as many elements are closed here as are opened, and no bracket is left over."""
    brackets = found.count(b"<")
    return brackets == found.count(b">") and brackets == 2 * found.count(b"</") and found.rstrip().endswith(_CLOSE)
