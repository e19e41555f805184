"""Lists of references from other programs (RIS, EndNote's tagged form, BibTeX, CSV): bytes to rows.

recognised(head)   which of the forms some bytes are
read(data, name)   their references, one by one
reference(fields)  one reference, from its fields as they stood in the file
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

from litmap.errors import RecordError
from litmap.pubmed.items import Rejected
from litmap.pubmed.lists.fields import Fields, Reference, reference

__all__ = ["HEAD", "Fields", "Reference", "Rejected", "read", "recognised", "reference"]

HEAD = 1 << 16  # bytes that `recognised` needs to see
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PUBMED = re.compile(r"(?m)^PMID ?- ?\d")
_RIS = re.compile(r"(?m)^TY {1,3}- ?\S")
_ENDNOTE = re.compile(r"(?m)^%0 [A-Z]")
_BIBTEX = re.compile(r"(?m)^[ \t]*@[A-Za-z]+[ \t]*[{(]")


def recognised(head: bytes) -> str | None:
    """Return ris, endnote, bibtex or csv, going by the first bytes (some 64 kB); None for all else."""
    from litmap.pubmed.lists import sheet

    text = _text(head, cut=True)
    if text is None or "\0" in text or text.lstrip().startswith("<") or _PUBMED.search(text):
        return None
    for form, pattern in (("ris", _RIS), ("endnote", _ENDNOTE), ("bibtex", _BIBTEX)):
        if pattern.search(text):
            return form
    return "csv" if sheet.header(text) else None


def read(data: bytes, name: str) -> Iterator[Reference | Rejected]:
    """Yield the references of a list in the file's order; what is none, as Rejected.

    Raises RecordError, naming `name`, for bytes that are no such list or are damaged.
    """
    form, text = recognised(data[:HEAD]), _text(data)
    if form is None or text is None:
        raise RecordError(f"{name} is not a list of references", "export it as RIS, BibTeX or CSV with a header row")
    yield from _reader(form)(text, name)


def _reader(form: str) -> Callable[[str, str], Iterator[Reference | Rejected]]:
    from litmap.pubmed.lists import bibtex, sheet, tagged

    return {"ris": tagged.read_ris, "endnote": tagged.read_endnote, "bibtex": bibtex.read, "csv": sheet.read}[form]


def _text(data: bytes, *, cut: bool = False) -> str | None:
    """The bytes as text: by their mark, else UTF-8, else Windows-1252. A cut head may end inside a character."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, not cut)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
