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


class Part:
    """A title or an abstract, made ready for the cues."""

    __slots__ = ("body", "cues", "folded", "phrases", "place")

    def __init__(self, place: str, body: str) -> None:
        self.place = place  # "title" or "abstract"
        self.body = body  # as it stands
        folded = in_ascii(body, _TABLE)
        self.folded = f" {folded} . " if place == "title" else f" {folded} "  # between blanks, as cues stand in it
        self.cues: int | None = None  # the bits of its cues, once they were sought
        self.phrases: list[str] | None = None  # what the cues' automaton found in it, once it ran

    def match(self, start: int, end: int) -> Match:
        """The words of the record at these offsets of the folded body, the last one to its end."""
        body, start, end = self.body, start - 1, end - 1
        while end < len(body) and body[end].isalnum():
            end += 1
        return Match(self.place, body[start:end], start, end)


_NO_ABSTRACT = Part("abstract", "")  # one for all records: it has no cues, whatever the rules


class Text:
    """Title and abstract of a record."""

    __slots__ = ("abstract", "title")

    def __init__(self, title: str, abstract: str | None) -> None:
        self.title = Part("title", title)
        self.abstract = Part("abstract", abstract) if abstract else _NO_ABSTRACT

    def parts(self) -> tuple[Part, ...]:
        """Those of title and abstract that are not empty."""
        return tuple(part for part in (self.title, self.abstract) if part.body)

    def part(self, place: str) -> Part:
        """The title or the abstract."""
        return self.title if place == "title" else self.abstract
