"""What is handed on and what is not: lists that stay the page's own, forms beside routes, other treatments, harms."""

from __future__ import annotations

import pytest

from tests.vocabulary.test_claim_context import TAGGER, Page, page_of
from tests.vocabulary.test_claim_pages import infusions


def routes(page: Page) -> dict[str, str]:
    """Slug and role of the last claim's routes."""
    tags = TAGGER.tag_claims(page_of(page), page.units, page.claims)[-1]
    return {tag.slug: tag.role for tag in tags if tag.facet == "route"}


def quiet(*texts: str) -> Page:
    """A page on infusions and then a section that says nothing of them."""
    page = infusions(*texts)
    page.add("Good to know", "heading")
    page.add("The car park is behind the house.")
    return page


def test_the_people_of_a_trial_stay_as_many_however_many_its_results() -> None:
    page = Page()
    page.add("Psilocybin eases depression in people with cancer, trial finds", "heading")
    for number in range(40):  # a list that doubled with each would fill the memory
        page.claim(f"Scores fell by {number} points.")
    tags = TAGGER.tag_claims(page_of(page), page.units, page.claims)[-1]
    assert [tag.slug for tag in tags if tag.facet == "condition"] == ["depression", "cancer"]


# ------------------------------------------------------------ routes: forms that a sentence sets against each other


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("A third of the nasal spray is absorbed, compared with all of an infusion.", "intravenous"),
        ("It comes as a drip on the ward, or as a liquid to swallow.", "intravenous"),
        ("With a drip all of it counts; with a nasal spray half.", "intravenous"),
    ],
)
def test_a_form_set_against_a_route_is_a_route_too(text: str, route: str) -> None:
    page = Page()
    page.claim(text, "mechanism")
    found = routes(page)
    assert route in found
    assert len(found) == 2


def test_a_form_of_the_route_itself_is_not() -> None:
    page = Page()
    page.claim("Subcutaneous ketamine by slow infusion eases pain.")
    assert routes(page) == {"subcutaneous": "studied"}


def test_what_another_way_is_only_compared_with_is_a_comparator() -> None:
    page = Page()
    page.claim("IV ketamine works faster than the pills from your pharmacy.")
    assert routes(page) == {"intravenous": "studied", "oral": "comparator"}


def test_a_tablet_of_another_drug_is_not_the_treatments_route() -> None:
    page = quiet("IV ketamine relieves depression.")
    page.claim("Nausea is common at first, and a tablet of ondansetron settles it.", "safety")
    assert routes(page) == {"intravenous": "studied", "oral": "co-medication"}


@pytest.mark.parametrize("text", ["Half of all patients get nowhere with pills.", "It is as good as a tablet."])
def test_beside_a_treatment_without_a_route_pills_are_a_comparison(text: str) -> None:
    page = Page()
    page.add("Magnetic stimulation for depression", "heading")
    page.claim("Transcranial magnetic stimulation relieves depression.")
    page.claim(text)
    assert routes(page).get("oral") in (None, "comparator")
    page.claim("The benefit lasts a year.")
    assert routes(page) == {}


def test_a_loose_form_is_handed_on_no_further_than_the_next_sentence() -> None:
    page = Page()
    page.claim("Cannabidiol capsules calmed students.")
    page.claim("Low doses did nothing.")
    assert "oral" in routes(page)
    page.claim("High doses did no more.")
    assert "oral" not in routes(page)


def test_a_loose_form_does_not_outdo_the_pages_route() -> None:
    page = quiet("IV ketamine relieves depression.")
    page.claim("Swallowing a capsule is another way to take ketamine.", "other")
    page.claim("The benefit lasts a week.")
    assert routes(page) == {"intravenous": "studied"}


def test_a_review_is_not_of_the_one_form_before_it() -> None:
    page = Page()
    page.claim("A cannabidiol cream applied to the skin eased sore knees.")
    page.claim("A review of nine trials found no use of cannabidiol for pain.")
    assert routes(page) == {}


