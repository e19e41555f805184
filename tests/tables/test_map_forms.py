"""The map as text, as rows and as a picture; files written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import stat
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tables_world import World

from litmap.errors import InputError
from litmap.tables import gapmap, listings, svg, terminal
from litmap.tables.files import target
from litmap.tables.gapmap import Cell

SVG = "{http://www.w3.org/2000/svg}"


def drawn(world: World) -> ET.Element:
    return ET.fromstring(svg.render(gapmap.build(world.store)))


def texts(element: ET.Element) -> list[str]:
    return [" ".join(text.itertext()) for text in element.iter(f"{SVG}text")]


def test_the_terminal_shows_every_row_and_fits_80_columns(world: World) -> None:
    text = terminal.render(gapmap.build(world.store), 80)
    assert max(map(len, text.splitlines())) <= 80
    for label in (
        "Mood disorders",
        " Depression",
        "  Postpartum depression",
        "PTSD",
        "Condition not stated",
        "Any condition",
    ):
        assert f"\n{label}" in text
    assert text.startswith("Condition by route: 4 claims (1 of them denials), 6 records, 1 of them reviewed.")
    assert "highest study design found, not appraised" in text


def test_columns_without_anything_are_named_below_the_matrix(world: World) -> None:
    world.conn.execute("update searches set complete = 0")
    assert "Nothing claimed, found or searched: Intramuscular; Intranasal." in terminal.render(
        gapmap.build(world.store), 200
    )


def test_rows_without_anything_are_named_below_the_map_and_the_picture(world: World) -> None:
    assert "Nothing claimed, found or searched: Eating disorders." in terminal.render(gapmap.build(world.store), 200)
    assert "Nothing claimed, found or searched: Eating disorders." in texts(drawn(world))


@pytest.mark.parametrize(
    ("cell", "upper", "lower"),
    [
        (Cell("", ""), ".", ""),
        (Cell("", "", 2, state="searched-none-found"), "2/0 o", ""),
        (Cell("", "", 0, 1, 3, state="no-eligible-design", n_retracted=1), "1d/3 x", "!1"),
        (Cell("", "", 0, 0, 4, highest_level=2, state="suggested", n_retracted=1, n_concern=2, n_corrected=3), "0/4 L2?", "!1 *2 c3"),
        (Cell("", "", 0, 0, 2, highest_level=2, state="suggested", n_preprints=1), "0/2 L2?", "p1"),
        (Cell("", "", 2, 1, 12, highest_level=2, state="suggested"), "2,1d/12 L2?", ""),
        (Cell("", "", 0, 0, 2, state="suggested"), "0/2 i?", ""),
        (
            Cell(
                "",
                "",
                1,
                0,
                4,
                highest_level=1,
                state="reviewed",
                directions={"supports": 2, "contradicts": 1, "mixed": 1},
            ),
            "1/4 L1",
            "+2 -1 ~1",
        ),
    ],
)
def test_a_mark_never_gives_a_level_without_its_state(cell: Cell, upper: str, lower: str) -> None:
    assert terminal.mark(cell) == (upper, lower)


def test_flat_rows_hold_each_cell_once(world: World) -> None:
    built = gapmap.build(world.store)
    rows = [dict(zip(terminal.FLAT, row, strict=True)) for row in terminal.flat(built)]
    assert len(rows) == len(built.rows) * len(built.columns)
    found = next(row for row in rows if (row["row"], row["column"]) == ("depression", "intravenous"))
    assert (found["state"], found["highest_level"], found["highest_designs"], found["directions"]) == (
        "reviewed",
        2,
        "randomized-trial",
        '{"supports": 1}',
    )
    searched = next(row for row in rows if (row["row"], row["column"]) == ("ptsd", "rectal"))
    assert searched["searches"] == "ketamine AND ptsd (2026-01-05, 0 found)"


def test_the_picture_titles_every_cell_and_writes_its_values(world: World) -> None:
    root = drawn(world)
    built = gapmap.build(world.store)
    groups = list(root.iter(f"{SVG}g"))
    assert len(groups) == len(built.told_rows()[0]) * (len(built.columns) + 1) + 5  # the five samples of the legend
    assert all(group.find(f"{SVG}title") is not None and group.find(f".//{SVG}text") is not None for group in groups)
    titles = [str(group[0].text) for group in groups]
    one = next(title for title in titles if title.startswith("Depression, Intravenous: "))
    assert "3 records" in one
    assert (
        "highest study design found, not appraised: level 2 (randomized-trial); directions: 1 supports; 1 retracted"
        in one
    )
    assert any("search: ketamine AND ptsd (2026-01-05)" in title for title in titles)


def test_what_is_in_doubt_or_corrected_stands_in_every_form_of_the_map(empty: World) -> None:
    for pmid, kind in ((1, "concern"), (2, "partly-retracted"), (3, "corrected")):
        empty.record(pmid, ("depression",), ("oral",), integrity=kind)
    built = gapmap.build(empty.store)
    assert "*2 c1" in terminal.render(built)
    assert "*1  of concern, or retracted in part     c1  corrected" in terminal.render(built, 120)
    row = next(dict(zip(terminal.FLAT, one, strict=True)) for one in terminal.flat(built) if one[0] == "depression" and one[2] == "oral")
    assert (row["n_records"], row["n_concern"], row["n_corrected"]) == (3, 2, 1)
    assert any("2 conc. · 1 corr." in text for text in texts(drawn(empty)))
    assert any("2 of concern, or retracted in part; 1 corrected" in str(title.text) for title in drawn(empty).iter(f"{SVG}title"))
    table = listings.cells(empty.store)
    assert {"n_concern", "n_corrected"} <= {column.name for column in table.columns if column.forms == "both"}


def test_a_level_that_rests_on_a_preprint_is_told_in_every_form_of_the_map(empty: World) -> None:
    rule = "A preprint gives the level only where nothing published has one."
    empty.record(1, ("depression",), ("oral",))
    assert rule not in terminal.render(gapmap.build(empty.store))
    empty.add("record_publication_types", pmid=1, position=1, name="Preprint")
    text = " ".join(terminal.render(gapmap.build(empty.store), 120).split())
    assert all(told in text for told in ("0/1 L2? p1", "p1 a preprint", rule))
    drawing = " ".join(texts(drawn(empty)))
    assert "Level 2 not reviewed 1 prepr." in drawing
    assert f"Levels are for benefit (OCEBM 2011). {rule}" in drawing
    assert any("; 1 preprint" in str(title.text) for title in drawn(empty).iter(f"{SVG}title"))
    assert "n_preprints" in {column.name for column in listings.cells(empty.store).columns if column.forms == "both"}


def test_a_narrow_column_is_as_wide_as_its_longest_word(empty: World) -> None:
    empty.conn.execute("update routes set label = 'Intramuscular' where slug = 'intramuscular'")
    laid = svg.layout(gapmap.build(empty.store))
    widths = dict(zip((column.slug for column in laid.columns), (b - a for a, b in pairwise(laid.lefts)), strict=True))
    assert widths["oral"] == svg.NARROW < widths["intramuscular"] < svg.WIDTH


def test_a_row_is_as_high_as_its_longest_cell(empty: World) -> None:
    """Five lines and more stand on the plate, not in the hatched rim."""
    for pmid, kind in enumerate(("concern", "corrected", None), 1):
        empty.record(pmid, ("depression",), ("oral",), integrity=kind)
    empty.record(4, ("ptsd",), ("oral",))
    empty.add("record_publication_types", pmid=3, position=1, name="Preprint")
    built = gapmap.build(empty.store)
    assert svg.lines(built.cell("depression", "oral"))[-2:] == ("1 conc. · 1 corr.", "1 prepr.")
    laid = svg.layout(built)
    heights = dict(zip((row.slug for row in laid.rows), (b - a for a, b in pairwise(laid.tops)), strict=True))
    assert (heights["depression"], heights["ptsd"]) == (svg.HEIGHT + 2 * svg.STEP, svg.HEIGHT)


def test_no_level_in_the_picture_goes_without_directions_or_not_reviewed(world: World) -> None:
    levelled = [text for text in texts(drawn(world)) if re.search(r"\bLevel \d", text)]
    assert levelled
    assert all(re.search(r"not reviewed|[+−~]\d", text) for text in levelled)


def test_what_nobody_reviewed_is_hatched_and_the_rest_is_not(world: World) -> None:
    for group in drawn(world).iter(f"{SVG}g"):
        hatched = any(rect.get("fill") == "url(#hatch)" for rect in group.iter(f"{SVG}rect"))
        assert hatched == ("not reviewed" in " ".join(texts(group)))


def test_the_picture_names_and_describes_itself_and_is_always_the_same(world: World) -> None:
    root = drawn(world)
    assert root.get("role") == "img"
    assert (
        {child.get("id") for child in root if child.get("id")}
        == {"map-title", "map-desc"}
        == set(str(root.get("aria-labelledby")).split())
    )
    assert svg.render(gapmap.build(world.store)) == svg.render(gapmap.build(world.store))


def test_labels_are_escaped_and_cells_can_lead_somewhere(world: World) -> None:
    world.conn.execute("update routes set label = 'In <the> \"vein\" & more' where slug = 'intravenous'")
    text = svg.render(
        gapmap.build(world.store), link=lambda cell: f"/map?c={cell.row}&r={cell.column}" if cell.n_records else None
    )
    root = ET.fromstring(text)
    assert any(link.get("href") == "/map?c=depression&r=intravenous" for link in root.iter(f"{SVG}a"))


def test_the_command_prints_rows_and_writes_the_picture(
    world: World, tmp_path: Path, litmap: Callable[..., Any]
) -> None:
    picture = tmp_path / "map.svg"
    assert litmap("map", world.store.path).out.startswith("Condition by route")
    assert json.loads(litmap("map", world.store.path, "--json").out)[0]["row"] == "mood-disorders"
    assert (
        litmap("map", world.store.path, "--csv", "--across", "level")
        .out.splitlines()[1]
        .startswith("mood-disorders,Mood disorders,1,")
    )
    assert litmap("map", world.store.path, "--svg", picture).code == 0
    assert ET.parse(picture).getroot().tag == f"{SVG}svg"
    again = litmap("map", world.store.path, "--svg", picture)
    assert (again.code, "--force" in again.err) == (1, True)
    assert litmap("map", world.store.path, "--down", "doses").code == 1


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), target(path, force=True) as out:
        out.write(b"half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["table.csv"]


def test_a_file_is_not_replaced_unasked_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    path.chmod(0o640)
    with pytest.raises(InputError, match="exists already"), target(path):
        pass
    with target(path, force=True) as out:
        out.write(b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("name", [".", "nowhere/table.csv"])
def test_a_path_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError), target(tmp_path / name):
        pass
