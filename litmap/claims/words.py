"""The word lists and phrases of db/claims, read once.

A rule matches where its phrase does, unless one of the phrases in its column `unless` (separated by ";") does too.

A phrase is words separated by blanks. In a phrase `a|b` means either word, a final `*` any ending, `word?` an optional
word, `=WHO` the word in these very letters, `{kind}` any word of that kind in words.csv, `_` any one word, `..` up to three words, `...` up to eight, `#` a number, `@` a year; `^` at
the front ties it to the start of the clause and `$` at the end to its end. Small and capital letters, hyphens and blanks, and the kinds of apostrophes are the same.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from litmap.errors import RuleError
from litmap.resources import folder

FILES = ("abbreviations.csv", "words.csv", "not_claims.csv", "asserting.csv", "types.csv", "type_words.csv", "cues.csv")
_APOSTROPHES = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "‑": "-", "‐": "-", "\xa0": " ", "\u202f": " "}
)
_SEPARATOR = r"[^\w.;:!?$€£%]+"
# The full stops of these don't end anything; a blank in their place lets phrases run across.
_DOTS = re.compile(
    r"(?<!\w)(?:Dr|Drs|Mr|Mrs|Ms|Prof|St|vs|al|approx|Inc|Ltd|Corp|Co|e\.g|i\.e|U\.S|U\.K|Ph\.D|M\.D)\.(?=,?\s+\S)",
    re.I,
)
_GAPS = {"..": 3, "...": 8}
_NUMBER = r"(?:[$€£]?\d[\d,.]*%?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|several|half)"
_ANY = {"_": r"\w[\w'-]*", "#": _NUMBER, "@": r"(?:1[5-9]|20)\d\d(?:'?s)?"}


def even(text: str) -> str:
    """Return text of the same length with one kind of apostrophe, quote, hyphen and blank, and no full stops inside."""
    return _DOTS.sub(lambda match: match.group().replace(".", " "), text.translate(_APOSTROPHES))


class Rule(NamedTuple):
    """One phrase of a file, ready to be looked for."""

    kind: str  # what the file says it stands for
    phrase: str
    pattern: re.Pattern[str]
    weight: float
    where: str
    unless: tuple[re.Pattern[str], ...]
    keys: frozenset[str]  # the sentence must hold a word beginning with one of these


class RuleSet:
    """Phrases, found by the first letters of the words that a sentence holds."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self.by_key: dict[str, list[int]] = {}
        for at, rule in enumerate(self.rules):
            for key in rule.keys:
                self.by_key.setdefault(key, []).append(at)

    def candidates(self, text: str) -> Iterator[Rule]:
        """Yield, in the file's order, the rules that may match."""
        found: set[int] = set(self.by_key.get("", ()))
        for word in set(re.findall(r"\w+", text.lower())):
            for size in range(1, min(4, len(word)) + 1):
                found.update(self.by_key.get(word[:size], ()))
        for at in sorted(found):
            yield self.rules[at]

    def first(self, text: str, where: str | None = None) -> tuple[Rule, re.Match[str]] | None:
        """Return the first rule that matches, with its match."""
        return next(self.all(text, where), None)

    def all(self, text: str, where: str | None = None) -> Iterator[tuple[Rule, re.Match[str]]]:
        """Yield each rule that matches, with its first match."""
        for rule in self.candidates(text):
            if where is None or rule.where == where:
                match = rule.pattern.search(text)
                if match and not any(other.search(text) for other in rule.unless):
                    yield rule, match


