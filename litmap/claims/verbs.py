"""Whether words make a clause: finite verbs, imperatives, and headings that assert something."""

from __future__ import annotations

import re
from functools import lru_cache

from litmap.claims.clauses import tokens
from litmap.claims.words import words


def third_person(base: str) -> str:
    """Return the -s form of a verb."""
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2:-1] not in "aeou":
        return base[:-1] + "ies"
    return base + "s"


def past(base: str) -> tuple[str, ...]:
    """Return the regular -ed forms of a verb, doubled consonants included."""
    if base.endswith("e"):
        return (base + "d",)
    if base.endswith("y") and base[-2:-1] not in "aeou":
        return (base[:-1] + "ied",)
    return base + "ed", base + base[-1] + "ed"


@lru_cache(maxsize=1)
def _forms() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    american = words("verb-base") | words("imperative")
    bases = american | {base[:-2] + "se" for base in american if base.endswith("ize")}  # British spelling
    singular = frozenset(third_person(base) for base in bases)
    pasts = frozenset(form for base in bases for form in past(base))
    return bases, singular, pasts


def third_persons() -> frozenset[str]:
    """Return the -s forms of the verbs of words.csv."""
    return _forms()[1]


# "Expect four to six visits": what happens, not what to do
_FORETELLS = re.compile(
    r"\bexpect\s+(?:\w+\s+){0,2}(?:\d|two|three|four|five|six|eight|ten|results|improvement|relief|benefits)", re.I
)


def finite(text: str, *, plainly: bool = False) -> bool:
    """Whether a sentence holds a finite verb with something before it. `plainly`: words that are nouns too don't count."""
    bases, singular, pasts = _forms()
    if plainly:
        singular -= words("noun-or-verb")
    found = tokens(text)
    if len(found) > 2 and found[0] in ("this", "that", "it") and found[1] in _forms()[1]:
        return True
    for at, word in enumerate(found):
        if word in words("aux"):
            return True
        if not at:
            continue
        before = found[at - 1]
        if word in singular and before not in words("before-noun"):
            return True
        if (word in pasts or word in words("verb-form")) and before not in words("before-noun"):
            return True
        if not plainly and _looks_past(word, before):
            return True
        if word in bases and _plural_subject(found, at):
            return True
    return False


def _looks_past(word: str, before: str) -> bool:
    """Whether a word that no list holds looks like a verb in the past: "the agency fast-tracked it"."""
    return (
        len(word) > 4
        and word.endswith("ed")
        and not before.endswith(("ed", "ly"))
        and before not in words("before-noun")
    )


def _plural_subject(found: list[str], at: int) -> bool:
    """Whether a plain verb form has a subject before it: "patients report", "effects usually begin"."""
    before = found[at - 1]
    if found[at] in words("verb-only") and before not in words("before-plain-verb"):
        return True
    if (
        set(found[:2]) & (words("plural") | words("plural-subject"))
        and at >= 2
        and before not in words("before-plain-verb") | words("before-noun")
    ):
        return True
    if before.endswith("ly") or before in words("adverb"):
        return at >= 2
    return (
        before in words("pronoun")
        or before in words("plural")
        or (before.endswith("s") and not before.endswith("ss") and before not in words("before-noun"))
    )


def asserting_heading(text: str) -> bool:
    """Whether a heading, caption or cell asserts something: a finite verb with its subject before it and its object after it."""
    found = tokens(text)
    if len(found) < 3 or found[0] in words("asking-verb") or found[0] in words("question"):
        return False
    for at, word in enumerate(found[:30]):
        if not at:
            continue
        before, after = found[at - 1], found[at + 1] if at + 1 < len(found) else ""
        if before in words("relative") or word in words("relative"):
            return False
        if before in words("pronoun") and at >= 2:
            return False  # "Conditions We Treat"
        if word in words("aux"):
            return _auxiliary(found, at, after)
        if word in words("headline-verb") and before not in words("before-noun"):
            if (
                after
                and after not in words("linker") - {"the", "a", "an", "your", "its", "their", "as", "in", "for", "to"}
                and not _noun_reading(word, after)
            ):
                return True
            if not after and word in ("works", "helps") and at == len(found) - 1 and len(found) <= 4:
                return True
        if after and after not in words("linker") and _plural_asserts(word, before):
            return True
    return _announced(text)


def _plural_asserts(word: str, before: str) -> bool:
    """Headlines with a plural subject: "Studies Show ...", "Statins Lower Cholesterol"."""
    if word in words("report-verb") and before in words("plural-subject"):
        return True
    return (
        word in words("effect-base")
        and before.endswith("s")
        and not before.endswith("ss")
        and before not in words("before-noun")
    )


