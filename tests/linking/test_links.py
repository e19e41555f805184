"""Linking: which records, in which order, with which reasons; stable and incremental."""

from __future__ import annotations

import json

import pytest

from litmap.errors import InputError
from litmap.linking import link
from litmap.review.decisions import decide
from tests.support_maps import Map

TABLES = ("links", "claim_evidence", "link_inputs")


def state(made: Map) -> list[object]:
    return [made.dump(table) for table in TABLES]


def test_the_record_about_the_claims_condition_comes_first(small: Map) -> None:
    report = link(small.store)
    assert small.ranked("dep")[0] == 101
    assert small.ranked("many")[-1] != 106
    assert (report.claims, report.linked, report.without, report.unchanged) == (3, 3, 0, 0)


def test_another_intervention_ranks_below_and_does_not_bear_but_stays(small: Map) -> None:
    link(small.store)
    ranked = small.ranked("dep")
    assert ranked.index(104) > max(ranked.index(pmid) for pmid in (101, 102, 103, 105))
    bears = {row["pmid"]: row["bears"] for row in small.store.rows("select pmid, bears from links where claim_id = 1")}
    assert bears[104] == 0
    assert bears[101] == bears[103] == 1


def test_reasons_are_sentences_that_name_what_is_shared(small: Map) -> None:
    link(small.store)
    row = small.store.rows("select reasons from links where claim_id = 1 and pmid = 101")[0]
    reasons = json.loads(row["reasons"])
    assert any(reason.startswith("words: ") and "ketamine" in reason and "hours" in reason for reason in reasons)
    assert "condition: Depression (narrower in the record: Treatment resistant depression)" in reasons
    assert "intervention: Ketamine" in reasons
    assert "route: Intravenous" in reasons
    other = json.loads(small.store.rows("select reasons from links where claim_id = 1 and pmid = 104")[0]["reasons"])
    assert "no shared intervention" in other


def test_linking_again_writes_nothing(small: Map) -> None:
    link(small.store)
    before, changes = state(small), small.store.conn.total_changes
    report = link(small.store)
    assert (report.unchanged, report.written) == (3, 0)
    assert state(small) == before
    assert small.store.conn.total_changes == changes


def test_linking_step_by_step_equals_linking_once(small: Map) -> None:
    link(small.store)
    small.record(
        107,
        "Esketamine spray in depression",
        "Relief of depression within hours.",
        condition=["depression"],
        intervention=["esketamine"],
    )
    small.claim("late", "Ketamine reduces chronic pain.", condition=["chronic-pain"], intervention=["ketamine"])
    report = link(small.store)
    assert report.linked == 4
    stepwise = state(small)
    for table in ("links", "claim_evidence", "link_inputs"):
        small.store.conn.execute(f"delete from {table}")
    link(small.store)
    assert state(small) == stepwise


def test_a_new_claim_alone_is_linked(small: Map) -> None:
    link(small.store)
    small.claim("late", "Ketamine reduces chronic pain.", condition=["chronic-pain"], intervention=["ketamine"])
    report = link(small.store)
    assert (report.linked, report.unchanged) == (1, 3)


def test_level_and_date_do_not_move_a_record(small: Map) -> None:
    link(small.store)
    before = small.dump("links", "claim_id, pmid, rank, score, reasons")
    with small.store.transaction() as conn:
        conn.execute("update records set level = 6 - level, pub_year = 2000 + pmid % 7")
        conn.execute("delete from link_inputs")
    link(small.store)
    assert small.dump("links", "claim_id, pmid, rank, score, reasons") == before


def test_ties_are_broken_by_pmid(scratch: Map) -> None:
    for pmid in (30, 10, 20):
        scratch.record(pmid, "Ketamine and sleep", "Sleep was measured.")
    scratch.claim("c", "Ketamine improves sleep.")
    link(scratch.store)
    assert scratch.ranked("c") == [10, 20, 30]


@pytest.mark.parametrize("text", ["", "   ", "It is what it was.", "…!?", '("*', "AND OR NOT NEAR", "zzzzqqqq"])
def test_claims_without_any_useful_word_get_no_error(small: Map, text: str) -> None:
    small.claim("odd", text)
    link(small.store)
    assert len(small.ranked("odd")) <= 6


def test_a_claim_that_is_gone_loses_its_links_and_keeps_its_decisions(small: Map) -> None:
    link(small.store)
    decide(small.store, claim_key="dep", pmid=101, reviewer="Ann", verdict="include")
    small.store.conn.execute("update claims set status = 'gone' where key = 'dep'")
    link(small.store)
    assert small.ranked("dep") == []
    assert small.store.value("select count(*) from claim_evidence where claim_id = 1") == 0
    assert small.store.value("select count(*) from decisions") == 1


def test_an_empty_map_and_a_wrong_top(scratch: Map) -> None:
    assert link(scratch.store).links == 0
    with pytest.raises(InputError, match="asks for no records"):
        link(scratch.store, top=0)


def test_links_keep_the_records_digest_and_revision_date(small: Map) -> None:
    small.store.conn.execute("update records set date_revised = '2024-02-03' where pmid = 101")
    link(small.store)
    row = small.store.rows(
        "select l.record_digest = r.digest, l.date_revised from links l join records r using (pmid) where l.pmid = 101"
    )[0]
    assert tuple(row) == (1, "2024-02-03")


def test_titles_and_claims_in_other_scripts(scratch: Map) -> None:
    scratch.record(1, "Kétamine et dépression sévère", "Étude chez 20 patients")
    scratch.record(2, "ケタミンとうつ病", "")
    scratch.claim("fr", "La ketamine traite la depression severe.")
    scratch.claim("ja", "ケタミンとうつ病")
    link(scratch.store)
    assert scratch.ranked("fr") == [1]
    assert scratch.ranked("ja") == [2]


def test_a_claim_of_two_conditions_leaves_room_for_both(scratch: Map) -> None:
    for pmid in range(1, 31):
        scratch.record(
            pmid, f"Ketamine rapidly relieves depression {pmid}", condition=["depression"], intervention=["ketamine"]
        )
    scratch.record(99, "A pilot of ketamine in OCD", condition=["ocd"], intervention=["ketamine"])
    scratch.claim(
        "c", "Ketamine rapidly relieves depression and OCD.", condition=["depression", "ocd"], intervention=["ketamine"]
    )
    link(scratch.store, top=10)
    assert len(scratch.ranked("c")) == 10
    assert 99 in scratch.ranked("c")


def test_other_spellings_of_a_word_match(scratch: Map) -> None:
    scratch.record(1, "Behavioural anaesthesia in mice: TNF-α and NIH3T3 cells")
    scratch.record(2, "Something else in rats")
    for number, text in enumerate(["behavioral science", "anesthesia", "one mouse", "alpha", "NIH 3T3"]):
        scratch.claim(f"c{number}", text)
    link(scratch.store)
    assert [scratch.ranked(f"c{number}") for number in range(5)] == [[1]] * 5
