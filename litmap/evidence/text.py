"""A record's words as the cues see them: lower case, blanks for punctuation, ASCII only, offsets unchanged."""

from __future__ import annotations

from litmap.letters import FOREIGN, byte_table, in_ascii
from litmap.model import Match

KEPT = "abcdefghijklmnopqrstuvwxyz0123456789 .:=<>%+"  # what folding leaves as it is
_TABLE = byte_table(
    "".join(
        "~" if char == FOREIGN else "." if char in "!?;" else low if (low := char.lower()) in KEPT else " "
        for char in map(chr, range(128))
    )
)


def lowered(text: str) -> str:
    """Lower-case, as long as `text`, so that offsets stay true: letters whose small form is longer stay."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def fold(text: str) -> str:
    """Lower-case ASCII with blanks for punctuation inside sentences and full stops at their ends; as long as `text`, so that offsets stay true.

    Letters lose their accents; what ASCII has no letter for becomes a sign that stands for any.
    """
    return in_ascii(text, _TABLE)


class Text:
    """Title and abstract, made ready for the cues when one is first asked for."""

    __slots__ = ("_low", "_parts", "abstract", "cues", "phrases", "title")

    def __init__(self, title: str, abstract: str | None) -> None:
        self.title = title
        self.abstract = abstract or ""
        self._low: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self.cues: dict[str, int] = {}  # their bits in title and abstract
        self.phrases: dict[str, set[str]] = {}  # what the cues' automaton found in title and abstract

    def body(self, place: str) -> str:
        """The title or abstract as it stands."""
        return self.title if place == "title" else self.abstract

    def low(self, place: str) -> str:
        """The title or abstract in lower case, as long as it is."""
        low = self._low.get(place)
        if low is None:
            self._low[place] = low = lowered(self.body(place))
        return low

    def part(self, place: str) -> str:
        """The folded title or abstract between blanks; the title ends in a full stop."""
        part = self._parts.get(place)
        if part is None:
            folded = in_ascii(self.body(place), _TABLE)
            self._parts[place] = part = f" {folded} . " if place == "title" else f" {folded} "
        return part

    def match(self, place: str, start: int, end: int) -> Match:
        """The words of the record at these offsets of the part, the last one to its end."""
        body = self.body(place)
        start, end = start - 1, end - 1
        while end < len(body) and body[end].isalnum():
            end += 1
        return Match(place, body[start:end], start, end)
