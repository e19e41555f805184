"""How reviews put things: the patterns of `reviews.csv`, by what they mean, held against folded text with a blank before its first word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise

from litmap.evidence import tables

FILE = "reviews.csv"
NUMBER = "number"
_BOUND, _GROUP = r"\b", "(?:"
END = re.compile(r"[.;!?](?=\s)")  # of a sentence
MEANS = (
    NUMBER,
    "own",  # of a sentence
    "none",
    "found",
    "included",
    "presented",
    "others",  # of what stands before a mention of studies
    "others-uncounted",
    "denied",
    "only",
    "all",
    "absent",
    "asked",
    "searched",
    "wanted",
    "count",
    "no-count",
    "others-after",  # of what stands behind it
    "denied-after",
    "zero-after",
    "whole",
    "asked-after",
    "wanted-after",
    "held",
    "count-after",
    "aim",  # of what a review asks
    "other",
    "title-other",
    "treatment",
    "title-treatment",
    "harm",
)


def read(texts: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    """One pattern for each meaning; `{number}` stands for a count. Raises RuleError."""
    number = ""
    parts: dict[str, list[str]] = {means: [] for means in MEANS}
    for row in tables.rows(texts, FILE, ("wording", "means", "pattern", "note")):
        means = row.choice("means", MEANS)
        pattern = row["pattern"].replace("{number}", number)
        try:
            numbered = re.compile(pattern).groups
        except re.error as error:
            row.fail(f"the pattern is not a regular expression: {error}")
        if numbered:
            row.fail("the pattern has groups with numbers or names", "write (?:...) for each group")
        if means == NUMBER:
            number = f"(?:{pattern})"
        parts[means].append(pattern)
    missing = next((means for means, patterns in parts.items() if not patterns), None)
    if missing:
        raise tables.RuleError(f"{FILE} has no pattern that means {missing}", "copy one from litmap's own db/evidence")
    return {means: re.compile(_quick("|".join(patterns))) for means, patterns in parts.items()}


def _quick(pattern: str) -> str:
    """The pattern as `re` finds it several times as fast: a blank for each `\\b` that begins an alternative, once for all that
    stand together, and behind it letters and not a group, as an alternative with another first letter is passed over at once."""
    found: list[str] = []
    for bounded, together in groupby(_alternatives(pattern), lambda one: one.startswith(_BOUND)):
        if bounded:
            found.append(f" (?:{'|'.join(words for one in together for words in _spread(one.removeprefix(_BOUND)))})")
        else:
            found += together
    return "|".join(found)


def _spread(pattern: str) -> list[str]:
    """A pattern for each alternative of the group that it begins with: `(?:a|b)c` becomes `ac` and `bc`, `(?:a )?b` becomes `a b` and `b`.

    What follows a group is left as it is, or a row of groups would become as many patterns as there are ways through it.
    """
    if not pattern.startswith(_GROUP):
        return [pattern]
    end = next(at for at, sign, depth in _signs(pattern) if sign == ")" and not depth)
    heads, tail = _alternatives(pattern[len(_GROUP) : end]), pattern[end + 1 :]
    plain = all(head[:1].isalnum() or head.startswith(_GROUP) for head in heads)
    if not plain or tail.startswith(("*", "+", "{", "??", "?+")):
        return [pattern]
    optional, rest = tail.startswith("?"), tail.removeprefix("?")
    return [words + rest for head in heads for words in _spread(head)] + [rest] * optional


def _alternatives(pattern: str) -> list[str]:
    bars = [at for at, sign, depth in _signs(pattern) if sign == "|" and not depth]
    return [pattern[start + 1 : stop] for start, stop in pairwise((-1, *bars, len(pattern)))]


def _signs(pattern: str) -> Iterator[tuple[int, str, int]]:
    """Where each sign of a pattern stands, and in how many groups and sets; the brackets of a group stand outside it."""
    depth, opened = 0, -1  # opened: where the set began that we are in
    for found in re.finditer(r"\\.|.", pattern):
        at, sign = found.start(), found[0]
        depth -= sign == ")" and opened < 0
        yield at, sign, depth + (opened >= 0)
        if opened < 0:
            depth += sign == "("
            opened = at if sign == "[" else -1
        elif sign == "]" and at > opened + 1 + (pattern[opened + 1] == "^"):  # one that comes first is a letter of the set
            opened = -1
