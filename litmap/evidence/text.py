"""A record's words as the cues see them: lower case, blanks for punctuation, offsets unchanged."""

from __future__ import annotations

import re

from litmap.model import Match

_BLANKS = re.compile(r"[^\w .;:!?=<>%+]|_")
_ASCII = {code: " " for code in range(128) if _BLANKS.match(chr(code))} | dict.fromkeys(map(ord, "!?;"), ".")
_KEPT: set[str] = set()  # characters known to stay as they are


def lowered(text: str) -> str:
    """Lower-case, as long as `text`, so that offsets stay true: letters whose small form is longer stay."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def fold(text: str) -> str:
    """Lower-case with blanks for punctuation inside sentences and full stops at their ends; as long as `text`, so that offsets stay true."""
    low = lowered(text)
    if low.isascii():  # most are, and a table is fast on them
        return low.translate(_ASCII)
    for char in set(low) - _KEPT:  # a text has few different characters
        if char in "!?;":
            low = low.replace(char, ".")
        elif _BLANKS.match(char):
            low = low.replace(char, " ")
        else:
            _KEPT.add(char)
    return low


class Text:
    """Title and abstract, made ready for the cues when one is first asked for."""

    __slots__ = ("_parts", "abstract", "phrases", "title")

    def __init__(self, title: str, abstract: str | None) -> None:
        self.title = title
        self.abstract = abstract or ""
        self._parts: dict[str, str] = {}
        self.phrases: dict[str, list[str]] = {}  # what the cues' automaton found in title and abstract

    def part(self, place: str) -> str:
        """The folded title or abstract between blanks; the title ends in a full stop."""
        part = self._parts.get(place)
        if part is None:
            part = f" {fold(self.title)} . " if place == "title" else f" {fold(self.abstract)} "
            self._parts[place] = part
        return part

    def match(self, place: str, start: int, end: int) -> Match:
        """The words of the record at these offsets of the part, the last one to its end."""
        body = self.title if place == "title" else self.abstract
        start, end = start - 1, end - 1
        while end < len(body) and body[end].isalnum():
            end += 1
        return Match(place, body[start:end], start, end)
