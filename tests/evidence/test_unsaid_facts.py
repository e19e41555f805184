"""What is denied, wanted, planned or others' is not stated of this study."""

import pytest

from litmap.evidence import Rules
from litmap.model import PublicationType, Record

RULES = Rules.load()


def facts(abstract: str, kind: str = "Randomized Controlled Trial") -> dict[str, list[str]]:
    record = Record(
        pmid=1, title="Ketamine for pain.", abstract=abstract, publication_types=(PublicationType(None, kind),)
    )
    found: dict[str, list[str]] = {}
    for fact in RULES.assess(record).facts:
        found.setdefault(fact.field, []).append(fact.value)
    return found


@pytest.mark.parametrize(
    "abstract",
    [
        "The design does not include placebo.",
        "This was not a randomized, double-blind study.",
        "There was no 12-month follow-up.",
        "A placebo was not used, and double-blinding was not possible.",
        "Future trials with midazolam as active placebo at 1 mg/kg should follow.",
        "Larger, double-blind, placebo-controlled studies with midazolam as active placebo are needed.",
        "Placebo-controlled studies of such cases are needed.",
        "This prepares for a definitive double-blind, placebo-controlled trial.",
        "Pain must now be studied in larger double-blinded trials.",
        "A double-blind, placebo-controlled trial is underway.",
        "We plan to test it against placebo in a double-blind design.",
        "We previously completed a double-blind, placebo-controlled study (NCT01111111) of pain.",
        "Phase III trials have not shown a benefit over placebo.",
        "Its safety was in keeping with phase 3 trials.",
        "Many randomized, placebo-controlled trials found it effective.",
        "The relief may have occurred under placebo as well.",
        "A placebo effect cannot be excluded.",
        "Studies have demonstrated that pain falls after 1 week of 0.5 mg/kg, a significant response at 24 h.",
        "Many double-blind, placebo-controlled trials.",
        "SELECTION CRITERIA: Double-blind trials.",
        "It was studied in several phase 2 trials and one phase 3 trial.",
        "The ethical issues around the use of placebo were discussed.",
        "Albumin excretion fell from 55 to 33 micrograms/min (mean decrease 22 micrograms/min, 95% CI, 3 to 40 micrograms/min).",
        "Protein excretion rose to 50 mg/24 h (mean increase 9 mg).",
        "Trial simulation gave a design with arms at 0 mg and 10 mg. The best design resulted in 20 mg.",
    ],
)
def test_what_is_denied_wanted_or_others_states_nothing(abstract: str) -> None:
    assert facts(abstract) == {}


@pytest.mark.parametrize(
    ("abstract", "stated"),
    [
        ("Pain fell with ketamine but not placebo.", {"comparator": ["placebo"]}),
        ("Ketamine was not superior to placebo.", {"comparator": ["placebo"]}),
        ("In this open-label trial pain fell, but larger studies are needed.", {"blinding": ["open-label"]}),
        ("Patients given placebo needed more morphine; further trials should follow.", {"comparator": ["placebo"]}),
        ("As part of a larger study, they received open-label ketamine.", {"blinding": ["open-label"]}),
        ("Data came from two open-label, phase 3 trials.", {"blinding": ["open-label"], "phase": ["3"]}),
        ("There was no pain at the 12-month follow-up.", {"follow-up": ["12-month"]}),
        ("No control group was studied.", {"comparator": ["none"]}),
        ("DESIGN: Double-blind, placebo-controlled randomised trials.", {"comparator": ["placebo"], "blinding": ["double-blind"]}),
        ("Pain is common. Randomised, double blind studies.", {"blinding": ["double-blind"]}),
        ("These were multicentre, randomized, placebo- and dose-controlled, double-blind, parallel-group trials of pain.", {"comparator": ["placebo"], "blinding": ["double-blind"]}),
        ("In double-blind clinical trials, 80 patients were studied.", {"participants": ["80"], "blinding": ["double-blind"]}),
        ("We recently completed a double-blind trial of ketamine.", {"blinding": ["double-blind"]}),
        ("As the literature showed it to be the best drug, the patient was given 5 mg.", {"dose": ["5 mg"]}),
    ],
)  # fmt: skip
def test_of_what_stands_beside_a_wish_only_the_wish_is_left_out(abstract: str, stated: dict[str, list[str]]) -> None:
    wish = "Double-blind trials are needed, as our future plan is to follow up for two years in phase 2 trials."
    assert facts(f"{abstract} {wish}") == stated


def test_a_title_names_the_trials_of_its_paper() -> None:
    def blinding(title: str) -> list[str]:
        kinds = (PublicationType(None, "Randomized Controlled Trial"),)
        record = Record(pmid=1, title=title, abstract="Pain fell.", publication_types=kinds)
        return [fact.value for fact in RULES.assess(record).facts if fact.field == "blinding"]

    assert blinding("European double-blind, controlled trials of ketamine for pain.") == ["double-blind"]
    assert blinding("Safety of double-blind trials in pain.") == []


def test_a_protocol_states_what_will_be_done_and_not_what_others_should_do() -> None:
    plan = "A double-blind, placebo-controlled trial is planned. We plan to give 0.5 mg/kg and to use 12 weeks of follow-up."
    stated = facts(plan, "Clinical Trial Protocol")
    assert stated["blinding"] == ["double-blind"]
    assert stated["comparator"] == ["placebo"]
    assert "blinding" not in facts(plan)
    assert facts("Double-blind trials against placebo are needed.", "Clinical Trial Protocol") == {}


@pytest.mark.parametrize(
    ("abstract", "numbers"),
    [
        ("Unlike the earlier trial (NCT01111111), we used a lower dose.", []),
        ("Unlike the ALPHA-2 trial (NCT01111111), ours was small.", []),
        ("In the previously published ALPHA-2 trial (NCT01111111) it worked.", []),
        ("Following ALPHA-2 (NCT01111111), we allocated 40 adults to ketamine.", []),
        ("We followed 40 patients. A larger trial is planned (NCT01111111).", []),
        ("We followed 40 patients. A randomized trial (NCT01111111) is ongoing.", []),
        ("This is an extension of the earlier trial (NCT01111111).", []),
        ("In an earlier trial, registered at ClinicalTrials.gov with identifier NCT01111111, it worked. Ours is NCT02222222.", ["NCT02222222"]),
        # a report of that trial, and this trial
        ("We report the follow-up of a previous trial registered as NCT01111111.", ["NCT01111111"]),
        ("We analyzed data of 40 adults with depression from a previous trial (NCT01111111).", ["NCT01111111"]),
        ("In an earlier trial (NCT01111111) 40 adults had ketamine; here we report the first year.", ["NCT01111111"]),
        ("Participants of a previous trial (NCT01111111) were followed for one year.", ["NCT01111111"]),
        ("Unlike the BETA-1 trial (NCT02222222), this is an analysis of data from a previous trial (NCT01111111).", ["NCT01111111"]),
        ("Unlike the BETA-1 trial (NCT02222222), this trial (NCT01111111) was large.", ["NCT01111111"]),
    ],
)  # fmt: skip
def test_the_number_of_somebody_elses_trial_is_not_that_of_this_one(abstract: str, numbers: list[str]) -> None:
    assert facts(abstract).get("registration", []) == numbers


def test_what_was_planned_and_done_is_stated() -> None:
    stated = facts("We planned to enrol 60 and randomized 40 adults to ketamine or placebo (double-blind).")
    assert (stated["blinding"], stated["comparator"]) == (["double-blind"], ["placebo"])
