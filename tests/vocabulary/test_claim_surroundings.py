"""What a page as a whole hands on to its claims: its route, the people of the trial it reports, sections on harm."""

from __future__ import annotations

import pytest

from tests.vocabulary.test_claim_context import TAGGER, Page, page_of


def roles(page: Page) -> set[str]:
    """Slug and role of the last claim's tags."""
    return {f"{tag.slug}={tag.role}" for tag in TAGGER.tag_claims(page_of(page), page.units, page.claims)[-1]}


def test_the_route_in_a_pages_title_goes_for_its_claims() -> None:
    page = Page()
    page.add("Esketamine nasal spray at our practice", "heading")
    page.add("How many sessions will I need?", "heading")
    page.claim("Sessions take place twice a week for a month.", "dosing")
    assert page.last()["intranasal"] == "document"


def test_a_route_that_most_sentences_name_is_the_pages() -> None:
    page = Page()
    page.add("Welcome", "heading")
    for text in ("Intravenous ketamine lifts depression.", "Intravenous ketamine eases pain.", "IV ketamine is quick."):
        page.claim(text)
    page.add("Afterwards", "heading")
    page.claim("Benefits last a week.")
    assert page.last()["intravenous"] == "document"


def test_a_section_on_the_treatment_as_such_has_no_route() -> None:
    page = Page()
    page.add("Intravenous ketamine in our clinic", "heading")
    page.claim("IV ketamine relieves depression.")
    page.add("Opening hours", "heading")
    page.add("By appointment.")
    page.add("What is ketamine?", "heading")
    page.claim("It blocks a receptor in the brain.", "mechanism")
    assert "intravenous" not in page.last()


def test_how_a_disease_works_has_no_route() -> None:
    page = Page()
    page.claim("Intravenous ketamine relieves depression.")
    page.claim("Glutamate signalling is weaker in patients with depression.", "mechanism")
    assert "intravenous" not in page.last()


def test_another_condition_without_the_treatment_takes_no_route() -> None:
    page = Page()
    page.claim("One oral dose of cannabidiol eased anxiety.")
    page.claim("Evidence for insomnia is mixed.")
    assert "oral" not in page.last()


def test_an_approval_concerns_the_route_before_it() -> None:
    page = Page()
    page.claim("Spravato is a nasal spray.", "other")
    page.claim("It was approved in 2019 for treatment-resistant depression.", "regulatory")
    assert page.last()["intranasal"] == "previous"
    page.claim("Doctors may prescribe medicines off label.", "regulatory")
    assert "intranasal" not in page.last()


def report() -> Page:
    page = Page()
    page.add("Psilocybin eases depression in people with cancer, trial finds", "heading")
    page.claim("Ninety adults took one oral dose of psilocybin.", "other")
    return page


def test_the_people_of_a_trial_stand_beside_what_was_measured() -> None:
    page = report()
    page.claim("Anxiety fell as well, but not by much.")
    assert roles(page) >= {"anxiety=indication", "depression=indication", "cancer=population", "psilocybin=studied"}
    assert page.last()["oral"] == "previous"


def test_what_holds_of_other_treatments_is_not_of_the_trials_people() -> None:
    page = report()
    page.claim("Acupuncture does little for hay fever.")
    assert "cancer" not in page.last()
    page.claim("Acupuncture does little for these patients.")
    assert "cancer" in page.last()


def test_a_page_that_reports_no_study_has_no_population() -> None:
    page = Page()
    page.add("Psilocybin for people with cancer", "heading")
    page.claim("Anxiety fell as well.")
    assert "cancer" not in page.last()


@pytest.mark.parametrize("heading", ["Side effects", "Is it safe?", "Risks and complications"])
def test_what_stands_under_side_effects_is_one(heading: str) -> None:
    page = Page()
    page.add("Magnetic stimulation for depression", "heading")
    page.claim("Magnetic stimulation relieves depression.")
    page.add(heading, "heading")
    page.claim("Brief dizziness and a mild headache in one of ten.", "other")
    assert roles(page) >= {"dizziness=adverse-effect", "headache=adverse-effect"}


def test_what_stands_under_who_should_not_have_it_is_a_contraindication() -> None:
    page = Page()
    asked = page.add("Who should not have magnetic stimulation?")
    page.claim("Anyone with epilepsy or an implant in the head.", "safety", question=asked)
    assert "epilepsy=contraindication" in roles(page)


def test_in_a_claim_on_safety_the_pages_condition_stays_an_indication() -> None:
    page = Page()
    page.add("Magnetic stimulation for depression", "heading")
    page.claim("Magnetic stimulation relieves depression.")
    page.claim("No seizures and no weight gain were seen with depression.", "safety")
    assert "depression=indication" in roles(page)
    assert not {"epilepsy=indication", "obesity=indication"} & roles(page)


def test_side_effects_of_one_sentence_are_not_the_subject_of_the_next() -> None:
    page = Page()
    page.claim("Feeling light-headed or sleepy is common.", "safety")
    page.claim("Serious harm is rare.", "safety")
    assert "dizziness" not in page.last()


def test_narrower_words_take_their_condition_from_the_context() -> None:
    page = Page()
    page.add("Depression", "heading")
    page.claim("Relief is possible even when other medications have not worked.")
    assert {"depression=indication", "treatment-resistant-depression=indication"} <= roles(page)


def test_a_list_adds_to_what_its_announcement_names() -> None:
    page = Page()
    lead = page.add("Beyond depression, people try it for:")
    page.claims.clear()
    page.add("OCD", "item", lead_in=lead)
    page.add("tinnitus", "item", lead_in=lead)
    page.claim("Yoga eases depression and is used for much else:")
    for item in ("OCD", "tinnitus"):
        page.add(item, "item", lead_in=len(page.units) - 1)
    assert {"depression", "ocd", "tinnitus"} <= set(page.last())


def test_a_loose_word_is_not_handed_on_beside_a_firm_one() -> None:
    page = Page()
    page.claim("Yoga eases depression where inflammation is at work.")
    page.claim("It takes a month.", "onset")
    assert "inflammation" not in page.last()
    assert page.last()["depression"] == "previous"
