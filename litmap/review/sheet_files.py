"""Sheets of decisions as files: written for spreadsheets, read as spreadsheets leave them."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from litmap.errors import InputError
from litmap.escaping import inert

NEEDED = ("claim_key", "pmid", "verdict")
PAGE = "decisions"  # the name of the page of a workbook
HEADER_WITHIN = 10  # rows above which a header is looked for
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?(?:e\+?\d+)?", re.IGNORECASE)
_SHOWN = 1e-5  # a spreadsheet writes six digits of a long number
Line = tuple[int, dict[str, str]]


def write(path: Path, columns: Sequence[str], found: Iterable[Mapping[str, Any]]) -> int:
    """Write rows to a .csv or .xlsx file and return how many. Raises InputError for another kind of file."""
    table = [[inert(row[name]) for name in columns] for row in found]
    if path.suffix.lower() == ".xlsx":
        _write_xlsx(path, columns, table)
    elif path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(table)
    else:
        raise InputError(f"{path.name} is neither .csv nor .xlsx", "end the file's name in .csv or .xlsx")
    return len(table)


def _write_xlsx(path: Path, columns: Sequence[str], table: Sequence[Sequence[Any]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(PAGE)
    page.freeze_panes = "A2"
    page.append(columns)
    for row in table:
        page.append([_printable(cell) if isinstance(cell, str) else cell for cell in row])
    book.save(path)


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable() or char == "\n")


def read(path: Path) -> list[Line]:
    """Read a sheet as (line, row) pairs; cells are text, lines are the spreadsheet's rows. Columns may stand in any order.

    Raises InputError for a file that is no such sheet.
    """
    try:
        tables = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else [_read_csv(path)]
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check the file's name") from error
    for table in tables:
        for number, cells in enumerate(table[:HEADER_WITHIN], 1):
            header = [_column(cell) for cell in cells]
            if set(NEEDED) <= set(header):
                return _lines(path, header, table, number)
    first: Sequence[str] = next((cells for table in tables for cells in table if any(cells)), ())
    missing = [name for name in NEEDED if name not in map(_column, first)]
    raise InputError(
        f"{path.name} has no column {', '.join(missing)}", "start from: litmap decisions DATABASE --export sheet.csv"
    )


def _column(cell: str) -> str:
    return "_".join(cell.lower().split())


def _lines(path: Path, header: Sequence[str], table: Sequence[Sequence[str]], above: int) -> list[Line]:
    twice = [name for name, number in Counter(filter(None, header)).items() if number > 1]
    if twice:
        raise InputError(f"{path.name} has two columns {twice[0]}", "delete or rename one of them")
    found = []
    for line, cells in enumerate(table[above:], above + 1):
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        if any(row.values()):
            found.append((line, row))
    return found


def _read_csv(path: Path) -> list[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name} is not UTF-8 text (byte {error.start})", "save it as CSV UTF-8, or as .xlsx"
        ) from error
    top = text.splitlines()[:HEADER_WITHIN]  # blank rows, or a line "sep=;", may stand above the header
    head = next((line for line in top if {"pmid", "verdict"} <= set(re.findall(r"\w+", line.lower()))), "")
    delimiter = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(f"{path.name} is not a CSV file: {error}", "save it again as CSV UTF-8, or as .xlsx") from error


def _read_xlsx(path: Path) -> list[list[list[str]]]:
    """Return the pages of a workbook, the one of decisions first."""
    import zipfile
    from xml.etree.ElementTree import ParseError

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        pages = sorted(book.worksheets, key=lambda page: page.title != PAGE)
        tables = [[[_as_text(cell) for cell in row] for row in page.iter_rows(values_only=True)] for page in pages]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, ParseError) as error:
        raise InputError(f"{path.name} is not an .xlsx file", "save it again as .xlsx or .csv") from error
    book.close()
    return tables


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def restored(cell: str, known: Collection[str]) -> str:
    """Return a key as it was before a spreadsheet took it for a number: "12e4", "0123" and long digits are changed on saving a CSV.

    Where none of those known, or more than one, can have been meant, the cell itself.
    """
    if cell in known or not _NUMBER.fullmatch(cell):
        return cell
    value = float(cell.replace(",", "."))
    meant = [key for key in known if _NUMBER.fullmatch(key) and _same(float(key), value)]
    return meant[0] if len(meant) == 1 else cell


def _same(one: float, other: float) -> bool:
    return math.isfinite(one) and math.isclose(one, other, rel_tol=_SHOWN)
