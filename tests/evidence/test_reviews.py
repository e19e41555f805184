"""A systematic review has the level of what it includes."""

import pytest

from litmap.evidence import Rules
from litmap.model import PublicationType, Record

RULES = Rules.load()
TYPES = (PublicationType("D000078182", "Systematic Review"),)


def level(abstract: str, title: str = "Ketamine for depression: a systematic review.") -> tuple[int | None, str, bool]:
    found = RULES.assess(Record(pmid=1, title=title, abstract=abstract, publication_types=TYPES))
    assert found.design == "systematic-review"
    return found.levels[0].rank, found.levels[0].rule, found.levels[0].provisional


@pytest.mark.parametrize(
    ("abstract", "rank", "rule"),
    [
        ("Nine randomized controlled trials (n = 300) were included.", 1, "S2.randomized"),
        (
            "With data from nine eligible RCTs the effect was large. No RCTs of the oral route were identified.",
            1,
            "S2.randomized",
        ),
        ("SELECTION CRITERIA: Randomised trials comparing ketamine with placebo.", 1, "S2.randomized"),
        ("We included six randomized trials and four open-label studies.", 1, "S2.mixed"),
        ("Twelve cohort studies met the inclusion criteria.", 3, "S2.nonrandomized"),
        ("We identified 14 case reports of cystitis.", 4, "S2.cases"),
        ("Twenty animal studies were included.", 5, "S2.animal"),
        ("No randomized controlled trials were found.", None, "S2.unstated"),
        (
            "Fourteen studies were included; the evidence is limited by a lack of randomized trials.",
            None,
            "S2.unstated",
        ),
        ("Fourteen studies were included. Randomized trials are needed.", None, "S2.unstated"),
        ("No studies met the inclusion criteria.", None, "S2.none"),
        ("Fourteen studies with 551 participants were included.", None, "S2.unstated"),
        (
            "Three databases were searched for randomised trials of oral magnesium. No trials met the inclusion criteria.",
            None,
            "S2.none",
        ),
        ("Randomised trials of oral magnesium were eligible. No trials met the inclusion criteria.", None, "S2.empty"),
        ("We searched two databases for randomized trials comparing magnesium with placebo.", None, "S2.unstated"),
        ("We searched for randomized trials. Twelve RCTs were included.", 1, "S2.randomized"),
        ("Randomized trials of oral magnesium were eligible.", 1, "S2.randomized"),
        ("Of 90 non-randomised studies eight were pooled.", 3, "S2.nonrandomized"),
        (
            "Seven randomized trials were included. No trials were found for the oral route.",
            1,
            "S2.randomized",
        ),
    ],
)
def test_what_a_review_includes(abstract: str, rank: int | None, rule: str) -> None:
    assert level(abstract)[:2] == (rank, rule)


def test_mixed_designs_are_provisional_randomized_alone_are_not() -> None:
    assert level("We included six randomized trials and four cohort studies.")[2]
    assert not level("Six randomized trials were included.")[2]


@pytest.mark.parametrize(
    "question", ["Blood biomarkers of response to ketamine", "Prevalence of ketamine use", "Mechanisms of ketamine"]
)
def test_other_questions_have_no_benefit_level(question: str) -> None:
    assert level("Nine randomized trials were included.", f"{question}: a systematic review.")[:2] == (
        None,
        "S2.question",
    )
