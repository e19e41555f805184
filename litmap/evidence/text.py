"""A record's words as the cues see them: lower case, blanks for punctuation, offsets unchanged."""

from __future__ import annotations

import re

from litmap.model import Match

_BLANKS = re.compile(r"[^\w .;:!?=<>%+]|_")
_ASCII = {code: " " for code in range(128) if _BLANKS.match(chr(code))}


def fold(text: str) -> str:
    """Lower-case with blanks for punctuation inside sentences; as long as `text`, so that offsets stay true."""
    low = text.lower()
    if low.isascii():  # most are, and a table is fast on them
        return low.translate(_ASCII)
    if len(low) != len(text):
        low = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    for char in set(low):  # a text has few different characters
        if _BLANKS.match(char):
            low = low.replace(char, " ")
    return low


class Text:
    """Title and abstract, each folded when it is first asked for."""

    __slots__ = ("_parts", "abstract", "title")

    def __init__(self, title: str, abstract: str | None) -> None:
        self.title = title
        self.abstract = abstract or ""
        self._parts: dict[str, str] = {}

    def part(self, place: str) -> str:
        """The folded title or abstract between blanks, so that every word has one before and after; the title ends in a full stop."""
        part = self._parts.get(place)
        if part is None:
            part = f" {fold(self.title)} ." if place == "title" else f" {fold(self.abstract)} "
            self._parts[place] = part
        return part

    def match(self, place: str, start: int, end: int) -> Match:
        """The words of the record at these offsets of the folded part, from the beginning of a word to the end of one."""
        part = self.part(place)
        start = start + 1 if part[start] == " " else part.rfind(" ", 0, start) + 1
        while end < len(part) and part[end].isalnum():
            end += 1
        body = self.title if place == "title" else self.abstract
        return Match(place, body[start - 1 : end - 1], start - 1, end - 1)
