"""What a claim wants to know of a treatment, and records that answer it: how soon, for whom, beside what, by which means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from litmap.linking import link, signs
from litmap.linking.links import due
from litmap.linking.words import Stemmer
from tests.support_maps import Map

KETAMINE = {"condition": ["depression"], "intervention": ["ketamine"]}
FILLER = "Patients were seen at a clinic and filled in a scale of their mood."


@pytest.fixture
def crowd(scratch: Map) -> Map:
    """Titles enough that no word of those compared is a mere name."""
    for pmid in range(900, 904):
        scratch.record(
            pmid,
            "Sleep, cortisol, harbour, lithium, receptors, frequency, durability, onset, nonresponse and memory",
            FILLER,
        )
    return scratch


def order(made: Map, key: str = "c") -> list[int]:
    link(made.store)
    return [pmid for pmid in made.ranked(key) if pmid < 900]


@pytest.mark.parametrize(
    ("claim", "first"),
    [
        ("Ketamine relieves depression fast.", 1),
        ("Ketamine relieves depression for months.", 2),
        ("Some patients do not respond to ketamine for depression.", 3),
        ("Ketamine for depression is given twice weekly.", 4),
    ],
)
def test_a_record_that_aims_at_what_the_claim_says_comes_first(crowd: Map, claim: str, first: int) -> None:
    crowd.record(1, "Rapid onset with ketamine in depression", FILLER, **KETAMINE)
    crowd.record(2, "Durability of ketamine in depression", FILLER, **KETAMINE)
    crowd.record(3, "Nonresponse to ketamine in depression", FILLER, **KETAMINE)
    crowd.record(4, "Frequency of ketamine in depression", FILLER, **KETAMINE)
    crowd.claim("c", claim, **KETAMINE)
    assert order(crowd)[0] == first


def test_the_type_of_a_claim_says_what_it_wants_to_know(crowd: Map) -> None:
    crowd.record(1, "Ketamine in depression", FILLER, **KETAMINE)
    crowd.record(2, "Frequency of ketamine in depression", FILLER, **KETAMINE)
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    assert order(crowd) == [1, 2]
    crowd.store.conn.execute("update claims set claim_type = 'dosing'")
    assert order(crowd) == [2, 1]
    (row,) = crowd.store.rows("select reasons from links where pmid = 2")
    assert "tests: dose" in json.loads(row["reasons"])


@pytest.mark.parametrize("end", ["the Cortisol Harbour trial", "results from the Cortisol Harbour cohort"])
def test_a_title_that_ends_with_the_name_of_its_trial_loses_nothing(crowd: Map, end: str) -> None:
    crowd.record(1, "Cortisol and ketamine in depression", FILLER, **KETAMINE)
    crowd.record(2, f"Ketamine in depression: {end}", FILLER, **KETAMINE)
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    assert order(crowd) == [2, 1]


def test_a_record_about_another_treatment_as_well_counts_less(crowd: Map) -> None:
    both = {"condition": ["depression"], "intervention": ["ketamine", "lithium"]}
    against = {"condition": ["depression"], "intervention": ["ketamine", "lithium/comparator"]}
    crowd.record(1, "Treatments in depression, one", FILLER, **both)
    crowd.record(2, "Treatments in depression, two", FILLER, **against)
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    assert order(crowd) == [2, 1]


def test_the_treatment_itself_comes_before_a_form_of_it(crowd: Map) -> None:
    crowd.record(1, "One treatment in depression", FILLER, condition=["depression"], intervention=["esketamine"])
    crowd.record(2, "One treatment in depression", FILLER, **KETAMINE)
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    assert order(crowd) == [2, 1]


def test_conditions_of_a_claim_take_turns(scratch: Map) -> None:
    for pmid in range(1, 21):
        scratch.record(pmid, "Ketamine relieves depression", "Compared with placebo, depression fell.", **KETAMINE)
    scratch.record(50, "A pilot in OCD", condition=["ocd"], intervention=["ketamine"])
    scratch.record(51, "Two cases of OCD", condition=["ocd"], intervention=["ketamine"])
    scratch.claim("c", "Ketamine relieves depression and OCD.", condition=["depression", "ocd"], intervention=["ketamine"])  # fmt: skip
    ranked = order(scratch)
    assert set(ranked[:4]) == {1, 2, 50, 51}
    assert ranked[4:] == list(range(3, 21))


def test_a_condition_and_a_kind_of_it_are_no_two(scratch: Map) -> None:
    narrow = {"condition": ["treatment-resistant-depression"], "intervention": ["ketamine"]}
    scratch.record(1, "Ketamine relieves depression", "Compared with placebo, depression fell.", **KETAMINE)
    scratch.record(2, "Ketamine relieves resistant depression", "Compared with placebo, depression fell.", **narrow)
    scratch.record(3, "Resistant depression of a cat", "", **narrow)
    scratch.claim("c", "Ketamine relieves depression, resistant or not.", intervention=["ketamine"],
                  condition=["depression", "treatment-resistant-depression"])  # fmt: skip
    assert order(scratch)[-1] == 3


def test_a_record_of_harm_to_what_the_treatment_should_relieve_bears(crowd: Map) -> None:
    harmed = {"condition": ["depression/adverse-effect"], "intervention": ["ketamine"]}
    crowd.record(1, "Depression after ketamine", "No effect on mood; depression was worse in those compared.", **harmed)
    crowd.record(2, "Ketamine in PTSD", FILLER, condition=["ptsd"], intervention=["ketamine"])
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    assert order(crowd)[0] == 1
    assert crowd.store.value("select bears from links where pmid = 1") == 1
    assert crowd.store.value("select bears from links where pmid = 2") == 0


def test_a_treatment_that_a_claim_names_in_passing_counts_where_it_names_no_other(crowd: Map) -> None:
    crowd.record(1, "Lithium in depression", FILLER, condition=["depression"], intervention=["lithium"])
    crowd.record(2, "Ketamine in depression", FILLER, **KETAMINE)
    crowd.claim("c", "Where drugs failed in depression there is a choice.", condition=["depression"], intervention=["ketamine/not-studied"])  # fmt: skip
    assert order(crowd) == [2, 1]
    bears = {row["pmid"]: row["bears"] for row in crowd.store.rows("select pmid, bears from links")}
    assert (bears[1], bears[2]) == (0, 1)


def test_how_a_treatment_works_is_answered_without_the_condition_too(crowd: Map) -> None:
    crowd.record(1, "Ketamine in depression", FILLER, **KETAMINE)
    crowd.record(2, "Ketamine and NMDA receptors", "Volunteers were seen at a clinic.", intervention=["ketamine"])
    crowd.claim("c", "Ketamine blocks NMDA receptors.", "mechanism", **KETAMINE)
    assert order(crowd) == [2, 1]


def test_records_of_the_treatment_are_found_among_many_that_share_more_words(
    scratch: Map, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pmid in range(1, 40):
        scratch.record(pmid, "Quick relief of low mood within hours", "Quick relief within hours.")
    scratch.record(50, "Ketamine: a case", "", **KETAMINE)
    scratch.claim("c", "Ketamine gives quick relief of low mood within hours.", **KETAMINE)
    monkeypatch.setattr("litmap.linking.links.how_many", lambda size, top: 5)
    monkeypatch.setattr("litmap.linking.links.ASKED_FOR_SUBJECT", 1)
    link(scratch.store, top=5)
    assert scratch.ranked("c")[0] == 50


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A table of signs of one's own."""
    path = tmp_path / "search" / "tests.csv"
    path.parent.mkdir()
    monkeypatch.setattr("litmap.linking.signs.folder", lambda name: tmp_path)
    signs.table.cache_clear()
    yield path
    signs.table.cache_clear()


