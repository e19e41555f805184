"""Excel: one sheet with typed columns, a frozen header and filters, and one that says what the columns are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from litmap.tables.files import dated
from litmap.tables.provenance import Provenance, stamp
from litmap.tables.table import Column, Table

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MOST_CHARACTERS = 32_767  # in one cell (Excel specifications and limits)
MOST_ROWS = 1_048_575
MOST_LINKS = 65_530
CUT = " [cut: see another format]"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(table: Table, provenance: Provenance, out: BinaryIO) -> int:
    """Write the workbook row by row; return the number of rows."""
    from zipfile import ZIP_DEFLATED, ZipFile

    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook(write_only=True)
    when = datetime.fromisoformat(stamp().removesuffix("Z"))
    book.properties.creator, book.properties.title = "litmap", table.title
    book.properties.created = book.properties.modified = when
    book.properties.description = f"Content of the map (SHA-256): {provenance.content}"
    count = _rows(book, table)
    _methods(book, table, provenance)
    packed = BytesIO()
    ExcelWriter(book, ZipFile(packed, "w", ZIP_DEFLATED)).save()  # Workbook.save would say that it was modified now
    out.write(dated(bytearray(packed.getvalue()), stamp()))
    return count


def _rows(book: Workbook, table: Table) -> int:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(_name(table.name))
    sheet.freeze_panes = "B2"
    sheet.sheet_view.zoomScale = 100
    for at, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = max(column.width, len(column.label)) + 2
    sheet.append([_head(sheet, column.label) for column in table.columns])
    makers = [_maker(sheet, column) for column in table.columns]
    sheet._values_to_row = _placed  # openpyxl's own first takes each cell for a value, and fails: half of the time
    count = 0
    for row in table.rows:
        if count == MOST_ROWS:
            break
        sheet.append([maker(value) for maker, value in zip(makers, row, strict=True)])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{count + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return count


def _placed(cells: Iterable[Any], row: int) -> Iterator[Any]:
    """Put cells where they belong in a row."""
    for at, cell in enumerate(cells, 1):
        if cell is not None:
            cell.row, cell.column = row, at
            if cell.hyperlink is not None:
                cell.hyperlink.ref = cell.coordinate
            yield cell


def _head(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill

    cell: Any = WriteOnlyCell(sheet, text)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EDF3")
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


Maker = Callable[[Any], Any]


def _maker(sheet: Any, column: Column) -> Maker:
    """Return a function that puts a value of this column into a cell."""
    plain = _plain(sheet, column)
    linked = column.kind in ("pmid", "url") or column.name == "doi"
    return _linking(sheet, column, plain) if linked else plain


def _plain(sheet: Any, column: Column) -> Maker:
    """One cell serves all rows: each is written at once."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    shared: Any = WriteOnlyCell(sheet)
    if column.kind != "integer":
        shared.alignment = Alignment(vertical="top", wrap_text=column.width >= 24)

    def make(value: Any) -> Any:
        if value is None or value == "":
            return None
        if type(value) is str and len(value) <= MOST_CHARACTERS and value.isprintable():
            shared._value, shared.data_type = value, "s"  # not by the setter, which makes formulas of text
        else:
            shared._value, shared.data_type = _typed(value)
        return shared

    return make


def _linking(sheet: Any, column: Column, plain: Maker) -> Maker:
    """Cells that lead somewhere, as many as Excel allows."""
    left = MOST_LINKS

    def make(value: Any) -> Any:
        nonlocal left
        address = _address(column, value) if value else None
        if address and left:
            left -= 1
            return _link(sheet, column, value, address)
        return plain(value)

    return make


def _typed(value: Any) -> tuple[Any, str]:
    kind = type(value)
    if kind is int or kind is float:
        return value, "n"
    text = value if isinstance(value, str) else str(value)
    if not text.isprintable():
        text = _ILLEGAL.sub("\ufffd", text)
    return (text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - len(CUT)] + CUT), "s"


def _address(column: Column, value: Any) -> str | None:
    text = str(value)
    if column.kind == "pmid":
        return f"https://pubmed.ncbi.nlm.nih.gov/{text}/"
    if column.name == "doi":
        return f"https://doi.org/{text}"
    return text if column.kind == "url" and re.match(r"https?://\S{1,2000}\Z", text) else None


def _link(sheet: Any, column: Column, value: Any, address: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    number = column.kind == "pmid" and str(value).isdigit()
    cell: Any = WriteOnlyCell(sheet, int(value) if number else _typed(value)[0])
    if not number:
        cell.data_type = "s"
    cell.font, cell.alignment = Font(color="0B4A8F", underline="single"), Alignment(vertical="top")
    cell._hyperlink = Hyperlink(ref="", target=address)
    return cell


def _methods(book: Workbook, table: Table, provenance: Provenance) -> None:
    sheet = book.create_sheet("Methods")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 110
    lines: list[tuple[str, str]] = [(table.title, ""), ("", table.description), *(("", note) for note in table.notes)]
    lines += [("", ""), ("Where this table comes from", ""), *provenance.rows(), ("", ""), ("Columns", "")]
    lines += [(column.label, column.help) for column in table.columns]
    for label, text in lines:
        head = _head(sheet, label) if label and not text else label or None
        sheet.append([head, _wrapped(sheet, text) if text else None])


def _wrapped(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    cell: Any = WriteOnlyCell(sheet, "")
    cell._value, cell.data_type = _typed(text)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _name(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", text).capitalize()[:31]
