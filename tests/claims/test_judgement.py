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


def test_a_given_claim_is_one_whatever_it_says() -> None:
    from litmap.ingest import claims_csv

    given = claims_csv.read(b"claim\nIs yoga safe?\n", "claims.csv", {})
    assert [claim.text for claim in given.documents[0][2]] == ["Is yoga safe?"]


def test_the_question_helps_where_the_answer_says_little() -> None:
    assert kind_of("These are mild and pass.", [("What are the side effects?", True)]).claim_type == "safety"
    assert (
        kind_of("It was then sold in pharmacies.", [("When was it approved by the FDA?", True)]).claim_type
        == "regulatory"
    )


@pytest.mark.parametrize(
    ("claim_type", "question"),
    [
        ("dosing", "benefit"),
        ("safety", "harm"),
        ("mechanism", "mechanism"),
        ("epidemiology", "prevalence"),
        ("history", "official-record"),
        ("other", "other"),
    ],
)
def test_each_type_asks_a_question(claim_type: str, question: str) -> None:
    assert question_of(claim_type) == question


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("The benefits of cupping remain unproven.", "deny"),
        ("Kratom is not approved for any use.", "deny"),
        ("There is little evidence that magnets relieve pain.", "deny"),
        ("Acupuncture failed to outperform sham needling.", "deny"),
        ("None of these devices has been tested in a trial.", "deny"),
        ("The mechanism is not fully understood, but yoga lowers stress.", "affirm"),
        ("Stimulation helps people who have not responded to medication.", "affirm"),
        ("Exercise not only lifts mood but also improves sleep.", "affirm"),
        ("Yoga improves balance.", "affirm"),
    ],
)
def test_polarity(text: str, polarity: str) -> None:
    assert polarity_of(text) == polarity


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("Yoga may improve balance.", "hedged"),
        ("Preliminary research suggests that ginger eases nausea.", "hedged"),
        ("Trials have shown that exercise prevents falls.", "proven"),
        ("Cannabidiol has been clinically proven to stop seizures.", "proven"),
        ("Yoga improves balance.", "asserted"),
    ],
)
def test_certainty(text: str, certainty: str) -> None:
    assert certainty_of(text) == certainty


def test_cues_are_kept() -> None:
    assert "side effects" in kind_of("Common side effects include nausea.").cues
    assert judge("Call us today to learn more.", "sentence").cues


def test_items_without_a_verb_complete_the_claim_that_announces_them() -> None:
    from litmap import claims
    from litmap.documents import read

    text = "Side effects of kava include:\n- drowsiness\n- a mild rash\n\nOur packages include:\n- two sessions\n- parking\n"
    document = read(text.encode(), "page.txt")
    found = claims.find(document, claims.split(document))
    assert [(claim.text, claim.claim_type) for claim in found] == [
        ("Side effects of kava include:", "safety"),
        ("drowsiness", "safety"),
        ("a mild rash", "safety"),
    ]
