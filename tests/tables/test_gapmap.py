"""The counts, levels and states of the map's cells."""

from __future__ import annotations

import pytest
from tables_world import World

from litmap.errors import QueryError
from litmap.tables import gapmap, queries
from litmap.tables.dimensions import ANY, DIMENSIONS, NOT_STATED
from litmap.tables.gapmap import Cell


def cell(world: World, row: str, column: str) -> Cell:
    return gapmap.build(world.store).cell(row, column)


def test_a_cell_counts_claims_and_records_and_tells_the_denials_apart(world: World) -> None:
    depression = cell(world, "depression", "intravenous")
    assert (depression.n_claims, depression.n_denials) == (1, 0)
    assert (depression.n_records, depression.n_bearing, depression.n_retracted) == (3, 3, 1)
    ptsd = cell(world, "ptsd", "rectal")
    assert (ptsd.n_claims, ptsd.n_denials) == (0, 1)


def test_a_parent_counts_its_children_once(empty: World) -> None:
    page = empty.document("p")
    empty.claim(page, "Both.", ("depression", "bipolar-disorder"), ("oral",))
    empty.record(1, ("depression", "bipolar-disorder"), ("oral",))
    empty.record(2, ("postpartum-depression",), ("oral",))
    parent = cell(empty, "mood-disorders", "oral")
    assert (parent.n_claims, parent.n_records) == (1, 2)
    assert cell(empty, "depression", "oral").n_records == 2


def test_there_is_always_a_row_and_a_column_for_what_is_not_stated(world: World) -> None:
    built = gapmap.build(world.store)
    assert (built.rows[-1].slug, built.columns[-1].slug) == (NOT_STATED, NOT_STATED)
    assert (built.rows[-1].label, built.columns[-1].label) == ("Condition not stated", "Route not stated")
    assert built.cell("ptsd", NOT_STATED).n_records == 1
    assert built.cell(NOT_STATED, "oral").n_records == 1
    assert built.cell("chronic-pain", NOT_STATED).n_claims == 1


def test_only_indications_and_studied_routes_count(empty: World) -> None:
    empty.claim(empty.document("p"), "It may raise mood.", ("depression",), ("oral",), role="adverse-effect")
    assert cell(empty, "depression", "oral").n_claims == 0
    assert cell(empty, NOT_STATED, "oral").n_claims == 1


def test_rows_follow_the_vocabulary_with_children_under_parents_and_without_what_is_off_the_map(world: World) -> None:
    rows = [(row.slug, row.depth) for row in gapmap.build(world.store).rows]
    assert rows[:4] == [("mood-disorders", 0), ("depression", 1), ("postpartum-depression", 2), ("bipolar-disorder", 1)]
    assert "anesthesia" not in dict(rows)
    world.record(900, ("anesthesia",), ("oral",))
    assert "anesthesia" in {row.slug for row in gapmap.build(world.store, everything=True).rows}


def test_several_conditions_by_several_routes_are_an_inferred_pairing_and_give_no_level(world: World) -> None:
    inferred = cell(world, "chronic-pain", "oral")
    assert (inferred.n_records, inferred.n_inferred, inferred.highest_level, inferred.state) == (
        1,
        1,
        None,
        "suggested",
    )
    assert cell(world, "chronic-pain", ANY).highest_level == 1


def test_all_conditions_of_a_record_inside_the_row_leave_nothing_to_infer(empty: World) -> None:
    empty.record(1, ("depression", "bipolar-disorder"), ("oral", "rectal"), level=2)
    assert cell(empty, "mood-disorders", "oral").highest_level == 2
    assert cell(empty, "depression", "oral").highest_level is None


def test_an_inferred_pairing_counts_once_a_reviewer_includes_it(world: World) -> None:
    world.decide(4, 104, stance="contradicts")
    reviewed = cell(world, "chronic-pain", "oral")
    assert (reviewed.state, reviewed.n_inferred, reviewed.highest_level) == ("reviewed", 0, 1)
    assert reviewed.directions == {"contradicts": 1}


