"""The words with which a title begins: `title-starts:WORDS` in conditions.

Words are whole and in lower case. A colon at their end asks that they stand apart from what follows: by a colon, a
dash, a bracket, a quotation mark or a full stop. So "retracted:" begins "[Retracted] Ketamine for pain" and not
"Retracted articles: a survey".
"""

from __future__ import annotations

import re

from litmap.evidence.text import Part
from litmap.evidence.tokens import Tokens
from litmap.model import Match

TOKEN = "title-starts"
_MARKS = " .:=<>%+~"  # what folding makes of marks and foreign letters
WORDS = re.compile(r"[a-z0-9]+(?:'s)?(?: [a-z0-9]+(?:'s)?)*:?")
_APART = r"(?=\s*(?:[:\]).—]|$)|\s+(?:[-–]\s|[\"'“‘«]))"


class Openings:
    """The openings of titles that the rules name, found in one look."""

    def __init__(self, bits: Tokens) -> None:
        """`bits` holds all tokens that rules name."""
        patterns = {words: _pattern(words) for words in bits.named(f"{TOKEN}:")}
        self._each = [(bits.known(f"{TOKEN}:{words}"), re.compile(rf"\W*({one})", re.I)) for words, one in patterns.items()]
        self._patterns = dict(zip(patterns, (pattern for _, pattern in self._each), strict=True))
        self._first = tuple({re.split(r"\W", words)[0] for words in patterns})

    def find(self, title: Part) -> int:
        """The bits of the openings that this title has."""
        if not title.folded.lstrip(_MARKS).startswith(self._first):  # nearly all titles
            return 0
        return sum(bit for bit, pattern in self._each if pattern.match(title.body))

    def match(self, title: str, words: str) -> Match | None:
        """Where these words open the title."""
        found = self._patterns[words].match(title) if words in self._patterns else None
        return Match("title", found[1], *found.span(1)) if found else None


def _pattern(words: str) -> str:
    spelled = r"\s+".join(map(re.escape, words.removesuffix(":").split())).replace("'", "['’]")
    return spelled + (_APART if words.endswith(":") else r"(?!\w)")
