"""Find the cues of `cues.csv` in a record's title and abstract: one pass over each for all phrases; where they stand is sought only when asked.

Hyphens, slashes and brackets of the text count as blanks, a comma as one more. A guard says what may not stand beside a phrase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from operator import or_

from litmap.evidence import tables
from litmap.evidence.guards import Guard, Guards
from litmap.evidence.phrases import phrases
from litmap.evidence.text import Part, Text
from litmap.evidence.tokens import Tokens

PLACES = ("title", "abstract")
_WORD_ENDS = " .:"
_NONE: frozenset[str] = frozenset()


class Cues:
    """All cues, compiled into an automaton for titles and one for abstracts."""

    def __init__(self, texts: Mapping[str, str], bits: Tokens) -> None:
        """Compile cues.csv and guards.csv. Raises RuleError."""
        self.names: list[str] = []
        guards = Guards(texts)
        self._guards: dict[str, Guard | None] = {}
        self._written: dict[str, str] = {}  # what the automata look for, and how it stands in a folded text
        spelled: dict[str, dict[str, frozenset[str]]] = {place: {} for place in PLACES}  # what means a cue there
        for row in tables.rows(texts, "cues.csv", ("cue", "place", "words", "unless", "note")):
            cue = row["cue"]
            words = list(map(_sought, phrases(row, "words")))
            self.names.append(cue)
            self._guards[cue] = guards.named(row, "unless")
            places = 1 if row.choice("place", ("", "title")) == "title" else 2
            joined = "\n".join(words)
            spaced = _spaced(joined)  # all at once; most rows hold no marks
            sought = words if spaced == joined else spaced.split("\n")
            self._written.update(zip(sought, words, strict=True))
            meant = frozenset(sought)
            for place in PLACES[:places]:
                spelled[place][cue] = meant
        starts = {place: _block(place, self.names, bits) for place in (*PLACES, "cue")}  # the first bits of all
        self._shifts = {place: (starts[place], starts["cue"]) for place in PLACES}
        self._tokens = {place: bits.named(f"{place}:") for place in PLACES}
        self._in = {place: _Place(self.names, meant, self._guards) for place, meant in spelled.items()}

    def look_up(self, parts: Iterable[Part]) -> None:
        """Find the cues of many titles or abstracts, a step at a time: what each step needs then stays in the processor's cache."""
        parts = [part for part in parts if part.body]
        found = [self._phrases(part) for part in parts]
        for part, held in zip(parts, found, strict=True):
            part.cues = self._bits(part, held)

    def find(self, part: Part) -> int:
        """The bits of the cues of a title or abstract, guards observed, each as `PLACE:CUE` and `cue:CUE`."""
        if part.cues is None:
            part.cues = self._bits(part, self._phrases(part))
        return part.cues

    def _bits(self, part: Part, held: list[str]) -> int:
        where = self._in[part.place]
        found = reduce(or_, map(where.plain.__getitem__, held), 0)
        if found & where.doubt:
            found ^= where.doubt
            text, written = part.folded, self._written
            for words in where.doubtful.keys() & held:
                for guard, cues in where.doubtful[words]:
                    if cues & ~found and _place(text, written[words], guard):
                        found |= cues
        here, anywhere = self._shifts[part.place]
        return found << here | found << anywhere

    def everywhere(self, text: Text) -> int:
        """The bits of the cues of title and abstract."""
        return self.find(text.title) | self.find(text.abstract)

    def places(self, part: Part, cue: str) -> list[tuple[int, int]]:
        """(start, end) in the folded text of every place of a cue, guards observed, in the order of their ends."""
        if not self.find(part) & self._tokens[part.place][cue]:
            return []
        guard, text = self._guards[cue], part.folded
        places = (_places(text, self._written[words], guard) for words in self._meant(part, cue))
        return sorted(chain.from_iterable(places), key=_by_end)

    def first(self, part: Part, cue: str) -> tuple[int, int]:
        """The first of these places. Raises ValueError where there is none."""
        guard, text = self._guards[cue], part.folded
        firsts = [_place(text, self._written[words], guard) for words in self._meant(part, cue)]
        return min(filter(None, firsts), key=_by_end)

    def _meant(self, part: Part, cue: str) -> frozenset[str]:
        """The phrases there that mean the cue."""
        return self._in[part.place].words.get(cue, _NONE).intersection(self._phrases(part))

    def _phrases(self, part: Part) -> list[str]:
        if part.phrases is None:
            part.phrases = self._in[part.place].find(_spaced(part.folded), overlapping=True)
        return part.phrases


class _Place:
    """What phrases mean in titles, or in abstracts. A cue is one bit, by its place among all."""

    def __init__(
        self,
        cues: Sequence[str],
        meant: Mapping[str, frozenset[str]],
        guards: Mapping[str, Guard | None],
    ) -> None:
        self.words = meant
        self.plain: dict[str, int] = {}  # the cues that need no look at what stands beside
        self.doubt = 1 << len(cues)  # marks the phrases of others there: most texts hold none
        self.doubtful: dict[str, tuple[tuple[Guard, int], ...]] = {}  # the cues of these, by what may not stand beside
        for place, cue in enumerate(cues):
            bit, guard, found = 1 << place, guards[cue], meant.get(cue, _NONE)
            if guard:
                known = [(phrase, dict(self.doubtful[phrase])) for phrase in self.doubtful.keys() & found]
                self.doubtful.update(dict.fromkeys(found, ((guard, bit),)))
                for phrase, others in known:
                    self.doubtful[phrase] = tuple((others | {guard: others.get(guard, 0) | bit}).items())
                bit = self.doubt
            both = [(phrase, self.plain[phrase] | bit) for phrase in self.plain.keys() & found]
            self.plain.update(dict.fromkeys(found, bit))  # one number for all: many would not stay in the processor's cache
            self.plain.update(both)
        self.find = _automaton(self.plain)


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


def _place(text: str, words: str, guard: Guard | None, at: int = 0) -> tuple[int, int] | None:
    """Where these characters stand first from an offset on (without those around the words) and no guard blocks them."""
    core = words.removesuffix(" ")
    at = text.find(core, at)
    while at >= 0:
        end = at + len(core)
        if core is words or text[end] in _WORD_ENDS:
            start = at + 1 if core[0] == " " else text.rfind(" ", 0, at) + 1
            if guard is None or not guard.blocks(text, start, end):
                return start, end
        at = text.find(core, at + 1)
    return None


def _places(text: str, words: str, guard: Guard | None) -> Iterator[tuple[int, int]]:
    """All of these places."""
    at, length = 0, len(words.removesuffix(" "))
    while span := _place(text, words, guard, at):
        yield span
        at = span[1] - length + 1
