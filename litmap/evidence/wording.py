"""How reviews put things: the patterns of `reviews.csv`, by what they mean, held against folded text with a blank before its first word."""

from __future__ import annotations

import re
from collections.abc import Mapping

from litmap.evidence import tables

FILE = "reviews.csv"
NUMBER = "number"
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
            re.compile(pattern)
        except re.error as error:
            row.fail(f"the pattern is not a regular expression: {error}")
        if means == NUMBER:
            number = f"(?:{pattern})"
        parts[means].append(pattern)
    missing = next((means for means, patterns in parts.items() if not patterns), None)
    if missing:
        raise tables.RuleError(f"{FILE} has no pattern that means {missing}", "copy one from litmap's own db/evidence")
    return {means: re.compile("|".join(map(_after_blank, patterns))) for means, patterns in parts.items()}


def _after_blank(pattern: str) -> str:
    """The pattern with a blank for each `\\b` that begins an alternative: `re` looks for a letter several times as fast as for a boundary."""
    return "|".join(" " + one.removeprefix(r"\b") if one.startswith(r"\b") else one for one in _alternatives(pattern))


def _alternatives(pattern: str) -> list[str]:
    found, depth, listed = [""], 0, False  # listed: inside [...]
    for part in re.findall(r"\\.|.", pattern):
        if part == "|" and not depth and not listed:
            found.append("")
            continue
        found[-1] += part
        if listed or part == "[":
            listed = part != "]"
        else:
            depth += (part == "(") - (part == ")")
    return found
