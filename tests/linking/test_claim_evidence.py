"""What bears on a claim, by condition."""

from __future__ import annotations

import json

from litmap.linking import due, link, refresh_evidence
from litmap.review.decisions import decide, withdraw
from tests.support_maps import Map


def decided(made: Map, key: str | None, pmid: int, verdict: str, reviewer: str = "Ann", **more: str) -> None:
    decide(made.store, claim_key=key, pmid=pmid, reviewer=reviewer, verdict=verdict, **more)  # type: ignore[arg-type]


def test_a_claim_naming_four_conditions_has_four_rows(small: Map) -> None:
    link(small.store)
    rows = small.store.rows(
        "select condition, level, n_studies from claim_evidence where claim_id = 2 order by condition"
    )
    assert [tuple(row) for row in rows] == [
        ("chronic-pain", None, 0),
        ("depression", 2, 2),
        ("ocd", 3, 1),
        ("ptsd", 2, 1),
    ]


def test_a_claim_without_a_condition_has_one_row(small: Map) -> None:
    link(small.store)
    row = small.evidence("how")
    assert row["basis"] == "suggested"
    assert row["level"] is None
    assert row["design"] == "randomized-trial"


def test_suggested_row_says_how_condition_and_route_match(small: Map) -> None:
    link(small.store)
    row = small.evidence("dep", "depression")
    assert (row["condition_match"], row["route_match"]) == ("exact", "same")
    assert (row["level"], row["design"], row["n_reports"]) == (2, "randomized-trial", 2)
    assert json.loads(row["n_by_stance"]) == {}


def test_an_exclude_takes_effect_at_once(small: Map) -> None:
    link(small.store)
    decided(small, "dep", 101, "exclude")
    row = small.evidence("dep", "depression")
    assert (row["level"], row["n_reports"], row["basis"]) == (4, 1, "suggested")
    assert small.store.value("select bears from links where claim_id = 1 and pmid = 101") == 0


def test_an_include_makes_the_row_a_reviewed_one(small: Map) -> None:
    link(small.store)
    decided(small, "dep", 103, "include", stance="supports")
    row = small.evidence("dep", "depression")
    assert (row["basis"], row["level"], row["n_reports"]) == ("reviewed", 4, 1)
    assert json.loads(row["n_by_stance"]) == {"supports": 1}


def test_raising_top_changes_no_reviewed_figure(small: Map) -> None:
    link(small.store, top=1)
    decided(small, "dep", 103, "include", stance="contradicts")
    before = small.evidence("dep", "depression")
    for top in (2, 50, 1):
        link(small.store, top=top)
        assert small.evidence("dep", "depression") == before
    assert 103 in small.ranked("dep")


def test_an_included_record_that_was_never_ranked_counts_and_is_linked(small: Map) -> None:
    link(small.store)
    decided(small, "dep", 106, "include")
    assert small.evidence("dep", "depression")["n_reports"] == 1
    assert 106 in small.ranked("dep")
    link(small.store)
    assert small.ranked("dep")[-1] == 106
    withdraw(small.store, claim_key="dep", pmid=106, reviewer="Ann")
    assert small.evidence("dep", "depression")["basis"] == "suggested"
    link(small.store)
    assert 106 not in small.ranked("dep")


def test_a_conflict_is_neither_until_it_is_resolved(small: Map) -> None:
    link(small.store)
    decided(small, "dep", 101, "include", "Ann")
    decided(small, "dep", 101, "exclude", "Ben")
    row = small.evidence("dep", "depression")
    assert (row["basis"], row["n_reports"]) == ("suggested", 1)
    decided(small, "dep", 101, "include", "Cleo", kind="resolution")
    assert small.evidence("dep", "depression")["level"] == 2


