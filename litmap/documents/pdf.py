"""PDF by pypdf. Lines are put together to paragraphs, hyphens at line ends joined, running heads and page numbers left out.

Pages are parted by a form feed: `page_of` gives the page on which an offset lies.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Sequence
from functools import partial

from litmap.documents.blocks import Builder
from litmap.documents.text import Line, grouped, lines_of, looks_like_heading
from litmap.errors import DocumentError
from litmap.model import Document

EXTRACTOR = "pdf/1"
MOST_PAGES = 3000
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
_NUMBER_ONLY = re.compile(r"(?:page|p\.|seite)?\s*[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:of|/|von)\s*\d{1,4})?\Z", re.I)
_HYPHEN = re.compile(r"([^\W\d_]+)[-‐\xad]\Z")
_LIGATURES = str.maketrans({"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "\xad": "-"})
_EDGE_LINES = 2
_OFTEN = 3  # a line at the edge of this many pages is a running head


def read(data: bytes, name: str, sha256: str) -> Document:
    """Read a PDF. Raises DocumentError for an encrypted, damaged or scanned one (it holds pictures of text)."""
    pages, title, as_of = _pages(data, name)
    if not any(page.strip() for page in pages):
        raise DocumentError(
            f"{name} holds no text: it is probably scanned", "run text recognition on it first (for example ocrmypdf)"
        )
    cleaned = _without_running_heads([lines_of(page) for page in pages])
    whole = "\n".join(pages).lower()
    builder = Builder()
    for number, lines in enumerate(cleaned):
        if number:
            builder.glue("\f")
        for group in grouped(lines, partial(_continues, width=_width(lines))):
            _add(builder, group, whole)
    warnings = tuple(f"{name}: page {n} holds no text" for n, page in enumerate(pages, start=1) if not page.strip())
    return Document(
        name, builder.text(), tuple(builder.blocks), "application/pdf", sha256, EXTRACTOR, title, as_of, warnings
    )


def page_of(text: str, offset: int) -> int:
    """Return the page (from 1) on which an offset into a PDF's text lies."""
    return text.count("\f", 0, offset) + 1


def _pages(data: bytes, name: str) -> tuple[list[str], str | None, str | None]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it talks of every blemish that it mends
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError(f"{name} is encrypted", "save a copy without a password")
        if len(reader.pages) > MOST_PAGES:
            raise DocumentError(f"{name} has {len(reader.pages)} pages", "take out the part you need")
        pages = [(page.extract_text() or "").translate(_LIGATURES).replace("\f", "\n") for page in reader.pages]
        about = reader.metadata
        title = str(about.title).strip() if about and about.title else None
        stated = _DATE.match(str(about.get("/ModDate") or about.get("/CreationDate") or "")) if about else None
    # What pypdf lets through of a damaged file: see its issues on robustness.
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
        NotImplementedError,
        OSError,
    ) as error:
        raise DocumentError(
            f"{name} is a PDF that cannot be read ({type(error).__name__})",
            "open it in a viewer and save or print it as PDF again",
        ) from error
    return pages, title or None, f"{stated[1]}-{stated[2]}-{stated[3]}" if stated else None


def _without_running_heads(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Leave out page numbers, and lines that stand at the edge of several pages (outermost: whatever their numbers)."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({name for at in range(len(page)) if (name := _edge(page, at))})
    return [
        [
            line
            for at, line in enumerate(page)
            if not (name := _edge(page, at)) or not (edges[name] >= _OFTEN or _NUMBER_ONLY.match(line.text))
        ]
        for page in pages
    ]


def _edge(page: Sequence[Line], at: int) -> str:
    """What a line at the edge of a page is called for comparing, or nothing when it stands inside."""
    depth = min(at, len(page) - 1 - at)
    if depth >= _EDGE_LINES:
        return ""
    return page[at].text if depth else re.sub(r"\d+", "#", page[at].text)


def _width(lines: Sequence[Line]) -> int:
    """How long a full line is on this page: the 80th percentile."""
    lengths = sorted(len(line.text) for line in lines)
    return lengths[int(0.8 * (len(lengths) - 1))] if lengths else 0


def _continues(line: Line, after: Line, *, width: int) -> bool:
    if after.after_blank or after.marker:
        return False
    if _HYPHEN.search(line.text) and after.text[0].islower():
        return True
    ended = line.text.endswith((".", "!", "?", ":"))
    if len(line.text) >= 0.75 * width > 25:
        return not (ended and looks_like_heading(after.text) and len(after.text) < 0.6 * width)
    return not ended and after.text[0].islower()


def _add(builder: Builder, group: Sequence[Line], whole: str) -> None:
    text = group[0].text[group[0].marker :]
    for line in group[1:]:
        text = _joined(text, line.text, whole)
    text = " ".join(text.split())
    if group[0].marker and len(group[0].text) > group[0].marker:
        builder.add("item", text)
    elif len(group) == 1 and looks_like_heading(text):
        builder.add("heading", text, 2 if builder.blocks else 1)
    else:
        builder.add("paragraph", text)


def _joined(text: str, after: str, whole: str) -> str:
    """Join two lines; a hyphen goes unless the word stands with it elsewhere in the document."""
    broken = _HYPHEN.search(text)
    if not broken or not after[0].islower():
        return f"{text} {after}"
    rest = re.match(r"[^\W\d_]+", after)
    if rest and f"{broken[1]}-{rest.group()}".lower() in whole:
        return text[:-1] + "-" + after
    return text[:-1] + after
