"""The phrases of rule files: lower-case words. `{a|b}` stands for either, `*` at the end for any ending (in front for any beginning)."""

from __future__ import annotations

import re
from itertools import product

from litmap.evidence import tables
from litmap.evidence.text import KEPT, fold

_BRACES = re.compile(r"\{([^{}]*)\}")
_VALID = re.compile(rf"(?:\*?[a-z0-9][{re.escape(KEPT)}]*\*?\|)+")  # phrases of the common kind, a bar behind each


def expand(phrase: str) -> list[str]:
    """Spell out the alternatives of a phrase: "randomi{s|z}ed" gives two. Raises ValueError for a stray brace."""
    parts = _BRACES.split(phrase)  # every other one stood in braces
    outside = "".join(parts[::2])
    if "{" in outside or "}" in outside:  # braces around braces: the inner ones first
        if len(parts) == 1:
            raise ValueError(f"a brace without its partner in {phrase!r}")
        head, options, tail = _BRACES.split(phrase, maxsplit=1)
        return list(dict.fromkeys(words for option in options.split("|") for words in expand(head + option + tail)))
    choices = (part.split("|") if place % 2 else (part,) for place, part in enumerate(parts))
    return list(dict.fromkeys(" ".join("".join(chosen).split()).replace(",", " ") for chosen in product(*choices)))


def _alternatives(words: str) -> list[str]:
    parts: list[str] = []
    depth = 0
    for part in words.split("|"):
        if depth:  # this bar stood in braces
            parts[-1] += f"|{part}"
        else:
            parts.append(part)
        depth += part.count("{") - part.count("}")
    return parts


def is_phrase(phrase: str) -> bool:
    """Whether this is as a folded text could have it, a star at its ends aside."""
    core = phrase.strip("*")
    if not core.strip() or "*" in core or phrase.startswith("**"):
        return False
    return fold(core) == (core if core.isascii() else "".join(map(_letter_or_sign, core)))


def _letter_or_sign(char: str) -> str:
    """A sign of ASCII, which folding may not change, or what it makes of another letter."""
    return char if char.isascii() or not char.isalpha() else fold(char)


def phrases(row: tables.Row, column: str) -> list[str]:
    """The phrases of a cell, spelled out. Raises RuleError for one that is none."""
    found: list[str] = []
    for phrase in _alternatives(row[column]):
        try:
            found += expand(phrase.strip())
        except ValueError as error:
            row.fail(str(error))
    if _VALID.fullmatch("|".join((*found, ""))):
        return found
    bad = next((phrase for phrase in found if not is_phrase(phrase)), None)
    if bad is not None:
        row.fail(f"{bad!r} is not a phrase", "write lower-case words without hyphens; * only at an end")
    return [phrase if phrase.isascii() else _folded(phrase) for phrase in found]


def _folded(phrase: str) -> str:
    core = phrase.strip("*")
    return phrase.replace(core, fold(core))
