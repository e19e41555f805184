"""The map as text: a matrix for a terminal, and flat rows for CSV and JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from typing import Any

from litmap.tables.dimensions import ANY
from litmap.tables.gapmap import LEVEL_MEANS, Cell, GapMap
from litmap.wording import counted

SEPARATOR = "  "
LABEL_WIDTH = 24
LEGEND = (
    f"3/12  claims/records (2,1d/12: one of three claims denies)     L2  level of the {LEVEL_MEANS}",
    "?     not reviewed: the records may contradict the claims     +2 -1 ~1  reviewed studies: support, contradict, neither",
    "x     found, no eligible design     o  searched, none found     .  not searched     i  pairing only inferred     r  all that was reviewed is retracted",
    "!1    retracted     *1  of concern, or retracted in part     c1  corrected     p1  a preprint",
)

FLAT = (
    "row", "row_label", "column", "column_label", "state", "n_claims", "n_denials", "n_records", "n_studies", "n_bearing", "n_reviewed", "highest_level",
    "highest_designs", "directions", "levels", "n_provisional", "n_inferred", "n_excluded", "n_retracted", "n_preprints", "n_concern", "n_corrected", "searches", "scheme", "harm_level",
)  # fmt: skip


def flat(gapmap: GapMap) -> list[tuple[Any, ...]]:
    """Return one row for each cell, in the columns FLAT. Searches are "query (date, n found)", joined by semicolons."""
    rows = []
    for row in gapmap.rows:
        for column in gapmap.columns:
            cell = gapmap.cell(row.slug, column.slug)
            searches = "; ".join(
                f"{search.query} ({search.ran_at[:10]}, {search.n_found} found)" for search in cell.searches
            )
            rows.append((
                row.slug, row.label, column.slug, column.label, cell.state_text, cell.n_claims, cell.n_denials, cell.n_records, cell.n_studies,
                cell.n_bearing, cell.n_reviewed, cell.highest_level, "; ".join(cell.highest_designs), json.dumps(cell.directions), json.dumps(cell.levels),
                cell.n_provisional, cell.n_inferred, cell.n_excluded, cell.n_retracted, cell.n_preprints, cell.n_concern, cell.n_corrected, searches, cell.scheme, cell.harm_level,
            ))  # fmt: skip
    return rows


def mark(cell: Cell) -> tuple[str, str]:
    """Return a cell in a few characters, as LEGEND explains: counts and level, then directions, retractions, concerns, corrections and preprints."""
    claims = ",".join(
        filter(
            None,
            (
                str(cell.n_claims) if cell.n_claims or not cell.n_denials else "",
                f"{cell.n_denials}d" if cell.n_denials else "",
            ),
        )
    )
    counts = f"{claims}/{cell.n_records} " if cell.n_claims or cell.n_denials or cell.n_records else ""
    state = {"no-eligible-design": "x", "searched-none-found": "o", "not-searched": "."}.get(cell.state, "")
    if cell.state == "reviewed":
        state = "r" if cell.only_retracted else _level(cell) or "x"
    elif cell.state == "suggested":
        state = f"{_level(cell) or 'i'}?"
    noted = ("!", cell.n_retracted), ("*", cell.n_concern), ("c", cell.n_corrected), ("p", cell.n_preprints)
    return counts + state, " ".join(filter(None, (directions(cell), *(f"{sign}{n}" for sign, n in noted if n))))


def _level(cell: Cell) -> str:
    return f"L{cell.highest_level}{'h' if cell.is_of_harm else ''}" if cell.highest_level else ""


def directions(cell: Cell) -> str:
    """Return the directions of the reviewed studies: +supports -contradicts ~neither."""
    neither = sum(n for stance, n in cell.directions.items() if stance not in ("supports", "contradicts"))
    parts = ("+", cell.directions.get("supports", 0)), ("-", cell.directions.get("contradicts", 0)), ("~", neither)
    return " ".join(f"{sign}{n}" for sign, n in parts if n)


def render(gapmap: GapMap, width: int = 80) -> str:
    """Return the map as text of at most `width` columns where the longest cell allows it, in several parts when needed."""
    rows, silent_rows = gapmap.told_rows()
    shown, silent_columns = gapmap.told_columns()
    labels = [_cut(" " * row.depth + row.label, LABEL_WIDTH if width < 120 else 2 * LABEL_WIDTH) for row in rows]
    first = max(len(label) for label in labels)
    heads = {column.slug: _head(column.label.split(" (")[0]) for column in shown}
    cells = {column.slug: [mark(gapmap.cell(row.slug, column.slug)) for row in rows] for column in shown}
    widths = {
        slug: max(len(text) for text in [*heads[slug], *(line for lines in column for line in lines)])
        for slug, column in cells.items()
    }
    lines = [_title(gapmap), ""]
    for part in _parts([column.slug for column in shown], widths, width - first):
        for line in zip(*(_filled(heads[slug], heads, part) for slug in part), strict=True):
            lines += [_line("", first, [(text, widths[slug]) for text, slug in zip(line, part, strict=True)])]
        lines.append(_line("-" * first, first, [("-" * widths[slug], widths[slug]) for slug in part]))
        for at, label in enumerate(labels):
            upper, lower = ([(cells[slug][at][line], widths[slug]) for slug in part] for line in (0, 1))
            lines.append(_line(label, first, upper))
            lines += [_line("", first, lower)] if any(text for text, _ in lower) else []
        lines.append("")
    for silent in (silent_columns, silent_rows):
        if silent:
            lines += [*textwrap.wrap(f"Nothing claimed, found or searched: {_some(silent)}.", width), ""]
    for entry in (*LEGEND, gapmap.scheme_text("h")):
        lines += _wrapped(entry, width)
    return "\n".join(lines)


def _some(names: Sequence[str], most: int = 6) -> str:
    """Name the first few: a vocabulary holds far more conditions than a topic has."""
    rest = len(names) - most
    return "; ".join(names) if rest <= 1 else f"{'; '.join(names[:most])}; and {rest} more of the vocabulary"


def _title(gapmap: GapMap) -> str:
    total = gapmap.cell(ANY, ANY)
    denials = f" ({total.n_denials} of them denials)" if total.n_denials else ""
    names = f"{gapmap.down.replace('-', ' ').capitalize()} by {gapmap.across.replace('-', ' ')}"
    claims, records = counted(total.n_claims + total.n_denials, "claim"), counted(total.n_records, "record")
    return f"{names}: {claims}{denials}, {records}, {total.n_reviewed:,} of them reviewed."


def _parts(slugs: list[str], widths: dict[str, int], room: int) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    used = 0
    for slug in slugs:
        needed = widths[slug] + len(SEPARATOR)
        if parts[-1] and used + needed > room:
            parts.append([])
            used = 0
        parts[-1].append(slug)
        used += needed
    return parts


def _head(label: str) -> list[str]:
    """Break a label into short lines."""
    lines: list[str] = []
    for word in label.split():
        if lines and len(lines[-1]) + 1 + len(word) <= 10:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def _filled(head: list[str], heads: dict[str, list[str]], part: list[str]) -> list[str]:
    return [""] * (max(len(heads[slug]) for slug in part) - len(head)) + head


def _line(label: str, first: int, cells: list[tuple[str, int]]) -> str:
    return (label.ljust(first) + "".join(SEPARATOR + text.ljust(width) for text, width in cells)).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "."


def _wrapped(text: str, width: int) -> list[str]:
    """Wrap between entries, which five spaces keep apart, then between words."""
    lines: list[str] = []
    for entry in text.split("     "):
        joined = f"{lines[-1]}     {entry.strip()}" if lines else entry.strip()
        if lines and len(joined) <= width:
            lines[-1] = joined
        else:
            lines += textwrap.wrap(entry.strip(), width, subsequent_indent="      ")
    return lines
