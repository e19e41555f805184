"""HTML: what is kept, what is left out, and what a page says of itself."""

from __future__ import annotations

import pytest

from litmap.documents import read
from litmap.errors import DocumentError
from litmap.model import Document


def page(body: str, head: str = "") -> Document:
    document = read(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), "page.html")
    assert all(document.text[b.start : b.end].strip() == document.text[b.start : b.end] != "" for b in document.blocks)
    return document


def blocks(body: str) -> list[tuple[str, str]]:
    document = page(body)
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_kinds_of_blocks() -> None:
    assert blocks(
        "<h1>Yoga</h1><p>It  is\n old.</p><ul><li>calm</li><li><p>sleep</p></li></ul><table><caption>Doses</caption><tr><th>Day</th><td>1</td></tr></table>"
        "<figure><img alt='x'><figcaption>A mat.</figcaption></figure><blockquote>It helps.</blockquote><dl><dt>Safe?</dt><dd>Yes.</dd></dl>"
    ) == [
        ("heading", "Yoga"), ("paragraph", "It is old."), ("item", "calm"), ("item", "sleep"), ("caption", "Doses"), ("cell", "Day"), ("cell", "1"),
        ("caption", "A mat."), ("quote", "It helps."), ("heading", "Safe?"), ("paragraph", "Yes."),
    ]  # fmt: skip


def test_no_text_of_nested_div_and_span_is_lost() -> None:
    found = blocks(
        "Bare.<div>One <span>two <b>three</b></span> four.<div>Five.</div>Six.<p>Seven.</p>Eight.</div>Nine."
    )
    assert [text for _, text in found] == ["Bare.", "One two three four.", "Five.", "Six.", "Seven.", "Eight.", "Nine."]


def test_inline_markup_and_entities_do_not_break_words() -> None:
    assert blocks("<p>Keta<b>mine</b> &amp; H<sub>2</sub>O&nbsp;cost&#8217;s <i>low</i></p>") == [
        ("paragraph", "Ketamine & H2O cost’s low")
    ]


def test_line_breaks_separate_unless_the_line_runs_on() -> None:
    assert [text for _, text in blocks("<p>It works.<br>It lasts.<br><br/>It is an old<br>practice</p>")] == [
        "It works.",
        "It lasts.",
        "It is an old practice",
    ]


@pytest.mark.parametrize(
    "dropped",
    [
        "<script>var x = 'gone.';</script>",
        "<style>p { color: gone }</style>",
        "<noscript>gone</noscript>",
        "<nav>gone</nav>",
        "<div role='navigation'>gone</div>",
        "<form><label>gone</label><input><p>gone</p></form>",
        "<footer>gone</footer>",
        "<div class='cookie-banner'>gone</div>",
        "<div id='CookieConsent'>gone</div>",
        "<section id='comments'><p>gone</p></section>",
        "<div class='comment-respond'>gone</div>",
        "<p hidden>gone</p>",
        "<span aria-hidden='true'>gone</span>",
        "<div style='display: none'>gone</div>",
        "<button>gone</button>",
        "<svg><title>gone</title></svg>",
        "<!-- gone -->",
        "<div class='social-share'>gone</div>",
    ],
)
def test_what_is_no_content_is_left_out_but_not_what_follows_it(dropped: str) -> None:
    found = blocks(f"<div><p>Kept before, with words enough to be the page.</p>{dropped} Kept after.</div>")
    assert [text for _, text in found] == ["Kept before, with words enough to be the page.", "Kept after."]


def test_a_page_inside_one_form_or_an_unlucky_class_is_kept() -> None:
    assert blocks("<form id='aspnet'><p>The whole page.</p></form>") == [("paragraph", "The whole page.")]
    assert blocks("<div class='has-sidebar menu'><p>The whole page.</p></div>") == [("paragraph", "The whole page.")]
    assert ("paragraph", "About it.") in blocks(
        "<p>Some more text of this page.</p><div class='social-anxiety'><p>About it.</p></div>"
    )


def test_folded_answers_are_kept() -> None:
    found = blocks(
        "<p>Other text that makes most of it.</p><div class='accordion'><h3><button>Safe?</button></h3><div aria-hidden='true'>Yes, it is.</div></div>"
    )
    assert found[1:] == [("heading", "Safe?"), ("paragraph", "Yes, it is.")]


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("<meta property='article:published_time' content='2021-02-03T10:00:00Z'>", "2021-02-03"),
        (
            "<meta property='article:published_time' content='2021-02-03'><meta property='article:modified_time' content='2022-01-01'>",
            "2022-01-01",
        ),
        (
            '<script type=\'application/ld+json\'>{"@graph": [{"dateModified": "2020-05-06T00:00"}]}</script>',
            "2020-05-06",
        ),
        ("<script type='application/ld+json'>{broken</script>", None),
        ("<meta name='date' content='2021-13-40'>", None),
        ("", None),
    ],
)
def test_the_date_a_page_gives(head: str, day: str | None) -> None:
    assert page("<p>It works.</p>", head).as_of == day
    if not head:
        assert page("<p>It works.</p><time datetime='2019-09-09'>then</time>").as_of == "2019-09-09"


def test_title() -> None:
    assert page("<h1>Heading</h1>", "<title> Yoga\n &amp; sleep </title>").title == "Yoga & sleep"
    assert page("<h1>Heading</h1>").title == "Heading"


@pytest.mark.parametrize(
    ("data", "media_type", "encoding"),
    [
        ("<html><meta charset='windows-1252'><p>Café.</p></html>".encode("cp1252"), None, None),
        (
            "<html><meta http-equiv='Content-Type' content='text/html; charset=iso-8859-2'><p>Café.</p></html>".encode(
                "iso-8859-2"
            ),
            None,
            None,
        ),
        ("<html><p>Café.</p></html>".encode("iso-8859-15"), "text/html; charset=ISO-8859-15", None),
        ("<html><meta charset='shift_jis'><p>Café.</p></html>".encode(), None, "utf-8"),
        ("<html><meta charset='us-ascii'><p>Café.</p></html>".encode("cp1252"), None, None),
        (
            "<?xml version='1.0' encoding='utf-8'?><html xmlns='http://www.w3.org/1999/xhtml'><body><p>Café.</p></body></html>".encode(),
            None,
            None,
        ),
    ],
)
def test_encodings(data: bytes, media_type: str | None, encoding: str | None) -> None:
    assert read(data, "page.html", media_type=media_type, encoding=encoding).text == "Café."


def test_a_wrong_declaration_gives_way_with_a_warning() -> None:
    document = read("<html><meta charset='utf-16'><p>Café is good</p></html>".encode(), "page.html")
    assert document.text == "Café is good"
    assert "utf-16" in document.warnings[0]


def test_html_is_known_by_content_not_by_name() -> None:
    assert read(b"<!-- saved --><!DOCTYPE html><p>It works.</p>", "page.txt").media_type == "text/html"
    assert read(b"It works, and 1 < 2.", "page.html").media_type == "text/plain"
    assert read(b"<p>It works.</p>", "https://example.org/a.html?x=1").text == "It works."


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(DocumentError, match="holds no text"):
        page("<script>only()</script>")


def test_too_deep_a_page_says_that_it_was_cut() -> None:
    document = page("<p>Start.</p>" + "<div>" * 5000 + "deep")
    assert document.text.startswith("Start.")
    assert any("nested" in warning for warning in document.warnings)


def test_a_page_whose_only_text_lies_too_deep_is_refused_for_that_reason() -> None:
    with pytest.raises(DocumentError, match="nested too deep"):
        page("<div>" * 5000 + "deep")
