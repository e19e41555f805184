"""Finds every term and cue of a vocabulary in a text, in one pass of an Aho-Corasick automaton."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from litmap.vocabulary.entries import EXACT, EXCLUDED, HARM, NARROW, PLAIN, WEAK, Cue, Term, Vocabulary
from litmap.vocabulary.terms import plain, plain_bytes

# Abbreviations that are also short English words are believed only beside a treatment or behind its full name.
_WORDLIKE = frozenset(("in", "or", "as", "is", "it", "us", "no", "so", "add", "sad", "kit"))
_APOSTROPHES = ("'", "’")
_SHORTEST_DEFINED = 2
_STATE = 2  # letters: Charleston, SC 29401
_ZIP = re.compile(r" \d{5}\b")
_DEFINITION = 120  # characters before the bracket in which a full name is looked for


class Mention(NamedTuple):
    """A term found in a text. Offsets are those of the text."""

    start: int
    end: int
    facet: str
    slug: str
    kind: str  # plain | case | weak | narrow | harm


class Found(NamedTuple):
    """What the matcher makes of a text: mentions in order of position; cues, unexpanded, in order of their ends."""

    mentions: list[Mention]
    cues: list[tuple[int, int, tuple[Cue, ...]]]
    plain: str  # the text as compared: same length, lower case, blanks for punctuation


class Matcher:
    """Compiled terms and cues."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        terms: dict[str, list[Term]] = {}
        for term in vocabulary.terms:
            terms.setdefault(term.form, []).append(term)
        cues: dict[str, list[Cue]] = {}
        for cue in vocabulary.cues:
            cues.setdefault(cue.form, []).append(cue)
        # Forms that are cues alone come first: half of what is found, and soonest done with.
        words = [form for form in cues if form not in terms]
        self._cues = [tuple(cues[form]) for form in words]
        self._named = [_named(form, meant, cues.get(form, ())) for form, meant in terms.items()]
        # Blanks at both ends stand for word boundaries: `plain` turns all punctuation into blanks.
        self._search = _search([f" {form} " for form in (*words, *terms)])

    def find(self, text: str, whole: str | None = None) -> Found:
        """Return the mentions and cues of a text. Abbreviations are looked up in `whole` (default: the text)."""
        plain_text, mentions, cues, abbreviated = self._raw(text)
        if abbreviated:
            mentions = self._true_abbreviations(text, mentions, text if whole is None else whole)
        mentions.sort()
        return Found(mentions, cues, plain_text)

    def _raw(self, text: str) -> tuple[str, list[Mention], list[tuple[int, int, tuple[Cue, ...]]], bool]:
        """The text as compared, the longest mentions of each facet, the cues, and whether mentions are abbreviations."""
        hits: list[tuple[int, int, Term]] = []  # (start, minus end, term): sorted, the longest come first
        excluded: dict[str, list[tuple[int, int]]] = {}
        cues: list[tuple[int, int, tuple[Cue, ...]]] = []
        abbreviated = False
        cues_of, named, words = self._cues, self._named, len(self._cues)
        plain_text, found = self._search(text)
        for number, start, end in found:
            end -= 2
            if number < words:
                cues.append((start, end, cues_of[number]))
                continue
            terms, initials, lettered, found_cues = named[number - words]
            if found_cues:
                cues.append((start, end, found_cues))
            if (initials and text[start] not in initials) or (lettered and text[start - 1 : start] in _APOSTROPHES):
                continue
            for term in terms:
                kind = term[2]
                if kind is EXACT:
                    if text[start] != term[3][0] or not _as_written(text, start, end, term):
                        continue
                    abbreviated = True
                elif kind is EXCLUDED:
                    excluded.setdefault(term[0], []).append((start, end))
                    continue
                hits.append((start, -end, term))
        return plain_text, _longest(hits, excluded) if hits else [], cues, abbreviated

    def _true_abbreviations(self, text: str, mentions: list[Mention], whole: str) -> list[Mention]:
        """Drop abbreviations that the whole text defines as something else, and word-like ones standing alone."""
        verdicts: dict[tuple[str, str], bool] = {}
        kept = []
        for mention in mentions:
            if mention.kind is EXACT:
                written = text[mention.start : mention.end]
                key = (mention.slug, written)
                if key not in verdicts:
                    verdicts[key] = not self._defined_otherwise(whole, written, mention.slug)
                if not verdicts[key] or (written.lower() in _WORDLIKE and not _beside(text, mention, mentions)):
                    continue
            kept.append(mention)
        return kept

    def _defined_otherwise(self, whole: str, written: str, slug: str) -> bool:
        """Whether `(OCD)` follows words that spell it and are no term of this slug: osteochondritis dissecans (OCD).

        Or whether such words follow it in brackets: MDE (methylenedioxyethylamphetamine).
        """
        initials = [letter.lower() for letter in written if letter.isalpha()]
        if len(initials) < _SHORTEST_DEFINED:
            return False
        at = whole.find(f"({written}")
        behind = at + 1 + len(written)
        if at >= 0 and whole[behind : behind + 1] in (")", ";", ","):
            before = whole[max(0, at - _DEFINITION) : at].rstrip()
            if any(mention.slug == slug and mention.end >= len(before) - 1 for mention in self._raw(before)[1]):
                return False
            words = re.findall(r"[^\W_]+", before)
            if "".join(word[0] for word in words[-len(initials) :]).lower() == "".join(initials):
                return True
            return any(_spelt(tail, initials) for tail in (words[-2:], words[-1:]))
        at = whole.find(f"{written} (")
        if at < 0:
            return False
        behind = at + len(written) + 2
        inside = whole[behind : max(behind, whole.find(")", behind, behind + _DEFINITION))]
        words = re.findall(r"[^\W\d_]+", inside)
        rest = iter(initials)
        if not all(word[0].lower() in rest for word in words) or not _spelt(words, initials):
            return False
        return all(mention.slug != slug for mention in self._raw(inside)[1])