def test_both_are_the_routes_just_compared() -> None:
    page = Page()
    page.claim("Unlike IV ketamine, Spravato is sprayed into the nose.", "other")
    page.claim("Which of the two lasts longer is not known.")
    assert set(routes(page)) == {"intravenous", "intranasal"}


def test_an_injection_is_of_the_pages_route_beside_another() -> None:
    page = Page()
    page.add("Intramuscular ketamine at Elm Street", "heading")
    page.claim("Intramuscular ketamine relieves depression.")
    page.claim("A single shot spares you the tubes of an infusion.", "comparative")
    assert set(routes(page)) == {"intramuscular", "intravenous"}


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("Ketamine is given by an injection into the upper arm.", "intramuscular"),
        ("Ketamine flows through a cannula in your forearm.", "intravenous"),
        ("You swish and spit the ketamine.", "sublingual"),
        ("The ketamine cream is rubbed over the sore spot.", "topical"),
        ("They gave psilocybin mixed into fruit juice.", "oral"),
    ],
)
def test_lay_words_for_routes(text: str, route: str) -> None:
    page = Page()
    page.claim(text)
    assert routes(page) == {route: "studied"}


# ------------------------------------------------------------ routes: what a page is on, and what it is not on


@pytest.mark.parametrize(
    "text",
    [
        "Older antidepressants take a month to work.",
        "After two failed medications few recover with a third.",
        "Acupuncture helps with sore backs.",
    ],
)
def test_other_treatments_take_no_route_from_the_page(text: str) -> None:
    page = quiet("IV ketamine relieves depression.", "IV ketamine relieves anxiety.")
    page.claim(text)
    assert routes(page) == {}


@pytest.mark.parametrize("text", ["SSRIs can be continued.", "Valium may blunt the response."])
def test_what_other_drugs_do_to_it_does(text: str) -> None:
    page = quiet("IV ketamine relieves depression.")
    page.claim(text, "safety")
    assert routes(page) == {"intravenous": "studied"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("We have seen no one come to depend on it at the doses we prescribe.", "safety"),
        ("Compounded ketamine is approved by no one.", "regulatory"),
    ],
)
def test_what_the_page_itself_offers_has_its_route_even_where_the_drug_as_such_is_discussed(
    text: str, kind: str
) -> None:
    page = quiet("IV ketamine relieves depression.")
    question = page.add("Is ketamine addictive?", "heading")
    page.claim("Ketamine can be habit-forming.", "safety", question=question)
    assert routes(page) == {}
    page.claim(text, kind, question=question)
    assert routes(page) == {"intravenous": "studied"}


def test_a_share_that_relapses_is_of_the_treated() -> None:
    page = quiet("IV ketamine relieves depression.")
    page.claim("Two in three relapse within a year.", "epidemiology")
    assert routes(page) == {"intravenous": "studied"}
    page.claim("Two in three people with depression never relapse.", "epidemiology")
    assert routes(page) == {}


def test_how_many_fall_ill_has_no_route_whatever_its_type() -> None:
    page = quiet("IV ketamine relieves depression.")
    page.claim("One new father in ten develops depression.")
    assert routes(page) == {}


def test_an_indication_added_to_the_label_is_of_the_route_before() -> None:
    page = Page()
    page.claim("Spravato is a nasal spray.", "other")
    page.claim("A second indication, suicidal thoughts, followed in 2020.", "regulatory")
    assert routes(page) == {"intranasal": "studied"}


def test_a_title_below_the_sites_name_gives_the_pages_route() -> None:
    page = Page()
    page.add("Elm Street News", "heading")
    page.add("A sip of psilocybin lifts depression", "heading")
    page.claim("Psilocybin lifts depression.")
    page.add("More", "heading")
    page.claim("Scores fell by half.")
    assert routes(page) == {"oral": "studied"}


# ------------------------------------------------------------ conditions


