"""Find the cues of `cues.csv` in a record's title and abstract: one pass over the text for all phrases.

A phrase is lower-case words. `{a|b}` stands for either, `*` at the end for any ending (in front for any beginning); hyphens, slashes and brackets
of the text count as blanks, a comma as one more. A guard is what may not stand beside a phrase: "randomized trials" followed by "are
needed" reports no trial.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from litmap.evidence import tables
from litmap.model import Match

_BLANKS = re.compile(r"[^\w .;:!?=<>%+]|_")
_ASCII = {code: " " for code in range(128) if _BLANKS.match(chr(code))}
_BRACES = re.compile(r"\{([^{}]*)\}")
REACH = 120  # characters that a guard sees on its side
_ENDS = (".", ";", "!", "?")


def fold(text: str) -> str:
    """Lower-case with blanks for punctuation inside sentences; as long as `text`, so that offsets stay true."""
    low = text.lower()
    if low.isascii():  # most are: a table is faster than a pattern
        return low.translate(_ASCII)
    if len(low) != len(text):
        low = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return _BLANKS.sub(" ", low)


def expand(phrase: str) -> list[str]:
    """Spell out the alternatives of a phrase: "randomi{s|z}ed" gives two. Raises ValueError for a stray brace."""
    found = _BRACES.search(phrase)
    if not found:
        if "{" in phrase or "}" in phrase:
            raise ValueError(f"a brace without its partner in {phrase!r}")
        return [" ".join(phrase.split()).replace(",", " ")]
    spelled = []
    for option in found[1].split("|"):
        spelled += expand(phrase[: found.start()] + option + phrase[found.end() :])
    return list(dict.fromkeys(spelled))


@dataclass(frozen=True)
class Guard:
    """Words that may not stand before (or after) a phrase, within `reach` words of the same sentence."""

    after: bool
    words: frozenset[str]
    stems: tuple[str, ...]
    reach: int

    def blocks(self, text: str, start: int, end: int) -> bool:
        if self.after:
            near = text[end : end + REACH].split()[: self.reach]
        else:
            near = text[max(0, start - REACH) : start].split()[: -self.reach - 1 : -1]
        for word in near:
            if not self.after and word.endswith(_ENDS):
                return False
            if word.rstrip(".;:!?") in self.words or word.startswith(self.stems):
                return True
            if self.after and word.endswith(_ENDS):
                return False
        return False


class Found:
    """The cues seen in one record; offsets are those of the joined text."""

    __slots__ = ("all", "first")

    def __init__(self) -> None:
        self.first: dict[str, tuple[int, int]] = {}  # `title:CUE` or `abstract:CUE`: where it stands first
        self.all: dict[str, list[tuple[int, int]]] = {}  # every place of the cues that are followed


@dataclass(frozen=True)
class Text:
    """Title and abstract as one text, so that one pass reads both."""

    title: str
    abstract: str
    joined: str  # folded; the title begins at 1, the abstract after " . "

    @classmethod
    def of(cls, title: str, abstract: str | None) -> Text:
        return cls(title, abstract or "", fold(f" {title} . {abstract or ''} "))

    @property
    def abstract_at(self) -> int:
        return len(self.title) + 4

    def match(self, start: int, end: int) -> Match:
        """The words of the record at these offsets of the joined text, the last one whole."""
        while end < len(self.joined) and self.joined[end].isalnum():
            end += 1
        if start < self.abstract_at - 1:
            return Match("title", self.title[start - 1 : end - 1], start - 1, end - 1)
        shift = self.abstract_at
        return Match("abstract", self.abstract[start - shift : end - shift], start - shift, end - shift)


class _Use(NamedTuple):
    """What a phrase stands for."""

    name: str  # `title:CUE` or `abstract:CUE`
    open_end: bool
    guards: tuple[Guard, ...]
    follow: str  # the cue, when all its places are kept


class _Searcher:
    """The phrases sought in one place, compiled."""

    def __init__(self, phrases: Mapping[str, list[_Use]]) -> None:
        from ahocorasick_rs import AhoCorasick

        self._automaton = AhoCorasick(list(phrases), store_patterns=False)
        self._uses = [(any(use.open_end for use in uses), tuple(uses)) for uses in phrases.values()]

    def search(self, part: str, shift: int, found: Found) -> None:
        """Note the cues of a part of the joined text that begins at `shift`."""
        first, last, uses = found.first, len(part) - 1, self._uses
        for index, start, end in self._automaton.find_matches_as_indexes(part, overlapping=True):
            any_open, meant = uses[index]
            inside = end <= last and part[end].isalnum()  # the word goes on
            if inside and not any_open:
                continue
            for name, open_end, guards, follow in meant:
                if (name in first and not follow) or (inside and not open_end):
                    continue
                begin = start + 1 if part[start] == " " else part.rfind(" ", 0, start) + 1
                if guards and any(guard.blocks(part, begin, end) for guard in guards):
                    continue
                first.setdefault(name, (begin + shift, end + shift))
                if follow:
                    found.all.setdefault(follow, []).append((begin + shift, end + shift))


class Cues:
    """All cues, compiled into one automaton."""

    def __init__(self, texts: Mapping[str, str], follow: Collection[str] = ()) -> None:
        """Compile cues.csv and guards.csv; of the cues in `follow` every place is kept. Raises RuleError."""
        self.names: list[str] = []
        self._guards = dict(_guards(texts))
        whole: dict[str, list[_Use]] = {}  # phrases sought in the abstract
        titles: dict[str, list[_Use]] = {}  # in the title: these and those of titles only
        for row in tables.rows(texts, "cues.csv", ("cue", "place", "words", "unless", "note")):
            self.names.append(row["cue"])
            guards, title_only = self._row_guards(row), row.choice("place", ("", "title")) == "title"
            for phrase in _phrases(row):
                words = phrase.rstrip("*")  # without a star in front, the phrase begins a word
                words = words[1:] if words.startswith("*") else " " + words
                cue = row["cue"]
                use = _Use(f"title:{cue}", phrase.endswith("*"), guards, cue if cue in follow else "")
                titles.setdefault(words, []).append(use)
                if not title_only:
                    whole.setdefault(words, []).append(use._replace(name=f"abstract:{cue}"))
        self._in_title, self._in_abstract = _Searcher(titles), _Searcher(whole)

    def _row_guards(self, row: tables.Row) -> tuple[Guard, ...]:
        names = row["unless"].split()
        for name in names:
            if name not in self._guards:
                row.fail(f"no guard is called {name!r}", f"guards.csv has: {', '.join(sorted(self._guards))}")
        return tuple(guard for name in names for guard in self._guards[name])

    def find(self, text: Text) -> Found:
        """Every cue in the record, guards observed."""
        found, split = Found(), text.abstract_at - 1
        self._in_title.search(text.joined[:split], 0, found)
        if text.abstract:
            self._in_abstract.search(text.joined[split:], split, found)
        return found


def _alternatives(words: str) -> list[str]:
    parts, depth = [""], 0
    for char in words:
        depth += (char == "{") - (char == "}")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _valid(phrase: str) -> bool:
    core = phrase.strip("*")
    return bool(core.strip()) and "*" not in core and fold(core) == core and not phrase.startswith("**")


def _phrases(row: tables.Row) -> list[str]:
    found: list[str] = []
    for phrase in _alternatives(row["words"]):
        try:
            found += expand(phrase.strip())
        except ValueError as error:
            row.fail(str(error))
    bad = next((phrase for phrase in found if not _valid(phrase)), None)
    if bad is not None:
        row.fail(f"{bad!r} is not a phrase", "write lower-case words without hyphens; * only at an end")
    return found


def _guards(texts: Mapping[str, str]) -> dict[str, tuple[Guard, ...]]:
    found: dict[str, tuple[Guard, ...]] = {}
    for row in tables.rows(texts, "guards.csv", ("guard", "before", "before_reach", "after", "after_reach", "note")):
        sides = []
        for side in ("before", "after"):
            words = [word.strip() for word in row[side].split("|") if word.strip()]
            bad = next((word for word in words if not _valid(word) or " " in word or word.startswith("*")), None)
            if bad is not None:
                row.fail(f"{bad!r} is not a word", "write single lower-case words, * at the end for any ending")
            reach = row.number(f"{side}_reach", 1, 20)
            if words:
                exact = frozenset(word for word in words if not word.endswith("*"))
                sides.append(
                    Guard(side == "after", exact, tuple(word[:-1] for word in words if word.endswith("*")), reach or 1)
                )
        found[row["guard"]] = tuple(sides)
    return found


__all__ = ["Cues", "Found", "Guard", "Text", "expand", "fold"]
