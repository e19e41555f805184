"""Bytes to text: BOM, then what the caller or the page says, then strict UTF-8, then Windows-1252 with a warning.

Charset detectors misread short pages, so none is used. The BOM is not part of the text.
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

from litmap.errors import DocumentError

# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The web's meaning of these labels (WHATWG Encoding Standard): Windows-1252.
_LATIN = {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "ascii", "us-ascii"}
HINT = "name its encoding: --encoding NAME (for example cp1252, iso-8859-2, shift_jis), or save it as UTF-8"


class Decoded(NamedTuple):
    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def marked(data: bytes) -> str | None:
    """Return the encoding that a byte order mark names, if there is one."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def decode(data: bytes, name: str, *, encoding: str | None = None, declared: str | None = None) -> Decoded:
    """Decode a document's bytes.

    `encoding` is the user's word and overrides everything; `declared` is the page's or the server's and gives way when
    it does not fit. Raises DocumentError for an unknown encoding and for bytes that fit none.
    """
    if encoding:
        return Decoded(_strict(data, name, encoding), encoding)
    mark = marked(data)
    if mark:
        return Decoded(_strict(data, name, mark), mark)
    warnings: tuple[str, ...] = ()
    if declared:
        label = "cp1252" if declared.strip().lower() in _LATIN else declared.strip()
        try:
            if label.lower().startswith(("utf-16", "utf-32")):  # a page that could be read thus far is not
                raise LookupError(label)
            return Decoded(data.decode(label), label)
        except (UnicodeDecodeError, LookupError):
            warnings = (f"{name}: says it is {declared}, but is not",)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", warnings)
    except UnicodeDecodeError:
        pass
    text = _strict(data, name, "cp1252")
    return Decoded(text, "cp1252", (*warnings, f"{name}: not UTF-8, read as Windows-1252; --encoding NAME overrides"))


def _strict(data: bytes, name: str, encoding: str) -> str:
    mark = next((mark for mark, label in _MARKS if data.startswith(mark) and _same(label, encoding)), b"")
    try:
        return data[len(mark) :].decode(encoding)
    except LookupError as error:
        raise DocumentError(f"{encoding} is not an encoding that Python knows", HINT) from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{name} cannot be read as {encoding}: byte {error.start} does not fit", HINT) from error


def _same(label: str, encoding: str) -> bool:
    """Whether an encoding given by name is the one a mark stands for (utf-16 stands for both its orders)."""
    plain = encoding.lower().replace("_", "-").replace("utf8", "utf-8")
    return plain in (label, label.rsplit("-", 1)[0] if label.endswith(("-le", "-be")) else label, label + "-sig")
