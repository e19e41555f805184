"""Find the cues of `cues.csv` in a record's title and abstract: one pass over each for all phrases; where they stand is sought only when asked.

A phrase is lower-case words. `{a|b}` stands for either, `*` at the end for any ending (in front for any beginning); hyphens, slashes and brackets
of the text count as blanks, a comma as one more. A guard is what may not stand beside a phrase: "randomized trials" followed by "are
needed" reports no trial.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import product
from operator import or_

from litmap.evidence import tables
from litmap.evidence.text import KEPT, Text, fold
from litmap.evidence.tokens import Tokens

PLACES = ("title", "abstract")
REACH = 120  # characters that a guard sees on its side
_BRACES = re.compile(r"\{([^{}]*)\}")
_VALID = re.compile(rf"(?:\*?[a-z0-9][{re.escape(KEPT)}]*\*?\|)+")  # phrases of the common kind, a bar behind each
_SENTENCE_ENDS = ". "
_WORD_ENDS = " .:"
_NONE: frozenset[str] = frozenset()
_REMEMBERED = 20_000  # words whose verdict a guard keeps


def expand(phrase: str) -> list[str]:
    """Spell out the alternatives of a phrase: "randomi{s|z}ed" gives two. Raises ValueError for a stray brace."""
    parts = _BRACES.split(phrase)  # every other one stood in braces
    outside = "".join(parts[::2])
    if "{" in outside or "}" in outside:  # braces around braces: the inner ones first
        if len(parts) == 1:
            raise ValueError(f"a brace without its partner in {phrase!r}")
        head, options, tail = _BRACES.split(phrase, maxsplit=1)
        return list(dict.fromkeys(words for option in options.split("|") for words in expand(head + option + tail)))
    choices = (part.split("|") if place % 2 else (part,) for place, part in enumerate(parts))
    return list(dict.fromkeys(" ".join("".join(chosen).split()).replace(",", " ") for chosen in product(*choices)))


class Guard:
    """Words that may not stand before (or after) a phrase, within `reach` words of the same sentence."""

    __slots__ = ("_after", "_blocking", "_reach")

    def __init__(self, after: bool, words: list[str], reach: int) -> None:
        self._after, self._reach = after, reach
        self._blocking = _Blocking(words).__getitem__

    def blocks(self, text: str, start: int, end: int) -> bool:
        """Whether such a word stands beside text[start:end]."""
        if self._after:
            stop = text.find(_SENTENCE_ENDS, end, end + REACH)
            near = text[end : end + REACH if stop < 0 else stop].split(None, self._reach)[: self._reach]
        else:
            begin = max(0, start - REACH)
            stop = text.rfind(_SENTENCE_ENDS, begin, start)
            near = text[begin if stop < 0 else stop + 1 : start].rsplit(None, self._reach)[-self._reach :]
        return True in map(self._blocking, near)


class _Blocking(dict[str, bool]):
    """Which words block; what was asked before is known, for words come again and again."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word for word in words if not word.endswith("*"))
        self._stems = tuple(word[:-1] for word in words if word.endswith("*"))

    def __missing__(self, word: str) -> bool:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = verdict = word.rstrip(".:") in self._words or word.startswith(self._stems)
        return verdict


