"""Text made harmless for where it is going: a spreadsheet, a Markdown page."""

from __future__ import annotations

import re
from typing import Any

RUNNABLE = ("=", "+", "-", "@", "\t", "\r")
_ESCAPED = re.compile(r"([\\|`*_\[\]])")
_LINES = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


def inert(cell: Any) -> Any:
    """Return the cell, made text when a spreadsheet would run it as a formula (OWASP, CSV Injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RUNNABLE) else cell


def markdown(value: Any) -> str:
    """Return a value as one line of Markdown that shows it as it is."""
    plain = "" if value is None else str(value)
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINES.sub("<br>", _ESCAPED.sub(r"\\\1", plain)).replace("\t", " ").strip()
