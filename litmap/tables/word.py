"""Pieces of a Word document that python-docx has no words for, built as XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from litmap.tables.provenance import Provenance, stamp
from litmap.tables.table import Column

PAGE = Mm(297), Mm(210)  # A4, landscape
MARGIN = Mm(15)
ROOM = 297 - 2 * 15  # millimetres across
CHARACTER = 1.6  # millimetres, of the bold letters in a table of SIZE
SIZE, SMALLEST = 15, 11  # half-points: crowded tables get smaller letters before words are broken
LINK = "0B4A8F"
SHADE = "E8EDF3"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"

Run = tuple[str, str]  # a text, and the bookmark it leads to or ""


def document(title: str, provenance: Provenance) -> Any:
    """Return a new landscape document with page numbers in its footer."""
    doc = Document()
    section = doc.sections[0]
    section.orientation, (section.page_width, section.page_height) = WD_ORIENT.LANDSCAPE, PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    for name, size in (("Normal", 10), ("Heading 1", 16), ("Heading 2", 12), ("Caption", 9)):
        style = doc.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), RGBColor(0x11, 0x11, 0x11)
        style.element.rPr.rFonts.set(qn("w:asciiTheme"), "minorHAnsi")
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(theme), None)
    doc.styles["Normal"].paragraph_format.space_after = Pt(4)
    when = datetime.fromisoformat(stamp().removesuffix("Z"))
    core = doc.core_properties
    core.author, core.title, core.created, core.modified = "litmap", title, when, when
    core.last_modified_by, core.comments = "litmap", f"Content of the map (SHA-256): {provenance.content}"
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{title} · litmap · content {provenance.content[:12]} · page ").font.size = Pt(8)
    field(footer, "PAGE", "1", 8)
    return doc


def clean(text: Any) -> str:
    """Return a text without characters that XML forbids."""
    return _ILLEGAL.sub("\ufffd", str(text))


def field(paragraph: Any, code: str, shown: str, size: float | None = None) -> None:
    """Add a field, for example a page number, with the value it has now."""
    for kind in ("begin", "code", "separate", "shown", "end"):
        run = paragraph.add_run(shown if kind == "shown" else "")
        if size:
            run.font.size = Pt(size)
        if kind == "code":
            node = OxmlElement("w:instrText")
            node.set(_PRESERVE, "preserve")
            node.text = f" {code} "
            run._r.append(node)
        elif kind != "shown":
            node = OxmlElement("w:fldChar")
            node.set(qn("w:fldCharType"), kind)
            run._r.append(node)


def caption(doc: Any, kind: str, number: int, text: str) -> None:
    """Add a caption that Word counts, kept with what follows."""
    paragraph = doc.add_paragraph(f"{kind} ", style="Caption")
    field(paragraph, f"SEQ {kind} \\* ARABIC", str(number))
    paragraph.add_run(f". {clean(text)}")
    paragraph.paragraph_format.keep_with_next = True


class Layout(NamedTuple):
    """How a table fits the page: column widths in twentieths of a point, and letters in half-points."""

    widths: list[int]
    size: int


def layout_of(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Layout:
    """Share the page among columns: room for the longest word first, the rest as wished."""
    least = [max(map(len, re.split(r"[\s-]+", column.label))) + 1 for column in columns]
    for row in rows:
        for at, value in enumerate(row):
            if columns[at].kind != "pmids" and value is not None:
                least[at] = max(least[at], *(min(len(word), 14) for word in re.split(r"[\s/-]+", str(value))))
    extra = [max(column.width - few, 1) ** 2 for column, few in zip(columns, least, strict=True)]
    room = ROOM * 56.7
    needed = [(few + 1.5) * CHARACTER * 56.7 for few in least]
    left = room - sum(needed)
    if left <= 0:
        share = room / sum(needed)
        return Layout([round(one * share) for one in needed], max(SMALLEST, int(SIZE * share)))
    return Layout([round(one + left * more / sum(extra)) for one, more in zip(needed, extra, strict=True)], SIZE)


def grid(
    doc: Any,
    columns: Sequence[Column],
    rows: Iterable[Sequence[list[Run]]],
    layout: Layout,
    about: str,
    marks: dict[str, str],
) -> int:
    """Add a table whose header is repeated on each page and whose rows are never split; return the number of rows.

    `marks`: column name to the letter of its footnote.
    """
    table = doc.add_table(rows=0, cols=len(columns))
    table.style = "Table Grid"
    table.autofit = False
    for node, width in zip(table._tbl.tblGrid.gridCol_lst, layout.widths, strict=True):
        node.set(qn("w:w"), str(width))
    margins = _add(table._tbl.tblPr, "w:tblCellMar")
    for side in ("left", "right"):
        _add(margins, f"w:{side}", w="60", type="dxa")
    for tag in ("w:tblCaption", "w:tblDescription"):
        node = OxmlElement(tag)
        node.set(qn("w:val"), clean(about))
        table._tbl.tblPr.append(node)
    table._tbl.append(
        _row(
            [[(column.label, "")] for column in columns],
            layout,
            [marks.get(column.name, "") for column in columns],
            head=True,
        )
    )
    count = 0
    for row in rows:
        table._tbl.append(_row(row, layout, [], head=False))
        count += 1
    return count


def _row(cells: Sequence[list[Run]], layout: Layout, marks: list[str], *, head: bool) -> Any:
    row = OxmlElement("w:tr")
    properties = _add(row, "w:trPr")
    _add(properties, "w:cantSplit")
    if head:
        _add(properties, "w:tblHeader")
    for at, (runs, width) in enumerate(zip(cells, layout.widths, strict=True)):
        cell = _add(row, "w:tc")
        about = _add(cell, "w:tcPr")
        _add(about, "w:tcW", w=str(width), type="dxa")
        if head:
            _add(about, "w:shd", val="clear", color="auto", fill=SHADE)
        paragraph = _add(cell, "w:p")
        spacing = _add(paragraph, "w:pPr")
        _add(spacing, "w:spacing", before="20", after="20")
        for text, anchor in runs:
            parent = _add(paragraph, "w:hyperlink", anchor=anchor, history="1") if anchor else paragraph
            _text(parent, text, layout.size, bold=head, link=bool(anchor))
        if marks and marks[at]:
            _text(paragraph, marks[at], layout.size, raised=True)
    return row


def _add(parent: Any, tag: str, **attributes: str) -> Any:
    node = parent.makeelement(qn(tag), {qn(f"w:{name}"): value for name, value in attributes.items()})
    parent.append(node)
    return node


def _text(parent: Any, text: str, size: int = SIZE, *, bold: bool = False, link: bool = False, raised: bool = False) -> None:
    run = _add(parent, "w:r")
    about = _add(run, "w:rPr")
    if bold:
        _add(about, "w:b")
    if link:
        _add(about, "w:color", val=LINK)
    _add(about, "w:sz", val=str(size))
    if raised:
        _add(about, "w:vertAlign", val="superscript")
    for at, line in enumerate(clean(text).splitlines() or [""]):
        if at:
            _add(run, "w:br")
        node = _add(run, "w:t")
        node.set(_PRESERVE, "preserve")
        node.text = line


def references(doc: Any, numbered: Iterable[tuple[int, Any]]) -> None:
    """Add the list of references; each can be jumped to, and leads to its DOI or to PubMed."""
    for number, one in numbered:
        paragraph = doc.add_paragraph()
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Mm(9), -Mm(9)
        start = _add(paragraph._p, "w:bookmarkStart", id=str(number), name=f"ref{number}")
        paragraph.add_run(f"{number}.\t{clean(one.text)} ")
        link = f"rIdRef{number}"
        doc.part.rels.add_relationship(RELATIONSHIP_TYPE.HYPERLINK, one.url, link, is_external=True)
        node = _add(paragraph._p, "w:hyperlink", history="1")
        node.set(qn("r:id"), link)
        _text(node, one.url, link=True)
        _add(paragraph._p, "w:bookmarkEnd", id=start.get(qn("w:id")))


def picture(doc: Any, data: bytes, width: int, height: int, number: int, title: str, alt: str) -> None:
    """Add a picture on a page of its own, turned to fit, with its description for those who do not see it."""
    section = doc.sections[-1]
    if height > width:
        section = doc.add_section(WD_SECTION.NEW_PAGE)
        section.orientation, (section.page_height, section.page_width) = WD_ORIENT.PORTRAIT, PAGE
    else:
        doc.add_page_break()
    room = section.page_width - 2 * MARGIN, section.page_height - 2 * MARGIN - Mm(24)
    caption(doc, "Figure", number, title)
    scale = min(room[0] / width, room[1] / height)
    shape = doc.add_picture(BytesIO(data), Emu(int(width * scale)), Emu(int(height * scale)))
    about = shape._inline.docPr
    about.set("title", clean(title))
    about.set("descr", clean(alt))