def conditions(page: Page) -> set[str]:
    """The last claim's conditions, side effects left out."""
    tags = TAGGER.tag_claims(page_of(page), page.units, page.claims)[-1]
    return {tag.slug for tag in tags if tag.facet == "condition" and tag.role != "adverse-effect"}


def test_the_broader_condition_that_a_page_opens_with_is_its_own() -> None:
    page = Page()
    page.add("Questions and answers", "heading")
    page.add("I treat depression with ketamine.")
    page.add("Results", "heading")
    for number in range(3):
        page.claim(f"In treatment-resistant depression {number} in ten recover.")
    page.add("How long?", "heading")
    page.claim("One session holds for a week.", "dosing")
    assert conditions(page) == {"depression"}


def test_harms_that_a_treatment_spares_are_no_indications() -> None:
    page = Page()
    page.add("Magnetic stimulation for depression", "heading")
    page.claim("Nothing enters the blood, so there is no nausea and no loss of sex drive.", "mechanism")
    assert conditions(page) == {"depression"}


def test_a_disease_explained_is_not_handed_on() -> None:
    page = Page()
    page.add("Ketamine for depression", "heading")
    page.claim("Chronic stress wears the links between nerve cells away.", "mechanism")
    page.claim("Ketamine lets them sprout again.", "mechanism")
    assert conditions(page) == {"depression"}


def test_a_harm_takes_no_condition_from_further_back_than_a_sentence() -> None:
    page = Page()
    for text in ("Melatonin eases insomnia.", "Valerian eases insomnia.", "Lavender eases insomnia."):
        page.claim(text)
    page.add("Magnesium", "heading")
    page.claim("Magnesium prevents migraine.")
    page.claim("The cheap kinds loosen the bowels.", "safety")
    assert "migraine" in conditions(page)
    page.claim("Too much of it is dangerous.", "safety")
    assert "migraine" not in conditions(page)


def test_a_condition_named_in_passing_leaves_that_of_the_section() -> None:
    page = Page()
    for text in ("Elm Street Needles", "What we treat", "Our rooms", "Infertility"):
        page.add(text, "heading")
    page.claim("Acupuncture lowers stress during the cycle.")
    assert conditions(page) == {"infertility", "stress"}


def test_but_not_beside_one_that_the_sentence_is_on() -> None:
    page = Page()
    for text in ("Elm Street Needles", "What we treat", "Our rooms", "Infertility"):
        page.add(text, "heading")
    page.claim("Acupuncture helps patients with migraine.")
    assert conditions(page) == {"migraine"}


def test_whom_earlier_drugs_failed_is_not_handed_on_where_the_page_is_on_all() -> None:
    page = Page()
    page.add("Magnetic stimulation for depression", "heading")
    page.claim("Cleared for adults with depression who haven't responded to antidepressants.", "regulatory")
    page.claim("Most of our patients improve.")
    assert conditions(page) == {"depression"}


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("A third of people with depression never respond fully to two rounds of medication.", "treatment-resistant-depression"),
        ("Ketamine eases depression in the hard-to-treat group.", "treatment-resistant-depression"),
        ("It helps people with addiction to alcohol.", "alcohol-use"),
        ("Therapy helps people to stay off alcohol.", "alcohol-use"),
        ("It eases withdrawal from opioids.", "substance-use"),
    ],
)  # fmt: skip
def test_lay_words_for_whom_nothing_helped_and_for_drink(text: str, slug: str) -> None:
    page = Page()
    page.claim(text)
    assert slug in conditions(page)


def test_a_controlled_seizure_is_no_epilepsy() -> None:
    page = Page()
    page.claim("Electroconvulsive therapy sets off a controlled seizure.", "mechanism")
    assert "epilepsy" not in conditions(page)


def test_a_press_release_on_a_primary_endpoint_is_a_report() -> None:
    page = Page()
    page.add("Elm Pharma: spray met primary endpoint in bipolar depression", "heading")
    page.claim("Anxiety improved slightly.")
    assert conditions(page) == {"bipolar-disorder", "depression", "anxiety"}