class Cues:
    """All cues, compiled into one automaton."""

    def __init__(self, texts: Mapping[str, str], bits: Tokens) -> None:
        """Compile cues.csv and guards.csv. Raises RuleError."""
        self.names: list[str] = []
        guards = dict(_guards(texts))
        self._guards: dict[str, tuple[Guard, ...]] = {}
        self._written: dict[str, str] = {}  # what the automaton looks for, and how it stands in a part
        spelled: dict[str, dict[str, frozenset[str]]] = {place: {} for place in PLACES}  # what means a cue there
        for row in tables.rows(texts, "cues.csv", ("cue", "place", "words", "unless", "note")):
            cue, phrases = row["cue"], _phrases(row)
            self.names.append(cue)
            self._guards[cue] = _row_guards(row, guards)
            places = 1 if row.choice("place", ("", "title")) == "title" else 2
            words = list(map(_sought, phrases))
            joined = "\n".join(words)
            spaced = _spaced(joined)  # all at once; most rows hold no marks
            sought = words if spaced == joined else spaced.split("\n")
            self._written.update(zip(sought, words, strict=True))
            meant = frozenset(sought)
            for place in PLACES[:places]:
                spelled[place][cue] = meant
        starts = {place: _block(place, self.names, bits) for place in (*PLACES, "cue")}  # the first bits of all
        self._shifts = {place: (starts[place], starts["cue"]) for place in PLACES}
        self._in = {place: _Place(self.names, self._written, meant, self._guards) for place, meant in spelled.items()}
        self._find = _automaton(self._written)

    def look_up(self, texts: Iterable[Text]) -> None:
        """Find the cues of many titles and abstracts, a step at a time: what each step needs then stays in the processor's cache."""
        parts = [(text, place) for text in texts for place in PLACES if text.body(place)]
        for text, place in parts:
            self._phrases(text, place)
        for text, place in parts:
            self.find(text, place)

    def find(self, text: Text, place: str) -> int:
        """The bits of the cues of one place, guards observed, each as `PLACE:CUE` and `cue:CUE`."""
        found = text.cues.get(place)
        if found is None:
            text.cues[place] = found = self._bits(text, place)
        return found

    def _bits(self, text: Text, place: str) -> int:
        phrases, where = self._phrases(text, place), self._in[place]
        found = reduce(or_, map(where.plain.__getitem__, phrases), 0)
        if found & where.doubt:
            found ^= where.doubt
            for words in where.doubtful.keys() & phrases:
                for guards, cue in where.doubtful[words]:
                    if not found & cue and _places(text.part(place), self._written[words], guards, most=1):
                        found |= cue
        here, anywhere = self._shifts[place]
        return found << here | found << anywhere

    def everywhere(self, text: Text) -> int:
        """The bits of the cues of title and abstract."""
        return self.find(text, "title") | self.find(text, "abstract")

    def places(self, text: Text, place: str, cue: str) -> list[tuple[int, int]]:
        """(start, end) in the part of every place of a cue, guards observed, in the order of their ends."""
        return sorted(self._spans(text, place, cue), key=_by_end)

    def first(self, text: Text, place: str, cue: str) -> tuple[int, int]:
        """The first of these places. Raises ValueError where there is none."""
        return min(self._spans(text, place, cue, most=1), key=_by_end)

    def _spans(self, text: Text, place: str, cue: str, most: int | None = None) -> Iterator[tuple[int, int]]:
        part, guards = text.part(place), self._guards[cue]
        for words in self._in[place].words.get(cue, _NONE).intersection(self._phrases(text, place)):
            yield from _places(part, self._written[words], guards, most)

    def _phrases(self, text: Text, place: str) -> set[str]:
        found = text.phrases.get(place)
        if found is None:
            text.phrases[place] = found = set(self._find(_spaced(text.part(place)), overlapping=True))
        return found


class _Place:
    """What phrases mean in titles, or in abstracts. A cue is one bit, by its place among all."""

    def __init__(
        self,
        cues: Sequence[str],
        phrases: Iterable[str],
        meant: Mapping[str, frozenset[str]],
        guards: Mapping[str, tuple[Guard, ...]],
    ) -> None:
        self.words = meant
        self.plain = dict.fromkeys(phrases, 0)  # the cues that need no look at what stands beside
        self.doubt = 1 << len(cues)  # marks the phrases of others there: most texts hold none
        self.doubtful: dict[str, list[tuple[tuple[Guard, ...], int]]] = {}
        for place, cue in enumerate(cues):
            bit, words = 1 << place, meant.get(cue, _NONE)
            if guards[cue]:
                doubt = (guards[cue], bit)
                for phrase in words:
                    self.doubtful.setdefault(phrase, []).append(doubt)
            mark = self.doubt if guards[cue] else bit
            for phrase in words:
                self.plain[phrase] |= mark


