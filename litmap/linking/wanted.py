"""What one claim asks of the records: its words with their worth, its phrases, its tags."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from litmap.linking.corpus import Corpus
from litmap.linking.facets import FACETS, RawTags, Tags, Tree, pick, roles
from litmap.linking.forms import other_forms
from litmap.linking.words import STOP_WORDS, WORD, words_of

IN_WORDS = ("sentence", "given")  # origins of tags whose words stand in the claim itself, or replace them
INHERITED = 0.5  # worth of the words of an inherited tag, beside 1 for a word of the claim
JOINED = 0.5  # the same for two neighbouring words written as one
QUANTITY = re.compile(
    r"\d+(?:[.,]\d+)*\s*-?\s*(?:%|percent|[mµ]c?g/kg|[mµ]c?g|ml|g|iu|mmol|(?:minute|hour|day|week|month|year)s?)(?![^\W\d_])",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Wanted:
    """One claim, ready to be compared with records."""

    question: str
    tags: Tags
    worth: dict[str, float] = field(default_factory=dict)  # term -> what matching it is worth
    forms: dict[str, str] = field(default_factory=dict)  # term in a record -> the claim's term that it answers
    shown: dict[str, str] = field(default_factory=dict)  # term of `forms` -> a word that has it
    inherited: frozenset[str] = frozenset()  # facets whose tags all come from the claim's surroundings
    phrases: tuple[tuple[str, ...], ...] = ()  # neighbouring terms of the claim, and its quantities

    def add(self, corpus: Corpus, word: str, factor: float) -> None:
        """Want a word and its other forms, unless no record holds any, or it is wanted already."""
        words = [word, *other_forms(word)]
        terms = corpus.stemmer.terms(words)
        term = terms[0]
        held = {
            form: shown
            for form, shown in zip(terms, words, strict=True)
            if corpus.count(form) and form not in self.forms
        }
        if not held or term in self.worth:
            return
        self.worth[term] = factor * corpus.worth(*held)
        for form, shown in held.items():
            self.forms[form] = term
            self.shown[form] = shown
        self.shown[term] = word


def content_words(text: str) -> list[str]:
    """Return the words of a text that say something about its subject, in order.

    Single letters and digits say little alone. When nothing else is left, they and the stop words stay.
    """
    words = words_of(text)
    kept = [word for word in words if word not in STOP_WORDS]
    return [word for word in kept if len(word) > 1] or kept or list(words)


def wanted(corpus: Corpus, tree: Tree, text: str, question: str, raw: RawTags) -> Wanted:
    """Read a claim."""
    found = Wanted(question, pick(raw, roles(question)[0]))
    found.inherited = frozenset(f for f in FACETS if all(origin not in IN_WORDS for _, _, origin in raw.get(f, ())))
    words = content_words(text)
    terms = corpus.stemmer.terms(words)
    times = Counter(terms)
    for term, word in zip(terms, words, strict=True):
        found.add(corpus, word, math.sqrt(times[term]))
    for word in _joined(text):
        found.add(corpus, word, JOINED)
    for word, factor in _inherited(raw, found.tags, tree).items():
        found.add(corpus, word, factor)
    found.phrases = tuple(_phrases(corpus, text, terms))
    return found


def _joined(text: str) -> list[str]:
    """Two neighbouring words written as one: "NIH 3T3" as NIH3T3, "non-homologous" as nonhomologous."""
    pairs = pairwise(words_of(text))
    return [
        one + two for one, two in pairs if one not in STOP_WORDS and two not in STOP_WORDS and len(one) + len(two) > 2
    ]


def _inherited(raw: RawTags, tags: Tags, tree: Tree) -> dict[str, float]:
    """The words of the labels of tags that the claim has from its surroundings, and what each is worth."""
    found: dict[str, float] = {}
    for facet in FACETS[:2]:
        slugs = {slug for slug, _, origin in raw.get(facet, ()) if origin not in IN_WORDS and slug in tags.of(facet)}
        for slug in sorted(slugs):
            for word in content_words(tree.label.get((facet, slug), "")):
                found.setdefault(word, INHERITED / len(slugs))
    return found


def _phrases(corpus: Corpus, text: str, terms: list[str]) -> Iterable[tuple[str, ...]]:
    found: dict[tuple[str, ...], None] = dict.fromkeys(pair for pair in pairwise(terms) if pair[0] != pair[1])
    for quantity in QUANTITY.findall(text):
        found[tuple(corpus.stemmer.terms(WORD.findall(quantity.lower())))] = None
    return (phrase for phrase in found if len(phrase) > 1)
