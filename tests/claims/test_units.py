"""Units and their context: headings, lead-ins of lists, questions of FAQs."""

from __future__ import annotations

from itertools import pairwise

from litmap import claims
from litmap.documents import read
from litmap.model import Document, Unit


def units_of(text: str, name: str = "page.txt") -> tuple[Document, dict[str, Unit], tuple[Unit, ...]]:
    document = read(text.encode(), name)
    units = claims.split(document)
    assert all(document.text[unit.start : unit.end] == unit.text for unit in units)
    assert all(before.end <= after.start for before, after in pairwise(units))
    return document, {unit.text: unit for unit in units}, units


def test_headings_without_full_stops_head_what_follows() -> None:
    _, by_text, units = units_of(
        "Magnesium\nMigraine\nIt prevents attacks. It is cheap.\n\nSleep\n\nIt helps people sleep.\n"
    )
    assert [unit.kind for unit in units] == ["heading", "heading", "sentence", "sentence", "heading", "sentence"]
    assert [units[n].text for n in by_text["It is cheap."].headings] == ["Magnesium", "Migraine"]
    assert [units[n].text for n in by_text["It helps people sleep."].headings] == ["Magnesium", "Sleep"]


def test_the_lead_in_is_each_items_context() -> None:
    _, by_text, units = units_of(
        "Yoga can help with several complaints, such as:\n\n- back pain\n- poor sleep\n\nIt is popular.\n"
    )
    lead_in = by_text["back pain"].lead_in
    assert lead_in is not None
    assert units[lead_in].text.startswith("Yoga can help")
    assert by_text["poor sleep"].lead_in == lead_in
    assert by_text["It is popular."].lead_in is None


def test_nested_items_are_led_in_by_the_item_above() -> None:
    page = "<p>Used for:</p><ul><li>Pain<ul><li>Back pain</li></ul></li><li>Sleep</li></ul>"
    _, by_text, units = units_of(f"<html><body>{page}</body></html>", "page.html")
    assert units[by_text["Back pain"].lead_in or 0].text == "Pain"
    assert units[by_text["Sleep"].lead_in or 0].text == "Used for:"


def test_a_list_that_lost_its_bullets() -> None:
    _, by_text, _ = units_of("Side effects include:\nNausea\nHeadache\nDry mouth\n")
    assert by_text["Headache"].kind == "item"
    assert by_text["Dry mouth"].lead_in == 0


def test_faq_answers_know_their_question() -> None:
    _, by_text, units = units_of(
        "FAQ\n\nIs yoga safe?\n\nFor most people, yes. Falls are rare.\n\nCosts\n\nIt is cheap.\n"
    )
    assert units[by_text["Falls are rare."].question or 0].text == "Is yoga safe?"
    assert by_text["It is cheap."].question is None


def test_questions_in_definition_lists_details_and_accordions() -> None:
    for page in (
        "<dl><dt>Is it safe?</dt><dd>It is safe.</dd></dl>",
        "<details><summary>Is it safe?</summary><p>It is safe.</p></details>",
        "<h3><button>Is it safe?</button></h3><div class='accordion-panel' style='display:none'>It is safe.</div>",
        "<p><b>Is it safe?</b></p><p>It is safe.</p>",
        "<p>Q: Is it safe?<br>A: It is safe.</p>",
    ):
        document = read(f"<html><body>{page}</body></html>".encode(), "faq.html")
        units = claims.split(document)
        answer = next(unit for unit in units if unit.text.endswith("It is safe."))
        assert answer.question is not None, page
        assert units[answer.question].text.endswith("Is it safe?")


def test_a_question_inside_a_paragraph_holds_to_its_end() -> None:
    _, by_text, _ = units_of("Is it safe? It is safe for adults. It is cheap.\n\nYoga is an old practice from India.\n")
    assert by_text["It is cheap."].question == 0
    assert by_text["Yoga is an old practice from India."].question is None


def test_markdown_marks_are_left_out_of_matching_but_kept_in_quotes() -> None:
    document = read(b"# Facts\n\n**Yoga** [reduces](https://example.org/a.b) pain. It is cheap.\n", "page.md")
    units = claims.split(document)
    found = claims.find(document, units)
    assert [claim.text for claim in found] == ["**Yoga** [reduces](https://example.org/a.b) pain.", "It is cheap."]
    assert found[0].heading == "Facts"


def test_list_items_that_begin_small_need_no_bullets() -> None:
    text = "Yoga is said to help with:\nmigraine\nlow mood\nrestless legs and cramps in the night or at rest\n\nIt is cheap.\n"
    _, by_text, units = units_of(text)
    assert [unit.kind for unit in units] == ["sentence", "item", "item", "item", "sentence"]
    assert by_text["restless legs and cramps in the night or at rest"].lead_in == 0


def test_a_blank_line_ends_a_list_without_bullets() -> None:
    _, by_text, _ = units_of("Yoga may help with:\nMigraine\nLow mood\nBack pain\n\nClasses are small and quiet.\n")
    assert by_text["Back pain"].kind == "item"


def test_short_lines_below_a_question_are_items_that_lost_their_bullets() -> None:
    text = "Intro text is here.\n\nWho is it for?\nAdults with tinnitus\nPeople with migraine\n\nIs it safe?\n\nYes, it is.\n"
    _, by_text, units = units_of(text)
    assert by_text["Adults with tinnitus"].kind == "item"
    assert units[by_text["People with migraine"].question or 0].text == "Who is it for?"
    assert by_text["Yes, it is."].kind == "sentence"


def test_headings_with_text_below_stay_headings() -> None:
    text = "Is it for you?\n\nTinnitus\n\nIt helps some.\n\nMigraine\n\nIt helps many.\n"
    _, by_text, _ = units_of(text)
    assert by_text["Tinnitus"].kind == by_text["Migraine"].kind == "heading"


def test_short_lines_in_a_row_below_a_heading_are_items() -> None:
    text = "Kava at a glance\nEases worry\nNo hangover\nSold as a drink\n\nKava is a shrub of the Pacific.\n"
    _, by_text, _ = units_of(text)
    assert [by_text[line].kind for line in ("Eases worry", "No hangover", "Sold as a drink")] == ["item"] * 3


def test_lines_that_begin_small_go_on_after_if_you() -> None:
    text = "Do not use the spray if you\nhave a blocked nose\nhad a stroke\n\nIt is sold in shops.\n"
    _, by_text, units = units_of(text)
    assert units[by_text["had a stroke"].lead_in or 0].text == "Do not use the spray if you"


def test_a_predicate_is_no_question() -> None:
    from litmap.claims.units import asks

    assert asks("Is it addictive")
    assert not asks("Is not addictive")
    assert not asks("“What nobody expected was a benefit in children.”")