def test_the_headline_of_a_reviewed_cell_is_what_reviewers_included(empty: World) -> None:
    claim = empty.claim(empty.document("p"), "Oral ketamine helps.", ("depression",), ("oral",))
    empty.record(1, ("depression",), ("oral",), level=1, design="systematic-review")
    empty.record(2, ("depression",), ("oral",), level=3, design="cohort")
    empty.link(claim, 1)
    empty.link(claim, 2, 2)
    before = cell(empty, "depression", "oral")
    assert (before.state, before.highest_level, before.highest_designs) == ("suggested", 1, ("systematic-review",))
    empty.decide(claim, 2, stance="supports")
    after = cell(empty, "depression", "oral")
    assert (after.state, after.highest_level, after.highest_designs, after.directions) == (
        "reviewed",
        3,
        ("cohort",),
        {"supports": 1},
    )
    assert after.levels == {1: 1, 3: 1}


def test_a_retracted_record_gives_no_level(empty: World) -> None:
    empty.record(1, ("depression",), ("oral",), level=1, integrity="retracted")
    found = cell(empty, "depression", "oral")
    assert (found.n_records, found.n_retracted, found.highest_level, found.state) == (1, 1, None, "no-eligible-design")


def test_a_preprint_gives_the_headline_only_where_nothing_published_has_a_level(empty: World) -> None:
    for pmid, level, design in ((1, 2, "randomized-trial"), (2, 3, "cohort")):
        empty.record(pmid, ("depression",), ("oral",), level=level, harm=level, design=design)
    empty.add("record_publication_types", pmid=1, position=1, name="Preprint")
    found = cell(empty, "depression", "oral")
    assert (found.n_records, found.n_preprints, found.levels) == (2, 1, {2: 1, 3: 1})
    assert (found.highest_level, found.highest_designs, found.harm_level) == (3, ("cohort",), 3)
    empty.add("record_publication_types", pmid=2, position=1, name="Preprint")
    found = cell(empty, "depression", "oral")
    assert (found.n_preprints, found.highest_level, found.highest_designs) == (2, 2, ("randomized-trial",))


def test_a_record_found_not_eligible_gives_no_level(empty: World) -> None:
    empty.record(1, ("depression",), ("oral",))
    empty.decide(None, 1, "exclude", reason="wrong drug")
    found = cell(empty, "depression", "oral")
    assert (found.n_excluded, found.n_bearing, found.state) == (1, 0, "no-eligible-design")


def test_the_five_states(world: World) -> None:
    built = gapmap.build(world.store)
    assert built.cell("depression", "intravenous").state == "reviewed"
    assert built.cell("bipolar-disorder", "oral").state == "suggested"
    assert built.cell("ptsd", NOT_STATED).state == "no-eligible-design"
    searched = built.cell("ptsd", "rectal")
    assert (searched.state, searched.searches[0].query, searched.searches[0].ran_at) == (
        "searched-none-found",
        "ketamine AND ptsd",
        "2026-01-05T00:00:00Z",
    )
    assert built.cell("eating-disorders", "oral").state == "not-searched"


def test_a_search_that_names_no_route_covers_all_and_one_that_does_only_its_own(world: World) -> None:
    assert cell(world, "ptsd", "intranasal").state == "searched-none-found"
    claim = world.claim(world.document("q"), "Oral ketamine treats anorexia.", ("eating-disorders",), ("oral",))
    search = world.add("searches", query="Oral ketamine anorexia", ran_at="2026-01-06", count=0)
    world.add("claim_searches", claim_id=claim, search_id=search)
    assert cell(world, "eating-disorders", "oral").state == "searched-none-found"
    assert cell(world, "eating-disorders", "rectal").state == "not-searched"


def test_an_unfinished_search_does_not_count(world: World) -> None:
    world.conn.execute("update searches set complete = 0")
    assert cell(world, "ptsd", "rectal").state == "not-searched"