def _search(patterns: list[str]) -> Callable[[str], tuple[str, list[tuple[int, int, int]]]]:
    """What gives the form in which a text is compared, and the patterns in it: number, start, and two more than the end."""
    import ahocorasick_rs

    if not all(map(str.isascii, patterns)):
        letters = ahocorasick_rs.AhoCorasick(patterns, store_patterns=False)

        def among_letters(text: str) -> tuple[str, list[tuple[int, int, int]]]:
            compared = plain(text)
            return compared, letters.find_matches_as_indexes(f" {compared} ", overlapping=True)

        return among_letters
    # Bytes need no counting of letters, which takes a quarter of the time.
    octets = ahocorasick_rs.BytesAhoCorasick([pattern.encode() for pattern in patterns])

    def among_bytes(text: str) -> tuple[str, list[tuple[int, int, int]]]:
        compared = plain_bytes(text)
        return compared.decode("ascii"), octets.find_matches_as_indexes(b" " + compared + b" ", overlapping=True)

    return among_bytes


def _named(form: str, terms: list[Term], cues: Sequence[Cue]) -> tuple[tuple[Term, ...], str, bool, tuple[Cue, ...]]:
    """What a form may mean: terms, the letters it begins with where it is an abbreviation ("" if not only that), and cues.

    And whether it begins with a single letter: "s ketamine" is S-ketamine, but not in "today's ketamine".
    """
    once = _once(terms)
    initials = [term.wording[0] for term in once if term.kind is EXACT]
    return once, "".join(initials) if len(initials) == len(once) else "", form[1:2] == " ", tuple(cues)


def _once(terms: list[Term]) -> tuple[Term, ...]:
    """One term for each facet of a form: the first written, a term before a look-alike.

    All narrowing terms stay, and abbreviations in each of their letter cases.
    """
    if len(terms) == 1:
        return (terms[0],)
    best: dict[tuple[str, str], Term] = {}
    for term in sorted(terms, key=lambda term: term.kind == EXCLUDED):
        more = term.slug if term.kind is NARROW else term.wording if term.kind is EXACT else ""
        best.setdefault((term.facet, more), term)
    return tuple(best.values())


def _as_written(text: str, start: int, end: int, term: Term) -> bool:
    """Whether an abbreviation stands in its own letter case; hyphens and stops do not count.

    A Roman numeral at the end of a name ("SSS-IV") is none, nor a state before its ZIP code, nor is "I'm" an "i.m."
    """
    wording, found = term.wording, text[start:end]
    if "'" in found or "’" in found:
        return found == wording
    if start > 1 and text[start - 1] == "-" and text[start - 2].isupper() and not set(wording) - set("IVX"):
        return False
    if len(wording) == _STATE and _ZIP.match(text, end):
        return False
    return found == wording or [c for c in found if c.isalnum()] == [c for c in wording if c.isalnum()]


def _longest(hits: list[tuple[int, int, Term]], excluded: dict[str, list[tuple[int, int]]]) -> list[Mention]:
    """Keep the longest of overlapping terms of one facet; a look-alike removes what it touches, unless it lies inside."""
    hits.sort()
    kept: list[Mention] = []
    last: dict[str, int] = {}  # facet -> index of its last mention
    for start, minus_end, (facet, slug, kind, _, _) in hits:
        end = -minus_end
        if excluded and any(
            a < end and start < b and not (start <= a and b <= end) for a, b in excluded.get(facet, ())
        ):  # fmt: skip
            continue
        layer = NARROW if kind is NARROW else facet  # "not responded to antidepressants" leaves the drugs to be found
        before = last.get(layer)
        if before is not None:
            other_start, other_end, _, _, _ = kept[before]
            if other_end > start:
                if end - start > other_end - other_start:
                    kept[before] = Mention(start, end, facet, slug, kind)
                continue
        last[layer] = len(kept)
        kept.append(Mention(start, end, facet, slug, kind))
    return kept


def _spelt(words: list[str], initials: list[str]) -> bool:
    """Whether words hold the letters in this order, starting with the first: osteochondritis dissecans, o c d."""
    rest = iter("".join(words).lower())
    return bool(words) and words[0][0].lower() == initials[0] and all(letter in rest for letter in initials)


def _beside(text: str, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a treatment follows or precedes directly, or the full name precedes in front of a bracket."""
    for other in mentions:
        if other is mention:
            continue
        if other.slug == mention.slug and text[other.end : mention.start] in (" (", "("):
            return True
        if other.facet == "intervention" and (other.start - mention.end == 1 or mention.start - other.end == 1):
            return mention.start - other.end != 1 or text[mention.end : mention.end + 1] in ("", ",", ".", ")", ";")
    return False


__all__ = ["EXACT", "HARM", "NARROW", "PLAIN", "WEAK", "Cue", "Found", "Matcher", "Mention"]
