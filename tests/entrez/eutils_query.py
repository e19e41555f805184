"""Enough of PubMed's query language for the test server: AND OR NOT from left to right, parentheses, phrases, ranges."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_TOKEN = re.compile(
    r"""\s*(?:(?P<range>"?(?P<low>[\d/]+)"?(?:\[\w+\])?\s*:\s*"?(?P<high>[\d/]+)"?\[(?P<axis>\w+)\])
    |(?P<open>\()|(?P<close>\))|(?P<operator>AND|OR|NOT)(?![\w"])
    |(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s()"\[\]]+))(?:\[(?P<field>[^\]]+)\])?)""",
    re.VERBOSE,
)
_DATES = {"crdt": "created", "edat": "created", "lr": "revised", "mhda": "indexed"}


class Query:
    """Evaluates a query on articles. Raises ValueError for one that is not well formed."""

    def __init__(self, text: str, articles: Iterable[Any], broken_axis: str = "") -> None:
        self.articles = list(articles)
        self.broken_axis = broken_axis
        self.unknown: list[str] = []
        self.tokens: list[re.Match[str]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if not found:
                raise ValueError(text[at : at + 20])
            self.tokens.append(found)
            at = found.end()
        self.at = 0
        self.pmids = self._expression()
        if self.at < len(self.tokens):
            raise ValueError("unbalanced )")
        self.translation = re.sub(r"\b(?<![\"\[])(\w{4,})\b(?![\w\s]*[\"\]])", r'"\1"[All Fields]', text)

    def _expression(self) -> set[int]:
        found = self._operand()
        while self.at < len(self.tokens) and not self.tokens[self.at]["close"]:
            operator = "AND"
            if self.tokens[self.at]["operator"]:
                operator = self.tokens[self.at]["operator"]
                self.at += 1
            other = self._operand()
            found = found & other if operator == "AND" else found | other if operator == "OR" else found - other
        return found

    def _operand(self) -> set[int]:
        if self.at >= len(self.tokens):
            raise ValueError("unexpected end")
        token = self.tokens[self.at]
        self.at += 1
        if token["open"]:
            found = self._expression()
            if self.at >= len(self.tokens):
                raise ValueError("unbalanced (")
            self.at += 1
            return found
        if token["close"] or token["operator"]:
            raise ValueError(f"unexpected {token[0].strip()}")
        return self._range(token) if token["range"] else self._term(token)

    def _range(self, token: re.Match[str]) -> set[int]:
        low, high, axis = token["low"], token["high"], token["axis"].lower()
        if axis in ("uid", "pmid"):
            found = {one.pmid for one in self.articles if int(low) <= one.pmid <= int(high)}
        else:
            name = _DATES[axis]
            found = {
                one.pmid
                for one in self.articles
                if low <= (getattr(one, name) or "") and (getattr(one, name) or "")[: len(high)] <= high
            }
        if axis == self.broken_axis and found:
            found.discard(max(found))
        return found

    def _term(self, token: re.Match[str]) -> set[int]:
        word, field = (token["phrase"] or token["word"] or "").lower(), (token["field"] or "").lower()
        if field in ("uid", "pmid"):
            return {one.pmid for one in self.articles if str(one.pmid) == word}
        if field == "doi":
            found = {one.pmid for one in self.articles if one.doi and one.doi.lower() == word}
            if not found:
                self.unknown.append(word)
            return found
        if field in ("mh", "mesh"):
            return {one.pmid for one in self.articles if word in (name.lower() for name in one.mesh)}
        if "~" in field:  # near each other, in any order
            near = int(field.split("~")[1])
            return {one.pmid for one in self.articles if _near(word.split(), re.findall(r"\w+", one.words), near)}
        pattern = re.compile(r"\b" + re.escape(word).replace(r"\*", r"\w*") + r"(?!\w)")
        found = {one.pmid for one in self.articles if pattern.search(one.words)}
        if not found and not field:
            self.unknown.append(word)
        return found


def _near(wanted: list[str], words: list[str], between: int) -> bool:
    span = len(wanted) + between
    return any(set(wanted) <= set(words[at : at + span]) for at in range(len(words)))