def test_a_record_bears_only_where_the_claim_speaks(empty: World) -> None:
    claim = empty.claim(empty.document("p"), "Oral ketamine helps depression.", ("depression",), ("oral",))
    empty.record(1, ("depression", "ptsd"), ("oral", "rectal"))
    empty.record(2, ("depression",), ())
    empty.link(claim, 1)
    empty.link(claim, 2, 2)
    built = gapmap.build(empty.store)
    bears = {(found.row, found.column) for found in built if found.n_bearing}
    assert bears == {
        ("depression", "oral"),
        ("mood-disorders", "oral"),
        ("depression", NOT_STATED),
        ("mood-disorders", NOT_STATED),
    }


def test_an_excluded_pair_bears_no_more_and_a_withdrawn_one_again(empty: World) -> None:
    claim = empty.claim(empty.document("p"), "Oral ketamine helps depression.", ("depression",), ("oral",))
    empty.record(1, ("depression",), ("oral",))
    empty.link(claim, 1)
    empty.decide(claim, 1, "exclude", reason="dose")
    assert cell(empty, "depression", "oral").n_bearing == 0
    empty.decide(claim, 1, None, kind="withdrawal")
    assert cell(empty, "depression", "oral").n_bearing == 1


def test_reviewers_who_disagree_leave_the_cell_unreviewed_until_it_is_resolved(world: World) -> None:
    world.decide(1, 101, "exclude", reviewer="CD", reason="population")
    assert cell(world, "depression", "intravenous").state == "suggested"
    world.decide(1, 101, "include", stance="mixed", reviewer="EF", kind="resolution")
    assert cell(world, "depression", "intravenous").directions == {"mixed": 1}


def test_directions_are_counted_by_study_and_not_for_retracted_records_and_notices(empty: World) -> None:
    page = empty.document("p")
    claims = [empty.claim(page, f"Oral ketamine helps {place}.", ("depression",), ("oral",)) for place in (1, 2)]
    for pmid in (1, 2, 3):
        empty.record(pmid, ("depression",), ("oral",))
    for pmid in (1, 2):
        empty.add("record_studies", pmid=pmid, study="NCT1", origin="registration")
    empty.record(4, ("depression",), ("oral",), integrity="retracted")
    empty.record(5, ("depression",), ("oral",), design="notice", level=None, integrity="notice")
    for pmid, stance in ((1, "supports"), (2, "supports"), (3, None), (4, "contradicts"), (5, "contradicts")):
        empty.decide(claims[0], pmid, stance=stance)
    found = cell(empty, "depression", "oral")
    assert found.directions == {"supports": 1, "not-stated": 1}
    assert (found.n_reviewed, found.n_retracted, found.only_retracted) == (5, 1, False)
    empty.decide(claims[1], 2, stance="contradicts")
    assert cell(empty, "depression", "oral").directions == {"mixed": 1, "not-stated": 1}


def test_a_cell_says_when_all_that_was_included_is_retracted(empty: World) -> None:
    claim = empty.claim(empty.document("p"), "Oral ketamine helps.", ("depression",), ("oral",))
    empty.record(1, ("depression",), ("oral",), integrity="retracted")
    empty.record(2, ("depression",), ("oral",))
    empty.decide(claim, 1, stance="supports")
    found = cell(empty, "depression", "oral")
    assert (found.state, found.highest_level, found.directions, found.only_retracted) == ("reviewed", None, {}, True)
    empty.decide(claim, 2)
    assert not cell(empty, "depression", "oral").only_retracted


def test_reports_of_one_study_count_once_and_secondary_analyses_never(empty: World) -> None:
    for pmid in (1, 2, 3):
        empty.record(pmid, ("depression",), ("oral",), secondary=int(pmid == 3))
    for pmid in (1, 2):
        empty.add("record_studies", pmid=pmid, study="NCT1", origin="registration")
    found = cell(empty, "depression", "oral")
    assert (found.n_records, found.n_studies) == (3, 1)


