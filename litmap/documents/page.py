"""What an HTML page says about itself: its title and the date it gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
# Later changes before first publication.
_META = (
    "article:modified_time", "og:updated_time", "last-modified", "dcterms.modified", "dc.date.modified", "datemodified", "revised",
    "article:published_time", "datepublished", "dcterms.date", "dc.date", "dcterms.created", "date", "pubdate", "citation_date",
)  # fmt: skip


def titled(root: HtmlElement) -> str | None:
    """Return the page's title, white space normalised."""
    found = root.find(".//title")
    text = " ".join("".join(found.itertext()).split()) if found is not None else ""
    return text or None


def dated(root: HtmlElement) -> str | None:
    """Return the ISO date the page states: its last change, else its publication, else its first <time>."""
    stated: dict[str, str] = {}
    for element in root.iter("meta"):
        key = (
            element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv") or ""
        ).lower()
        day = _day(element.get("content"))
        if key in _META and day:
            stated.setdefault(key, day)
    for key, value in _linked_data(root):
        day = _day(value)
        if key in _META and day:
            stated.setdefault(key, day)
    for key in _META:
        if key in stated:
            return stated[key]
    return next((day for element in root.iter("time") if (day := _day(element.get("datetime")))), None)


def _day(value: Any) -> str | None:
    match = _ISO.search(value) if isinstance(value, str) else None
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None


def _linked_data(root: HtmlElement) -> Iterator[tuple[str, Any]]:
    """schema.org dates in JSON-LD: those of the top-level things and of @graph."""
    for element in root.iter("script"):
        if (element.get("type") or "").lower() != "application/ld+json" or not element.text:
            continue
        try:
            data = json.loads(element.text)
        except (ValueError, RecursionError):
            continue
        things = data if isinstance(data, list) else [data]
        for thing in things:
            if isinstance(thing, dict):
                graph = thing.get("@graph")
                for part in (thing, *(graph if isinstance(graph, list) else ())):
                    if isinstance(part, dict):
                        yield from ((key.lower(), value) for key, value in part.items())
