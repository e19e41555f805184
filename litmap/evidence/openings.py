"""The words with which a title begins or ends: `title-starts:WORDS`, `title-ends:WORDS` in conditions.

Words are whole and in lower case. A colon at their end asks that they stand apart from the rest: by a colon, a
dash, a bracket, a quotation mark or a full stop behind an opening, by a mark before an ending. So
"retracted:" begins "[Retracted] Ketamine for pain" and not "Retracted articles: a survey", and ends "Ketamine for
pain (retracted)" and not "Why trials are retracted".
"""

from __future__ import annotations

import re

from litmap.evidence.text import Part
from litmap.evidence.tokens import Tokens
from litmap.model import Match

TOKEN, ENDING = "title-starts", "title-ends"
TOKENS = (TOKEN, ENDING)
_MARKS = " .:=<>%+~"  # what folding makes of marks and foreign letters
WORDS = re.compile(r"[a-z0-9]+(?:'s?)?(?: [a-z0-9]+(?:'s?)?)*:?")
_APART = r"(?=\s*(?:[:\]).—]|$)|\s+(?:[-–]\s|[\"'“‘«]))"
_FIRST = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)?")  # two words where there are: many titles begin with "the"
_ENOUGH = 3  # characters that rule most titles out
_BEFORE = r"(?:^\W*|[:.?!)\]—\"'”’»]\s*|--+\s*|\s[-–—]\s*|[\[(])\s*(?:(?:an?|the|our)\s+)?"


class Openings:
    """The openings and endings of titles that the rules name, found in one look."""

    def __init__(self, bits: Tokens) -> None:
        """`bits` holds all tokens that rules name."""
        found = {name: {words: _pattern(name, words) for words in bits.named(f"{name}:")} for name in TOKENS}
        self._patterns = {(name, words): one for name, each in found.items() for words, one in each.items()}
        self._starts = [(bits.known(f"{TOKEN}:{words}"), pattern) for words, pattern in found[TOKEN].items()]
        self._first = tuple({_FIRST.findall(words)[0] for words in found[TOKEN]})
        self._by_last = [(re.split(r"\W", words.removesuffix(":"))[-1], bits.known(f"{ENDING}:{words}"), one) for words, one in found[ENDING].items()]
        self._last = tuple({re.split(r"\W", words.removesuffix(":"))[-1] for words in found[ENDING]})
        self._enough = min(_ENOUGH, *map(len, (*self._first, *self._last, " " * _ENOUGH)))
        self._heads = {words[: self._enough] for words in self._first}
        self._tails = {word[-self._enough :] for word in self._last}

    def find(self, title: Part) -> int:
        """The bits of the openings and endings that this title has."""
        bare, bits = title.folded.strip(_MARKS), 0
        if bare[: self._enough] in self._heads and bare.startswith(self._first):  # few titles
            bits = sum(bit for bit, pattern in self._starts if pattern.match(title.body))
        if bare[-self._enough :] in self._tails and bare.endswith(self._last):
            last = bare.rpartition(" ")[2]
            bits |= sum(bit for word, bit, pattern in self._by_last if word == last and pattern.search(title.body))
        return bits

    def match(self, title: str, name: str, words: str) -> Match | None:
        """Where these words open the title, or end it."""
        pattern = self._patterns.get((name, words))
        found = pattern and (pattern.match(title) if name == TOKEN else pattern.search(title))
        return Match("title", found[1], *found.span(1)) if found else None


def _pattern(name: str, words: str) -> re.Pattern[str]:
    spelled = r"\s+".join(map(re.escape, words.removesuffix(":").split())).replace("'", "['’]")
    apart = words.endswith(":")
    if name == TOKEN:
        behind = _APART if apart else r"(?!\w)"
        return re.compile(rf"\W*({spelled}{behind})", re.I)
    before = _BEFORE if apart else r"(?<!\w)"
    return re.compile(rf"{before}({spelled})\W*$", re.I)