def test_the_named_query_gives_the_same_counts(world: World) -> None:
    world.record(107, ("depression", "postpartum-depression", "ptsd"), ("oral", "rectal"), level=4)
    world.record(108, ("ptsd",), ("oral",))
    world.add("record_duplicates", pmid=108, duplicate_of=107)
    for pmid, kind in ((109, "concern"), (110, "partly-retracted"), (111, "corrected")):
        world.record(pmid, ("ptsd",), ("oral",), integrity=kind)
    world.record(112, ("ptsd",), ("oral",), integrity="retracted")
    world.add("record_integrity", pmid=112, kind="concern", origin="notice", notice_pmid=5)
    world.record(113, ("ptsd",), ("oral",), design="notice", level=None)  # a notice that was corrected itself
    world.record(114, ("ptsd",), ("oral",), integrity="notice", level=None)
    for pmid in (113, 114):
        world.add("record_integrity", pmid=pmid, kind="corrected", origin="notice", notice_pmid=6)
    for position, pmid in enumerate((109, 112, 113)):
        world.add("record_publication_types", pmid=pmid, position=position, name="Preprint")
    built = gapmap.build(world.store)
    one = built.cell("ptsd", "oral")
    assert (one.n_preprints, one.n_concern, one.n_corrected) == (1, 2, 1)
    result = queries.get("map-cells").run(world.conn)
    rows = {(row[0], row[1]): row[2:] for row in result.rows}
    for found in built:
        levels = tuple(found.levels.get(rank, 0) for rank in range(1, 6))
        counts = (found.n_claims, found.n_denials, found.n_records, found.n_inferred, found.n_retracted, found.n_preprints, found.n_concern, found.n_corrected, *levels)
        assert rows.get((found.row, found.column), (0,) * 13) == counts, found


def test_a_retracted_report_is_a_record_but_no_study(empty: World) -> None:
    empty.record(1, ("depression",), ("oral",))
    empty.record(2, ("depression",), ("oral",), integrity="retracted")
    found = cell(empty, "depression", "oral")
    assert (found.n_records, found.n_studies, found.n_retracted) == (2, 1, 1)


def test_claims_that_no_study_answers_are_told_apart(empty: World) -> None:
    page = empty.document("p")
    empty.claim(page, "It was approved in 2019.", ("depression",), ("oral",), question="official-record")
    empty.claim(page, "It lifts mood.", ("depression",), ("oral",))
    found = cell(empty, "depression", "oral")
    assert (found.n_claims, found.n_elsewhere) == (2, 1)


def test_a_study_reported_twice_and_decided_on_once_is_one_study(empty: World) -> None:
    claim = empty.claim(empty.document("p"), "Oral ketamine helps.", ("depression",), ("oral",))
    for pmid in (1, 2, 3):
        empty.record(pmid, ("depression",), ("oral",))
    empty.add("record_studies", pmid=1, study="NCT1", origin="registration")
    empty.add("record_studies", pmid=2, study="NCT1", origin="registration")
    empty.add("record_studies", pmid=3, study="1", origin="reviewer")  # named after a record that is in another study
    empty.link(claim, 1)
    empty.decide(claim, 1, stance="supports")
    assert cell(empty, "depression", "oral").n_studies == 2


def test_any_two_dimensions_make_a_map(world: World) -> None:
    for down in DIMENSIONS:
        for across in set(DIMENSIONS) - {down}:
            total = gapmap.build(world.store, down, across).cell(ANY, ANY)
            assert (total.n_claims + total.n_denials, total.n_records) == (4, 6), (down, across)


def test_a_map_by_the_same_dimension_twice_is_refused(world: World) -> None:
    with pytest.raises(QueryError, match="two different dimensions"):
        gapmap.build(world.store, "route", "route")


def test_years_levels_and_questions(world: World) -> None:
    built = gapmap.build(world.store, "question", "level")
    assert [row.slug for row in built.rows] == ["benefit", "official-record", NOT_STATED]
    assert built.cell("benefit", "2").n_records == 1
    built = gapmap.build(world.store, "condition", "year")
    assert [column.slug for column in built.columns] == ["2010-2014", "2015-2019", "2020-2024", NOT_STATED]
    assert built.cell("depression", "2020-2024").n_records == 3


def test_an_unknown_dimension_is_named(world: World) -> None:
    with pytest.raises(QueryError, match="laid out by 'dose'"):
        gapmap.build(world.store, "dose", "route")
