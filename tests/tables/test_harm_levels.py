"""Which level is shown where: for benefit, and for harm where harm is what is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from tables_world import World

from litmap.tables import export, gapmap, svg, terminal
from litmap.tables.dimensions import ANY
from litmap.tables.table import View


def a_survey(world: World, *questions: str) -> None:
    """Oral ketamine in depression: one survey, level 4 for harm and none for benefit; a cohort; claims that ask this."""
    world.record(1, ("depression",), ("oral",), design="cross-sectional", level=None, rule="O3", harm=4)
    world.record(2, ("depression",), ("oral",), design="cohort", level=3, rule="O1", harm=3)
    world.record(3, ("ptsd",), ("oral",), design="case-report", level=4, rule="O2", harm=4)
    for at, question in enumerate(questions):
        world.claim(world.document(f"p{at}"), f"It is {question}.", ("depression",), ("oral",), question=question)


@pytest.mark.parametrize(
    ("questions", "scheme", "levels"),
    [
        (("harm",), "ocebm-harm", {3: 1, 4: 1}),
        (("harm", "official-record", "mechanism"), "ocebm-harm", {3: 1, 4: 1}),
        (("benefit",), "ocebm-benefit", {3: 1}),
        (("benefit", "harm"), "ocebm-benefit", {3: 1}),
        (("mechanism",), "ocebm-benefit", {3: 1}),
    ],
)
def test_a_cell_whose_claims_ask_of_harm_only_has_levels_for_harm(
    empty: World, questions: tuple[str, ...], scheme: str, levels: dict[int, int]
) -> None:
    a_survey(empty, *questions)
    cell = gapmap.build(empty.store).cell("depression", "oral")
    assert (cell.scheme, cell.levels, cell.highest_level, cell.harm_level) == (scheme, levels, 3, 3)


def test_cells_side_by_side_each_have_the_scheme_of_their_claims_and_the_picture_says_which(empty: World) -> None:
    a_survey(empty, "harm")
    empty.claim(empty.document("q"), "It helps.", ("ptsd",), ("oral",))
    built = gapmap.build(empty.store)
    assert [built.cell(row, "oral").scheme for row in ("depression", "ptsd", ANY)] == [
        "ocebm-harm",
        "ocebm-benefit",
        "ocebm-benefit",
    ]
    picture, text = svg.render(built), terminal.render(built)
    assert "Level 3 (harm)" in picture
    assert "for benefit, and for harm in cells marked (harm)" in picture
    assert "level 3 for harm (cohort)" in picture
    assert "L3h?" in text
    assert "L4?" in text
    assert "cells marked h, whose claims ask of harm only (OCEBM 2011)." in " ".join(text.split())


def test_a_map_of_harm_claims_alone_is_by_the_harm_scheme_throughout(empty: World) -> None:
    a_survey(empty, "harm")
    built = gapmap.build(empty.store)
    assert built.cell("ptsd", "oral").scheme == "ocebm-harm"  # of which nothing is claimed
    assert "Levels are for harm (OCEBM 2011)." in svg.render(built)


def test_without_claims_of_harm_levels_are_for_benefit_and_said_to_be(empty: World) -> None:
    a_survey(empty, "benefit")
    text = terminal.render(gapmap.build(empty.store))
    assert "Levels are for benefit (OCEBM 2011)." in text
    assert "L3h" not in text


def test_the_column_of_harm_has_levels_for_harm_in_every_row(empty: World) -> None:
    a_survey(empty, "harm", "benefit")
    claim = empty.claim(empty.document("q"), "It may harm.", (), ("oral",), question="harm")
    empty.link(claim, 3)
    built = gapmap.build(empty.store, "condition", "question")
    assert built.cell("ptsd", "harm").scheme == "ocebm-harm"
    assert built.cell("depression", "benefit").scheme == "ocebm-benefit"


def test_a_map_by_level_keeps_to_one_scheme(empty: World) -> None:
    a_survey(empty, "harm")
    built = gapmap.build(empty.store, "condition", "level")
    assert {cell.scheme for cell in built} == {"ocebm-benefit"}
    assert built.cell("depression", "3").levels == {3: 1}


def test_the_level_for_harm_of_a_reviewed_cell_is_what_reviewers_included(empty: World) -> None:
    a_survey(empty)
    claim = empty.claim(empty.document("q"), "It is unsafe.", ("depression",), ("oral",), question="harm")
    empty.link(claim, 1)
    empty.decide(claim, 1, stance="supports")
    cell = gapmap.build(empty.store).cell("depression", "oral")
    assert (cell.state, cell.highest_level, cell.highest_designs, cell.harm_level) == (
        "reviewed",
        4,
        ("cross-sectional",),
        4,
    )


def test_retracted_records_and_notices_give_no_level_for_harm(empty: World) -> None:
    empty.claim(empty.document("p"), "It is unsafe.", ("depression",), ("oral",), question="harm")
    empty.record(1, ("depression",), ("oral",), integrity="retracted", harm=2)
    empty.record(2, ("depression",), ("oral",), status="Deleted", harm=2)
    cell = gapmap.build(empty.store).cell("depression", "oral")
    assert (cell.highest_level, cell.harm_level, cell.state) == (None, None, "no-eligible-design")


def test_the_exported_map_names_the_scheme_of_each_cell(empty: World) -> None:
    a_survey(empty, "harm", "benefit")
    table = export.load(empty.store, "map")
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    (cell,) = [row for row in rows if (row["row"], row["column"]) == ("depression", "oral")]
    assert (cell["scheme"], cell["highest_level"], cell["harm_level"]) == ("ocebm-benefit", 3, 3)


def test_records_and_studies_have_a_level_for_harm_beside_the_one_for_benefit(empty: World) -> None:
    a_survey(empty)
    empty.record(4, ("depression",), ("oral",), integrity="retracted", harm=2)
    claim = empty.claim(empty.document("q"), "It is unsafe.", ("depression",), ("oral",), question="harm")
    for pmid in (1, 2, 4):
        empty.link(claim, pmid, pmid)
    found = {}
    for what in ("records", "studies"):
        table = export.load(empty.store, what, View(include_retracted=True))
        names = [column.name for column in table.columns]
        found[what] = [dict(zip(names, row, strict=True)) for row in table.rows]
    told = ("level", "harm_level", "harm_rule", "harm_provisional")
    assert {row["pmid"]: tuple(row[name] for name in told) for row in found["records"]} == {
        "1": (None, 4, "H4", 1),
        "2": (3, 3, "H3", 1),
        "3": (4, 4, "H4", 1),
        "4": (None, None, "H2", 1),
    }
    assert {row["pmids"]: (row["level"], row["harm_level"], row["notes"]) for row in found["studies"]} == {
        "1": (None, 4, "harm level provisional"),
        "2": (3, 3, "harm level provisional"),
        "4": (None, None, "retracted (notice 5)"),
    }


def test_readers_see_the_level_for_harm_in_the_table_of_records(empty: World, tmp_path: Path) -> None:
    a_survey(empty)
    export.write(empty.store, "records", tmp_path / "records.md")
    assert "| Harm level |" in (tmp_path / "records.md").read_text()
