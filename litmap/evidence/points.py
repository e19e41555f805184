"""Weigh the cues of a record that nobody has indexed yet: `points.csv` gives each cue points for the kinds of paper.

The kind with the most points wins. How far it is ahead becomes a confidence through `confidence.csv`, which says how
often such a lead was right on labelled records (benchmarks/evidence_points.py writes both tables).
"""

from __future__ import annotations

import math
import struct
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import compress
from operator import getitem, or_

from litmap.evidence import tables
from litmap.evidence.tokens import Tokens

KINDS = (  # by name: of those with equal points, the first counts
    "animal",
    "case-report",
    "clinical-study",
    "in-vitro",
    "narrative-review",
    "other",
    "protocol",
    "randomized-trial",
    "systematic-review",
)
PLACES = ("title", "abstract", "always")
MAYBE = 0.15  # a kind with this share of belief may be it
_UNIT = 1000  # points are summed as whole thousandths, so that their order does not matter
_LANE = 32  # bits for each kind: the points for all kinds are one number, so that one sum adds them all
_BEHIND = math.ceil(-math.log(MAYBE) * _UNIT)  # points: a kind further behind the best has a smaller share than MAYBE
_MIDDLE = 1 << 29  # makes the sum of a lane positive; below 2**30, one digit of Python's numbers, which it compares faster
_LANES = struct.Struct(f"<{len(KINDS)}I")
_BYTE = 8  # bits of tokens whose points are looked up together


class _Exponentials(dict[int, float]):
    def __missing__(self, points: int) -> float:
        self[points] = found = math.exp(points / _UNIT)
        return found


_EXP = _Exponentials()  # points are tenths, so few sums are possible


class Verdict:
    """What the cues of one record speak for."""

    __slots__ = ("_odds", "best", "points")

    def __init__(self, points: tuple[int, ...]) -> None:
        self.points = points  # of all kinds in the order of KINDS, counted from any beginning
        self.best = points.index(max(points))  # the kind, by its place in KINDS
        self._odds: list[float] | None = None

    @property
    def odds(self) -> list[float]:
        """Of all kinds in the order of KINDS, beside 1 for the best."""
        if self._odds is None:
            most = self.points[self.best]
            self._odds = [_EXP[value - most] for value in self.points]
        return self._odds

    @property
    def share(self) -> float:
        """Of belief in the best kind, 0 to 1."""
        return 1 / sum(self.odds)

    @property
    def ranked(self) -> tuple[tuple[str, float], ...]:
        """The kinds with their shares, best first; they add up to 1."""
        whole = self.share
        shares = [(kind, odds * whole) for kind, odds in zip(KINDS, self.odds, strict=True)]
        return tuple(sorted(shares, key=lambda pair: -pair[1]))


class Points:
    """The table of points."""

    def __init__(self, texts: Mapping[str, str], cues: list[str], bits: Tokens) -> None:
        known = set(cues)
        self._bits = bits
        self._may_be = [bits.bit(f"maybe:{kind}") for kind in KINDS]
        self._alone = [bits.bit(f"kind:{kind}") | maybe for kind, maybe in zip(KINDS, self._may_be, strict=True)]
        self._points: dict[str, tuple[int, ...]] = {}  # `title:CUE` or `abstract:CUE`: points for each kind
        start = [_MIDDLE] * len(KINDS)
        for row in tables.rows(texts, "points.csv", ("place:cue", *KINDS)):
            place, _, cue = row["place:cue"].partition(":")
            if place not in PLACES or (place != "always" and cue not in known):
                row.fail("not a place and a cue", "write title:CUE or abstract:CUE with a cue of cues.csv")
            values = tuple(round(row.decimal(kind) * _UNIT) for kind in KINDS)
            if place == "always":
                start = [one + value for one, value in zip(start, values, strict=True)]
            else:
                self._points[row["place:cue"]] = values
        self._start = _joined(start)
        self._known = bits.mask(self._points)
        self._sums = self._by_byte()
        confidence = _read_confidence(texts)
        self._shares = [least for least, _ in confidence]  # from 0
        self._confidence = [right for _, right in confidence]

    def _by_byte(self) -> list[list[int]]:
        """For each eight bits of tokens, the points of all their combinations."""
        points = {
            bit.bit_length() - 1: _joined(values)
            for cue, values in self._points.items()
            if (bit := self._bits.bit(cue))
        }
        found = []
        for first in range(0, self._known.bit_length(), _BYTE):
            sums = [0]
            for place in range(first, first + _BYTE):
                sums += [value + points.get(place, 0) for value in sums]
            found.append(sums)
        return found

    def weigh(self, found: int) -> Verdict:
        """The kinds of paper that these cues (the bits of `title:CUE`, `abstract:CUE`) speak for."""
        held = (found & self._known).to_bytes(len(self._sums), "little")  # most bytes are nought
        whole = sum(map(getitem, compress(self._sums, held), held.translate(None, b"\0")), self._start)
        return Verdict(_LANES.unpack(whole.to_bytes(_LANES.size, "little")))

    def tokens(self, verdict: Verdict) -> int:
        """What rules may ask for: the bits of the kind, and of all kinds that it may be."""
        best, points = verdict.best, verdict.points
        least = points[best] - _BEHIND
        if sorted(points)[-2] < least:  # no other kind can have a share of MAYBE
            return self._alone[best]
        odds = verdict.odds
        maybe = compress(self._may_be, map((MAYBE * sum(odds)).__le__, odds))
        return reduce(or_, maybe, self._alone[best])

    def speaking(self, kind: str, found: int) -> list[str]:
        """The cues among these that speak for a kind, the strongest first."""
        place = KINDS.index(kind)
        points = {cue: self._points[cue][place] for cue in self._bits.names(found & self._known)}
        return sorted((cue for cue in points if points[cue] > 0), key=lambda cue: (-points[cue], cue))

    def confidence(self, share: float) -> float:
        """How often a kind with this share of belief was right, on labelled records."""
        return self._confidence[bisect_right(self._shares, share) - 1]


def _read_confidence(texts: Mapping[str, str]) -> list[tuple[float, float]]:
    """Shares of belief, rising, with how often they were right."""
    found: list[tuple[float, float]] = []
    for row in tables.rows(texts, "confidence.csv", ("share", "right", "n"), some=True):
        share, right = row.share("share"), row.share("right")
        if row.number("n", 0, 10**9) is None:
            row.fail("no n", "write how many records were counted")
        if not found and share:
            row.fail(f"the first share is {row['share']!r}, not 0", "begin with the share 0: lower ones had no confidence")
        if found and share <= found[-1][0]:
            row.fail(f"share is {row['share']!r}, not above that of the row before", "sort the rows by share")
        found.append((share, right))
    return found


def _joined(values: Iterable[int]) -> int:
    """Points for each kind as one number, a lane for each."""
    return sum(value << _LANE * place for place, value in enumerate(values))
