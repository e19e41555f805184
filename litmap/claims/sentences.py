"""Where sentences end. Exact offsets, linear time, and rules for what a full stop may mean in medical prose.

Every candidate (a run of . ! ? or an ellipsis) is judged by the word before it and the word after it, both looked
at within a fixed distance, so hostile input costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.claims.words import abbreviations, starters, words

_CANDIDATE = re.compile(r"[.!?…]+|[。！？]+")
_CLOSERS = re.compile(r"[\"'”’»)\]}*_]{0,8}")
# A reference after the full stop: [3], [1,2], (4) or a superscript that lost its height: "depression.12 The".
_REFERENCE = re.compile(
    r"(?:\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,12}\]){1,4}|\(\d{1,3}\)|\d{1,3}(?:[,–-]\d{1,3}){0,8}(?=\s+[A-Z\"“])"
)
_BLANKS = re.compile(r"[\s\u200b\ufeff]*")
_NEXT = re.compile(r"[\"'“‘«(\[*_]{0,8}([^\W_][\w'’.-]{0,40})?")
_BEFORE = re.compile(r"[\w'’.&/-]{1,40}\Z")
_DOMAIN = re.compile(r"(?:www\.|https?:|\w\.(?:com|org|net|gov|edu|io|co|uk|info|js|py)\b)", re.I)
_REACH = 48
_EDGE = " \t\n\r\f\v\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence in text[start:end], trimmed of white space, in order and without overlap."""
    stop = len(text) if end is None else end
    begin = start
    at = start
    while True:
        candidate = _CANDIDATE.search(text, at, stop)
        if candidate is None:
            break
        at = candidate.end()
        cut = _boundary(text, begin, candidate.start(), candidate.end(), stop)
        if cut is None:
            continue
        trimmed = _trim(text, begin, cut)
        if trimmed:
            yield trimmed
        begin = at = max(cut, at)
    trimmed = _trim(text, begin, stop)
    if trimmed:
        yield trimmed


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return (start, end) if start < end else None


def _boundary(text: str, begin: int, dot: int, after: int, stop: int) -> int | None:
    """Return where the sentence that this candidate ends has its end, or None when it ends none."""
    mark = text[dot:after]
    if mark[0] in "。！？":
        return after
    closed = _match_end(_CLOSERS, text, after, stop)
    reference = _REFERENCE.match(text, closed, min(stop, closed + _REACH))
    if reference and (text[reference.start()] in "[(" or text[dot - 1 : dot].isalpha() or text[dot - 1 : dot] == ")"):
        closed = reference.end()
    follows = _match_end(_BLANKS, text, closed, stop)
    if follows >= stop:
        return closed
    word, opened = _next_word(text, follows, stop)
    if follows == closed:
        return _glued(text, dot, closed, word) if mark == "." else None
    if mark == "." or set(mark) == {"."}:
        whole = _full_stop(text, begin, dot, mark, word, opened, closed > after)
    else:
        whole = _exclamation(mark, word, opened, closed > after)
    return closed if whole else None


def _match_end(pattern: re.Pattern[str], text: str, at: int, stop: int) -> int:
    match = pattern.match(text, at, stop)
    return match.end() if match else at


def _next_word(text: str, at: int, stop: int) -> tuple[str, bool]:
    match = _NEXT.match(text, at, min(stop, at + 60))
    if match is None:
        return "", False
    return match[1] or "", match.start(1) > at if match[1] else match.end() > at


def _glued(text: str, dot: int, closed: int, word: str) -> int | None:
    """A full stop without a blank after it: "disorders.The next" ends a sentence, "example.com" and "Node.js" do not."""
    before = _BEFORE.search(text, max(0, dot - _REACH), dot)
    last = before.group() if before else ""
    if len(word) < 2 or not (word[0].isupper() and word[1:2].islower()):
        return None
    if len(last) < 3 or not last[-3:].islower() or "." in last or _DOMAIN.search(f"{last[-4:]}.{word}"):
        return None
    return closed


def _exclamation(mark: str, word: str, opened: bool, quoted: bool) -> bool:
    small = word[:1].islower()
    if mark.startswith("…"):
        return not small
    if "?" in mark:
        return not (small and quoted)
    return not small or (opened and not quoted)


def _full_stop(text: str, begin: int, dot: int, mark: str, word: str, opened: bool, quoted: bool) -> bool:
    before = _BEFORE.search(text, max(begin, dot - _REACH), dot)
    last = before.group().lstrip("'’.-/&") if before else ""
    small = word[:1].islower()
    if len(mark) > 1:
        return not small and not (len(mark) >= 2 and not word)
    if quoted and small:
        return False
    bracketed = opened and _next_bracket(text, dot + len(mark))
    kind = abbreviations().get(last.lower(), "") or abbreviations().get(last.lower().rpartition("-")[2], "")
    if kind == "number":
        return not word[:1].isdigit()
    if kind == "never" and word and not quoted:
        return False
    if kind == "starter" and not quoted:
        return not small and (word.lower() in starters() or (opened and not bracketed))
    if kind == "capital" and not quoted:
        return word[:1].isupper() or opened
    if len(last) == 1 and last.isalpha() and not quoted:
        return _after_initial(text, begin, dot, last, word)
    if last.isdigit() and dot - len(last) == begin and len(last) <= 3:
        return False  # the number of a list item
    if small:
        return _fragment(last, word)
    return True


def _after_initial(text: str, begin: int, dot: int, letter: str, word: str) -> bool:
    """ "J. Krystal" goes on; "vitamin D. It" and "hepatitis C. The" end."""
    if word[:1].islower() or not word:
        return not word
    if letter.islower() or letter == "I":
        return True
    named = text[max(begin, dot - _REACH) : dot - 1].split()
    previous = named[-1] if named else ""
    if previous and previous[0].islower() and previous not in words("before-name"):
        return True
    return bool(previous) and word.lower() in starters()


def _next_bracket(text: str, at: int) -> bool:
    return text[at : at + 8].lstrip(_EDGE + "\"'”’").startswith(("(", "["))


def _fragment(last: str, word: str) -> bool:
    """A small letter after the full stop: a fragment of a page put together by hand, unless what stands before looks cut."""
    if "." in last or (len(word) == 1 and word != "a"):
        return False
    plain = last.replace("'", "").replace("’", "").replace("-", "")
    if plain.isdigit() or not plain:
        return True
    return (
        len(plain) >= 4
        or (len(plain) >= 2 and plain.isupper())
        or plain.lower() in starters()
        or plain.lower() in words("short-end")
    )
