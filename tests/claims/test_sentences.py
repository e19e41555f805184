"""Where sentences end: a file of hard boundaries, exact offsets, and hostile input."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from litmap.claims.sentences import sentences

LINES = [
    line
    for line in (Path(__file__).parent / "boundaries.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize("line", LINES)
def test_hard_boundaries(line: str) -> None:
    text = re.sub(r"\s*\|\s*", lambda match: " " if " " in match.group() else "", line)
    assert [text[start:end] for start, end in sentences(text)] == [part.strip() for part in line.split("|")]


@pytest.mark.parametrize("blank", ["\xa0", "\u202f", " \xa0 ", "\u200b ", "\t", "\r\n"])
def test_any_blank_separates_and_none_is_kept(blank: str) -> None:
    text = f"{blank}It works.{blank}It lasts.{blank}"
    assert [text[start:end] for start, end in sentences(text)] == ["It works.", "It lasts."]


def test_offsets_count_from_the_whole_text() -> None:
    text = "Before. It works. It lasts. After."
    assert [text[start:end] for start, end in sentences(text, 8, 27)] == ["It works.", "It lasts."]


@pytest.mark.parametrize(
    "text",
    [
        "." * 300_000,
        "(" * 100_000 + ")" * 100_000,
        "[1" * 100_000,
        ".)" * 100_000,
        "a. " * 100_000,
        "?! " * 100_000,
        '."' * 100_000,
    ],
    ids=["dots", "brackets", "bracketed numbers", "closed dots", "initials", "marks", "quotes"],
)
def test_hostile_text_ends(text: str) -> None:
    spans = list(sentences(text))
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert sum(end - start for start, end in spans) <= len(text)
