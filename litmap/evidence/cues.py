"""Find the cues of `cues.csv` in a record's title and abstract: one pass over each for all phrases.

A phrase is lower-case words. `{a|b}` stands for either, `*` at the end for any ending (in front for any beginning); hyphens, slashes and brackets
of the text count as blanks, a comma as one more. A guard is what may not stand beside a phrase: "randomized trials" followed by "are
needed" reports no trial.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from litmap.evidence import tables
from litmap.evidence.text import Text, fold

PLACES = ("title", "abstract")
REACH = 120  # characters that a guard sees on its side
_BRACES = re.compile(r"\{([^{}]*)\}")
_ENDS = (".", ";", "!", "?")
_BLOCKS, _ENDS_SENTENCE, _PASSES = 1, 2, 3
_REMEMBERED = 20_000  # words whose verdict a guard keeps


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


class Guard:
    """Words that may not stand before (or after) a phrase, within `reach` words of the same sentence."""

    __slots__ = ("_after", "_reach", "_stems", "_verdicts", "_words")

    def __init__(self, after: bool, words: list[str], reach: int) -> None:
        self._after, self._reach = after, reach
        self._words = frozenset(word for word in words if not word.endswith("*"))
        self._stems = tuple(word[:-1] for word in words if word.endswith("*"))
        self._verdicts: dict[str, int] = {}  # words come again and again

    def blocks(self, text: str, start: int, end: int) -> bool:
        """Whether such a word stands beside text[start:end]."""
        if self._after:
            near = text[end : end + REACH].split(None, self._reach)[: self._reach]
        else:
            near = text[max(0, start - REACH) : start].rsplit(None, self._reach)[: -self._reach - 1 : -1]
        for word in near:
            verdict = self._verdicts.get(word) or self._judge(word)
            if verdict != _PASSES:
                return verdict == _BLOCKS
        return False

    def _judge(self, word: str) -> int:
        ends = word.endswith(_ENDS)
        if ends and not self._after:  # the sentence before
            verdict = _ENDS_SENTENCE
        elif word.rstrip(".;:!?") in self._words or word.startswith(self._stems):
            verdict = _BLOCKS
        else:
            verdict = _ENDS_SENTENCE if ends else _PASSES
        if len(self._verdicts) >= _REMEMBERED:
            self._verdicts.clear()
        self._verdicts[word] = verdict
        return verdict


class _Use(NamedTuple):
    """What a phrase stands for."""

    name: str  # `title:CUE` or `abstract:CUE`
    open_end: bool
    guards: tuple[Guard, ...]


class _Searcher:
    """The phrases sought in one place, compiled."""

    def __init__(self, phrases: Mapping[str, list[_Use]]) -> None:
        from ahocorasick_rs import AhoCorasick

        self._find = AhoCorasick(list(phrases), store_patterns=False).find_matches_as_indexes
        self._uses = [tuple(uses) for uses in phrases.values()]

    def first(self, part: str) -> dict[str, tuple[int, int]]:
        """Where each cue stands first; offsets are those of the folded part."""
        found: dict[str, tuple[int, int]] = {}
        uses = self._uses
        for index, start, end in self._find(part, overlapping=True):
            for name, open_end, guards in uses[index]:
                if name in found or not (open_end or not part[end : end + 1].isalnum()):
                    continue
                if not guards or not _blocked(guards, part, start, end):
                    found[name] = (start, end)
        return found

    def all(self, part: str) -> Iterator[tuple[str, int, int]]:
        """Every place of every cue."""
        for index, start, end in self._find(part, overlapping=True):
            goes_on = part[end : end + 1].isalnum()
            for name, open_end, guards in self._uses[index]:
                if (open_end or not goes_on) and not _blocked(guards, part, start, end):
                    yield name, start, end


def _blocked(guards: tuple[Guard, ...], part: str, start: int, end: int) -> bool:
    begin = start + 1 if part[start] == " " else part.rfind(" ", 0, start) + 1
    return any(guard.blocks(part, begin, end) for guard in guards)


class Cues:
    """All cues, compiled into one automaton for titles and one for abstracts."""

    def __init__(self, texts: Mapping[str, str], follow: Collection[str] = ()) -> None:
        """Compile cues.csv and guards.csv; of the cues in `follow` every place can be asked for. Raises RuleError."""
        self.names: list[str] = []
        self._guards = dict(_guards(texts))
        phrases: dict[str, dict[str, list[_Use]]] = {place: {} for place in PLACES}
        followed: dict[str, list[_Use]] = {}
        for row in tables.rows(texts, "cues.csv", ("cue", "place", "words", "unless", "note")):
            self.names.append(row["cue"])
            guards = self._row_guards(row)
            places = PLACES[:1] if row.choice("place", ("", "title")) == "title" else PLACES
            for phrase in _phrases(row):
                words, open_end = phrase.rstrip("*"), phrase.endswith("*")
                words = words[1:] if words.startswith("*") else " " + words  # without a star in front, it begins a word
                for place in places:
                    use = _Use(f"{place}:{row['cue']}", open_end, guards)
                    phrases[place].setdefault(words, []).append(use)
                if row["cue"] in follow:
                    followed.setdefault(words, []).append(_Use(row["cue"], open_end, guards))
        self._in = {place: _Searcher(phrases[place]) for place in PLACES}
        self._followed = _Searcher(followed)

    def _row_guards(self, row: tables.Row) -> tuple[Guard, ...]:
        names = row["unless"].split()
        for name in names:
            if name not in self._guards:
                row.fail(f"no guard is called {name!r}", f"guards.csv has: {', '.join(sorted(self._guards))}")
        return tuple(guard for name in names for guard in self._guards[name])

    def find(self, text: Text, place: str) -> dict[str, tuple[int, int]]:
        """The cues of one place as `PLACE:CUE`, guards observed, and where each stands first in the folded part."""
        return self._in[place].first(text.part(place))

    def everywhere(self, text: Text) -> dict[str, tuple[int, int]]:
        """The cues of title and abstract."""
        return {name: span for place in PLACES for name, span in self.find(text, place).items()}

    def places(self, text: Text) -> Iterator[tuple[str, tuple[str, int, int]]]:
        """(cue, (place, start, end in the folded part)) of every place of the cues that are followed, title first."""
        for place in PLACES:
            yield from ((cue, (place, start, end)) for cue, start, end in self._followed.all(text.part(place)))


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
                sides.append(Guard(side == "after", words, reach or 1))
        found[row["guard"]] = tuple(sides)
    return found
