"""Letters as ASCII has them, one for one, so that offsets stay true: the form in which texts are compared."""

from __future__ import annotations

import codecs
import unicodedata

FOREIGN = "\x1a"  # stands for a letter without an ASCII base (β, ж)
_ERRORS = "litmap-letters"


def folded(char: str) -> str:
    """One character as it is compared: lower case without accents, or a blank. Always one character."""
    low = char.lower()
    if len(low) != 1:
        low = char
    if not low.isalnum():
        return " "
    if low.isascii():
        return low
    base = unicodedata.normalize("NFKD", low)[0]
    return base.lower() if base.isascii() and base.isalnum() else low


class _Folds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        letter = folded(chr(code))
        self[code] = letter = letter if letter.isascii() else FOREIGN
        return letter


_FOLDS = _Folds()


def _fold_foreign(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return error.object[error.start : error.end].translate(_FOLDS), error.end


codecs.register_error(_ERRORS, _fold_foreign)


def byte_table(ascii_as: str) -> bytes:
    """What `in_ascii` makes of each byte: `ascii_as` says it of the 128 characters of ASCII, and so of the letters that Latin-1 adds."""
    return bytes(ord(ascii_as[ord(_FOLDS[code]) if code > 127 else code]) for code in range(256))


def in_bytes(text: str, table: bytes) -> bytes:
    """Return the text with letters of other alphabets folded, and then each of its characters as the table has it.

    Several times as fast as translating the text: almost all of it is Latin-1.
    """
    return text.encode("latin-1", _ERRORS).translate(table)


def in_ascii(text: str, table: bytes) -> str:
    """Return what `in_bytes` makes of the text as a string."""
    return in_bytes(text, table).decode("ascii")
