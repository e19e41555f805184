"""Judge what an abstract's sentences say of studies of a design: that the review has them, wanted them, or has none."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from functools import cache, cached_property, partial
from itertools import accumulate
from typing import NamedTuple

from litmap.evidence.wording import END

_WINDOW = 400  # characters of a sentence that are read on either side
Words = Mapping[str, re.Pattern[str]]
Place = tuple[int, int, str]  # start, end, design


class Weight(IntEnum):
    """How firmly a mention says that studies are included. A denial of some weight overrules what weighs no more."""

    NOTHING = 0
    WANTED = 1  # searched for, eligible
    STATED = 2
    NAMED = 3  # by the title
    COUNTED = 4


class Mention(NamedTuple):
    """Studies of a design, named in a text."""

    design: str
    start: int
    end: int
    weight: Weight
    denies: Weight = Weight.NOTHING


class Sentence:
    """A sentence of a folded text, with the studies that it names."""

    def __init__(self, folded: str, start: int, stop: int, places: Sequence[Place]) -> None:
        self.start, self.places = start, places
        self._folded, self._stop = folded, stop

    @cached_property
    def words(self) -> str:
        """Its words, plain: most sentences are never asked for them."""
        return _plain(self._folded[self.start : self._stop])

    @cached_property
    def designs(self) -> set[str]:
        """The designs of the studies that it names."""
        return {design for *_, design in self.places}


def mentions(words: Words, folded: str, places: Sequence[Place]) -> list[Mention]:
    """What each place says. What stands before the first sentence about the review itself is introduction and says nothing."""
    starts = [0, *(end.end() for end in END.finditer(folded))]
    stops = [*starts[1:], len(folded)]
    named: dict[int, list[Place]] = {}  # by sentence
    for place in places:
        named.setdefault(bisect_right(starts, place[0]) - 1, []).append(place)
    spans = zip(starts, stops, strict=True)
    own = next((at for at, span in enumerate(spans) if words["own"].search(_plain(folded[slice(*span)]))), 0)
    if own * 2 >= len(starts):  # an abstract of findings alone has no introduction
        own = 0
    presented = cache(partial(_presented, words, folded, places))  # few sentences ask for it
    found: list[Mention] = []
    for at in sorted({*named, *(at + 1 for at in named)}):  # the next one may say that none were found
        if own <= at < len(starts):
            sentence = Sentence(folded, starts[at], stops[at], named.get(at, ()))
            before = () if sentence.places else named[at - 1]
            if before and _none(words, sentence.words):
                found += [Mention(design, start, end, Weight.NOTHING, Weight.NAMED) for start, end, design in before]
            for place in sentence.places:
                found += _judged(words, folded, sentence, place, presented)
    return found


def _plain(words: str) -> str:
    """The words with one blank between them, and one in front."""
    return " " + " ".join(words.split())


def _none(words: Words, sentence: str) -> bool:
    """Whether a sentence begins by saying that none were found."""
    found = words["none"].search(sentence)
    return found is not None and sentence.count(" ", 0, found.start()) <= 2


def _presented(words: Words, folded: str, places: Sequence[Place]) -> bool:
    """Whether the review says that it has studies, of no design that it names there."""
    starts = [start for start, *_ in places]
    ends = list(accumulate((end for _, end, _ in places), max, initial=0))  # the last one of all places up to each
    return any(
        ends[bisect_left(starts, found.end())] <= found.start() for found in words["presented"].finditer(folded)
    )


def _judged(words: Words, folded: str, sentence: Sentence, place: Place, presented: Callable[[], bool]) -> list[Mention]:
    start, end, design = place
    before = _plain(folded[max(sentence.start, start - _WINDOW) : start]) + " "
    after = _plain(END.split(folded[end : end + _WINDOW], maxsplit=1)[0])
    denies = _denied(words, before, after)
    if denies:
        return [Mention(design, start, end, Weight.NOTHING, denies)]
    weight = _weight(words, before, after, presented)
    found = [Mention(design, start, end, weight)]
    if weight:  # "only case reports were found": nothing else was
        excludes = _excludes(words, before, after)
        found += [
            Mention(other, start, end, Weight.NOTHING, excludes)
            for other in ("randomized", "nonrandomized", "case-reports", "animal")
            if excludes and other not in sentence.designs
        ]
    return found


def _denied(words: Words, before: str, after: str) -> Weight:
    """How firmly the sentence says that there are no such studies."""
    if words["none"].search(after) or (words["zero-after"].search(after) and not _tallied(words, before)):
        return Weight.NAMED
    if words["denied"].search(before):
        return Weight.NAMED if words["whole"].search(after) else Weight.WANTED
    return Weight.WANTED if words["denied-after"].search(after) else Weight.NOTHING


def _excludes(words: Words, before: str, after: str) -> Weight:
    """How firmly the sentence says that there are no other studies than these."""
    if words["all"].search(before):
        return Weight.STATED
    alone = words["only"].search(before) and any(words["found"].search(side) for side in (before, after))
    return Weight.WANTED if alone else Weight.NOTHING


def _weight(words: Words, before: str, after: str, presented: Callable[[], bool]) -> Weight:
    """How firmly the sentence says that the review has such studies."""
    if words["absent"].search(before) or words["asked-after"].search(after) or words["others"].search(before):
        return Weight.NOTHING
    if _counted(words, before, after):
        return Weight.COUNTED
    if words["others-uncounted"].search(before) or words["others-after"].search(after) or words["asked"].search(before):
        return Weight.NOTHING
    if words["all"].search(before):
        return Weight.STATED
    if words["searched"].search(before):
        return Weight.WANTED if presented() or words["held"].search(after) else Weight.NOTHING
    if not (words["included"].search(before) or words["included"].search(after)):
        return Weight.NOTHING
    wanted = words["wanted"].search(before) or words["wanted-after"].search(after)
    return Weight.WANTED if wanted else Weight.STATED


def _tallied(words: Words, before: str) -> bool:
    """Whether a count stands right before the mention: of "12 trials, 0 cohorts" the 0 is said of the cohorts, of "trials (0), cohorts (12)" not."""
    return words["count"].search(" " + " ".join(before.split()[-3:]) + " ") is not None


def _counted(words: Words, before: str, after: str) -> bool:
    if words["searched"].search(before):  # "of two databases for" counts nothing that was found
        before = " " + before.rpartition(" for ")[2]
    counted = words["count"].search(before) and not words["no-count"].search(before)
    return bool(counted or words["count-after"].search(after))
