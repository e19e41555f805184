"""What a whole page is about, and where that holds: its main condition, its route, lists, harms and street use."""

from __future__ import annotations

import pytest

from tests.vocabulary.test_claim_context import Page


def infusions(*texts: str) -> Page:
    """A page on infusions, whose title says so, with a section that says nothing."""
    page = Page()
    page.add("Intravenous ketamine at Elm Street", "heading")
    for text in texts:
        page.claim(text)
    return page


def test_a_heading_on_the_pages_treatment_hands_on_the_pages_route() -> None:
    page = infusions()
    page.add("Opening hours", "heading")
    page.add("By appointment.")
    page.add("Ketamine for depression", "heading")
    page.claim("Most people feel better within a day.")
    assert page.last()["intravenous"] == "document"


def test_a_heading_on_another_treatment_does_not() -> None:
    page = infusions("IV ketamine relieves depression.", "IV ketamine relieves anxiety.")
    page.add("Opening hours", "heading")
    page.add("By appointment.")
    page.add("Psilocybin for depression", "heading")
    page.claim("Most people feel better within a day.")
    assert "intravenous" not in page.last()


def test_the_one_route_that_headings_name_with_the_treatment_is_the_pages() -> None:
    page = Page()
    page.add("Welcome", "heading")
    page.claim("Ketamine relieves depression.")
    page.add("Ketamine by intramuscular injection", "heading")
    page.add("We have two rooms.")
    page.add("Afterwards", "heading")
    page.claim("The benefit lasts a week.")
    assert page.last()["intramuscular"] == "document"


def test_a_heading_that_compares_names_no_route_of_the_page() -> None:
    page = Page()
    page.add("Welcome", "heading")
    page.claim("Ketamine relieves depression.")
    page.add("Intramuscular ketamine vs. pills", "heading")
    page.add("We have two rooms.")
    page.add("Afterwards", "heading")
    page.claim("The benefit lasts a week.")
    assert "intramuscular" not in page.last()


def test_the_pages_route_holds_for_what_other_drugs_do_to_it() -> None:
    page = infusions("IV ketamine relieves depression.")
    page.add("Other medicines", "heading")
    page.claim("Lorazepam may blunt the response.", "adjunct")
    assert page.last()["intravenous"] == "document"


@pytest.mark.parametrize(
    "text",
    [
        "People who use it recreationally may harm their bladder.",
        "It was used as an anesthetic in all kinds of patients.",
        "Left untreated it can last for years.",
    ],
)
def test_what_the_page_does_not_do_has_no_route(text: str) -> None:
    page = infusions("IV ketamine relieves depression.")
    page.add("Good to know", "heading")
    page.claim(text, "safety")
    assert "intravenous" not in page.last()


def test_a_condition_named_often_is_the_pages_though_another_is_as_near() -> None:
    page = Page()
    for _ in range(4):
        page.claim("Ketamine relieves depression.")
        page.claim("Ketamine relieves chronic pain.")
    page.add("Afterwards", "heading")
    page.claim("The benefit lasts a week.")
    assert page.last()["depression"] == "document"


def test_a_family_without_a_member_that_stands_for_it_is_no_subject() -> None:
    page = Page()
    for name in ("fibromyalgia", "CRPS", "migraine", "sciatica", "low back pain"):
        page.claim(f"Ketamine relieves {name}.")
    page.add("Afterwards", "heading")
    page.claim("The benefit lasts a week.")
    assert not {"fibromyalgia", "crps", "migraine"} & set(page.last())


def test_after_a_list_of_its_kin_a_claim_is_on_the_pages_condition() -> None:
    page = Page()
    for _ in range(4):
        page.claim("Ketamine relieves depression.")
    page.add("More", "heading")
    page.claim("Ketamine helps with treatment-resistant depression, PTSD, OCD and chronic pain.")
    page.claim("It works within hours.", "onset")
    assert {slug for slug in page.last() if slug in ("depression", "ptsd", "ocd", "chronic-pain")} == {"depression"}


def test_the_sections_narrower_condition_stands_for_a_broader_word() -> None:
    page = Page()
    page.add("Ketamine for postpartum depression", "heading")
    page.claim("Depression strikes many new mothers.", "epidemiology")
    page.claim("Ketamine can lift it within a day.", "onset")
    assert page.last()["postpartum-depression"] == "heading"


def test_the_sections_condition_stays_beside_others_of_the_sentence_before() -> None:
    page = Page()
    page.add("Ketamine for PTSD", "heading")
    page.claim("Ketamine relieves PTSD and insomnia.")
    page.claim("The benefit lasts a week.", "onset")
    assert page.last()["ptsd"] == "previous"


@pytest.mark.parametrize(
    "text", ["It is not for people with schizophrenia.", "It can be habit-forming when taken every day."]
)
def test_whom_it_is_not_for_and_addiction_are_claims_of_their_own(text: str) -> None:
    page = infusions("IV ketamine relieves depression.", "IV ketamine lifts depression quickly.")
    page.add("Risks", "heading")
    page.claim(text, "safety")
    assert "depression" not in page.last()


def test_a_side_effect_is_of_the_people_whom_the_page_treats() -> None:
    page = infusions("IV ketamine relieves depression.", "IV ketamine lifts depression quickly.")
    page.add("Risks", "heading")
    page.claim("Nausea may occur.", "safety")
    assert page.last()["depression"] == "document"


def test_people_at_risk_are_not_handed_on() -> None:
    page = infusions("IV ketamine relieves depression.", "IV ketamine lifts depression quickly.")
    page.add("Risks", "heading")
    page.claim("Anyone with a history of schizophrenia needs a careful review.", "safety")
    page.claim("Its effects wear off within an hour.", "safety")
    assert "schizophrenia" not in page.last()