def _block(kind: str, cues: Iterable[str], bits: Tokens) -> int:
    """Give the tokens `KIND:CUE` of all cues one bit after the other; return the place of the first."""
    mask = bits.mask(f"{kind}:{cue}" for cue in cues)
    return max(0, (mask & -mask).bit_length() - 1)  # no cues, no bits


def _automaton(phrases: Iterable[str]) -> Callable[..., list[str]]:
    from ahocorasick_rs import AhoCorasick, Implementation

    # a DFA takes 30 MB more and three times as long to make, and is no faster among all else that goes through the caches
    found = AhoCorasick(list(phrases), store_patterns=True, implementation=Implementation.ContiguousNFA)
    return found.find_matches_as_strings


def _by_end(span: tuple[int, int]) -> tuple[int, int]:
    return span[1], span[0]


def _row_guards(row: tables.Row, guards: Mapping[str, tuple[Guard, ...]]) -> tuple[Guard, ...]:
    names = row["unless"].split()
    for name in names:
        if name not in guards:
            row.fail(f"no guard is called {name!r}", f"guards.csv has: {', '.join(sorted(guards))}")
    return tuple(guard for name in names for guard in guards[name])


def _sought(phrase: str) -> str:
    """The characters of a phrase: with a blank in front and one behind for the end of a word, but where a star stands."""
    if "*" not in phrase:
        return f" {phrase} "
    words = phrase.strip("*")
    words = words if phrase.startswith("*") else f" {words}"
    return words if phrase.endswith("*") else f"{words} "


def _spaced(words: str) -> str:
    """With a blank before each mark that ends a word, so that the automaton need know one end of words only."""
    return words.encode().replace(b".", b" .").replace(b":", b" :").decode()  # several times as fast as in a str


def _places(part: str, words: str, guards: tuple[Guard, ...], most: int | None = None) -> list[tuple[int, int]]:
    """Where these characters stand (without those around the words) and no guard blocks them."""
    found: list[tuple[int, int]] = []
    core = words.removesuffix(" ")
    at = part.find(core)
    while at >= 0:
        end = at + len(core)
        if core is words or part[end] in _WORD_ENDS:
            start = at + 1 if core[0] == " " else part.rfind(" ", 0, at) + 1
            for guard in guards:
                if guard.blocks(part, start, end):
                    break
            else:
                found.append((start, end))
                if len(found) == most:
                    break
        at = part.find(core, at + 1)
    return found


def _alternatives(words: str) -> list[str]:
    parts: list[str] = []
    depth = 0
    for part in words.split("|"):
        if depth:  # this bar stood in braces
            parts[-1] += f"|{part}"
        else:
            parts.append(part)
        depth += part.count("{") - part.count("}")
    return parts


def _valid(phrase: str) -> bool:
    core = phrase.strip("*")
    if not core.strip() or "*" in core or phrase.startswith("**"):
        return False
    return fold(core) == (core if core.isascii() else "".join(map(_letter_or_sign, core)))


def _letter_or_sign(char: str) -> str:
    """A sign of ASCII, which folding may not change, or what it makes of another letter."""
    return char if char.isascii() or not char.isalpha() else fold(char)


def _phrases(row: tables.Row) -> list[str]:
    found: list[str] = []
    for phrase in _alternatives(row["words"]):
        try:
            found += expand(phrase.strip())
        except ValueError as error:
            row.fail(str(error))
    if _VALID.fullmatch("|".join((*found, ""))):
        return found
    bad = next((phrase for phrase in found if not _valid(phrase)), None)
    if bad is not None:
        row.fail(f"{bad!r} is not a phrase", "write lower-case words without hyphens; * only at an end")
    return [phrase if phrase.isascii() else _folded(phrase) for phrase in found]


def _folded(phrase: str) -> str:
    core = phrase.strip("*")
    return phrase.replace(core, fold(core))


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
