"""Cut a document into units and give each its context: headings above it, the lead-in of its list, the question it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.claims.sentences import sentences
from litmap.claims.words import even, words
from litmap.model import Block, Document, Unit

_KINDS = {"heading": "heading", "caption": "caption", "cell": "cell", "item": "item"}
_NUMBER = re.compile(r"\s{0,9}(?:q(?:uestion)?\s?[\d.]{0,4}\s?[:.)-]\s{0,9}|\d{1,2}[.)]\s{1,9})", re.I)
_MARKS = "*_`~["
_LEADS = (":", "if you", "if you have", "who have", "if you are")
_LONGEST_ITEM = 16  # words of a line that may be an item
_LONGEST_QUESTION = 14  # words of a question without its mark
_ANNOUNCES = re.compile(
    r"\b(?:following|includes?|including|such as|these|below|are|for example|treats?|helps?(?: with)?|if you(?: have)?|who have)\W*\Z",
    re.I,
)


def split(document: Document) -> tuple[Unit, ...]:
    """Return the sentences, headings, captions, items and cells of a document, in order."""
    view = plain(document)
    context = _Context()
    units: list[Unit] = []
    for number, block in enumerate(_with_lost_items(document)):
        spans = list(_spans(view, block))
        if not spans:
            continue
        context.enter(number, block, units)
        for bare_start, bare_end in spans:
            start, end = _with_marks(document.text, view, block, bare_start, bare_end)
            kind = "given" if block.kind == "given" else _KINDS.get(block.kind, "sentence")
            headings, lead_in, question = context.of(block)
            units.append(Unit(start, end, document.text[start:end], kind, number, headings, lead_in, question))
            context.after(units, block, alone=len(spans) == 1)
    return tuple(units)


def _with_lost_items(document: Document) -> list[Block]:
    """The blocks; in a plain text, short lines in a row below a question or heading are items that lost their bullets."""
    blocks = list(document.blocks)
    if document.media_type != "text/plain":
        return blocks
    for at in range(len(blocks)):
        for number in range(at + 1, _short_lines(document.text, blocks, at)):
            blocks[at] = Block("paragraph", blocks[at].start, blocks[at].end)
            blocks[number] = Block("item", blocks[number].start, blocks[number].end)
    at = 0
    while at < len(blocks):
        end = _run(document.text, blocks, at)
        long = end - at > (2 if _is_question(document.text, blocks[at]) else 3)
        for number in range(at + 1, end if long else at):
            blocks[number] = Block("item", blocks[number].start, blocks[number].end)
        at = end if long else at + 1
    return blocks


def _short_lines(text: str, blocks: list[Block], at: int) -> int:
    """Where the lines end that go on after "... if you:": they begin small, or are two at least and short."""
    if blocks[at].kind not in ("heading", "paragraph") or not text[blocks[at].start : blocks[at].end].endswith(_LEADS):
        return at
    end = at + 1
    while end < len(blocks) and blocks[end].kind in ("paragraph", "heading") and _goes_on(text, blocks, end):
        end += 1
    small = all(text[block.start].islower() for block in blocks[at + 1 : end])
    return end if small or end - at > 2 else at


def _goes_on(text: str, blocks: list[Block], at: int) -> bool:
    line = text[blocks[at].start : blocks[at].end]
    near = text.count("\n", blocks[at - 1].end, blocks[at].start) == 1
    short = len(line.split()) <= (_LONGEST_ITEM if line[:1].islower() else _LONGEST_ITEM // 2)
    return near and short and "\n" not in line and not line.endswith(("?", ":"))


def _run(text: str, blocks: list[Block], at: int) -> int:
    """Where the short lines end that follow a question or heading with no blank line between them."""
    if blocks[at].kind != "heading" and not _is_question(text, blocks[at]):
        return at
    end = at + 1
    while end < len(blocks) and _listed(text, blocks, end) and not _is_question(text, blocks[end]):
        if end > at + 1 and text.count("\n", blocks[end - 1].end, blocks[end].start) > 1:
            break
        end += 1
    followed = end < len(blocks) and blocks[end].kind != "heading"
    if followed and end > at + 1 and text.count("\n", blocks[end - 1].end, blocks[end].start) == 1:
        last = text[blocks[end - 1].start : blocks[end - 1].end]
        end -= not (":" in last or last[:1].islower())  # else what stands last heads the paragraph that follows
    return end


def _listed(text: str, blocks: list[Block], at: int) -> bool:
    """A short line; one that begins small, right below another, may be longer than headings are."""
    block = blocks[at]
    line = text[block.start : block.end]
    if block.kind != "paragraph":
        return block.kind == "heading"
    near = text.count("\n", blocks[at - 1].end, block.start) == 1
    short = len(line.split()) <= _LONGEST_ITEM and "\n" not in line
    return near and short and line[:1].islower() and line[-1:].isalnum()


def _is_question(text: str, block: Block) -> bool:
    return block.kind in ("heading", "paragraph") and text[block.start : block.end].rstrip().endswith("?")


def plain(document: Document) -> str:
    """Return the document's text, of the same length, as matching wants it: without Markdown's marks."""
    if document.media_type == "text/markdown":
        from litmap.documents.markdown import masked

        return masked(document.text)
    return document.text


def _spans(view: str, block: Block) -> Iterator[tuple[int, int]]:
    if block.kind == "given":
        yield block.start, block.end
    else:
        for start, end in sentences(view, block.start, block.end):
            if any(c.isalnum() for c in view[start:end]):
                yield start, end


def _with_marks(text: str, view: str, block: Block, start: int, end: int) -> tuple[int, int]:
    """Take in the Markdown marks that touch a sentence: its quote then reads as the source does."""
    while start > block.start and view[start - 1] == " " and text[start - 1] in _MARKS:
        start -= 1
    while end < block.end and view[end] == " " and text[end] in _MARKS:
        end += 1
    return start, end


def asks(text: str) -> bool:
    """Whether a heading or sentence is a question, with or without its mark ("How It Works")."""
    number = _NUMBER.match(text)
    body = even(text[number.end() :] if number else text).strip()
    if body.rstrip("\"')* ").endswith("?"):
        return True
    opening = re.findall(r"[\w']+", body.lower()[:60])[:3]
    if not opening or body.rstrip("\"')* ").endswith((".", "!")):
        return False
    if len(re.findall(r"[\w']+", body)) > _LONGEST_QUESTION:
        return False  # a sentence whose full stop was left out
    if opening[0] in words("question") and len(opening) > 1:
        return True
    if opening[0] in ("may", "might", "could", "can") and opening[1:2] and opening[1] in words("verb-base"):
        return False  # "Can Help With Sleep"
    if opening[1:2] and opening[1] in words("predicate"):
        return False  # "Is not addictive"
    return opening[0] in words("asking-verb") and len(opening) > 2


class _Context:
    """What the units met so far mean for the next one."""

    def __init__(self) -> None:
        self.headings: list[tuple[int, int]] = []  # level, unit
        self.question: int | None = None  # holds until the next heading or question
        self.nearby: int | None = None  # a question inside the running block: holds to the block's end
        self.lead_in: int | None = None
        self.items: list[tuple[int, int]] = []  # depth, last unit of each open item

    def enter(self, number: int, block: Block, units: list[Unit]) -> None:
        self.nearby = None
        if block.kind == "heading":
            self.question = None
            while self.headings and self.headings[-1][0] >= block.level:
                self.headings.pop()
        if block.kind != "item":
            self.lead_in = None
            self.items.clear()
            return
        while self.items and self.items[-1][0] >= block.level:
            self.items.pop()
        if not self.items and self.lead_in is None and units:
            before = units[-1]
            text = before.text.rstrip("*_ ")
            if (
                before.kind not in ("item", "cell")
                and before.block == number - 1
                and (text.endswith(":") or _ANNOUNCES.search(text[-80:]))
            ):
                self.lead_in = len(units) - 1

    def of(self, block: Block) -> tuple[tuple[int, ...], int | None, int | None]:
        headings = tuple(unit for _, unit in self.headings)
        outer = next((unit for depth, unit in reversed(self.items) if depth < block.level), None)
        lead_in = self.lead_in if outer is None else outer
        return (
            headings,
            lead_in if block.kind == "item" else None,
            self.nearby if self.nearby is not None else self.question,
        )

    def after(self, units: list[Unit], block: Block, *, alone: bool) -> None:
        at = len(units) - 1
        unit = units[at]
        asked = asks(unit.text) if block.kind == "heading" else unit.text.rstrip("\"'”’)*_ ").endswith("?")
        if block.kind == "heading":
            if not self.headings or self.headings[-1][0] < block.level:
                self.headings.append((block.level, at))
            if asked:
                self.question = at
        elif asked and alone:
            self.question = at
        elif asked:
            self.nearby = at
        if block.kind == "item" and (not self.items or self.items[-1][0] < block.level):
            self.items.append((block.level, at))
