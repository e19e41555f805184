"""HTML by lxml. Text keeps headings, paragraphs, items, cells, captions, quotes; scripts, navigation, forms, cookie and
comment blocks, footers and what is hidden are left out.

Blocks are joined by blank lines; white space within one is a single space. Every text node of the body belongs to a block,
so pages made of nested div and span lose nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from litmap.documents.page import dated, titled
from litmap.errors import DocumentError
from litmap.model import Block, Document

if TYPE_CHECKING:
    from lxml.html import HtmlElement

EXTRACTOR = "html/1"


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_KINDS = {f"h{n}": "heading" for n in range(1, 7)} | {
    "li": "item", "td": "cell", "th": "cell", "figcaption": "caption", "caption": "caption", "blockquote": "quote",
    "dt": "heading", "summary": "heading",
}  # fmt: skip
# Elements that begin and end a block (HTML Living Standard, rendering: display block, list-item, table-*).
_BLOCKS = frozenset(_KINDS) | _names(
    "address article aside body center dd details dialog dir div dl fieldset figure footer form header hgroup hr html legend"
    " main menu nav ol optgroup option p pre section table tbody tfoot thead tr ul"
)
_DROPPED = _names(
    "script style noscript template svg canvas iframe object embed audio video map head title nav input select textarea"
    " option datalist progress meter dialog menu"
)
_ROLES = {"navigation", "search", "contentinfo", "dialog", "alertdialog", "menu", "menubar", "toolbar", "tablist"}
_BOILERPLATE = re.compile(
    r"(?:^|[-_\s])(?:cookies?|consent|gdpr|ccpa|comments?|respond|newsletter|subscribe|signup|popup|modal|breadcrumbs?|share|sharing"
    r"|navbar|navigation|menu|sidebar|skip|pagination|pager|site-?footer|page-?footer|footer|screen-?reader|sr-only"
    r"|visually-?hidden|advert\w*|ads?|promo-?bar|toc)(?=$|[-_\s])"
    r"|(?:^|\s)(?:social|related|follow)(?:[-_](?:media|links?|icons?|share|sharing|bar|nav|us|posts?|articles?|content|products?|stories|news))*(?=$|\s)",
    re.I,
)
_FOLDED = re.compile(r"accordion|collaps|toggle|tab|faq|panel|answer|expand", re.I)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_KEPT = {"html", "body", "main", "article", "h1"}
_MOST = 0.5  # an element with more of the page's text than this is the page, whatever its class says


def read(text: str, name: str, sha256: str, warnings: tuple[str, ...] = ()) -> Document:
    """Make a Document of a page. Raises DocumentError when nothing readable is in it."""
    root, complaints = _parse(text, name)
    walk = _Walk(root)
    walk.run()
    if not walk.blocks:
        if complaints:
            raise DocumentError(f"{name} is nested too deep to be read", "save it from the browser as text or PDF")
        raise DocumentError(
            f"{name} holds no text", "the page may be built by scripts: save it from the browser as text or PDF"
        )
    body = "".join(walk.parts)
    heading = next((body[b.start : b.end] for b in walk.blocks if b.kind == "heading" and b.level == 1), None)
    return Document(
        name, body, tuple(walk.blocks), "text/html", sha256, EXTRACTOR, titled(root) or heading, dated(root), (*warnings, *complaints)
    )  # fmt: skip


def _parse(text: str, name: str) -> tuple[HtmlElement, tuple[str, ...]]:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise DocumentError(
            f"{name} is not HTML that can be read: {error}", "save the page again, or as text"
        ) from error
    cut = any("depth" in str(entry.message).lower() for entry in parser.error_log)
    return root, (f"{name}: nested too deep; what lies deeper was left out",) if cut else ()


class _Walk:
    """One pass over the tree. A stack holds the kind of block that text now belongs to."""

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self.length = 0
        self.pending: list[str] = []
        self.stack: list[tuple[str, int]] = [("paragraph", 0)]
        self.lists = 0
        self.folded = 0
        self.heading = 1
        self.sizes: dict[HtmlElement, int] = {}

    def run(self) -> None:
        from lxml import etree

        self._measure()
        skipped = None
        events = etree.iterwalk(self.root, events=("start", "end"))
        for event, element in events:
            if event == "start":
                if self._dropped(element):
                    skipped = element
                    events.skip_subtree()
                else:
                    self._enter(element)
            else:
                if element is skipped:
                    skipped = None
                else:
                    self._leave(element)
                if element.tail and element is not self.root:
                    self.pending.append(element.tail)
        self._flush()

    def _measure(self) -> None:
        from lxml import etree

        open_sizes: list[int] = []
        for event, element in etree.iterwalk(self.root, events=("start", "end")):
            if event == "start":
                own = 0 if element.tag in ("script", "style") else len((element.text or "").strip())
                open_sizes.append(own)
            else:
                size = open_sizes.pop()
                self.sizes[element] = size
                if open_sizes:
                    open_sizes[-1] += size + len((element.tail or "").strip())
        self.total = max(1, self.sizes[self.root])

    def _dropped(self, element: HtmlElement) -> bool:
        tag = element.tag
        if tag in _DROPPED:
            return True
        if tag == "button":  # the title of an accordion is a button; others are calls to action
            return self.stack[-1][0] != "heading" and not self.folded
        if tag in _KEPT or self.sizes[element] > _MOST * self.total:
            return False
        if tag in ("form", "footer") or (element.get("role") or "").lower() in _ROLES:
            return True
        names = _CAMEL.sub("-", f"{element.get('class') or ''} {element.get('id') or ''}")
        if self._hidden(element) and not (self.folded or _FOLDED.search(names)):
            return True
        return bool(tag not in _KINDS and _BOILERPLATE.search(names))

    def _hidden(self, element: HtmlElement) -> bool:
        return (
            element.get("hidden") is not None
            or element.get("aria-hidden") == "true"
            or bool(_NOT_SHOWN.search(element.get("style") or ""))
        )

    def _enter(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag == "br":
            self.pending.append("\n")
        if tag in _BLOCKS:
            self._flush()
            self.stack.append(self._kind(tag))
        if tag in ("ul", "ol"):
            self.lists += 1
        if self.folded or _FOLDED.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            self.folded += 1
        if element.text:
            # A line end in the source is white space; only <br> makes a line (except in <pre>).
            self.pending.append(element.text if tag == "pre" else element.text.replace("\n", " "))

    def _leave(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
            self.stack.pop()
        if tag in ("ul", "ol"):
            self.lists -= 1
        if self.folded:
            self.folded -= 1

    def _kind(self, tag: str) -> tuple[str, int]:
        kind = _KINDS.get(tag)
        if kind == "heading":
            if tag[0] == "h":
                self.heading = int(tag[1])
                return kind, self.heading
            return kind, min(6, self.heading + 1)
        if kind == "item":
            return kind, max(0, self.lists - 1)
        if kind is not None:
            return kind, 0
        around = self.stack[-1]
        inherits = tag in ("p", "div", "section", "center", "article") and around[0] in (
            "item",
            "caption",
            "quote",
            "heading",
        )
        return around if inherits else ("paragraph", 0)

    def _flush(self) -> None:
        raw = "".join(self.pending)
        self.pending.clear()
        kind, level = self.stack[-1]
        for line in _lines(raw):
            if self.length:
                self.parts.append("\n\n")
                self.length += 2
            self.blocks.append(Block(kind, self.length, self.length + len(line), level))
            self.parts.append(line)
            self.length += len(line)


def _lines(raw: str) -> list[str]:
    """Split at <br>, unless the line plainly runs on: no end before it and a small letter after it."""
    lines: list[str] = []
    for line in raw.split("\n"):
        text = _SPACES.sub(" ", line).strip(" ")
        if not text:
            continue
        if lines and text[0].islower() and lines[-1][-1] not in ".!?:;":
            lines[-1] += " " + text
        else:
            lines.append(text)
    return lines
