"""Is this sentence, heading or item a claim: an assertion that literature or an official record could support or refute?"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from litmap.claims import verbs
from litmap.claims.clauses import Clause, clauses, tokens
from litmap.claims.kinds import strength
from litmap.claims.units import asks
from litmap.claims.words import asserting, not_claims, words

_PREFIX = re.compile(
    r"(?:(?:q|a|question|answer)\s*[:.]\s*|[-–—•*]\s*|(?:so|well|now|yes|no|and|but|or),\s+|(?:and|but)\s+)+", re.I
)
# "It is important to note that ...", "Remember that ...", "I believe that ...": what follows is the assertion.
_FRAME = re.compile(
    r"[\"']?\s*(?:(?:as far as i (?:know|can tell|understand)|in my (?:view|opinion|experience)|to my mind|if i'm honest),?\s+)?(?:(?:however|but|also|finally|lastly|first|additionally|moreover|furthermore),?\s+)?"
    r"(?:(?:(?:it is|it's|it was)\s+(?:also\s+|very\s+)?(?:important|essential|worth|crucial|vital|critical|useful|helpful|interesting|necessary|key|good)\s+(?:to\s+)?"
    r"(?:note|noting|remember|understand|mention|mentioning|know|recognize|realize|point out|emphasize|stress|keep in mind|be aware)"
    r"|(?:please\s+)?(?:note|remember|know|understand|consider|recall|keep in mind|bear in mind|be aware|be advised|rest assured)"
    r"|but you should know|you should know|i (?:should|must|would) (?:also )?(?:add|stress|note|say|point out|mention|admit)|(?:i|we)(?:'d)?\s+(?:\w+\s+)?(?:think|suspect|argue|believe|know|now know|understand|would say|can say|have learned))\s*(?:that|,|:)\s*)",
    re.I,
)
_FIRST_PERSON = re.compile(r"(?<![\w-])I(?:'m|'ve|'d|'ll)?(?![\w./)-])|(?<!\w)(?:my|My|me|myself|Me)(?!\w)")
# "My own patients swear by it": who says so is no patient.
_CLINICIAN = re.compile(
    r"my\s+(?:\w+\s+)?(?:patients|clients|clinic|practice|colleagues|team|lab|group|trial|study)\b", re.I
)
_NO_SPEAKER = re.compile(r"\w+\s+(?:to|with|by|in|on|for)\b", re.I)  # "Added to the usual drugs, ..."
_ROMAN = re.compile(
    r"(?:bipolar|type|phase|schedule|class|level|stage|grade|part|axis|vol|war|table|appendix|criterion|and|or)\s+\Z",
    re.I,
)
_ATTRIBUTED = re.compile(
    r"\b(?:dr|md|phd|professor|prof|researcher|author|scientist|investigator|psychiatrist|officer|director)\b", re.I
)
_ASIDE = re.compile(r"\([^()]{0,200}\)")
# "Do not use it if you have glaucoma": an instruction that says for whom a treatment is not.
_FORBIDS = re.compile(
    r"\W*(?:please\s+)?(?:do not|don't|never)\s+(?:use|take|have|start|inject|apply)\b.{1,80}\bif\s+(?:you|they)(?:'ve|'re|\s+(?:have|are|had|suffer))\b",
    re.I,
)
_AMOUNT = re.compile(
    r"\b(?:\d[\d.,]*|half|one|two)\s*(?:an?\s+)?(?:mg|mcg|µg|ml|g|iu|milligrams?|millilitres?|drops|droppers?|dropperfuls?)\b",
    re.I,
)
_EXPERIENCE = re.compile(
    r"\b(?:me|myself|my\s+(?:\w+\s+)?(?:pain|headaches?|depression|anxiety|life|wife|husband|son|daughter|mother|father|kids|migraines?|symptoms?|mood|sleep|body|"
    r"head|back|knees?|doctor|therapist|psychiatrist|consultant|story|journey|ptsd|insomnia|stress|job|family|friends?))\b",
    re.I,
)
_LETTER_RUN = re.compile(r"[^\W\d_]{2,}")
_FRAGMENT = re.compile(
    r"(?:thus|thereby|hence|therefore)\s+\w+ing\b|(?:fda|clinically|scientifically)[ -](?:approved|cleared|proven|shown)\s+(?:for|to|as|in)\b",
    re.I,
)
_OUTWEIGHED = ("first-person", "procedure")
_OF_THE_HOUSE = re.compile(
    r"\W*(?:we|you|at|our\s+(?:[\w-]+\s+){0,2}(?:infusions?|protocols?|sessions?|treatments?|doses?|approach|method|therapy|injections?|oils?|products?|"
    r"formula|capsules?|devices?|lozenges?|troches?|drops?|gumm(?:y|ies)|patients|clients|members|customers|doctors|prescribers|clinicians))\b",
    re.I,
)
_STRONG, _TELLING, _REPORTED = 4.5, 4.5, 3.0  # what phrases of types.csv must weigh
NO_CLAUSE = ("no clause",)  # why a phrase without a verb is no claim
_SHORT = 5
_CLAUSE, _WHOLE = 5, 8
_LONG = 12  # words: a line as long as this is a sentence whose full stop was left out
LONGEST = 3000  # what is looked at of a unit: a sentence is shorter, and hostile input is not


class Verdict(NamedTuple):
    """Whether a unit is a claim, and which words decided it."""

    claim: bool
    cues: tuple[str, ...]


@lru_cache(maxsize=512)
def judge(text: str, kind: str) -> Verdict:
    """Judge one unit: its text (apostrophes and blanks evened) and its kind."""
    body = text.strip()[:LONGEST]
    prefix = _PREFIX.match(body)
    body = body[prefix.end() :] if prefix else body
    if len(_LETTER_RUN.findall(body)) < 2:
        return Verdict(False, ("no words",))
    if asks(body) and not (kind == "item" and verbs.predicate(body)):
        return Verdict(False, ("question",))
    frame = _FRAME.match(body)
    framed = body[frame.end() :] if frame else body
    if _testimonial(framed):
        return Verdict(False, ("first-person",))
    if _FORBIDS.match(body):
        return Verdict(True, ("do not ... if you",))
    killed = not_claims().first(body, "sentence")
    if killed:
        return Verdict(False, (f"{killed[0].kind}: {killed[1].group()}",))
    if not _clausal(framed, kind):
        return _verbless(framed, kind)
    return _clauses(framed)


def _verbless(text: str, kind: str) -> Verdict:
    """Words without a verb claim something when a phrase of asserting.csv is in them: "No weight gain"."""
    if verbs.imperative(text):
        return Verdict(False, NO_CLAUSE)
    stated = asserting().first(text, "any")
    if stated is None and (kind == "item" or (kind == "sentence" and _ended(text))):
        stated = asserting().first(text, "item")
    if stated is None and kind == "item" and strength(text) >= _TELLING:
        return Verdict(True, ())
    return Verdict(True, (stated[1].group(),)) if stated else Verdict(False, NO_CLAUSE)


def _ended(text: str) -> bool:
    return text.rstrip("\"')]*_ ").endswith((".", "!", "…", ":"))


def _testimonial(text: str) -> bool:
    """First person singular outside "phase I", unless an expert speaks or another clause says something of a treatment."""
    text = _ASIDE.sub(" ", text)
    if not _speaks(text) or (_ATTRIBUTED.search(text) and re.search(r"\b(?:think|believe)\b", text)):
        return False
    if strength(text) >= _REPORTED and not _EXPERIENCE.search(text) and not _of_himself(text):
        return False
    others = [clause.text for clause in clauses(text) if clause.role == "main" and not _speaks(clause.text)]
    return not any(strength(other) >= _STRONG and verbs.finite(other) for other in others)


def _of_himself(text: str) -> bool:
    """Whether the words after "I" tell what somebody lived through: "I tried", "I have felt"."""
    said = tokens(text)
    return any(
        word in ("i", "i've", "i'd", "i'm") and set(said[at : at + 4]) & words("experience")
        for at, word in enumerate(said)
    )


def _speaks(text: str) -> bool:
    """Whether somebody speaks of himself: I, me, my; not who reports what he has read ("as I explained")."""
    voice = [match.span() for _, match in not_claims().all(text, "voice")]
    for match in _FIRST_PERSON.finditer(text):
        if any(start <= match.start() < end for start, end in voice):
            continue
        if match.group() == "I" and _ROMAN.search(text, max(0, match.start() - 12), match.start()):
            continue
        if not _CLINICIAN.match(text, match.start()):
            return True
    return False


def _clausal(text: str, kind: str) -> bool:
    ended = _ended(text)
    count = len(tokens(text))
    if verbs.subjectless(text) and (kind == "item" or verbs.beneficial(text)):
        return True
    if kind == "item" and verbs.predicate(text):
        return True
    ended = ended or (kind == "sentence" and count > _LONG)
    if (
        kind == "item"
        and count >= _CLAUSE
        and verbs.finite(text, plainly=True)
        and not set(tokens(text)) & words("relative")
    ):
        return True
    if _ended(text) and kind == "sentence" and count >= _WHOLE:
        return True  # so long a sentence has a verb, if one that words.csv does not know
    if ended and kind != "heading" and count >= 3:
        return verbs.finite(text, plainly=count <= _SHORT) or verbs.subjectless(text) or bool(_FRAGMENT.match(text))
    return verbs.asserting_heading(text)


def _clauses(text: str) -> Verdict:
    """A sentence is a claim when its main clause is; a struck main clause can be outweighed by another that asserts."""
    reasons: list[str] = []
    ordered = False
    parts = clauses(text)
    for clause in parts:
        if clause.role in ("condition", "aside") and len(parts) > 1:
            continue
        reason = _struck(clause)
        if reason is None and (len(parts) == 1 or verbs.finite(clause.text) or _open(clause)):
            if clause.role in ("main", "relative", "concession", "reason") and not (ordered and clause.role != "main"):
                return Verdict(True, ())
        elif reason:
            reasons.append(reason)
            ordered = ordered or reason.startswith(("instruction", "advice"))
    return Verdict(not reasons, tuple(reasons))


def _open(clause: Clause) -> bool:
    return clause.role == "main" and verbs.subjectless(clause.text)


def _struck(clause: Clause) -> str | None:
    body = clause.text.lstrip("\"' ,")
    first = tokens(body[:40])[:1]
    if clause.role == "main" and verbs.imperative(body) and not _AMOUNT.search(body):
        return f"instruction: {first[0]}"
    if first and first[0] in (
        "and",
        "but",
        "so",
        "yet",
        "which",
        "although",
        "though",
        "while",
        "because",
        "since",
        "however",
    ):
        body = body[len(first[0]) :].lstrip(" ,")
    if first and first[0] in words("reporter") and not _NO_SPEAKER.match(body):
        return f"attribution: {first[0]}"
    found = not_claims().first(body, "main")
    if found and found[0].kind in _OUTWEIGHED and _OF_THE_HOUSE.match(body) and strength(body) >= _STRONG:
        return None  # "We give six infusions over two weeks": what is said of the treatment outweighs who says it
    return f"{found[0].kind}: {found[1].group()}" if found else None
