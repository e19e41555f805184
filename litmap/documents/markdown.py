"""Markdown. Document.text is the source unchanged; block offsets leave out the marks at a block's start.

`masked` gives the same text, of the same length, with inline marks and link targets blanked, for matching.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.model import Block, Document

EXTRACTOR = "markdown/1"
_ATX = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*\Z")
_SETEXT = re.compile(r"(=+|-+)[ \t]*\Z")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_RULE = re.compile(r"(?:[-*_][ \t]*){3,}\Z")
_REFERENCE = re.compile(r"\[[^\]]{1,200}\]:[ \t]*\S")
_TABLE_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\Z")
_FRONT = re.compile(r"(---|\+\+\+)[ \t]*\r?\n.*?^\1[ \t]*$", re.S | re.M)
_TARGET = re.compile(
    r"!?\[|\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,1000}(?:[ \t]+\"[^\"]{0,500}\")?\)|\](?:\[[^\]\[]{0,200}\])?"
)
_MARKS = re.compile(r"\*{1,3}|~~|`+|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])|</?[a-zA-Z][^<>]{0,300}>|\\(?=[!-/:-@\[-`{-~])")


def masked(text: str) -> str:
    """Return Markdown source of the same length in which inline marks and link targets are blanks."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n\r]", " ", match.group())

    return _MARKS.sub(blank, _TARGET.sub(blank, without_comments(text)))


def without_comments(text: str) -> str:
    """Return text of the same length in which closed HTML comments are blanks (line ends stay)."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts += (text[at:start], re.sub(r"[^\n\r]", " ", text[start : end + 3]))
        at = end + 3
    return "".join((*parts, text[at:]))


def read(text: str, name: str, sha256: str, warnings: tuple[str, ...] = ()) -> Document:
    """Make a Document of Markdown source."""
    blocks = tuple(_blocks(text))
    heading = next((block for block in blocks if block.kind == "heading"), None)
    title = " ".join(masked(text[heading.start : heading.end]).split()) if heading else None
    front = _FRONT.match(text)
    dated = (
        re.search(r"^(?:date|updated|last_?mod\w*)\s*[:=]\s*[\"']?(\d{4}-\d{2}-\d{2})", front.group(), re.M | re.I)
        if front
        else None
    )
    return Document(
        name, text, blocks, "text/markdown", sha256, EXTRACTOR, title, dated[1] if dated else None, warnings
    )


class _Builder:
    """Collects lines into blocks; paragraphs and items run on until something ends them."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.open: Block | None = None
        self.margins: list[int] = []

    def flush(self) -> None:
        if self.open is not None and self.open.end > self.open.start:
            self.blocks.append(self.open)
        self.open = None

    def begin(self, kind: str, start: int, end: int, level: int = 0) -> None:
        self.flush()
        self.open = Block(kind, start, end, level)

    def depth(self, margin: int) -> int:
        while self.margins and self.margins[-1] >= margin:
            self.margins.pop()
        self.margins.append(margin)
        return len(self.margins) - 1


def _blocks(text: str) -> list[Block]:
    builder = _Builder()
    front = _FRONT.match(text)
    text = without_comments(text)
    fence = ""
    for start, end, after_blank in _raw_lines(text, front.end() if front else 0):
        body = text[start:end]
        mark = _FENCE.match(body)
        if fence or mark:
            builder.flush()
            if not fence and mark:
                fence = mark[1]
            elif mark and body.startswith(fence) and not body.strip(fence[0]).strip():
                fence = ""
            continue
        if _REFERENCE.match(body):
            builder.flush()
            continue
        _take(builder, text, start, end, after_blank)
    builder.flush()
    return builder.blocks


def _raw_lines(text: str, begin: int) -> Iterator[tuple[int, int, bool]]:
    """Lines that hold something, rules of dashes included: they underline headings."""
    blank = True
    at = begin
    for line in text[begin:].splitlines(keepends=True):
        body = line.strip()
        if body:
            start = at + line.index(body)
            yield start, start + len(body), blank
        blank = not body
        at += len(line)


def _take(builder: _Builder, text: str, start: int, end: int, after_blank: bool) -> None:
    quoted = False
    while text[start:end].startswith(">"):
        quoted = True
        start += 1 + len(text[start + 1 : end]) - len(text[start + 1 : end].lstrip())
    body = text[start:end]
    if not body:
        builder.flush()
        return
    running = builder.open if not after_blank else None
    heading, item = _ATX.match(body), _ITEM.match(body)
    if running and running.kind == "paragraph" and _SETEXT.match(body):
        builder.open = running._replace(kind="heading", level=1 if body[0] == "=" else 2)
        builder.flush()
    elif heading:
        builder.begin("heading", start + heading.start(2), start + heading.end(2), len(heading[1]))
        builder.flush()
    elif _RULE.match(body) or _TABLE_RULE.match(body):
        builder.flush()
    elif body.startswith("|") or (body.count("|") >= 2 and not item):
        builder.flush()
        builder.blocks += _row(text, start, end)
    elif item:
        margin = start - (text.rfind("\n", 0, start) + 1)
        builder.begin("item", start + item.end(), end, builder.depth(margin))
    elif running and running.kind in (("quote",) if quoted else ("paragraph", "item", "quote")):
        builder.open = running._replace(end=end)
    else:
        builder.margins.clear()
        builder.begin("quote" if quoted else "paragraph", start, end)


def _row(text: str, start: int, end: int) -> list[Block]:
    cells = []
    for match in re.finditer(r"[^|]+", text[start:end]):
        body = match.group().strip()
        if body:
            at = start + match.start() + match.group().index(body)
            cells.append(Block("cell", at, at + len(body)))
    return cells
