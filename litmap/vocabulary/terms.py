"""The small language in which terms are written, and the plain form in which they are compared.

`treatment[-]resistant (depression|depressive disorder)` stands for every combination: `(a|b)` is one of the two,
`[a|b]` and `(a|b)?` are one of the two or nothing, `\\(` is a bracket that stands in the text. The last word also matches in the
plural. Letter case, hyphens and punctuation do not count, except that each mark of punctuation takes one place.
"""

from __future__ import annotations

import re

from litmap.letters import byte_table, folded, in_bytes

MOST_VARIANTS = 3000
_SHORTEST = 2
_PAIR = {"(": ")", "[": "]"}
_STOP_WORDS = frozenset(
    (
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "in",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "the",
        "this",
        "to",
        "was",
        "with",
    )
)


class BadTerm(ValueError):
    """A term that cannot be read; the message says why."""


class _Folds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = found = folded(chr(code))
        return found


_ASCII = "".join(folded(chr(code)) for code in range(128))
_ASCII_BYTES = byte_table(_ASCII)
_FOLDS = _Folds()
_LETTERS = re.compile(r"[^()\[\]|\\]+")  # of a term: those that stand for themselves
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


def _fold_run(match: re.Match[str]) -> str:
    return match.group().translate(_FOLDS)


def plain(text: str) -> str:
    """Return text in the form in which it is compared: same length, lower case, blanks for punctuation."""
    if text.isascii():
        return text.translate(_ASCII)  # a string of 128 characters is a table
    folded = _FOREIGN.sub(_fold_run, text)
    return folded.translate(_ASCII) if folded.isascii() else folded.translate(_FOLDS)


def plain_bytes(text: str) -> bytes:
    """Return the plain form in ASCII, with one and the same mark for every letter without an ASCII base (β, ж).

    For vocabularies whose terms have none of these: several times as fast as `plain`.
    """
    return in_bytes(text, _ASCII_BYTES)


def variants(term: str) -> list[str]:
    """Return every wording that a term stands for, in order. Raises BadTerm."""
    found, rest = _sequence(term, 0, "")
    if rest != len(term):
        raise BadTerm(f"a bracket is closed that was not opened, in {term!r}")
    wordings = dict.fromkeys(" ".join(words.split()) for words in found)
    return list(wordings)


def _sequence(term: str, at: int, closing: str) -> tuple[list[str], int]:
    """Read until `|` or the closing bracket. Return the wordings and where reading stopped."""
    found = [""]
    while at < len(term) and term[at] not in ")]" and not (closing and term[at] == "|"):
        char = term[at]
        if char in _PAIR:
            options, at = _group(term, at)
            found = [head + tail for head in found for tail in options]
            if len(found) > MOST_VARIANTS:
                raise BadTerm(f"more than {MOST_VARIANTS} wordings in {term!r}")
            continue
        if letters := _LETTERS.match(term, at):
            tail, at = letters.group(), letters.end()
        else:
            at += char == "\\" and at + 1 < len(term)
            tail, at = term[at], at + 1
        found = [head + tail for head in found]
    return found, at


def _group(term: str, at: int) -> tuple[list[str], int]:
    closing = _PAIR[term[at]]
    optional = closing == "]"
    options: list[str] = []
    while True:
        words, at = _sequence(term, at + 1, closing)
        options += words
        if at >= len(term) or term[at] not in "|" + closing:
            raise BadTerm(f"a bracket is not closed in {term!r}")
        if term[at] == closing:
            break
    at += 1
    if at < len(term) and term[at] == "?":
        optional, at = True, at + 1
    return ([*options, ""] if optional else options), at


def plural(wording: str) -> str | None:
    """Return the plural of a wording's last word, or None when it has none of its own."""
    last = wording[max(wording.rfind(" "), wording.rfind("-")) + 1 :]
    if len(last) < 4 or not last.isalpha() or last.endswith("s"):
        return None
    if last.endswith("y") and last[-2] not in "aeiou":
        return wording[:-1] + "ies"
    return wording + ("es" if last.endswith(("x", "ch", "sh", "z")) else "s")


def too_wide(form: str) -> bool:
    """Whether a plain form would match nearly any text: nothing, a single letter, or only stop words."""
    return len(form) < _SHORTEST or _STOP_WORDS.issuperset(form.split())
