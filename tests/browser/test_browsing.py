"""What somebody does with a map, in a real browser."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

NEW = metadata.version("datasette").startswith("1")

PAGES = ("-/map", "-/claim/k0000001", "-/claim/k0000005", "-/document/1", "-/record/102", "-/record/105")


def has(page: Any, selector: str, count: int | None = None) -> None:
    """Wait until the page has so many of something; None: at least one."""
    page.wait_for_function(
        "([selector, count]) => { const n = document.querySelectorAll(selector).length; return count === null ? n > 0 : n === count; }",
        arg=[selector, count],
    )


def test_from_the_map_to_a_cell_a_claim_a_record_and_back(open_page: Any, address: str) -> None:
    page = open_page()
    page.goto(address)
    page.get_by_role("link", name="The map conditions by routes").click()
    page.wait_for_url("**/-/map")
    page.locator("tr[data-slug=depression] td").first.get_by_role("link", name="1 claim").click()
    page.get_by_role("link", name="Ketamine infusions lift depression within a day.").first.click()
    page.wait_for_url("**/-/claim/k0000001")
    page.get_by_role("link", name="Infused ketamine for depression").first.click()
    page.wait_for_url("**/-/record/101")
    page.get_by_role("link", name="Ketamine infusions lift depression within a day.").first.click()
    page.wait_for_url("**/-/claim/k0000001")
    page.get_by_role("link", name="Ketamine at our clinic").click()
    page.wait_for_url("**/-/document/1*")
    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_url("**/-/map")


def test_filters_stand_in_the_address(open_page: Any, address: str) -> None:
    page = open_page(scripts=False)
    page.goto(f"{address}/-/map")
    page.get_by_label("Intervention").select_option(label="Esketamine")
    page.get_by_label("Records at").select_option(label="level 2 or better")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("intervention=esketamine&level=2"))
    assert page.get_by_text("Filtered by intervention: Esketamine; level: level 2 or better.").is_visible()
    page.get_by_role("link", name="clear").click()
    page.wait_for_url("**/-/map")


@pytest.mark.parametrize("scripts", [True, False])
def test_rows_fold_with_and_without_scripts(open_page: Any, address: str, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    page.goto(f"{address}/-/map")
    below = page.locator("tr[data-slug=treatment-resistant-depression]")
    assert below.is_visible()
    page.get_by_role("link", name="Fold Mood disorders").click()
    below.wait_for(state="hidden")
    page.wait_for_url("**fold=mood-disorders*")
    page.get_by_role("link", name="Unfold Mood disorders").click()
    below.wait_for(state="visible")


def test_one_kind_of_cell_can_be_picked_out(open_page: Any, address: str) -> None:
    page = open_page()
    page.goto(f"{address}/-/map")
    page.get_by_role("link", name="claimed, searched, none found").click()
    has(page, "td.k-veiled")
    has(page, "td.k-none-found", 1)
    has(page, "td.k-suggested", 0)


def test_a_facet_narrows_the_records(open_page: Any, address: str) -> None:
    page = open_page()
    page.goto(f"{address}/records")
    page.locator(".facet-info", has_text="condition").get_by_role("link", name="Complex regional pain syndrome").click()
    has(page, "table.rows-and-columns tbody tr", 1)
    page.locator(".facet-info", has_text="this level or better").get_by_role("link", name="level 4 or better").click()
    has(page, "table.rows-and-columns tbody tr", 1)


def test_a_canned_query_runs_from_its_form(open_page: Any, address: str) -> None:
    page = open_page()
    page.goto(f"{address}/claims-by-level")
    page.locator("input[name=condition]").fill("crps")
    page.locator("input[type=submit]").first.click()
    has(page, "table.rows-and-columns tbody tr", 1)
    assert page.get_by_text("Infusions also ease complex regional pain syndrome.").is_visible()


def test_the_keyboard_alone_reaches_the_content_and_a_fold(open_page: Any, address: str) -> None:
    page = open_page()
    page.goto(f"{address}/-/map")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('fold')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.locator("tr[data-slug=depression]").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"


def test_a_claim_in_the_text_lights_up_its_note(open_page: Any, address: str) -> None:
    page = open_page()
    page.goto(f"{address}/-/document/1")
    page.locator("a.cl").first.focus()
    has(page, "li.on", 1)


def test_a_citation_can_be_copied(open_page: Any, address: str) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/-/record/102")
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert "PubMed PMID: 102" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [360, 1600])
def test_nothing_sticks_out_of_the_page(open_page: Any, address: str, path: str, width: int) -> None:
    page = open_page(width=width)
    page.goto(f"{address}/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_and_light_differ_and_both_can_be_read(open_page: Any, address: str) -> None:
    colours = set()
    for scheme in ("light", "dark"):
        page = open_page(scheme=scheme)
        page.goto(f"{address}/-/map")
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(colours) == 2


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1600, "light"), (1600, "dark"), (360, "light")])
def test_axe_finds_nothing_serious(open_page: Any, address: str, path: str, width: int, scheme: str) -> None:
    page = open_page(width=width, scheme=scheme)
    page.goto(f"{address}/{path}")
    assert serious(page) == []


@pytest.mark.skipif(NEW, reason="axe itself fails on the pages of Datasette 1.0a")
@pytest.mark.parametrize(
    "path", ["", "records?_condition=depression", "claims?_level=3", "claims-by-level?condition=crps"]
)
def test_axe_finds_nothing_serious_in_datasettes_own_pages(open_page: Any, address: str, path: str) -> None:
    page = open_page()
    page.goto(f"{address}/{path}")
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.wait_for_timeout(0)
    assert serious(page) == []


def serious(page: Any) -> list[tuple[str, list[Any]]]:
    """What axe-core calls serious or critical, with the first places."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed: pip install axe-playwright-python")
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8") + "; null")
    found = page.evaluate("axe.run().then(result => result.violations)")
    bad = [one for one in found if one["impact"] in ("serious", "critical")]
    return [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in bad]


def test_on_a_narrow_screen_the_map_comes_before_its_filters(open_page: Any, address: str) -> None:
    page = open_page(width=360)
    page.goto(f"{address}/-/map")
    assert not page.get_by_label("Intervention").is_visible()
    page.locator(".filter-box summary").press("Enter")
    assert page.get_by_label("Intervention").is_visible()
    page = open_page(width=360, scripts=False)
    page.goto(f"{address}/-/map")
    assert page.get_by_label("Intervention").is_visible()


def test_kinds_of_cells_differ_without_colour(open_page: Any, address: str) -> None:
    page = open_page()
    page.goto(f"{address}/-/map")
    drawn = page.evaluate(
        """[...document.querySelectorAll('.legend .swatch')].map(one => { const look = getComputedStyle(one);
           return [one.textContent, look.borderStyle, look.backgroundImage, look.boxShadow !== 'none', one.parentElement.className].join('|') })"""
    )
    looks = [one.rpartition("|")[0] for one in drawn if not one.endswith("k-reviewed")]
    assert len(drawn) > 4
    assert len(set(looks)) == len(looks), drawn


HOSTILE_PAGES = (
    *PAGES,
    "",
    "records",
    "claims",
    "documents",
    "records/105",
    "links",
    "claims-by-level",
    "-/map?show=none-found",
)


@pytest.mark.parametrize("path", HOSTILE_PAGES)
def test_hostile_content_is_only_text(open_page: Any, hostile: str, path: str) -> None:
    page = open_page()
    page.goto(f"{hostile}/{path}")
    assert page.evaluate("window.pwned") is None
    assert page.locator("a[href^='javascript:']").count() == 0
    assert page.locator("main img, section img").count() == 0
