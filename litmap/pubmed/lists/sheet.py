"""CSV with a header row, as Zotero, Rayyan, Covidence, EndNote and PubMed write it; separated by comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from litmap.errors import RecordError
from litmap.pubmed.items import Rejected
from litmap.pubmed.lists.fields import Reference, reference, role
from litmap.pubmed.lists.tagged import checked

_SEPARATORS = ",;\t"
_LONGEST = 1 << 24  # characters of one cell
_TELLING = ("title", "pmid", "doi")


def header(text: str) -> tuple[str, list[str]] | None:
    """Return the separator and the names of the columns, or None for a text that does not begin with such a row."""
    start = text.lstrip()
    line = start.split("\n", 1)[0].strip()
    if line.casefold().startswith("sep="):  # Excel's
        return header(start.split("\n", 1)[1]) if "\n" in start else None
    best: tuple[str, list[str]] | None = None
    for separator in _SEPARATORS:
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
        known = {role(cell) for cell in cells}
        if known.intersection(_TELLING) and (best is None or len(cells) > len(best[1])):
            best = separator, cells
    if best and len(best[1]) == 1 and role(best[1][0]) == "title":  # a text that begins with the word "Title"
        return None
    return best


def read(text: str, name: str) -> Iterator[Reference | Rejected]:
    """Yield the rows, which are counted from 1 without the header. Raises RecordError for a file that is no CSV."""
    found = header(text)
    if found is None:
        raise RecordError(f"{name} has no header row with a title, a PMID or a DOI")
    separator, names = found
    if "retractiondoi" in {one.casefold() for one in names}:
        raise RecordError(f"{name} is a list of retractions", "load it with --retractions")
    body = text.lstrip()
    if body[:4].casefold() == "sep=":
        body = body.split("\n", 1)[1]
    limit = csv.field_size_limit(_LONGEST)
    try:
        rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=separator))
    except csv.Error as error:
        raise RecordError(f"{name} is not sound CSV: {error}", "export it again") from error
    finally:
        csv.field_size_limit(limit)
    if body.count('"') % 2 and len(rows[-1]) < len(names):
        raise RecordError(f"{name} is cut off or not sound CSV: a quotation mark is not closed", "export it again")
    position = 0
    for row in rows[1:]:
        if not any(cell.strip() for cell in row):
            continue
        position += 1
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            yield Rejected(position, ", ".join(row)[:80], f"{len(row)} cells under a header of {len(names)}")
            continue
        filled = [(column.casefold(), cell.strip()) for column, cell in zip(names, row, strict=False) if cell.strip()]
        yield checked(reference(position, filled))
