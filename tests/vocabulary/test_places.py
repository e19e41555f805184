"""Where the sentences of an abstract end, and where each stands."""

from __future__ import annotations

import pytest

from litmap.vocabulary.places import Places, sentences
from litmap.vocabulary.terms import plain

ABSTRACT = "Smith et al. Gave 0.5 mg i.v. Twice (n = 4). “It works.” Dr. No disagrees vs. Others. So be it."


@pytest.mark.parametrize("mark", ["!", "?", "\n"])
def test_other_marks_leave_full_stops_as_they_are(mark: str) -> None:
    spans = sentences(ABSTRACT)
    assert [ABSTRACT[start:end].strip() for start, end in spans] == [
        "Smith et al. Gave 0.5 mg i.v. Twice (n = 4).",
        "“It works.”",
        "Dr. No disagrees vs. Others.",
        "So be it.",
    ]
    more = f"{ABSTRACT} Really{mark} Yes."
    assert sentences(more)[: len(spans) - 1] == spans[:-1]
    assert sentences(f"Really{mark} {ABSTRACT}", 8) == [(start + 8, end + 8) for start, end in spans]


def test_a_label_is_shouted_or_begins_a_sentence() -> None:
    text = "Study objective: a. Results (ratio: b) were: c. Main Findings: d. Of the outcome: e. CONCLUSIONS: f\nSetting: g"
    places = Places(text, plain(text), sentences(text))
    assert [places.at(text.index(f": {letter}") + 2) for letter in "abcdefg"] == [
        "objective", "objective", "objective", "results", "results", "conclusion", "methods",
    ]  # fmt: skip
