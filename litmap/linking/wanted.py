"""What one claim asks of the records: its words with their worth, its phrases, its tags."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from litmap.linking.corpus import Corpus
from litmap.linking.facets import FACETS, RawTags, Tags, Tree, asks
from litmap.linking.forms import other_forms
from litmap.linking.signs import Sign, Signs
from litmap.linking.words import STOP_WORDS, WORD, words_of

IN_WORDS = ("sentence", "given")  # origins of tags whose words stand in the claim itself, or replace them
INHERITED = 0.5  # worth of the words of an inherited tag, beside 1 for a word of the claim
SYNONYMS = 0.25  # the same for label and MeSH heading of a tag that the claim states in other words
HEADING = 0.15  # the same for the words of the heading above the claim
JOINED = 0.5  # the same for two neighbouring words written as one
QUANTITY = re.compile(
    r"\d+(?:[.,]\d+)*\s*-?\s*(?:%|percent|[mµ]c?g/kg|[mµ]c?g|ml|g|iu|mmol|(?:minute|hour|day|week|month|year)s?)(?![^\W\d_])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asking:
    """A claim as the ranker is given it."""

    text: str
    question: str = "other"
    raw: RawTags = field(default_factory=dict)
    heading: str = ""
    denies: bool = False
    kind: str = ""  # the claim's type


@dataclass(slots=True)
class Wanted:
    """One claim, ready to be compared with records."""

    question: str
    tags: Tags
    worth: dict[str, float] = field(default_factory=dict)  # term -> what matching it is worth
    forms: dict[str, str] = field(default_factory=dict)  # term in a record -> the claim's term that it answers
    shown: dict[str, str] = field(default_factory=dict)  # term of `forms` -> a word that has it
    sought: dict[str, str] = field(default_factory=dict)  # the part of `shown` by which candidates are found
    inherited: frozenset[str] = frozenset()  # facets whose tags all come from the claim's surroundings
    phrases: dict[tuple[str, ...], float] = field(default_factory=dict)  # neighbouring terms, and quantities -> worth
    numbers: tuple[str, ...] = ()  # the claim's terms with digits in them
    denies: bool = False
    named: frozenset[str] = frozenset()  # terms of the labels of its tags
    anchor: dict[str, str] = field(
        default_factory=dict
    )  # the word that tells each of its treatments, and kinds of them
    signs: tuple[Sign, ...] = ()  # what a record that puts such a claim to the test shows

    @property
    def watched(self) -> frozenset[str]:
        """Return the terms whose places in a record matter."""
        return frozenset(self.forms).union(*self.phrases)

    def add(self, corpus: Corpus, word: str, factor: float, *, seek: bool = True) -> None:
        """Want a word and its other forms, unless no record holds any, or it is wanted already.

        `seek`: it also helps to find candidates.
        """
        words = [word, *other_forms(word)]
        terms = corpus.stemmer.terms(words)
        term = terms[0]
        held = {
            form: shown
            for form, shown in zip(terms, words, strict=True)
            if form not in self.forms and corpus.count(form)
        }
        if not held or term in self.worth:
            return
        self.worth[term] = factor * corpus.worth(*held)
        for form, shown in held.items():
            self.forms[form] = term
            self.shown[form] = shown
        self.shown[term] = word
        if seek:
            self.sought |= {form: self.shown[form] for form in held}


def content_words(text: str) -> list[str]:
    """Return the words of a text that say something about its subject, in order.

    Single letters and digits say little alone. When nothing else is left, they and the stop words stay.
    """
    words = words_of(text)
    kept = [word for word in words if word not in STOP_WORDS]
    return [word for word in kept if len(word) > 1] or kept or list(words)


def wanted(corpus: Corpus, tree: Tree, signs: Signs, claim: Asking) -> Wanted:
    """Read a claim."""
    found = Wanted(claim.question, asks(claim.raw, claim.question))
    found.inherited = frozenset(
        facet for facet in FACETS if all(origin not in IN_WORDS for _, _, origin in claim.raw.get(facet, ()))
    )
    found.denies = claim.denies or not set(signs.denial.terms).isdisjoint(corpus.stemmer.terms(words_of(claim.text)))
    words = content_words(claim.text)
    joined = _joined(claim.text)
    corpus.stemmer.learn({form for word in (*words, *joined) for form in (word, *other_forms(word))})
    terms = corpus.stemmer.terms(words)
    times = Counter(terms)
    for term, word in zip(terms, words, strict=True):
        found.add(corpus, word, math.sqrt(times[term]))
    for word in joined:
        found.add(corpus, word, JOINED)
    found.signs = signs.wanted(claim.question, claim.kind, terms)
    found.numbers = tuple(term for term in found.worth if any(char.isdigit() for char in term))
    for word, (factor, seek) in _of_tags(claim.raw, found.tags, tree).items():
        found.add(corpus, word, factor, seek=seek)
    for word in content_words(claim.heading) if claim.heading else ():
        found.add(corpus, word, HEADING, seek=False)
    labels = [tree.label.get((facet, slug), slug) for facet in FACETS for slug in sorted(found.tags.of(facet))]
    found.named = frozenset(corpus.stemmer.terms([word for label in labels for word in content_words(label)]))
    for slug in tree.within("intervention", found.tags.intervention):
        label = content_words(tree.label["intervention", slug])
        held = {term: word for term, word in zip(corpus.stemmer.terms(label), label, strict=True) if corpus.count(term)}
        if held:
            rarest = min(held, key=lambda term: (corpus.count(term), term))
            found.anchor[rarest] = held[rarest]
    for phrase in _phrases(corpus, claim.text, terms):
        if all(corpus.count(term) for term in phrase):
            found.phrases[phrase] = min(found.worth.get(term) or corpus.worth(term) for term in phrase)
    return found


def _joined(text: str) -> list[str]:
    """Two neighbouring words written as one: "NIH 3T3" as NIH3T3, "non-homologous" as nonhomologous."""
    pairs = pairwise(words_of(text))
    return [
        one + two for one, two in pairs if one not in STOP_WORDS and two not in STOP_WORDS and len(one) + len(two) > 2
    ]


def _of_tags(raw: RawTags, tags: Tags, tree: Tree) -> dict[str, tuple[float, bool]]:
    """The words of labels and MeSH headings of the claim's tags: what each is worth, and whether it finds candidates."""
    found: dict[str, tuple[float, bool]] = {}
    for facet in FACETS[:2]:
        slugs = tags.of(facet)
        stated = {slug for slug, _, origin in raw.get(facet, ()) if origin in IN_WORDS}
        for slug in sorted(slugs):
            inherited = slug not in stated
            for word in content_words(tree.label.get((facet, slug), "")):
                found.setdefault(word, ((INHERITED if inherited else SYNONYMS) / len(slugs), inherited))
            for word in content_words(tree.mesh.get((facet, slug), "")):
                found.setdefault(word, (SYNONYMS / len(slugs), False))
    return found


def _phrases(corpus: Corpus, text: str, terms: list[str]) -> Iterator[tuple[str, ...]]:
    found: dict[tuple[str, ...], None] = dict.fromkeys(pair for pair in pairwise(terms) if pair[0] != pair[1])
    for quantity in QUANTITY.findall(text):
        found[tuple(corpus.stemmer.terms(WORD.findall(quantity.lower())))] = None
    return (phrase for phrase in found if len(phrase) > 1)
