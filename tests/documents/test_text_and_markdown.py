"""Plain text and Markdown: the text unchanged, and what each stretch of it is."""

from __future__ import annotations

from itertools import pairwise

import pytest

from litmap.documents import read
from litmap.errors import DocumentError
from litmap.model import Document


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_text_of_a_file_is_unchanged(end: str) -> None:
    text = end.join(["", "  Title", "", "It works.\xa0 It lasts.", ""])
    document = read(text.encode(), "page.txt")
    assert document.text == text
    assert blocks(document) == [("heading", "Title"), ("paragraph", "It works.\xa0 It lasts.")]
    assert document.title == "Title"


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    document = read(
        b"Needling of the ear has been used for many years against pain, and\n"
        b"a number of small trials have tested it in people after surgery of\n"
        b"the knee. The largest of these trials was carried out in a hospital\n"
        b"in Finland.\n\nMethods\n\nSecond paragraph.\n",
        "page.txt",
    )
    assert [kind for kind, _ in blocks(document)] == ["paragraph", "heading", "paragraph"]


def test_lines_that_are_not_wrapped_are_paragraphs_of_their_own() -> None:
    document = read(
        b"Yoga\nYoga lowers stress in most people who try it for a while.\nSafety\nFalls are rare.\n", "page.txt"
    )
    assert [kind for kind, _ in blocks(document)] == ["heading", "paragraph", "heading", "paragraph"]


def test_bullets_numbers_and_cells() -> None:
    document = read("• one\n- two\n1. three\n2) four\n\nDose\t25 mg\n".encode(), "page.txt")
    assert blocks(document) == [
        ("item", "one"),
        ("item", "two"),
        ("item", "three"),
        ("item", "four"),
        ("cell", "Dose"),
        ("cell", "25 mg"),
    ]


@pytest.mark.parametrize(
    ("data", "warned"),
    [
        ("\ufeffKäse hilft.".encode(), False),
        ("\ufeffKäse hilft.".encode("utf-16-le"), False),
        ("\ufeffKäse hilft.".encode("utf-16-be"), False),
        ("Käse hilft.".encode(), False),
        ("Käse hilft.".encode("cp1252"), True),
    ],
)
def test_encodings(data: bytes, warned: bool) -> None:
    document = read(data, "page.txt")
    assert document.text == "Käse hilft."
    assert bool(document.warnings) is warned


def test_the_users_encoding_overrides() -> None:
    assert read("Łódź.".encode("iso-8859-2"), "page.txt", encoding="iso-8859-2").text == "Łódź."
    assert read(b"\xef\xbb\xbfIt works.", "page.txt", encoding="utf-8").text == "It works."
    assert read("It works.".encode("utf-16-le"), "page.txt", encoding="utf-16-le").text == "It works."


@pytest.mark.parametrize(
    ("data", "encoding", "words"),
    [
        (b"", None, "is empty"),
        (b" \n\t ", None, "is empty"),
        (b"\xef\xbb\xbf", None, "is empty"),
        (b"\x81\x8d\x8f text", None, "cannot be read as cp1252"),
        (b"caf\xe9", "utf-8", "cannot be read as utf-8"),
        (b"text", "klingon", "not an encoding"),
        (b"GIF89a\0\0\0\x01\xff\xfe\x80", None, "is not a text document"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, encoding: str | None, words: str) -> None:
    with pytest.raises(DocumentError, match=words) as refused:
        read(data, "page.txt", encoding=encoding)
    assert refused.value.hint


def test_markdown_blocks_leave_out_the_marks() -> None:
    source = (
        "---\ntitle: x\ndate: 2024-03-01\n---\n\n# Ear *needling* #\n\nIt is old\nand **cheap**.\n\nSafety\n------\n\n"
        "- mild pain\n  at the site\n  - bleeding\n1. rest\n\n> It hurts.\n> A little.\n\n| Dose | 25 mg |\n|---|---|\n| Time | 9 h |\n\n"
        "```\nprint('no claim.')\n```\n\n<!-- a note.\nhidden -->\n\n[1]: https://example.org\n\nEnd.\n"
    )
    document = read(source.encode(), "notes.md")
    assert document.text == source
    assert document.title == "Ear needling"
    assert document.as_of == "2024-03-01"
    assert [(block.kind, block.level, source[block.start : block.end]) for block in document.blocks] == [
        ("heading", 1, "Ear *needling*"),
        ("paragraph", 0, "It is old\nand **cheap**."),
        ("heading", 2, "Safety"),
        ("item", 0, "mild pain\n  at the site"),
        ("item", 1, "bleeding"),
        ("item", 0, "rest"),
        ("quote", 0, "It hurts.\n> A little."),
        ("cell", 0, "Dose"),
        ("cell", 0, "25 mg"),
        ("cell", 0, "Time"),
        ("cell", 0, "9 h"),
        ("paragraph", 0, "End."),
    ]


@pytest.mark.parametrize("name", ["page.txt", "page.md", "page.html"])
@pytest.mark.parametrize(
    "data", [b"." * 200_000, b"[" * 50_000 + b"]" * 50_000, b"<" * 100_000, b"such as:\n" * 20_000, b"- a\n" * 20_000]
)
def test_hostile_files_end(data: bytes, name: str) -> None:
    document = read(data, name)
    assert all(before.end <= after.start for before, after in pairwise(document.blocks))
