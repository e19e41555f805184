"""What a reviewer sees."""

from __future__ import annotations

import re

import pytest

from litmap.review import screen
from litmap.review.decisions import decide
from litmap.review.desk import MapDesk
from litmap.review.pages import Pages, passages
from litmap.review.session import Item, Session
from litmap.review.verdicts import judge
from tests.support_maps import Map

LONG = (
    "BACKGROUND: Depression is common.\nMETHODS: "
    + "We gave ketamine to some and saline to others. " * 20
    + "\nCONCLUSIONS: Ketamine relieved depression."
)


def shown(made: Map, pmid: int = 11, keys: str = "", size: tuple[int, int] = (80, 24), **more: bool) -> list[str]:
    desk = MapDesk(made.store, "Ann", blind=more.get("blind", False))
    session = Session(desk, [Item("one", pmid), Item("one", 13)], today="2025-06-15")
    session.line(keys) if keys else None
    pages = Pages(made.store, blind=more.get("blind", False))
    style = screen.ANSI if more.get("styled") else screen.PLAIN
    page = pages.page(session.item) if session.item else None
    return screen.render(session, page, desk.tally("one"), "Ann", size, style)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (100, 50), (200, 24)])
@pytest.mark.parametrize("keys", ["", "e", "s", "n", "v", "?", "w", "i", "q", " ", "b", "x"])
def test_every_screen_fits_the_terminal(reviewed: Map, size: tuple[int, int], keys: str) -> None:
    reviewed.record(14, "A very long title about ketamine and depression " * 8, LONG, level=2, integrity="concern")
    lines = shown(reviewed, 14, keys, size)
    assert len(lines) == size[1]
    assert max(map(len, lines)) <= size[0]


def test_the_screen_shows_what_a_decision_needs(reviewed: Map) -> None:
    text = "\n".join(shown(reviewed))
    for needed in (
        "Ketamine relieves depression.",
        "Ketamine for depression: a trial",
        "PMID 11",
        "rank ",
        "Level 2",
        "randomized-trial",
        "Depression scores fell.",
        "i include",
    ):
        assert needed in text


def test_blind_hides_rank_level_and_reasons_but_not_a_retraction(reviewed: Map) -> None:
    reviewed.record(14, "Ketamine", "Text.", level=1, design="systematic-review", integrity="retracted")
    assert "RETRACTED" in "\n".join(shown(reviewed, 14, blind=True))
    text = "\n".join(shown(reviewed, blind=True))
    for hidden in ("rank", "Level", "randomized-trial", "Why here"):
        assert hidden not in text


def test_words_of_the_claim_are_marked_in_other_forms_too(reviewed: Map) -> None:
    reviewed.record(14, "KETAMINE in depressive states", "Relieved were few.")
    text = "\n".join(shown(reviewed, 14, styled=True))
    marked = re.findall(r"\x1b\[4m(.*?)\x1b\[24m", text)
    assert {"KETAMINE", "Relieved"} <= set(marked)


def test_the_conclusion_has_a_bar_and_b_goes_to_the_end_of_the_abstract(reviewed: Map) -> None:
    reviewed.record(14, "A trial", LONG)
    assert "▌" not in "\n".join(shown(reviewed, 14))
    assert "▌ CONCLUSIONS: Ketamine relieved depression." in shown(reviewed, 14, "b")


def test_a_conclusion_is_not_split_between_pages(reviewed: Map) -> None:
    end = "CONCLUSION: " + "Ketamine relieved depression in most. " * 8
    for words in range(150, 190, 3):
        reviewed.record(20 + words, "A trial", "RESULTS: " + "word " * words + ".\n" + end)
        first, last = (shown(reviewed, 20 + words, keys) for keys in ("", "b"))
        assert any("b conclusion" in line for line in first)
        assert next(line for line in last if line.startswith("▌")).startswith("▌ CONCLUSION")