def test_the_latest_entry_of_a_reviewer_counts(small: Map) -> None:
    link(small.store)
    decided(small, "dep", 101, "exclude")
    decided(small, "dep", 101, "include")
    assert small.evidence("dep", "depression")["basis"] == "reviewed"
    withdraw(small.store, claim_key="dep", pmid=101, reviewer="Ann")
    assert small.evidence("dep", "depression")["basis"] == "suggested"


def test_full_text_outweighs_title_and_abstract(small: Map) -> None:
    link(small.store)
    decided(small, "dep", 101, "include")
    decided(small, "dep", 101, "exclude", stage="full-text")
    assert small.evidence("dep", "depression")["basis"] == "suggested"


def test_a_record_excluded_from_the_whole_map_bears_nowhere(small: Map) -> None:
    link(small.store)
    decided(small, "dep", 101, "include")
    decided(small, None, 101, "exclude")
    assert small.store.value("select count(*) from links where pmid = 101 and bears = 1") == 0
    assert small.evidence("dep", "depression")["basis"] == "suggested"


def test_reports_are_not_studies(small: Map) -> None:
    about = {"condition": ["depression"], "intervention": ["ketamine"]}
    small.record(201, "Ketamine and depression symptoms: first report", level=2, study="NCT1", **about)
    small.record(202, "Ketamine and depression symptoms: follow-up report", level=2, study="NCT1", **about)
    small.record(203, "Ketamine and depression symptoms: predictors", level=2, secondary=1, **about)
    link(small.store)
    row = small.evidence("dep", "depression")
    assert (row["n_reports"], row["n_studies"]) == (5, 3)


def test_reviews_are_reports_and_no_studies(small: Map) -> None:
    link(small.store)
    before = small.evidence("dep", "depression")["n_studies"]
    about = {"condition": ["depression"], "intervention": ["ketamine"]}
    for pmid, design in ((201, "systematic-review"), (202, "pooled-analysis")):
        small.record(pmid, f"Ketamine and depression symptoms: {pmid}", level=1, design=design, **about)
    link(small.store)
    row = small.evidence("dep", "depression")
    assert (row["level"], row["n_studies"]) == (1, before)
    assert row["n_reports"] > before


def test_deciding_on_a_ranked_record_makes_no_link_out_of_date(small: Map) -> None:
    link(small.store)
    decided(small, "dep", 103, "include")
    assert due(small.store) == 0
    decided(small, "dep", 106, "include")  # was not ranked: its score is still to be found
    assert due(small.store) == 1
    link(small.store)
    assert due(small.store) == 0


def test_a_retracted_record_gives_no_level_and_is_counted_apart(small: Map) -> None:
    about = {"condition": ["depression"], "intervention": ["ketamine"]}
    small.record(
        301,
        "Ketamine gives rapid relief of depression symptoms within hours",
        integrity="retracted",
        level_by_design=1,
        **about,
    )
    small.record(
        302,
        "Retraction: ketamine relief of depression symptoms within hours",
        design="notice",
        integrity="notice",
        **about,
    )
    link(small.store)
    row = small.evidence("dep", "depression")
    assert (row["level"], row["n_reports"], row["n_retracted"]) == (2, 2, 1)


def test_a_preprint_is_counted_apart_and_gives_the_level_only_where_no_published_report_does(small: Map) -> None:
    for pmid in (101, 103):
        small.store.conn.execute("insert into record_publication_types values (?, 1, 'D000076942', 'Preprint')", (pmid,))
        link(small.store)
        row = small.evidence("dep", "depression")
        assert (row["n_reports"], row["n_preprints"]) == (2, 1 if pmid == 101 else 2)
        assert (row["level"], row["design"]) == ((4, "case-series") if pmid == 101 else (2, "randomized-trial"))


