"""PubMed's dates as ISO 8601 of the precision that is stated: 2019, 2019-03 or 2019-03-15. Nothing is filled in."""

from __future__ import annotations

import re
from calendar import monthrange

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?:\s+(?P<month>[A-Za-z]{3,}|\d{1,2})\b\.?(?:\s+(?P<day>\d{1,2})\b)?)?(?P<rest>.*)", re.S
)
_YEAR_LAST = re.compile(
    r"(?:(?P<first>\d{1,2})\s+)?(?P<month>[A-Za-z]{3,})\.?(?:\s*[-/]\s*(?P<until>[A-Za-z]{3,})\.?)?,?\s+"
    r"(?:(?P<day>\d{1,2}),?\s+)?(?P<year>\d{4})(?P<rest>.*)",
    re.S,
)
_ANY_YEAR = re.compile(r"\b(1[5-9]\d\d|2[01]\d\d)\b")


def iso(year: str | None, month: str | None = None, day: str | None = None) -> str | None:
    """Return the date that these parts state, to the last part that is a real one. Months are numbers or names."""
    found = _ANY_YEAR.search(year) if year else None
    if not found:
        return None
    month_number = _month(month)
    if not month_number:
        return found[1]
    date = f"{found[1]}-{month_number:02d}"
    number = int(day) if day and day.isdecimal() else 0
    if 1 <= number <= 28 or 28 < number <= monthrange(int(found[1]), month_number)[1]:
        return f"{date}-{number:02d}"
    return date


def _month(text: str | None) -> int:
    if not text:
        return 0
    if text.isdecimal():
        return int(text) if 1 <= int(text) <= 12 else 0
    return _MONTHS.get(text[:3].lower(), 0)


def from_text(text: str | None) -> str | None:
    """Read a MedlineDate or a MEDLINE DP line: "2007 Mar-Apr", "1998 Dec-1999 Jan", "2000 Spring", "May-Jun 2010", "15 Mar 2010".

    A range gives its beginning, to the month at most: an issue of 15-30 September has no day of its own.
    """
    words = " ".join((text or "").split())
    if found := _YEAR_FIRST.match(words):
        open_ended = bool(found["rest"].strip(" .,;"))
        return iso(found["year"], found["month"], None if open_ended else found["day"])
    if found := _YEAR_LAST.match(words):
        until = _month(found["until"])
        if until and until < _month(found["month"]):  # "Dec-Jan 2010" begins in a year that is not stated
            return iso(found["year"])
        open_ended = bool(until or found["rest"].strip(" .,;"))
        return iso(found["year"], found["month"], None if open_ended else found["day"] or found["first"])
    return iso(words)


def compact(text: str | None) -> str | None:
    """Read MEDLINE's 20190315 (also 2019/03/15 with a time behind it)."""
    digits = re.match(r"(\d{4})[/-]?(\d{2})?[/-]?(\d{2})?", text or "")
    return iso(digits[1], digits[2], digits[3]) if digits else None


def year_of(date: str | None) -> int | None:
    """Return the year of an ISO date."""
    return int(date[:4]) if date else None
