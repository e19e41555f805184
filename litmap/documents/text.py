"""Plain text. Document.text is the file's text unchanged; blocks say what each stretch of lines is.

Lines of text files mean two things: in a hard-wrapped file a line end is a space, in others it ends a paragraph.
Two lines belong together when the first was full: the next line's first word would not have fitted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from litmap.model import Block, Document

EXTRACTOR = "text/1"
_LINE = re.compile(r"[^\n\r\f\v\x85\u2028\u2029]*(?:\r\n|[\n\r\f\v\x85\u2028\u2029]|\Z)")
_BLANK = " \t\xa0\u200b\ufeff\u3000"
_ITEM = re.compile(r"(?:[-*+•●▪◦‣·–—○■□✓✔➢►]|\(?\d{1,2}[.)]|\(?[a-zA-Z][)])[ \t\xa0]+(?=\S)")
_RULE = re.compile(r"[-=_*~#•·.\s]{3,}\Z")
_FINAL = re.compile(r"[.!…][\"'”’)\]]*\Z")
_SHORTEST_WRAP, _LONGEST_WRAP = 40, 110
_HEADING_WORDS, _HEADING_LENGTH = 16, 120


class Line(NamedTuple):
    start: int
    end: int  # without the line end and the blanks around
    text: str
    after_blank: bool
    marker: int  # length of a list marker at its start, else 0


def read(text: str, name: str, sha256: str, warnings: tuple[str, ...] = ()) -> Document:
    """Make a Document of a plain text file's text."""
    blocks = blocks_of(text)
    first = next((block for block in blocks), None)
    title = text[first.start : first.end] if first and first.kind == "heading" else None
    return Document(name, text, blocks, "text/plain", sha256, EXTRACTOR, title, None, warnings)


def lines_of(text: str) -> list[Line]:
    """Return the lines that hold something, trimmed, with their offsets."""
    found: list[Line] = []
    blank = True
    for match in _LINE.finditer(text):
        raw = match.group().rstrip("\n\r\f\v\x85\u2028\u2029")
        body = raw.strip(_BLANK)
        if not body or _RULE.match(body):
            blank = True
            continue
        start = match.start() + raw.index(body)
        marker = _ITEM.match(body)
        found.append(Line(start, start + len(body), body, blank, marker.end() if marker else 0))
        blank = False
    return found


def _width(lines: Sequence[Line]) -> int:
    """The width at which a file is wrapped, or 0 when it is not: long lines that all end near one column."""
    running = [len(line.text) for line, after in pairwise(lines) if not after.after_blank]
    if not running or max(len(line.text) for line in lines) > _LONGEST_WRAP:
        return 0
    width = max(running)
    full = sum(length >= 0.75 * width for length in running)
    return width if width >= _SHORTEST_WRAP and len(running) >= 3 and full >= 0.6 * len(running) else 0


def _continues(line: Line, after: Line, *, width: int) -> bool:
    if after.after_blank or after.marker or not width:
        return False
    word = after.text.split(None, 1)[0]
    return len(line.text) + 1 + len(word) > width - 2


def grouped(lines: Sequence[Line], continues: Callable[[Line, Line], bool]) -> list[list[Line]]:
    """Put lines together: `continues` tells of two neighbours whether the second goes on where the first ended."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and continues(groups[-1][-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def blocks_of(text: str) -> tuple[Block, ...]:
    """Cut a text into headings, items, cells and paragraphs."""
    blocks: list[Block] = []
    lines = lines_of(text)
    groups = grouped(lines, partial(_continues, width=_width(lines)))
    for at, group in enumerate(groups):
        first, last = group[0], group[-1]
        if "\t" in first.text and len(group) == 1:
            blocks += _cells(first)
        elif first.marker and _is_item(groups, at):
            blocks.append(Block("item", first.start + first.marker, last.end))
        elif len(group) == 1 and looks_like_heading(first.text):
            blocks.append(Block("heading", first.start, last.end, 1 if not blocks else 2))
        else:
            blocks.append(Block("paragraph", first.start, last.end))
    return tuple(_unmarked_lists(text, blocks))


def _is_item(groups: Sequence[Sequence[Line]], at: int) -> bool:
    """A lone numbered line is a heading ("2. Results"); a dash or bullet always marks an item."""
    line = groups[at][0]
    if not line.text[0].isalnum() and line.text[0] != "(":
        return True
    near = [groups[i][0] for i in (at - 1, at + 1) if 0 <= i < len(groups)]
    return any(other.marker for other in near) or not looks_like_heading(line.text)


def _cells(line: Line) -> list[Block]:
    return [
        Block("cell", line.start + m.start(), line.start + m.end())
        for m in re.finditer(r"[^\t ](?:[^\t]*[^\t ])?", line.text)
    ]


def looks_like_heading(line: str) -> bool:
    """Whether a line standing alone is a heading: short, and without the full stop or colon of running text."""
    if len(line) > _HEADING_LENGTH or len(line.split()) > _HEADING_WORDS:
        return False
    if _FINAL.search(line) or line.endswith((":", ",", ";")):
        return False
    return line[0].isupper() or line[0].isdigit() or line[0] in "\"'“‘¿¡" or len(line.split()) <= 6


def _may_be_item(text: str, block: Block) -> bool:
    """A short line without a final stop; one that begins small may be longer than headings are."""
    if block.kind == "heading":
        return text[block.end - 1] != "?"
    line = text[block.start : block.end]
    begins_small = line[:1].islower() and "\n" not in line and len(line) <= _HEADING_LENGTH
    return block.kind == "paragraph" and begins_small and not _FINAL.search(line) and not line.endswith(":")


def _ends_list(text: str, blocks: Sequence[Block], after: int) -> bool:
    """Whether a blank line stands after the last item, and none before it."""
    before, last, following = blocks[after - 2 : after + 1]
    return text.count("\n", before.end, last.start) == 1 and text.count("\n", last.end, following.start) > 1


def _unmarked_lists(text: str, blocks: list[Block]) -> list[Block]:
    """After "...such as:" several short lines in a row are the items of a list that lost its bullets."""
    result = list(blocks)
    at = 0
    while at < len(result):
        at += 1
        if text[result[at - 1].end - 1] != ":":
            continue
        run = at
        while run < len(result) and _may_be_item(text, result[run]):
            run += 1
        followed = run < len(result) and result[run].kind == "paragraph"
        # The last of them heads the paragraph that follows, unless it begins small as the items do.
        heads = followed and not text[result[run - 1].start].islower() and not _ends_list(text, result, run)
        stop = run - 1 if heads and run - at > 2 else run
        if run - at >= 2 and not (heads and run - at <= 2):
            result[at:stop] = [Block("item", block.start, block.end) for block in result[at:stop]]
            at = stop
    return result
