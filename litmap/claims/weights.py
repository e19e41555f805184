"""How much single words speak for a type of claim: the table db/claims/type_words.csv.

The table holds stems of words, and in braces the kinds of words.csv. Its weights, in the units of the column `weight` of
types.csv, were fitted to judged sentences by benchmarks/learn_type_words.py; they can be changed by hand like all others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from litmap.claims.words import compile_phrase, type_words

_WORD = re.compile(r"[\w%$£€'-]+")
_FIGURE = re.compile(r"[\d.,%$£€-]+\Z")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "edly", "ed", "es", "ly", "s")
_STEM, _LONG_ENOUGH = 7, 4  # letters kept of a word, and left by an ending that is cut off
_TELLING, _SPEAKS = 4, 0.3  # letters and weight that a word worth showing has
EVERY = "(every)"  # the row that counts for each sentence
ILL = "(illness alone)"  # the row for a sentence that names a disorder and no treatment


def stem(word: str) -> str:
    """Return what stands for a word in the table: its beginning without the ending; "#" for a figure."""
    small = word.lower()
    if _FIGURE.match(small):
        return "#"
    ending = next((e for e in _ENDINGS if small.endswith(e) and len(small) - len(e) >= _LONG_ENOUGH), "")
    return small[: len(small) - len(ending)][:_STEM]


def features(text: str) -> list[str]:
    """Return what the table may have rows for: the stems in a sentence, and the kinds of words in it."""
    found = {stem(word) for word in _WORD.findall(text)}
    found |= {name for name, pattern in _kinds() if pattern.search(text)}
    if "{disorder}" in found and "{treatment}" not in found:
        found.add(ILL)
    return [EVERY, *sorted(found)]


def word_scores(text: str) -> dict[str, float]:
    """Return the weight of a sentence's words for each type of claim."""
    total: defaultdict[str, float] = defaultdict(float)
    for feature in features(text):
        for name, weight in type_words().get(feature, {}).items():
            total[name] += weight
    return dict(total)


def telling(text: str, claim_type: str) -> tuple[str, ...]:
    """Return the words that speak most for a type, at most four, as they stand in the text."""
    whole = [word for word in _WORD.findall(text) if len(word) >= _TELLING]
    weights = {word: type_words().get(stem(word), {}).get(claim_type, 0.0) for word in whole}
    best = sorted(
        (word for word, weight in weights.items() if weight >= _SPEAKS), key=lambda word: (-weights[word], word)
    )
    return tuple(best[:4])


_KINDS = (
    "improve", "eased", "unit-of-time", "visit", "symptom", "harm", "patient", "organ", "substance", "act", "agency", "legal", "control",
    "worse", "sort", "disorder", "treatment", "outcome", "person", "sitting", "unit-dose", "better",
)  # fmt: skip


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kinds = [(f"{{{kind}}}", compile_phrase(f"{{{kind}}}")[0]) for kind in _KINDS]
    extra = {
        "(percent)": r"\d\s?%|percent|per cent",
        "(year)": r"\b(?:1[5-9]|20)\d\d\b",
        "(denial)": r"\b(?:not|no|never|nor|none|without|nothing)\b|n't\b",
        "(modal)": r"\b(?:may|might|can|could)\b",
        "(past)": r"\b(?:was|were|had|did)\b|\w{3,}ed\b",
        "(short)": r"\A\W*(?:\w[\w'-]*\W+){0,4}\w[\w'-]*\W*\Z",
    }
    return (*kinds, *((name, re.compile(pattern, re.I)) for name, pattern in extra.items()))
