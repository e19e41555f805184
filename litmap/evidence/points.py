"""Weigh the cues of a record that nobody has indexed yet: `points.csv` gives each cue points for the kinds of paper.

The kind with the most points wins. How far it is ahead becomes a confidence through `confidence.csv`, which says how
often such a lead was right on labelled records (benchmarks/evidence_points.py writes both tables).
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from math import exp
from typing import NamedTuple

from litmap.evidence import tables

KINDS = (
    "randomized-trial",
    "clinical-study",
    "case-report",
    "systematic-review",
    "narrative-review",
    "protocol",
    "animal",
    "in-vitro",
    "other",
)
_BY_NAME = sorted(range(len(KINDS)), key=KINDS.__getitem__)  # of equal shares, the first by name
PLACES = ("title", "abstract", "always")
MAYBE = 0.15  # a kind with this share of belief may be it
_MAYBE = tuple(f"maybe:{kind}" for kind in KINDS)
_UNIT = 1000  # points are summed as whole thousandths, so that their order does not matter
_LANE = 24  # bits for each kind: the points for all kinds are one number, so that one sum adds them all
_SHIFTS = tuple(_LANE * place for place in range(len(KINDS)))
_MIDDLE = 1 << _LANE - 1  # makes the sum of a lane positive
_MASK = (1 << _LANE) - 1
_BIAS = sum(_MIDDLE << shift for shift in _SHIFTS)


class Verdict(NamedTuple):
    """What the cues of one record speak for."""

    kind: str
    share: float  # of belief in that kind, 0 to 1
    shares: tuple[float, ...]  # of all kinds in the order of KINDS; they add up to 1

    @property
    def ranked(self) -> tuple[tuple[str, float], ...]:
        """The kinds with their shares, best first."""
        return tuple((KINDS[place], self.shares[place]) for place in sorted(_BY_NAME, key=lambda at: -self.shares[at]))

    def tokens(self) -> list[str]:
        """What rules may ask for: the kind, and all kinds that it may be."""
        if self.share > 1 - MAYBE:
            return [f"kind:{self.kind}", f"maybe:{self.kind}"]
        may_be = [name for name, share in zip(_MAYBE, self.shares, strict=True) if share >= MAYBE]
        return [f"kind:{self.kind}", *may_be]


class Points:
    """The table of points."""

    def __init__(self, texts: Mapping[str, str], cues: list[str]) -> None:
        known = set(cues)
        self._start = _BIAS
        self._points: dict[str, int] = {}  # `title:CUE` or `abstract:CUE`: points for each kind
        for row in tables.rows(texts, "points.csv", ("place:cue", *KINDS)):
            place, _, cue = row["place:cue"].partition(":")
            if place not in PLACES or (place != "always" and cue not in known):
                row.fail("not a place and a cue", "write title:CUE or abstract:CUE with a cue of cues.csv")
            values = sum(round(row.decimal(kind) * _UNIT) << shift for kind, shift in zip(KINDS, _SHIFTS, strict=True))
            if place == "always":
                self._start += values
            else:
                self._points[row["place:cue"]] = values
        self._known = frozenset(self._points)
        self._confidence = [
            (row.decimal("share"), row.decimal("right"))
            for row in tables.rows(texts, "confidence.csv", ("share", "right", "n"))
        ]

    def weigh(self, found: AbstractSet[str]) -> Verdict:
        """The kinds of paper that these cues (`title:CUE`, `abstract:CUE`) speak for."""
        whole = sum(map(self._points.__getitem__, found & self._known), self._start)
        sums = [(whole >> shift & _MASK) - _MIDDLE for shift in _SHIFTS]
        best = max(_BY_NAME, key=sums.__getitem__)
        shares = [exp((value - sums[best]) / _UNIT) for value in sums]
        total = sum(shares)
        return Verdict(KINDS[best], shares[best] / total, tuple([share / total for share in shares]))

    def speaking(self, kind: str, found: AbstractSet[str]) -> list[str]:
        """The cues among these that speak for a kind, the strongest first."""
        shift = _SHIFTS[KINDS.index(kind)]
        points = {cue: (self._points[cue] + _BIAS >> shift & _MASK) - _MIDDLE for cue in found & self._known}
        return sorted((cue for cue in points if points[cue] > 0), key=lambda cue: (-points[cue], cue))

    def confidence(self, share: float) -> float:
        """How often a kind with this share of belief was right, on labelled records."""
        right = 0.0
        for least, observed in self._confidence:
            if share >= least:
                right = observed
        return right
