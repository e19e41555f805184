"""Weigh the cues of a record that nobody has indexed yet: `points.csv` gives each cue points for the kinds of paper.

The kind with the most points wins. How far it is ahead becomes a confidence through `confidence.csv`, which says how
often such a lead was right on labelled records (benchmarks/evidence_points.py writes both tables).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from litmap.evidence import tables
from litmap.evidence.cues import Found

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


@dataclass(frozen=True)
class Verdict:
    """The kinds of one record, best first, and the share of belief in each (they add up to 1)."""

    ranked: tuple[tuple[str, float], ...]

    @property
    def kind(self) -> str:
        return self.ranked[0][0]

    @property
    def share(self) -> float:
        return self.ranked[0][1]


class Points:
    """The table of points."""

    def __init__(self, texts: Mapping[str, str], cues: list[str]) -> None:
        known = set(cues)
        self._start = [0.0] * len(KINDS)
        self._points: dict[str, list[tuple[int, float]]] = {}  # `title:CUE` or `abstract:CUE`
        for row in tables.rows(texts, "points.csv", ("place:cue", *KINDS)):
            place, _, cue = row["place:cue"].partition(":")
            if place not in PLACES or (place != "always" and cue not in known):
                row.fail("not a place and a cue", "write title:CUE or abstract:CUE with a cue of cues.csv")
            values = [(index, points) for index, kind in enumerate(KINDS) if (points := row.decimal(kind))]
            if place == "always":
                for index, points in values:
                    self._start[index] += points
            else:
                self._points[row["place:cue"]] = values
        self._confidence = [
            (row.decimal("share"), row.decimal("right"))
            for row in tables.rows(texts, "confidence.csv", ("share", "right", "n"))
        ]

    def weigh(self, found: Found) -> Verdict:
        """The kinds of paper that these cues speak for."""
        sums, points = list(self._start), self._points
        for key in found.first:
            if key in points:
                for index, value in points[key]:
                    sums[index] += value
        top = max(sums)
        shares = [math.exp(value - top) for value in sums]
        whole = sum(shares)
        ranked = sorted(_BY_NAME, key=[-share / whole for share in shares].__getitem__)
        return Verdict(tuple((KINDS[place], shares[place] / whole) for place in ranked))

    def confidence(self, share: float) -> float:
        """How often a kind with this share of belief was right, on labelled records."""
        right = 0.0
        for least, observed in self._confidence:
            if share >= least:
                right = observed
        return right
