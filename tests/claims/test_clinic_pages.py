"""What clinic pages do: lists that lost their bullets, terms of admission, slogans, prices, and the types of what they say."""

from __future__ import annotations

import pytest

from litmap.claims.assertive import judge
from litmap.claims.kinds import kind_of
from litmap.claims.weights import ILL, features
from litmap.claims.words import even
from tests.claims.test_judgement import found


def test_short_lines_below_a_heading_on_harm_are_its_items_though_one_is_long() -> None:
    lines = ("a spinning head", "a faster pulse for about half an hour or so after", "a sour taste")
    page = "Our clinic\n\nSide effects\n\n" + "\n".join(lines) + "\n\nMost of these pass within the hour.\n"
    assert found(page)[:3] == [(line, "safety") for line in lines]


def test_whom_a_clinic_admits_is_no_claim_but_whom_it_must_not_treat_is() -> None:
    page = "Who can come\n\nYou may qualify if you:\nare over 21\nhave tried two tablets\n\nTea is served.\n"
    assert [text for text, _ in found(page) if text.startswith(("are", "have"))] == []
    page = "Who cannot come\n\nIt must not be given if you:\nare over 80\nhave had a stroke\n\nTea is served.\n"
    assert [kind for text, kind in found(page) if text.startswith(("are", "have"))] == ["safety", "safety"]


@pytest.mark.parametrize(
    "text",
    [
        "Relief is nearer than you think.",
        "Copay assistance may be available through the maker.",
        "$90 per short session, $140 per long session.",
        "Individual results may vary.",
        "She lives in Denver with her cats.",
        "Last reviewed by our staff in May.",
    ],
)
def test_slogans_prices_and_notices_are_no_claims(text: str) -> None:
    assert not judge(even(text), "sentence").claim


@pytest.mark.parametrize(
    "text",
    [
        "Results vary, but most patients sleep better.",
        "People who spent their whole lives in pain are finding relief.",
        "These tablets have not been reviewed by the FDA.",
        "A few practices in the north have begun to offer nasal sprays.",
        "At the doses we give it does not slow the heart.",
        "Talk therapy helps the gains to last.",
    ],
)
def test_claims_that_look_like_notices(text: str) -> None:
    assert judge(even(text), "sentence").claim


@pytest.mark.parametrize(
    ("text", "claim_type"),
    [
        ("It has been relied on by hospitals for generations.", "history"),
        ("Physicians call this refractory pain.", "other"),
        ("Some providers ship tablets to the home.", "other"),
        ("It did not depress breathing in these volunteers.", "safety"),
        ("A further indication was added two years later.", "regulatory"),
        ("Lithium is still limited to research for this use.", "regulatory"),
        ("Exactly how the spray lifts mood is a riddle.", "mechanism"),
        ("Suicide is a leading cause of death among farmers.", "epidemiology"),
        ("Relief comes in days rather than weeks.", "onset"),
        ("The shot spares you the tubing and the pump.", "comparative"),
    ],
)
def test_types_of_what_clinics_say(text: str, claim_type: str) -> None:
    assert kind_of(even(text)).claim_type == claim_type


def test_whom_a_treatment_is_useful_for_is_no_epidemiology() -> None:
    assert kind_of("This is useful for adults who suffer from severe migraine.").claim_type == "efficacy"


def test_a_disorder_without_a_treatment_is_a_feature_of_its_own() -> None:
    assert ILL in features("Migraine runs in families.")
    assert ILL not in features("Infusions ease migraine.")
