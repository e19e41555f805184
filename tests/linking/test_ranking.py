"""What moves a record up or down for a claim: its subject and its words, never its design, level or date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from litmap.errors import VocabularyError
from litmap.linking import link, signs
from litmap.linking.corpus import Corpus
from litmap.linking.links import Linker, active_claims
from litmap.linking.ranking import phrases_held
from litmap.linking.words import Stemmer, split_words, words_of
from tests.support_maps import Map

KETAMINE = {"condition": ["depression"], "intervention": ["ketamine"]}
FILLER = "Patients were seen at a clinic and filled in a scale of their mood."


def reasons(made: Map, pmid: int) -> list[str]:
    (row,) = made.store.rows("select reasons from links where pmid = ?", pmid)
    return list(json.loads(row["reasons"]))


@pytest.fixture
def crowd(scratch: Map) -> Map:
    """Titles enough that no word of those compared is a mere name."""
    for pmid in range(900, 904):
        scratch.record(pmid, "Sleep, adolescents, cortisol, efficacy and memory", FILLER)
    return scratch


def test_design_kind_of_study_level_and_date_do_not_move_a_record(small: Map) -> None:
    link(small.store)
    columns = "claim_id, pmid, rank, score, words, reasons"
    before = small.dump("links", columns)
    with small.store.transaction() as conn:
        conn.execute("update records set design = 'narrative-review', secondary = 1, subjects = 'animal', level = 5")
        conn.execute("update records set pub_year = 1900 + pmid % 7")
        conn.execute("delete from link_inputs")
    link(small.store)
    assert small.dump("links", columns) == before


def test_a_new_design_alone_makes_no_links_due(small: Map) -> None:
    link(small.store)
    small.store.conn.execute("update records set design = 'cohort', level = 3")
    assert link(small.store).unchanged == 3


def test_a_record_that_sets_the_treatment_against_something_comes_first_and_says_so(crowd: Map) -> None:
    crowd.record(1, "Ketamine in depression", f"Ketamine was given. {FILLER}", **KETAMINE)
    crowd.record(2, "Ketamine in depression", f"Ketamine was compared with placebo in controlled weeks. {FILLER}", **KETAMINE)  # fmt: skip
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    link(crowd.store)
    assert crowd.ranked("c")[:2] == [2, 1]
    assert "tests: comparison" in reasons(crowd, 2)
    assert not [reason for reason in reasons(crowd, 1) if reason.startswith("tests:")]


def test_a_trial_without_a_difference_is_not_below_one_that_only_describes(crowd: Map) -> None:
    crowd.record(1, "Ketamine in depression", f"Scores of the patients fell. {FILLER}", **KETAMINE)
    crowd.record(2, "Ketamine in depression", f"There was no significant difference. Scores did not differ. {FILLER}", **KETAMINE)  # fmt: skip
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    link(crowd.store)
    assert crowd.ranked("c")[0] == 2
    assert "tests: no difference" in reasons(crowd, 2)


def test_a_title_about_something_else_as_well_counts_less(crowd: Map) -> None:
    crowd.record(1, "Cortisol and memory during ketamine in depression", FILLER, **KETAMINE)
    crowd.record(2, "A randomized clinical trial of ketamine in depression", FILLER, **KETAMINE)
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    link(crowd.store)
    assert crowd.ranked("c")[:2] == [2, 1]


def test_a_record_about_the_claims_condition_alone_comes_before_one_about_others_too(crowd: Map) -> None:
    crowd.record(1, "Ketamine study one", FILLER, condition=["depression", "ptsd", "ocd"], intervention=["ketamine"])
    crowd.record(2, "Ketamine study two", FILLER, **KETAMINE)
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    link(crowd.store)
    assert crowd.ranked("c")[:2] == [2, 1]


@pytest.mark.parametrize(("heading", "first"), [("Zinc", 1), ("Iron", 2)])
def test_words_of_the_heading_help(crowd: Map, heading: str, first: int) -> None:
    crowd.record(1, "Drug treatment of weak bones and painful joints: zinc", FILLER)
    crowd.record(2, "Drug treatment of weak bones and painful joints: iron", FILLER)
    crowd.claim("c", "Drug treatment can work for weak bones and painful joints.")
    link(crowd.store)
    crowd.store.conn.execute("update claims set heading = ?", (heading,))
    assert link(crowd.store).linked == 1
    assert crowd.ranked("c")[0] == first


def test_numbers_and_phrases_of_the_claim_count(crowd: Map) -> None:
    crowd.record(1, "Sleep and memory", "In 40 patients deep sleep was scored, and memory.")
    crowd.record(2, "Sleep and memory", "In 24 patients sleep deep in the night was scored, and memory.")
    crowd.record(3, "Sleep and memory", "In 24 patients deep sleep was scored, and memory.")
    crowd.claim("c", "Deep sleep in 24 patients")
    link(crowd.store)
    assert crowd.ranked("c")[0] == 3
    assert "phrases: deep sleep" in reasons(crowd, 3)[1]
    assert not [reason for reason in reasons(crowd, 2) if "deep sleep" in reason]


@pytest.mark.parametrize("polarity", ["affirm", "deny"])
def test_a_claim_that_denies_prefers_a_record_that_denies(crowd: Map, polarity: str) -> None:
    crowd.record(1, "Memory and zinc", "In this group often zinc changed memory over many long weeks of the year.")
    crowd.record(2, "Memory and zinc", "In this group never zinc changed memory over many long weeks of the year.")
    crowd.claim("c", "Zinc changes memory and cortisol of adolescents asleep.")
    crowd.store.conn.execute("update claims set polarity = ?", [polarity])
    link(crowd.store)
    assert crowd.ranked("c")[:2] == ([1, 2] if polarity == "affirm" else [2, 1])


def test_mesh_headings_of_a_claims_tags_find_words_that_the_claim_does_not_use(crowd: Map) -> None:
    crowd.store.conn.execute("update conditions set mesh = 'Dysthymic Disorder' where slug = 'depression'")
    crowd.record(1, "Ketamine and wellbeing", FILLER, **KETAMINE)
    crowd.record(2, "Ketamine and dysthymic states", FILLER, **KETAMINE)
    crowd.claim("c", "Ketamine helps against depression.", **KETAMINE)
    link(crowd.store)
    assert crowd.ranked("c")[:2] == [2, 1]


def test_word_families_match(scratch: Map) -> None:
    scratch.record(1, "Who responds to anesthetic sleep")
    scratch.record(2, "Something else in rats")
    for number, text in enumerate(["a response", "anesthesia"]):
        scratch.claim(f"c{number}", text)
    link(scratch.store)
    assert [scratch.ranked(f"c{number}") for number in range(2)] == [[1]] * 2


def test_a_large_map_is_sampled_and_ranks_alike(small: Map, monkeypatch: pytest.MonkeyPatch) -> None:
    link(small.store)
    ranked = small.dump("links", "claim_id, pmid, rank")
    monkeypatch.setattr("litmap.linking.corpus.SAMPLE", 2)
    monkeypatch.setattr("litmap.linking.corpus.KEPT_TEXTS", 2)
    monkeypatch.setattr("litmap.linking.links.how_many", lambda size, top: 5)
    monkeypatch.setattr("litmap.linking.links.ASKED_FOR_SUBJECT", 1)
    small.store.conn.execute("delete from link_inputs")
    link(small.store)
    assert small.dump("links", "claim_id, pmid, rank")[0] == ranked[0]
    assert {row[0] for row in small.dump("links", "claim_id")} == {1, 2, 3}


def test_what_is_known_of_records_may_be_given_up_within_a_claim(small: Map, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("litmap.linking.links.how_many", lambda size, top: 1)
    monkeypatch.setattr("litmap.linking.links.ASKED_FOR_SUBJECT", 1)
    pmids = [row[0] for row in small.dump("records", "pmid")]
    asking = [claim.asking for claim in active_claims(small.store.conn)]

    def ranked() -> list[object]:
        linker = Linker(small.store.conn, 50)
        return [linker.rank(linker.read(one), [pmid]) for one in asking for pmid in pmids]

    whole = ranked()
    assert any(scored.signs for found in whole for scored in found)  # type: ignore[attr-defined]
    monkeypatch.setattr("litmap.linking.subjects.KEPT", 1)
    assert ranked() == whole


def test_places_and_amounts_of_a_text(scratch: Map) -> None:
    scratch.record(1, "Sleep and sleep", "Deep sleep. Sleep deep.")
    text = Corpus(scratch.store.conn).texts([1])[1]
    assert [(place % 1000, term) for place, term in text.places({"sleep"})] == [(at, "sleep") for at in (0, 2, 1, 2)]
    places = text.places({"deep", "sleep", "and"})
    assert phrases_held([("deep", "sleep"), ("and", "deep")], places) == [("deep", "sleep")]
    assert text.amount("nothing") == 0
    assert text.amount("sleep") > text.amount("deep") > 0


def test_words_are_split_alike_with_and_without_accents() -> None:
    text = "IL-6, 0.5_mg/kg and S(+)-Ketamine's"
    assert split_words(text) == split_words(text + " é")[:-1]
    assert words_of("Größe µg") == ("größe", "µg")


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A table of signs of one's own."""
    path = tmp_path / "search" / "tests.csv"
    path.parent.mkdir()
    monkeypatch.setattr("litmap.linking.signs.folder", lambda name: tmp_path)
    signs.table.cache_clear()
    yield path
    signs.table.cache_clear()


HEADER = "question,sign,weight,words,before,reach,notes\n"


def test_the_table_of_signs_may_be_another(scratch: Map, table: Path) -> None:
    table.write_text(HEADER + "harm,counted,0.5,tally | tallied,,,\n", encoding="utf-8")
    read = signs.read_signs(Stemmer(scratch.store.conn))
    assert [sign.name for sign in read.of["harm"]] == ["counted"]
    assert read.method == frozenset()
    assert not read.denial.terms


@pytest.mark.parametrize("body", ["benefit,x,much,word,,,\n", "benefit,x,1,word,then,near,\n"])
def test_a_broken_table_of_signs_is_named_with_its_line(scratch: Map, table: Path, body: str) -> None:
    table.write_text(HEADER + body, encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"tests\.csv, line 2"):
        signs.read_signs(Stemmer(scratch.store.conn))