def test_turning_pages_shows_every_line_once(reviewed: Map) -> None:
    reviewed.record(14, "A trial", " ".join(f"word{n}" for n in range(400)))
    seen = [re.findall(r"word\d+", "\n".join(shown(reviewed, 14, "m" * n))) for n in range(9)]
    pages = int(re.search(r"page 1 of (\d+)", "\n".join(shown(reviewed, 14)))[1])  # type: ignore[index]
    assert sum(seen[:pages], []) == [f"word{n}" for n in range(400)]  # noqa: RUF017
    assert seen[pages] == seen[0]


def test_text_of_a_record_cannot_move_the_cursor(reviewed: Map) -> None:
    reviewed.record(14, "Evil \x1b[2J title\x07", "Abstract \x9b31m with \u202e tricks.")
    assert all(line.isprintable() for line in shown(reviewed, 14))


def test_a_long_name_of_a_journal_leaves_room_for_year_pmid_and_rank(reviewed: Map) -> None:
    reviewed.record(14, "Ketamine for depression", "Text.", journal="Journal of Very Long Names " * 4, pub_year=2020)
    assert any(line.endswith("…, 2020 · PMID 14") for line in shown(reviewed, 14))


def test_a_full_text_is_shown_with_where_it_is(reviewed: Map) -> None:
    with reviewed.store.transaction() as conn:
        conn.execute("update records set doi = '10.1000/x1', pmcid = 'PMC7' where pmid = 11")
    desk = MapDesk(reviewed.store, "Ann", stage="full-text")
    session = Session(desk, [Item("one", 11)], today="2025-06-15", stage="full-text")
    session.key("e")
    text = "\n".join(
        screen.render(session, Pages(reviewed.store).page(Item("one", 11)), (), "Ann", (80, 24), screen.PLAIN)
    )
    assert "full text, claim 1 of 1" in text
    assert "https://doi.org/10.1000/x1 · PMC7" in text
    assert "0 full text not retrieved" in text
    assert "not retrieved" not in "\n".join(shown(reviewed, keys="e"))


def test_who_settles_a_conflict_sees_the_votes_and_their_reasons(reviewed: Map) -> None:
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ann", verdict="include", stance="supports")
    decide(reviewed.store, claim_key="one", pmid=11, reviewer="Ben", verdict="exclude", reason="wrong route")
    page, items = Pages(reviewed.store).page(Item("one", 11)), [Item("one", 11)]
    for resolving in (True, False):
        session = Session(MapDesk(reviewed.store, "Cat", resolving=resolving), items, today="2025-06-15")
        text = "\n".join(screen.render(session, page, (), "Cat", (80, 24), screen.PLAIN))
        assert ("Ann: include (supports)" in text) is resolving
        assert ("Ben: exclude (wrong route)" in text) is resolving
        assert ("conflict" in text) is resolving


def test_a_claim_of_a_markdown_page_is_shown_without_its_marks(reviewed: Map) -> None:
    reviewed.claim("bold", "**Ketamine** relieves *depression*.", condition=["depression"])
    assert Pages(reviewed.store).page(Item("bold", 11)).claim == "Ketamine relieves depression."


@pytest.mark.parametrize(
    ("abstract", "concludes"),
    [
        ("OBJECTIVE: To see.\nRESULTS: Seen.\nCONCLUSION: It works. It lasts.", ["CONCLUSION: It works. It lasts."]),
        ("We asked. We looked at ten people. Five got better. So it may help.", ["So it may help."]),
        ("A case of one patient.", []),
        ("", []),
    ],
)
def test_the_conclusion_of_an_abstract(abstract: str, concludes: list[str]) -> None:
    assert [text for text, last in passages(abstract) if last] == concludes


