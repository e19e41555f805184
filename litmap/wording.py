"""How numbers and quotes are put for people to read."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Marks of Markdown that hold a stretch of text: they open before a word's first character and close after its last.
_STRONG = re.compile(r"(?<![\w\\*_~`])(\*{1,3}|_{1,3}|~~|`)(?=[^\s*~`])(.{1,500}?)(?<=[^\s\\])\1(?![\w*~`])")
_HALF = re.compile(r"^(?:\*\*|__)(?=\S)|(?<=\S)(?:\*\*|__)$")  # what a quote cut out of a longer stretch keeps of it
_LINK = re.compile(r"!?\[([^\[\]]+)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: 1 claim, 2,000 claims, 2 studies. `many`: the plural, where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def unmarked(text: str) -> str:
    """Return a quote without marks of emphasis, code and links: a page written in Markdown, as its reader sees it."""
    if not any(mark in text for mark in "*_~`["):
        return text
    text = _LINK.sub(r"\1", text)
    while (plain := _STRONG.sub(r"\2", text)) != text:
        text = plain
    return _HALF.sub("", text)


def nothing_left(basis: str | None, retracted: int) -> str | None:
    """Say why no report counts though records bear: they were retracted, or are notices. None when no record bears."""
    kind = "included" if basis == "reviewed" else "suggested"
    if retracted:
        return f"the only {kind} record is retracted" if retracted == 1 else f"all {retracted} {kind} records are retracted"
    return "what was included is only notices of other records" if basis == "reviewed" else None


def doubts(concern: int, corrected: int, preprints: int = 0) -> list[str]:
    """Say how many records are in doubt (an expression of concern, or retracted in part), were corrected, and are preprints."""
    said = [f"{n} {word}" for n, word in ((concern, "of concern"), (corrected, "corrected")) if n]
    return said + ([counted(preprints, "preprint")] if preprints else [])


def directions(by_stance: Mapping[str, int]) -> str:
    """Say how many studies point which way: {"supports": 2, "not-stated": 1} is "2 supports, 1 not judged"."""
    words = {"not-stated": "not judged"}
    return ", ".join(f"{n} {words.get(stance, stance.replace('-', ' '))}" for stance, n in by_stance.items())
