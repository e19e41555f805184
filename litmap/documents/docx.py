"""Word (.docx) by python-docx: headings, paragraphs, items, captions, quotes and table cells, in the order of the page."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from litmap.documents.blocks import Builder
from litmap.errors import DocumentError
from litmap.model import Document

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

EXTRACTOR = "docx/1"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_BYTES = 400_000_000  # unpacked; more than any report, less than a bomb
_HEADING = re.compile(r"heading (\d)", re.I)
_HINT = "open it in Word and save it as .docx again, or as text"


def read(data: bytes, name: str, sha256: str) -> Document:
    """Read a Word document. Raises DocumentError for other zip files, damaged ones, and documents without text."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    _check_size(data, name)
    try:
        opened = docx.Document(io.BytesIO(data))
        builder = Builder()
        _content(opened.iter_inner_content(), builder)
        properties = opened.core_properties
        title, changed = properties.title, properties.modified
    except (PackageNotFoundError, zipfile.BadZipFile, XMLSyntaxError, KeyError, ValueError) as error:
        raise DocumentError(f"{name} is not a Word document that can be read", _HINT) from error
    if not builder.blocks:
        raise DocumentError(f"{name} holds no text", _HINT)
    text = builder.text()
    first = next((text[b.start : b.end] for b in builder.blocks if b.kind == "heading"), None)
    as_of = changed.date().isoformat() if changed else None
    return Document(name, text, tuple(builder.blocks), MEDIA_TYPE, sha256, EXTRACTOR, title or first, as_of)


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
            word = "word/document.xml" in packed.namelist()
    except zipfile.BadZipFile as error:
        raise DocumentError(f"{name} is a damaged or cut-off file", "get it again") from error
    if not word:
        raise DocumentError(f"{name} is not a Word document", "give HTML, Markdown, text, PDF or Word")
    if size > MOST_BYTES:
        raise DocumentError(f"{name} unpacks to {size:,} bytes", "save the part you need as a document of its own")


def _content(parts: object, builder: Builder) -> None:
    from docx.table import Table

    for part in parts:  # type: ignore[attr-defined]
        if isinstance(part, Table):
            _table(part, builder)
        else:
            _paragraph(part, builder, "paragraph")


def _table(table: Table, builder: Builder) -> None:
    seen: set[int] = set()
    kept = []  # merged cells come once for each place they take; keeping them keeps their identity
    for row in table.rows:
        for cell in row.cells:
            if id(cell._tc) in seen:
                continue
            seen.add(id(cell._tc))
            kept.append(cell._tc)
            for paragraph in cell.paragraphs:
                _paragraph(paragraph, builder, "cell")
            for inner in cell.tables:
                _table(inner, builder)


def _paragraph(paragraph: Paragraph, builder: Builder, kind: str) -> None:
    text = " ".join(paragraph.text.split())
    style = (paragraph.style.name if paragraph.style is not None else None) or ""
    heading = _HEADING.match(style)
    depth = _depth(paragraph)
    if heading:
        builder.add("heading", text, min(6, int(heading[1])))
    elif style == "Title":
        builder.add("heading", text, 1)
    elif kind == "paragraph" and (depth is not None or style.startswith("List")):
        builder.add("item", text, depth or 0)
    elif style == "Caption":
        builder.add("caption", text)
    elif kind == "paragraph" and "Quote" in style:
        builder.add("quote", text)
    else:
        builder.add(kind, text)


def _depth(paragraph: Paragraph) -> int | None:
    """The depth of a list item, or None when the paragraph is none."""
    properties = paragraph._p.pPr
    numbered: Any = properties.numPr if properties is not None else None
    if numbered is None:
        return None
    return int(numbered.ilvl.val) if numbered.ilvl is not None else 0