def test_verdicts_of_others_show_beside_ones_own(reviewed: Map) -> None:
    judge(reviewed.store, claim_key="one", reviewer="Ben", verdict="outdated", as_of="2020")
    assert "Ben" not in "\n".join(shown(reviewed, keys="v"))
    judge(reviewed.store, claim_key="one", reviewer="Ann", verdict="partly", rationale="short trials", as_of="2024-05")
    text = "\n".join(shown(reviewed, keys="v"))
    assert "Ann: partly, as of 2024-05 (short trials)" in text
    assert "Ben: outdated, as of 2020" in text


def test_an_offer_quotes_the_claims_it_is_for(reviewed: Map) -> None:
    desk = MapDesk(reviewed.store, "Ann")
    session = Session(desk, [Item("one", 11)], today="2025-06-15")
    session.key("i")
    pages = Pages(reviewed.store)
    text = "\n".join(screen.render(session, pages.page(Item("one", 11)), ["1 “Other words.”"], "Ann", (80, 24)))
    assert "“Other words.”" in text
    assert "y yes" in text


def test_what_had_no_room_is_shown_in_full_on_request(reviewed: Map) -> None:
    reviewed.record(14, "A trial", LONG)
    with reviewed.store.transaction() as conn:
        conn.execute(
            "insert into record_levels (pmid, scheme, ruleset, rule, design, rank, basis, provisional, inputs) values (14, 'ocebm-benefit', '1',"
            " 'F.T1', 'randomized-trial', 2, 'text', 1, ?)",
            (
                '[{"field":"title","matched":"a rather long phrase of the title"},{"field":"missing","matched":"abstract"}]',
            ),
        )
    assert "(rule F.T1)" not in "\n".join(shown(reviewed, 14))
    assert "(rule F.T1)" in "\n".join(shown(reviewed, 14, "w"))
    assert "no abstract" in "\n".join(shown(reviewed, 14, "w"))


def test_why_says_in_a_sentence_what_gave_the_level(reviewed: Map) -> None:
    reviewed.record(14, "Ketamine", "Text.", level=2)
    reviewed.store.conn.execute(
        "insert or replace into record_levels (pmid, scheme, ruleset, rule, design, rank, basis, provisional, inputs)"
        " values (14, 'ocebm-benefit', 'x', 'F.T1', 'randomized-trial', 2, 'text', 1, '[]')"
    )
    assert "A randomized trial." in shown(reviewed, 14, "w")
    assert "A randomized trial." not in shown(reviewed, 14, "w", blind=True)


@pytest.mark.parametrize("keys", ["i", "i:"])
def test_an_offer_fits_a_narrow_terminal(reviewed: Map, keys: str) -> None:
    lines = shown(reviewed, 11, keys, (40, 12))
    assert "the same" in " ".join(lines)
    assert (len(lines), max(map(len, lines)) <= 40) == (12, True)


def test_a_low_and_narrow_terminal_still_names_claim_and_record(reviewed: Map) -> None:
    text = "\n".join(shown(reviewed, size=(40, 12)))
    assert "Ketamine relieves depression" in text
    assert "Ketamine for depression: a trial" in text


def test_characters_of_two_columns_do_not_break_the_screen(reviewed: Map) -> None:
    import unicodedata

    reviewed.record(14, "x抑うつに対するケタミンの効果" * 9, "A. ケタミンは抑うつを改善した。" * 30, journal="日本精神科雑誌" * 9)
    lines = shown(reviewed, 14)
    columns = [sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line) for line in lines]
    assert len(lines) == 24
    assert 79 <= max(columns) <= 80
    assert "\ue000" not in "".join(lines)


def test_the_tally_of_a_claim_names_what_is_retracted(reviewed: Map) -> None:
    reviewed.record(14, "Ketamine", "Text.", design="randomized-trial", integrity="retracted")
    with reviewed.store.transaction() as conn:
        conn.execute("update records set integrity = 'retracted' where pmid = 14")
    decide(reviewed.store, claim_key="one", pmid=14, reviewer="Ann", verdict="include", stance="supports")
    desk = MapDesk(reviewed.store, "Ann", blind=False)
    assert [line for line in desk.tally("one") if line.startswith("retracted; supports, no level,")]
