"""Table cells as links and badges. Values are shown as they are when anything about them is unexpected."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup

from litmap.web import ours

if TYPE_CHECKING:
    from datasette.app import Datasette

Render = Callable[[str, Any], "Markup | None"]

_DOI = re.compile(r"10\.\d{4,9}/\S{1,200}")
_KEY = re.compile(r"[0-9A-Za-z_-]{1,80}")
INTEGRITY = ("retracted", "partly-retracted", "concern", "corrected", "superseded", "notice")


def _plain(value: Any) -> Any:
    """Datasette gives a foreign key with its label as a dict."""
    return value.get("value") if isinstance(value, dict) else value


def _label(value: Any) -> str:
    return str(value.get("label") or value.get("value")) if isinstance(value, dict) else str(value)


def _pmid(base: str, value: Any) -> Markup | None:
    pmid = _plain(value)
    if not isinstance(pmid, int) or not 1 <= pmid <= 999_999_999:
        return None
    text = _label(value)
    more = Markup(' <em class="lm-id">{}</em>').format(pmid) if text != str(pmid) else ""
    return Markup('<a href="{}/-/record/{}">{}</a>{}').format(base, pmid, text, more)


def _claim_key(base: str, value: Any) -> Markup | None:
    key = _plain(value)
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        return None
    return Markup('<a href="{}/-/claim/{}">{}</a>').format(base, key, _label(value))


def _claim_id(base: str, value: Any) -> Markup | None:
    number = _plain(value)
    if not isinstance(number, int) or number < 1:
        return None
    return Markup('<a href="{}/-/claim/{}">{}</a>').format(base, number, _label(value))


def _level(_base: str, value: Any) -> Markup | None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 5:
        return None
    return Markup(
        '<span class="lm-badge lm-l{0}" title="Level {0}: highest study design found, not appraised">{0}</span>'
    ).format(value)


def _integrity(_base: str, value: Any) -> Markup | None:
    if value not in INTEGRITY:
        return None
    return Markup('<span class="lm-badge lm-i-{0}">{0}</span>').format(value)


def _doi(_base: str, value: Any) -> Markup | None:
    if not isinstance(value, str) or not _DOI.fullmatch(value):
        return None
    return Markup('<a href="https://doi.org/{}" rel="noreferrer">{}</a>').format(quote(value, safe="/:;().,-_"), value)


def _pmcid(_base: str, value: Any) -> Markup | None:
    if not isinstance(value, str) or not re.fullmatch(r"PMC\d{1,10}", value):
        return None
    return Markup('<a href="https://pmc.ncbi.nlm.nih.gov/articles/{0}/" rel="noreferrer">{0}</a>').format(value)


def _stance(_base: str, value: Any) -> Markup | None:
    return (
        Markup('<span class="lm-badge lm-s-{0}">{0}</span>').format(value)
        if isinstance(value, str) and _KEY.fullmatch(value)
        else None
    )


RENDERERS: dict[str, Render] = {
    "pmid": _pmid,
    "notice_pmid": _pmid,
    "related_pmid": _pmid,
    "claim_key": _claim_key,
    "claim_id": _claim_id,
    "level": _level,
    "highest_level": _level,
    "rank": _level,
    "level_by_design": _level,
    "integrity": _integrity,
    "kind": _integrity,
    "doi": _doi,
    "pmcid": _pmcid,
    "stance": _stance,
}
# A column name that means something else in some tables.
_ONLY_IN = {"rank": {"record_levels", "evidence_levels"}, "kind": {"record_integrity"}}


# Texts that lead to the page about their row: (table, column): (path, columns that name the row, best first).
PAGES = {
    ("records", "title"): ("record", ("pmid",)),
    ("claims", "text"): ("claim", ("key", "id")),
    ("documents", "title"): ("document", ("id",)),
}


def page_link(base: str, table: str | None, column: str, value: Any, row: Any) -> Markup | None:
    """A title or a claim as a link to its own page."""
    page, names = PAGES.get((table or "", column), ("", ()))
    known = set(row.keys()) if row is not None and hasattr(row, "keys") else set()
    key = next((str(_plain(row[name])) for name in names if name in known), None)
    if key is None or not isinstance(value, str) or not _KEY.fullmatch(key):
        return None
    return Markup('<a href="{}/-/{}/{}">{}</a>').format(base, page, key, value)


def render(
    datasette: Datasette, database: str | None, table: str | None, column: str, value: Any, row: Any = None
) -> Any:
    """Datasette's render_cell: None, or an awaitable of Markup or None. Never raises."""
    if (table, column) in PAGES:

        async def link() -> Markup | None:
            return (
                page_link(str(datasette.urls.database(database)), table, column, value, row)
                if await ours.active(datasette, database)
                else None
            )

        return link()
    name = "claim_key" if column == "key" and table == "claims" else column
    found = RENDERERS.get(name)
    if found is None or value is None or table not in _ONLY_IN.get(name, {table}):
        return None

    async def inner() -> Markup | None:
        if not await ours.active(datasette, database):
            return None
        return found(str(datasette.urls.database(database)), value)

    return inner()
