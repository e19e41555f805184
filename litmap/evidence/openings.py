"""The words with which a title begins or ends: `title-starts:WORDS`, `title-ends:WORDS` in conditions.

Words are whole and in lower case. A colon at their end asks that they stand apart from the rest: by a colon, a
dash, a bracket, a quotation mark or a full stop behind an opening, by a mark before an ending. So
"retracted:" begins "[Retracted] Ketamine for pain" and not "Retracted articles: a survey", and ends "Ketamine for
pain (retracted)" and not "Why trials are retracted".
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from litmap.evidence.text import Part
from litmap.evidence.tokens import Tokens
from litmap.model import Match

TOKEN, ENDING = "title-starts", "title-ends"
TOKENS = (TOKEN, ENDING)
_MARKS = " .:=<>%+~"  # what folding makes of marks and foreign letters
WORDS = re.compile(r"[a-z0-9]+(?:'s?)?(?: [a-z0-9]+(?:'s?)?)*:?")
_APART = r"(?=\s*(?:[:\]).—]|$)|\s+(?:[-–]\s|[\"'“‘«]))"
_FIRST = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)?")  # two words where there are: many titles begin with "the"
_BEFORE = r"(?:^\W*|[:.?!)\]—\"'”’»]\s*|--+\s*|\s[-–—]\s*|[\[(])\s*(?:(?:an?|the|our)\s+)?"


class Openings:
    """The openings and endings of titles that the rules name, found in one look."""

    def __init__(self, bits: Tokens) -> None:
        """`bits` holds all tokens that rules name."""
        self._starts: defaultdict[str, list[tuple[str, int, str]]] = defaultdict(list)  # by the first letters
        self._ends: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)  # by the last word
        for words, bit in bits.named(f"{TOKEN}:").items():
            first = _FIRST.findall(words)[0]
            self._starts[_letters(first)].append((first, bit, words))
        for words, bit in bits.named(f"{ENDING}:").items():
            self._ends[re.split(r"\W", words.removesuffix(":"))[-1]].append((bit, words))

    def find(self, title: Part) -> int:
        """The bits of the openings and endings that this title has."""
        bare, bits = title.folded.strip(_MARKS), 0
        for first, bit, words in self._starts.get(_letters(bare), ()):  # few titles have any
            if bare.startswith(first) and _pattern(TOKEN, words).match(title.body):
                bits |= bit
        for bit, words in self._ends.get(bare.rpartition(" ")[2], ()):
            if _pattern(ENDING, words).search(title.body):
                bits |= bit
        return bits

    def match(self, title: str, name: str, words: str) -> Match | None:
        """Where these words open the title, or end it."""
        pattern = _pattern(name, words)
        found = pattern.match(title) if name == TOKEN else pattern.search(title)
        return Match("title", found[1], *found.span(1)) if found else None


def _letters(words: str) -> str:
    """What tells most titles from the words of the rules."""
    return words[:3].rstrip(_MARKS)


@cache  # made when a title may have it: the rules name some hundreds, and most never come
def _pattern(name: str, words: str) -> re.Pattern[str]:
    spelled = r"\s+".join(map(re.escape, words.removesuffix(":").split())).replace("'", "['’]")
    apart = words.endswith(":")
    if name == TOKEN:
        behind = _APART if apart else r"(?!\w)"
        return re.compile(rf"\W*({spelled}{behind})", re.I)
    before = _BEFORE if apart else r"(?<!\w)"
    return re.compile(rf"{before}({spelled})\W*$", re.I)
