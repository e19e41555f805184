"""What one claim asks of the records: its words with their weights, its phrases, its tags."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from litmap.linking.corpus import Corpus
from litmap.linking.facets import FACETS, RawTags, Tags, Tree, pick, roles
from litmap.linking.words import STOP_WORDS, WORD, words_of

IN_WORDS = ("sentence", "given")  # origins of tags whose words stand in the claim itself, or replace them
INHERITED = 0.5  # weight of the words of an inherited tag, beside 1 for a word of the claim
QUANTITY = re.compile(
    r"\d+(?:[.,]\d+)*\s*(?:-\s*)?(?:%|percent|mg/kg|mcg/kg|µg/kg|mg|mcg|µg|ml|g|iu|mmol|minutes?|hours?|days?|weeks?|months?|years?)\b|\d+(?:[.,]\d+)*\s*%",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One claim, ready to be compared with records."""

    claim_id: int
    question: str
    weight: dict[str, float]  # term -> what matching it is worth
    shown: dict[str, str]  # term -> the word as it stands in the claim
    phrases: tuple[tuple[str, ...], ...]  # neighbouring terms of the claim, and its quantities
    tags: Tags

    @property
    def total(self) -> float:
        """What matching every term would be worth."""
        return sum(self.weight.values())


def content_words(text: str) -> list[str]:
    """Return the words of a text that say something about its subject, in order.

    Single letters and digits say little alone. When nothing else is left, they and the stop words stay.
    """
    words = words_of(text)
    kept = [word for word in words if word not in STOP_WORDS]
    return [word for word in kept if len(word) > 1] or kept or list(words)


def wanted(corpus: Corpus, tree: Tree, claim_id: int, text: str, question: str, raw: RawTags) -> Wanted:
    """Read a claim."""
    words = content_words(text)
    terms = corpus.stemmer.terms(words)
    shown: dict[str, str] = {}
    for term, word in zip(terms, words, strict=True):
        shown.setdefault(term, word)
    weight = {
        term: math.sqrt(times) * corpus.rarity(term) for term, times in Counter(terms).items() if corpus.count(term)
    }
    tags = pick(raw, roles(question)[0])
    for word in _inherited_words(raw, tags, tree):
        (term,) = corpus.stemmer.terms([word])
        if term not in weight and corpus.count(term):
            weight[term] = INHERITED * corpus.rarity(term)
            shown[term] = word
    return Wanted(claim_id, question, weight, shown, _phrases(corpus, text, terms), tags)


def _inherited_words(raw: RawTags, tags: Tags, tree: Tree) -> list[str]:
    """The words of the labels of tags that the claim has from its heading, its neighbours or its document."""
    found: list[str] = []
    for facet in FACETS[:2]:
        slugs = [slug for slug, _, origin in raw[facet] if origin not in IN_WORDS and slug in tags.of(facet)]
        found += [word for slug in slugs for word in content_words(tree.label.get((facet, slug), ""))]
    return found


def _phrases(corpus: Corpus, text: str, terms: list[str]) -> tuple[tuple[str, ...], ...]:
    found: dict[tuple[str, ...], None] = dict.fromkeys(pair for pair in pairwise(terms) if pair[0] != pair[1])
    for quantity in QUANTITY.findall(text):
        found[tuple(corpus.stemmer.terms(WORD.findall(quantity.lower())))] = None
    return tuple(phrase for phrase in found if len(phrase) > 1)