def _auxiliary(found: list[str], at: int, after: str) -> bool:
    word = found[at]
    if not after or (word in ("may", "will", "can", "have", "must") and after.isdigit()):
        return False
    if word in ("can", "may", "could", "might", "will", "should", "would") and at >= 2:
        return not (after in words("needs-object") and at + 2 == len(found))  # "Conditions Acupuncture Can Treat"
    return True


def _noun_reading(word: str, after: str) -> bool:
    nouns = {
        "works", "causes", "changes", "supports", "links", "targets", "means", "cuts", "boosts", "claims", "increases", "decreases", "acts", "treats", "offers", "leads", "stops", "takes",
    }  # fmt: skip
    return word in nouns and after in {"of", "in", "for", "to", "and", "by", "with", "on"}


def _announced(text: str) -> bool:
    """Headlines leave out the auxiliary: "Psilocybin Shown to Ease Depression"."""
    return bool(
        re.search(
            r"\w\s+(?:shown|proven|found|linked|approved|cleared|associated|recommended)\s+(?:to|with|as|by|for|effective|safe)\b",
            text,
            re.I,
        )
    ) and not (
        re.match(
            r"(?:\w+\s+){0,2}?(?:conditions|treatments|medications|drugs|uses|therapies|products|disorders)\b",
            text,
            re.I,
        )
    )


def subjectless(text: str) -> bool:
    """Whether an item begins with a verb whose subject is the lead-in: "Reduces inflammation"."""
    found = tokens(text)
    bases, singular, _ = _forms()
    if len(found) < 2:
        return False
    if found[0] in ("may", "might", "could", "can"):
        return found[1] in bases and not text.rstrip().endswith("?")
    if found[0] not in singular:
        return False
    if found[0] in ("helps", "works", "aids", "assists", "acts"):
        return True
    return found[1] not in {
        "of",
        "for",
        "in",
        "and",
        "or",
        "to",
        "on",
        "with",
        "by",
        "from",
        "are",
        "is",
        "include",
        "may",
        "can",
    }


def predicate(text: str) -> bool:
    """Whether an item begins with a helping verb whose subject is the lead-in: "Is given once a week"."""
    found = tokens(text)
    if len(found) < 3 or "?" in text:
        return False
    return found[0] in (
        "is",
        "are",
        "was",
        "were",
        "has",
        "can",
        "may",
        "might",
        "does",
        "cannot",
        "isn't",
        "doesn't",
        "can't",
        "will",
    ) and (
        found[1]
        not in words("pronoun")
        | words("before-noun") - {"no", "more", "most"}
        | words("treatment")
        | {"this", "that", "there"}
    )


def beneficial(text: str) -> bool:
    """Whether the first word says what a treatment does, so that a heading without a subject asserts it: "Relieves Pain"."""
    first = tokens(text[:40])[:1]
    return bool(first) and first[0] in words("effect-verb")


def imperative(text: str) -> bool:
    """Whether a clause orders, invites or advises: it begins with a plain verb."""
    found = tokens(text)
    if len(found) > 2 and found[0] in ("always", "never") and found[1] not in words("before-noun") | words("aux"):
        return True
    if len(found) > 2 and found[0] in ("please", "kindly"):
        return True
    while found and found[0] in (
        "please",
        "simply",
        "just",
        "then",
        "so",
        "also",
        "and",
        "or",
        "first",
        "next",
        "finally",
        "instead",
        "always",
        "kindly",
        "but",
    ):
        found = found[1:]
    if not found or found[0] not in _forms()[0]:
        return False
    rest = found[1:]
    if found[0] == "expect" and _FORETELLS.search(text):
        return False
    if found[0] in words("noun-too") or found[0] not in words("imperative"):
        return bool(rest) and not _is_noun(rest, sure=found[0] in words("imperative"))
    return not (rest and rest[0] in words("aux") and rest[0] not in ("do", "don't"))


def _is_noun(rest: list[str], *, sure: bool) -> bool:
    """Whether what follows shows that the first word was a noun: "Use of ...", "Research shows ...", "Exercise can ..."."""
    _, singular, pasts = _forms()
    if rest and rest[0] in ("of", "by", "among", "between"):
        return True
    far = not sure or rest[:1] in (["on"], ["into"], ["in"], ["for"], ["with"], ["from"], ["at"])
    reach = 14 if far else 5
    for at, word in enumerate(rest[:reach]):
        if word in words("relative") or (reach == 5 and word in ("to", "as", "because", "so")):
            return False
        if word in words("aux") or word in singular or word in pasts or (not sure and word in words("verb-form")):
            return not (at and rest[at - 1] in words("before-noun"))
        if at and word in words("verb-base") and rest[at - 1].endswith("s"):
            return True
        if at and not sure and word in words("verb-only") and rest[at - 1] not in words("before-plain-verb"):
            return True  # "Side effects of kava include"
    return False