def test_reports_in_doubt_and_corrected_ones_count_and_are_counted_apart(small: Map) -> None:
    for pmid, kinds in ((101, ("partly-retracted", "corrected", "concern")), (103, ("corrected",))):
        for kind in kinds:
            small.store.conn.execute("insert into record_integrity (pmid, kind, origin) values (?, ?, 'notice')", (pmid, kind))
    link(small.store)
    row = small.evidence("dep", "depression")
    assert (row["n_reports"], row["level"], row["n_concern"], row["n_corrected"]) == (2, 2, 1, 2)
    small.store.conn.execute("insert into record_integrity (pmid, kind, origin) values (101, 'retracted', 'notice')")
    link(small.store)
    row = small.evidence("dep", "depression")
    assert (row["n_reports"], row["n_retracted"], row["n_concern"], row["n_corrected"]) == (1, 1, 0, 1)


def test_harm_claims_use_the_levels_for_harms(small: Map) -> None:
    small.record(
        401,
        "Bladder harm after ketamine in depression",
        level=4,
        harm=3,
        condition=["depression"],
        intervention=["ketamine"],
    )
    small.claim("harm", "Ketamine can harm the bladder.", "harm", condition=["depression"], intervention=["ketamine"])
    link(small.store)
    assert small.evidence("harm", "depression")["level"] == 3


def test_refreshing_twice_changes_nothing(small: Map) -> None:
    link(small.store)
    assert refresh_evidence(small.store) == 0
    small.store.conn.execute("delete from record_conditions where pmid = 101")
    assert refresh_evidence(small.store) > 0
    assert small.evidence("dep", "depression")["level"] == 4


def test_directions_are_counted_by_study(small: Map) -> None:
    about = {"condition": ["depression"], "intervention": ["ketamine"], "level": 2}
    said = {
        "NCT1": ("supports", "supports", None),  # agree, whatever one leaves open
        "NCT2": ("supports", "contradicts"),
        "NCT3": (None, "background"),
    }
    pmid = 200
    for study, stances in said.items():
        for number, stance in enumerate(stances):
            pmid += 1
            title = f"Ketamine and depression symptoms: {pmid}"
            small.record(pmid, title, study=study, secondary=int(number > 0), design="randomized-trial", **about)
            more = {"stance": stance} if stance else {}
            decided(small, "dep", pmid, "include", **more)
    small.record(301, "Ketamine for depression: a review", design="systematic-review", **about)
    decided(small, "dep", 301, "include", stance="supports")
    row = small.evidence("dep", "depression")
    assert (row["n_reports"], row["n_studies"]) == (8, 3)
    assert json.loads(row["n_by_stance"]) == {"background": 1, "mixed": 1, "supports": 2}


def test_a_report_on_which_reviewers_differ_leaves_its_study_disputed(small: Map) -> None:
    about = {"condition": ["depression"], "intervention": ["ketamine"], "level": 2, "study": "NCT1"}
    for pmid in (201, 202):
        small.record(pmid, f"Ketamine and depression symptoms: {pmid}", **about)
        decided(small, "dep", pmid, "include", stance="supports")
    decided(small, "dep", 202, "include", "Ben", stance="contradicts")
    assert json.loads(small.evidence("dep", "depression")["n_by_stance"]) == {"disputed": 1}


def test_a_retracted_record_and_a_notice_have_no_direction(small: Map) -> None:
    about = {"condition": ["depression"], "intervention": ["ketamine"]}
    small.record(301, "Ketamine relieves depression", integrity="retracted", level_by_design=2, study="NCT1", **about)
    small.record(302, "Ketamine relieves depression: retraction", design="notice", integrity="notice", **about)
    small.record(303, "Ketamine relieves depression, later report", level=2, study="NCT1", **about)
    for pmid, stance in ((301, "contradicts"), (302, "contradicts"), (303, "supports")):
        decided(small, "dep", pmid, "include", stance=stance)
    row = small.evidence("dep", "depression")
    assert (row["basis"], row["n_reports"], row["n_retracted"]) == ("reviewed", 1, 1)
    assert json.loads(row["n_by_stance"]) == {"supports": 1}