def compile_phrase(phrase: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """Make a pattern and its keys of a phrase. Raises ValueError when it holds no word to hold on to."""
    words = phrase.split()
    begin = words and words[0] == "^"
    finish = words and words[-1] == "$"
    words = words[bool(begin) : len(words) - bool(finish)]
    parts: list[str] = []
    keys: frozenset[str] | None = None
    for word in words:
        part, mine = _part(word)
        first = not parts or all(p.endswith("?") and p.startswith("(?:") for p in parts)
        if word in _GAPS:
            parts.append(part)
        elif word.endswith("?"):
            parts.append(f"(?:{part}{_SEPARATOR})?" if first else f"(?:{_SEPARATOR}{part})?")
        else:
            parts.append(part if first else f"{_SEPARATOR}{part}")
        if mine and not word.endswith("?") and (keys is None or _worth(mine) > _worth(keys)):
            keys = mine
    if keys is None:
        raise ValueError(f"no word in the phrase {phrase!r}")
    head = r"\A[\W_]*" if begin else r"(?<!\w)"
    tail = r"[\W_]*\Z" if finish else r"(?!\w)"
    return re.compile(head + "".join(parts) + tail, re.I), keys


def _part(word: str) -> tuple[str, frozenset[str]]:
    if word in _GAPS:
        return rf"(?:{_SEPARATOR}\w[\w'-]*){{0,{_GAPS[word]}}}?", frozenset()
    bare = word.removesuffix("?")
    options = []
    keys: set[str] = set()
    for option in _options(bare):
        if option in _ANY:
            options.append(_ANY[option])
            keys.add("")
            continue
        exact = option.startswith("=")
        stem = option.removeprefix("=").removesuffix("*")
        pattern = re.escape(stem).replace(r"\-", "[- ]?") + (r"[\w'-]*" if option.endswith("*") else "")
        options.append(f"(?-i:{pattern})" if exact else pattern)
        letters = re.match(r"\w*", stem.lower())
        keys.add(letters.group()[:4] if letters else "")
    return f"(?:{'|'.join(options)})", frozenset() if "" in keys else frozenset(keys)


def _options(word: str) -> Iterator[str]:
    """The alternatives of a phrase's word; `{kind}` stands for the words of that kind."""
    for option in word.split("|"):
        if option.startswith("{") and option.endswith("}"):
            yield from sorted(words(option[1:-1]))
        else:
            yield option


def _worth(keys: frozenset[str]) -> float:
    return min(map(len, keys)) - 0.1 * len(keys)


def _rows(name: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    path = folder("db") / "claims" / name
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if not reader.fieldnames or not set(columns) <= set(reader.fieldnames):
            raise RuleError(f"{name}: needs the columns {', '.join(columns)}")
        for row in reader:
            yield reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}


def _rules(name: str) -> RuleSet:
    rules = []
    for line, row in _rows(name, ("kind", "phrase")):
        try:
            pattern, keys = compile_phrase(row["phrase"])
            others = [part for part in (row.get("unless") or "").split(";") if part.strip()]
            unless = tuple(compile_phrase(part)[0] for part in others)
            weight = float(row.get("weight") or 1)
        except ValueError as error:
            raise RuleError(f"{name}, line {line}: {error}") from error
        rules.append(Rule(row["kind"], row["phrase"], pattern, weight, row.get("where") or "sentence", unless, keys))
    return RuleSet(rules)


@lru_cache(maxsize=1)
def not_claims() -> RuleSet:
    """Phrases that say: this is no claim."""
    return _rules("not_claims.csv")


@lru_cache(maxsize=1)
def asserting() -> RuleSet:
    """Phrases that make a claim of words without a verb; `where` says of which (any, item, answer)."""
    return _rules("asserting.csv")


@lru_cache(maxsize=1)
def types() -> RuleSet:
    """Phrases that give a claim its type."""
    return _rules("types.csv")


@lru_cache(maxsize=1)
def type_words() -> dict[str, dict[str, float]]:
    """How much words speak for the types of claims: stem -> type -> weight."""
    found: dict[str, dict[str, float]] = {}
    for line, row in _rows("type_words.csv", ("word",)):
        try:
            word = row.pop("word")
            found[word] = {name: float(weight) for name, weight in row.items() if weight}
        except ValueError as error:
            raise RuleError(f"type_words.csv, line {line}: {error}") from error
    return found


@lru_cache(maxsize=1)
def cues() -> RuleSet:
    """Phrases for polarity and certainty."""
    return _rules("cues.csv")


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, str]:
    """Words written with a full stop: small letters, without the last one -> when the stop ends a sentence (never, ...)."""
    return {
        row["abbreviation"].lower().rstrip("."): row["ends"]
        for _, row in _rows("abbreviations.csv", ("abbreviation", "ends"))
    }


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for _, row in _rows("words.csv", ("kind", "words")):
        found.setdefault(row["kind"], set()).update(row["words"].lower().split())
    return {kind: frozenset(words) for kind, words in found.items()}


def words(kind: str) -> frozenset[str]:
    """Return a list of words.csv. Raises RuleError when there is none of this name."""
    try:
        return _words()[kind]
    except KeyError:
        raise RuleError(f"words.csv has no words of the kind {kind}") from None


def starters() -> frozenset[str]:
    """Words that begin a sentence when they have a capital letter after an abbreviation's full stop."""
    return words("starter")


def digest(where: Path | None = None) -> str:
    """Return a short digest of the files, for the version of the rules."""
    total = hashlib.sha256()
    for name in FILES:
        total.update(((where or folder("db") / "claims") / name).read_bytes())
    return total.hexdigest()[:12]
