"""Which sentences are claims, and of what type: sentences written for this test, about many treatments."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from litmap.claims.assertive import judge
from litmap.claims.kinds import certainty_of, kind_of, polarity_of, question_of
from litmap.claims.words import even

with (Path(__file__).parent / "judged_sentences.tsv").open(encoding="utf-8", newline="") as lines:
    SENTENCES = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
CLAIMS = [row for row in SENTENCES if row["claim"] == "yes"]


@pytest.mark.parametrize("row", SENTENCES, ids=lambda row: row["text"][:60])
def test_is_it_a_claim(row: dict[str, str]) -> None:
    verdict = judge(even(row["text"]), row["kind"])
    assert verdict.claim == (row["claim"] == "yes"), verdict.cues


@pytest.mark.parametrize("row", CLAIMS, ids=lambda row: row["text"][:60])
def test_type(row: dict[str, str]) -> None:
    kind = kind_of(even(row["text"]))
    assert kind.claim_type in row["types"].split(","), kind.cues
