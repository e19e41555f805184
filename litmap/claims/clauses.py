"""Cut a sentence into clauses, and say what each is to the sentence. A working approximation by punctuation and connectives."""

from __future__ import annotations

import re
from typing import NamedTuple

from litmap.claims.words import words

_SPLIT = re.compile(
    r"\s*;\s*|\s*[—–]\s*|\s+-\s+|:\s+"
    r"|,?\s+(?=(?:but|although|though|while|whereas|because|however)\s)"
    r"|,\s*[\"']?\s*(?=(?:which|and|so|yet|since|as|including|with|who|where|when|if|making|leading|helping|allowing|potentially)\s)"
    r"|\s+(?=and\s+(?:there|it|they|this|these|he|she|we|you)\s)"
    r"|,[\"']\s*"
)
_WORD = re.compile(r"[\w'%$€£-]+")
_SUBORDINATE = {
    "although": "concession", "though": "concession", "while": "concession", "whereas": "concession", "because": "reason", "since": "reason",
    "as": "reason", "which": "relative", "who": "aside", "where": "aside", "with": "aside", "including": "aside", "when": "condition",
    "if": "condition",
}  # fmt: skip
_LIMIT = 4000


class Clause(NamedTuple):
    text: str
    role: str  # main | concession | reason | relative | condition | aside
    start: int


def tokens(text: str) -> list[str]:
    """Return the words of a text in small letters."""
    return [match.group().strip("'-").lower() for match in _WORD.finditer(text)]


def clauses(text: str) -> list[Clause]:
    """Return a sentence's clauses. A leading "Although ..., " or "In 1970, " stands before the main clause."""
    body = text[:_LIMIT]
    found: list[Clause] = []
    lead = _leading(body)
    if lead:
        role = _role(body[:lead])
        found.append(Clause(body[:lead], "aside" if role == "main" else role, 0))
    at = lead
    for match in _SPLIT.finditer(body, lead):
        _add(found, body, at, match.start())
        at = match.end()
    _add(found, body, at, len(body))
    return found


def _add(found: list[Clause], body: str, start: int, end: int) -> None:
    part = body[start:end]
    if part.strip():
        found.append(Clause(part, _role(part), start))


def _role(part: str) -> str:
    first = tokens(part[:60])[:1]
    return _SUBORDINATE.get(first[0], "main") if first else "aside"


def _leading(body: str) -> int:
    """Where the main clause begins, when something stands before it and a comma after that; else 0."""
    first = tokens(body[:60])[:1]
    if not first or first[0] not in words("subordinator"):
        return 0
    depth = 0
    for at, char in enumerate(body):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
        elif char == "," and not depth and not _in_list(body, at):
            return at + 1
    return 0


def _in_list(body: str, at: int) -> bool:
    """Whether a comma separates items ("mood, cognition, and pain") rather than ending an opening clause."""
    rest = body[at + 1 : at + 120]
    following = tokens(rest)[:6]
    if not following:
        return False
    if rest[:1].isdigit():
        return True
    piece = rest.partition(",")[0]
    if following[0] in ("and", "or"):
        return True
    short = len(tokens(piece)) <= 3 and "," in rest
    return short and bool(re.match(r"[^,]*,(?:[^,]{1,40},)?\s*(?:and|or)\s", rest)) and not _has_aux(piece)


def _has_aux(piece: str) -> bool:
    return any(word in words("aux") for word in tokens(piece))
