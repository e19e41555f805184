"""Guards: words of `guards.csv` that may not stand beside a cue. "Randomized trials" followed by "are needed" reports no trial."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from litmap.evidence import tables
from litmap.evidence.phrases import is_phrase

REACH = 120  # characters that a guard sees on its side
_CONCLUDES = re.compile(r" (?:conclusions?|interpretation|discussion|implications|significance|limitations)(?: and \w+)?: ")
_ABSTRACT = 300  # characters: a shorter text has no closing words of its own
_SENTENCE_ENDS = ". "
_HEADING_ENDS = ": "  # what stands before it is said of something else: "Pain without aura: a randomized trial"
_SIDES = ("before", "after")
_REMEMBERED = 20_000  # words

Words = tuple[tuple[str, int], ...]  # with the reach of each: how many words from the phrase it blocks; several words block together


class _Side:
    """How far from a phrase a word blocks it, in words."""

    def __init__(self, words: Words) -> None:
        self.reach = max((reach for _, reach in words), default=0)
        self._words: dict[str, int] = {}
        stems: dict[int, list[str]] = {}
        self._together: list[tuple[str, int]] = []  # several words, a blank before them and behind the last one if it is whole
        self._begin: set[str] = set()  # the first of these
        for word, reach in words:
            if " " in word:
                self._together.append((f" {word[:-1]}" if word.endswith("*") else f" {word} ", reach))
                self._begin.add(word.partition(" ")[0])
            elif word.endswith("*"):
                stems.setdefault(reach, []).append(word[:-1])
            else:
                self._words[word] = max(reach, self._words.get(word, 0))
        self._stems = [(reach, tuple(stems[reach])) for reach in sorted(stems, reverse=True)]
        self._begins = tuple(stem for _, stems_of in self._stems for stem in stems_of)
        self.free: set[str] = set()  # words that are known to block nothing: the same come again and again

    def block(self, near: list[str]) -> bool:
        """Whether one of these words, the nearest to the phrase first, blocks it, or several together do (behind it only)."""
        free = self.free
        for distance, word in enumerate(near, 1):
            if word not in free and self._reach_of(word) >= distance:
                return True
        return not self._begin.isdisjoint(near) and any(
            words in f" {' '.join(near[:reach])} " for words, reach in self._together
        )

    def _reach_of(self, word: str) -> int:
        reach = self._words.get(word.rstrip(".:"), 0)
        if word.startswith(self._begins):
            return max(reach, next(reach for reach, stems in self._stems if word.startswith(stems)))
        if not reach and word not in self._begin and len(self.free) < _REMEMBERED:
            self.free.add(word)
        return reach


class Guard:
    """Words that may not stand before a phrase (after the last colon) or after it, each within its reach and in the same sentence.

    And whether the phrase may stand in the closing words.
    """

    __slots__ = ("_after", "_before", "_not_closing")

    def __init__(self, before: Words, after: Words, not_closing: bool = False) -> None:
        self._before, self._after, self._not_closing = _Side(before), _Side(after), not_closing

    def blocks(self, text: str, start: int, end: int) -> bool:
        """Whether such a word stands beside text[start:end], or that stands where it may not."""
        if self._not_closing and 2 * start >= len(text) and start >= closing(text):
            return True
        side = self._before
        reach = side.reach
        if reach:
            words = text[start - REACH if start > REACH else 0 : start]
            words = words.rpartition(_SENTENCE_ENDS)[2].rpartition(_HEADING_ENDS)[2]  # faster than to look for both in the text
            near = words.rsplit(None, reach)[-reach:]
            if not side.free.issuperset(near) and side.block(near[::-1]):
                return True
        side = self._after
        reach = side.reach
        if not reach:
            return False
        near = text[end : end + REACH].partition(_SENTENCE_ENDS)[0].split(None, reach)[:reach]
        return not side.free.issuperset(near) and side.block(near)


@lru_cache(maxsize=8)  # a text is asked for each phrase that stands late in it
def closing(text: str) -> int:
    """Where the closing words of a folded abstract begin, in its second half: its conclusions, or else its last sentence. Its end, if it has none.

    Random allocation that stands only there is that of others, or what should come or was lacking: of 2,300 reports of randomized trials
    (RobotSearch, StudyTypeTeller, Cohen 2006) one speaks of it in these words alone.
    """
    if len(text) < _ABSTRACT:
        return len(text)
    last = text.rfind(_SENTENCE_ENDS, len(text) // 2, len(text.rstrip(" .")))
    heading = _CONCLUDES.search(text, len(text) // 2)
    return min(last + 1 if last >= 0 else len(text), heading.start() if heading else len(text))


class Guards:
    """The guards of guards.csv, and what several of them make together."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Raises RuleError for what is no word or no reach."""
        self._rows: dict[str, tuple[Words, ...]] = {}
        self._not_closing: set[str] = set()
        for row in tables.rows(texts, "guards.csv", ("guard", "before", "before_reach", "after", "after_reach", "note")):
            self._rows[row["guard"]] = tuple(_side(row, side) for side in _SIDES)
            if "closing" in row.cells and row.choice("closing", ("", "not")):
                self._not_closing.add(row["guard"])
            elif not any(self._rows[row["guard"]]):
                row.fail("it blocks nothing", "write words in before or after")
        self._made: dict[frozenset[str], Guard] = {}

    def named(self, row: tables.Row, column: str) -> Guard | None:
        """The guard that a cell names; one for all where it names several, None where it names none. Raises RuleError."""
        names = frozenset(row[column].split())
        for name in sorted(names - self._rows.keys()):
            row.fail(f"no guard is called {name!r}", f"guards.csv has: {', '.join(sorted(self._rows))}")
        if names and names not in self._made:
            before, after = (_joined(self._rows[name][side] for name in names) for side in range(len(_SIDES)))
            self._made[names] = Guard(before, after, not names.isdisjoint(self._not_closing))
        return self._made.get(names)


def _joined(parts: Iterable[Words]) -> Words:
    return tuple(word for part in parts for word in part)


def _side(row: tables.Row, side: str) -> Words:
    words = [word.strip() for word in row[side].split("|") if word.strip()]
    alone = side == "before"
    bad = next((word for word in words if not is_phrase(word) or (alone and " " in word) or word.startswith("*")), None)
    if bad is not None:
        row.fail(f"{bad!r} is not a word", "write lower-case words, * at the end for any ending; several together in the column after only")
    reach = row.number(f"{side}_reach", 1, 20)
    if bool(words) != bool(reach):
        row.fail(f"{side} has {'words' if words else 'a reach'} without {'a reach' if words else 'words'}", f"fill {side} and {side}_reach, or neither")
    return tuple((word, reach or 0) for word in words)