def test_a_sign_may_be_for_several_questions_and_for_some_claims_only(scratch: Map, table: Path) -> None:
    table.write_text(
        "question,sign,weight,words,before,reach,when,types,notes\n"
        "benefit | harm,always,0.1,any,,,,,\n"
        "benefit,how soon,0.2,fast,,,quickly,onset,\n",
        encoding="utf-8",
    )
    read = signs.read_signs(Stemmer(scratch.store.conn))

    def named(question: str, kind: str, *terms: str) -> list[str]:
        return [sign.name for sign in read.wanted(question, kind, terms)]

    assert named("harm", "onset") == ["always"]
    assert named("benefit", "efficacy", "slowli") == ["always"]
    assert named("benefit", "efficacy", "quickli") == ["always", "how soon"]
    assert named("benefit", "onset") == ["always", "how soon"]


def test_a_changed_table_of_signs_makes_links_due(crowd: Map, table: Path) -> None:
    table.write_text("question,sign,weight,words,before,reach\n", encoding="utf-8")
    crowd.record(1, "Ketamine in depression, fast", FILLER, **KETAMINE)
    crowd.record(2, "Ketamine in depression", f"Tally. {FILLER}", **KETAMINE)
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    link(crowd.store)
    assert due(crowd.store) == 0
    table.write_text("question,sign,weight,words,before,reach\nbenefit,counted,5,tally,,\n", encoding="utf-8")
    signs.table.cache_clear()
    assert due(crowd.store) == 1
    assert order(crowd)[0] == 2
