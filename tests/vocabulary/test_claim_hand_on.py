"""What is handed on and what is not: lists that stay the page's own, forms beside routes, other treatments, harms."""

from __future__ import annotations

from tests.vocabulary.test_claim_context import TAGGER, Page, page_of


def test_the_people_of_a_trial_stay_as_many_however_many_its_results() -> None:
    page = Page()
    page.add("Psilocybin eases depression in people with cancer, trial finds", "heading")
    for number in range(40):  # a list that doubled with each would fill the memory
        page.claim(f"Scores fell by {number} points.")
    tags = TAGGER.tag_claims(page_of(page), page.units, page.claims)[-1]
    assert [tag.slug for tag in tags if tag.facet == "condition"] == ["depression", "cancer"]
