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
        ("Tapping is no better than sham tapping.", "deny"),
        ("Good evidence for cupping is lacking.", "deny"),
        ("The patch has yet to be approved in Canada.", "deny"),
        ("Hardly any trials have looked at children.", "deny"),
        ("Insurance rarely covers hypnosis.", "deny"),
        ("The syrup was withdrawn in 1998.", "deny"),
        ("A third of them no longer met criteria for panic disorder.", "affirm"),
        ("The device helps people who don't get better with tablets.", "affirm"),
        ("You don't have to stop your tablets for it to work.", "affirm"),
        ("Although it is not approved for gout, colchicine eases pericarditis.", "affirm"),
        ("Stimulation works even when other methods have failed.", "affirm"),
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
        ("It tends to wear off.", "hedged"),
        ("Early results are encouraging.", "hedged"),
        ("Early treatment takes an hour.", "asserted"),
        ("The rule came into force in May.", "asserted"),
        ("A large trial found that massage halves attacks.", "proven"),
        ("Its value is beyond doubt.", "proven"),
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


@pytest.mark.parametrize(
    "text",
    [
        "Cleared in 2016 as an aid to falling asleep",
        "No better than stretching, a Finnish trial shows",
        "Kava tied to liver injury",
    ],
)
def test_headlines_without_a_helping_verb_assert(text: str) -> None:
    assert judge(text, "heading").claim


@pytest.mark.parametrize(
    "text",
    [
        "No needles, no drugs, no downtime",
        "Memory trouble: none with light therapy, common with sleeping pills",
        "Relief in as little as 40 minutes",
        "Is not addictive",
        "Less cramping and fewer migraine days",
        "1 in 3 no longer needs painkillers",
        "Cheaper than a course of injections",
        "Two sessions a week for a month",
    ],
)
def test_items_without_a_verb_that_assert(text: str) -> None:
    assert judge(text, "item").claim


@pytest.mark.parametrize(
    "text",
    [
        "Friendly, experienced staff",
        "Same-week appointments",
        "Vegan and gluten free",
        "Depression",
        "Personal care plans",
    ],
)
def test_items_that_assert_nothing(text: str) -> None:
    assert not judge(text, "item").claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("I felt better after the second massage.", False),
        ("My migraines stopped and I got my job back.", False),
        ("As I explained last week, caffeine blocks adenosine receptors.", True),
        ("In the trials I have read, roughly half of the people respond.", True),
        ("What struck me is that most of them had relapsed within six months.", True),
        ("My patients worry about scars, but most of them fade within weeks.", True),
        ("We love what we do.", False),
        ("We tailor each plan to the person in front of us.", False),
        ("We use between 2 and 4 mg an hour.", True),
        ("We have treated 400 people since 2012, and about 60% of them improved.", True),
        ("We check your blood pressure and heart rate every 15 minutes.", True),
    ],
)
def test_who_speaks_is_weighed_against_what_is_said(text: str, claim: bool) -> None:
    assert judge(text, "sentence").claim is claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Do not take valerian if you have liver disease.", True),
        ("Do not stop taking your tablets without advice.", False),
        ("Start with 5 mg and go up by 5 mg a week.", True),
        ("Please arrive ten minutes early.", False),
        ("Expect four to six visits, a week apart.", True),
        ("Wear loose clothes that can be rolled above the knee.", False),
    ],
)
def test_instructions_are_claims_when_they_say_for_whom_or_how_much(text: str, claim: bool) -> None:
    assert judge(text, "sentence").claim is claim


def found(text: str) -> list[tuple[str, str]]:
    """The claims of a plain text page: text and type."""
    from litmap import claims
    from litmap.documents import read

    document = read(text.encode(), "page.txt")
    return [(claim.text, claim.claim_type) for claim in claims.find(document, claims.split(document))]


def test_items_below_who_should_not_have_it_are_claims() -> None:
    page = "Safety\n\nKava should not be used if you:\nhave liver disease\nare pregnant\n\nIt is sold as a drink.\n"
    assert [kind for text, kind in found(page) if text.startswith(("have", "are"))] == ["safety", "safety"]
    page = "We can't prescribe it if you\nhave had a stroke\nare under 18\n\nIt is sold as a drink.\n"
    assert found(page)[:2] == [("have had a stroke", "safety"), ("are under 18", "safety")]


def test_answers_without_a_verb_take_the_type_of_the_question() -> None:
    assert found("What are the side effects?\n\nNausea, headache, dry mouth.\n") == [
        ("Nausea, headache, dry mouth.", "safety")
    ]
    page = "Who should not have it?\nAnyone with glaucoma\nPregnant women\n\nHow is it made?\n\nIt is pressed.\n"
    assert found(page)[:2] == [("Anyone with glaucoma", "safety"), ("Pregnant women", "safety")]


def test_conditions_below_a_heading_are_no_claims_but_below_a_lead_in_are() -> None:
    assert found("Conditions we treat\n\n- Migraine\n- OCD\n") == []
    page = "Biofeedback has been shown to help with:\n\n- Migraine\n- OCD\n"
    assert found(page)[1:] == [("Migraine", "efficacy"), ("OCD", "efficacy")]


@pytest.mark.parametrize(
    ("text", "claim_type"),
    [
        ("It is an option for people who can't tolerate the side effects of tablets.", "efficacy"),
        ("Bloating eased in two thirds of the volunteers.", "efficacy"),
        ("The coil wakes up an underactive mood circuit.", "mechanism"),
        ("Blurry sight and tingling lips wear off within the hour.", "safety"),
        ("Each course consists of ten visits over five weeks.", "dosing"),
        ("Most users notice nothing until the third week.", "onset"),
        ("Stretching and massage came out even in a head-to-head trial.", "comparative"),
        ("Patients stay on their usual antidepressant during the course.", "adjunct"),
        ("Tinnitus troubles about one adult in seven.", "epidemiology"),
        ("It is a class B drug in Britain.", "regulatory"),
        ("Two Swiss chemists first isolated it in 1912.", "history"),
        ("Reflexology is a practice in which pressure is put on the feet.", "other"),
    ],
)
def test_the_type_of_sentences_that_no_rule_was_written_for(text: str, claim_type: str) -> None:
    assert kind_of(text).claim_type == claim_type


def test_words_alone_give_a_type_and_are_kept_as_cues() -> None:
    kind = kind_of("Drooping of an eyelid troubled a few.")
    assert kind.claim_type == "safety"
    assert kind.cues
