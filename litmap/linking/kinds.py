"""Which kinds of study answer which kind of question, after the clinical categories of PubMed's Clinical Queries.

This is a matter of subject, not of level: within a kind, all designs and levels count the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

TRIALS = {"randomized-trial", "controlled-trial", "single-arm-trial", "pooled-analysis", "systematic-review"}
OBSERVED = {
    "cohort",
    "case-control",
    "cross-sectional",
    "case-series",
    "case-report",
    "qualitative",
    "secondary-analysis",
}
REVIEWS = {"narrative-review", "scoping-review", "systematic-review", "guideline"}
WITHOUT_RESULTS = {"protocol", "notice", "opinion"}
SOME, PART = 0.5, 0.25  # a kind that may answer, and one that seldom does
BATCH = 400


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of record this is."""

    design: str
    secondary: bool
    subjects: str


def kinds(conn: sqlite3.Connection, pmids: Sequence[int]) -> dict[int, Kind]:
    """Read the kinds of these records."""
    found: dict[int, Kind] = {}
    for start in range(0, len(pmids), BATCH):
        batch = pmids[start : start + BATCH]
        marks = ",".join("?" * len(batch))
        sql = f"select pmid, design, secondary, subjects from records where pmid in ({marks})"
        for pmid, design, secondary, subjects in conn.execute(sql, tuple(batch)):
            found[pmid] = Kind(design or "undetermined", bool(secondary), subjects or "human")
    return found


def suits(question: str, kind: Kind) -> float | None:
    """Return how well a kind of study suits a question (0 to 1); None when the question asks for none."""
    if question not in ("benefit", "harm", "mechanism"):
        return None
    if kind.design in WITHOUT_RESULTS:
        return 0.0
    if question == "mechanism":
        return _of_mechanism(kind)
    if kind.subjects != "human" or kind.design == "laboratory":
        return 0.0
    if kind.design in TRIALS or (question == "harm" and kind.design in OBSERVED):
        return SOME if kind.secondary else 1.0
    return PART if kind.design in REVIEWS else SOME


def _of_mechanism(kind: Kind) -> float:
    if kind.design == "laboratory" or kind.subjects != "human" or kind.design in REVIEWS:
        return 1.0
    return SOME
