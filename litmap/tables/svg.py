"""The map as SVG: every value is written out, so that it reads in print and without telling colours apart.

Tints run from light to dark in one hue with the level; hatching says that nobody has reviewed the cell yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from litmap.tables.dimensions import ANY, Value
from litmap.tables.gapmap import LEVEL_MEANS, Cell, GapMap
from litmap.wording import counted

WIDTH, NARROW = 112, 66  # of a column: with and without anything in it; a long word of its label makes it wider
HEIGHT, LOW = 70, 34  # of a row, likewise; four lines fit, for more it is higher
STEP = 14  # how far apart the lines of a cell stand
FITS = 18  # characters of a line in a cell
LABELS = 196  # width of the row labels
HEAD = 56  # height of the column labels
MARGIN = 16
TITLE = 66
LEGEND = 226
HARM_MARK = "(harm)"
FONT = "font-family=\"'DejaVu Sans', Verdana, Arial, sans-serif\""
TINTS = {1: "#8fbce6", 2: "#a9ccec", 3: "#c3dcf2", 4: "#dae9f7", 5: "#edf4fb"}
PLAIN, NONE = "#ededed", "#ffffff"
INK, QUIET, LINE = "#111111", "#4a4a4a", "#8a8a8a"

SAMPLES = (
    (
        Cell("", "", 3, 1, 12, highest_level=2, state="reviewed", directions={"supports": 2, "contradicts": 1}),
        "reviewed: + supports, − contradicts, ~ neither",
    ),
    (
        Cell("", "", 1, 0, 5, highest_level=4, state="suggested", n_concern=1, n_corrected=1, n_preprints=1),
        "hatched: suggested, nobody has reviewed it; conc.: of concern, corr.: corrected, prepr.: preprints",
    ),
    (
        Cell("", "", 0, 0, 2, n_retracted=1, state="no-eligible-design"),
        "records, but no design that carries a level; retr.: retracted",
    ),
    (Cell("", "", state="searched-none-found"), "searched, none found"),
    (Cell("", "", state="not-searched"), "dashed: not searched"),
)

Link = Callable[[Cell], "str | None"]


class Layout(NamedTuple):
    """Where everything stands, in pixels; the last of `tops` and `lefts` end the last row and column."""

    rows: list[Value]
    columns: list[Value]
    tops: list[int]
    lefts: list[int]
    width: int
    height: int
    note: list[str]  # lines that name the rows left out


def layout(gapmap: GapMap) -> Layout:
    """Lay the map out: rows without anything are left out and named, columns without anything are narrow."""
    rows, left_out = gapmap.told_rows()
    columns = [*gapmap.columns, Value(ANY, f"Any {gapmap.across}")]
    heights = [height([gapmap.cell(row.slug, column.slug) for column in columns]) for row in rows]
    wide = [any(not silent(gapmap.cell(row.slug, column.slug)) for row in rows) for column in columns]
    tops = _edges(TITLE + HEAD, heights)
    widths = [WIDTH if some else _narrow(column) for some, column in zip(wide, columns, strict=True)]
    lefts = _edges(MARGIN + LABELS, widths)
    width = max(lefts[-1] + MARGIN, 800)
    note = split(f"Nothing claimed, found or searched: {'; '.join(left_out)}.", width // 6) if left_out else []
    return Layout(rows, columns, tops, lefts, width, tops[-1] + LEGEND + 14 * len(note), note)


def render(gapmap: GapMap, link: Link | None = None) -> str:
    """Return the map as one SVG document. `link` gives the address that a cell leads to."""
    laid = layout(gapmap)
    tops, lefts = laid.tops, laid.lefts
    out = [_opening(gapmap, laid.width, laid.height), *_title(gapmap)]
    out += [
        _column_head(column, left, right) for column, left, right in zip(laid.columns, lefts, lefts[1:], strict=False)
    ]
    for row, top, bottom in zip(laid.rows, tops, tops[1:], strict=False):
        out.append(_row_head(row, top, bottom, lefts[-1]))
        for column, left, right in zip(laid.columns, lefts, lefts[1:], strict=False):
            cell = gapmap.cell(row.slug, column.slug)
            out.append(
                _cell(cell, row, column, Box(left, top, right - left, bottom - top), link(cell) if link else None)
            )
    return "\n".join([*out, *_legend(tops[-1] + 24), _note(laid), "</svg>"]) + "\n"


def _narrow(column: Value) -> int:
    """Return how wide a column without anything in it is."""
    return min(WIDTH, max(NARROW, 4 + max(len(word) for word in brief(column).split() or [""]) * 13 // 2))


def height(cells: Sequence[Cell]) -> int:
    """Return how high a row of these cells is."""
    found = [len(lines(cell)) for cell in cells if not silent(cell)]
    return HEIGHT + STEP * max(0, max(found) - 4) if found else LOW


class Box(NamedTuple):
    """A rectangle, in pixels."""

    left: int
    top: int
    width: int
    height: int


def _edges(first: int, sizes: list[int]) -> list[int]:
    return list(accumulate(sizes, initial=first))


def silent(cell: Cell) -> bool:
    """Whether there is nothing in a cell but its state."""
    return not (cell.n_claims or cell.n_denials or cell.n_records)


def describe(cell: Cell, row: Value, column: Value) -> str:
    """Return everything a cell holds, in a sentence or two."""
    said = [
        f"{row.label}, {column.label}: {cell.state_text}",
        f"{counted(cell.n_claims + cell.n_denials, 'claim')}"
        + (f" ({counted(cell.n_denials, 'denial')})" if cell.n_denials else ""),
    ]
    said.append(
        f"{counted(cell.n_records, 'record')} in {counted(cell.n_studies, 'study', 'studies')}, {cell.n_bearing} bearing on a claim"
    )
    if cell.highest_level:
        harm = " for harm" if cell.is_of_harm else ""
        said.append(f"{LEVEL_MEANS}: level {cell.highest_level}{harm} ({', '.join(cell.highest_designs)})")
        said.append(
            "directions: " + (", ".join(f"{n} {stance}" for stance, n in cell.directions.items()) or "not reviewed")
        )
    said += ["all that was reviewed is retracted"] if cell.only_retracted else []
    for number, text in (
        (cell.n_retracted, "retracted"),
        (cell.n_concern, "of concern, or retracted in part"),
        (cell.n_corrected, "corrected"),
        (cell.n_preprints, "preprint" if cell.n_preprints == 1 else "preprints"),
        (cell.n_inferred, "with this pairing only inferred"),
        (cell.n_excluded, "found not eligible"),
    ):
        if number:
            said.append(f"{number} {text}")
    if cell.state == "searched-none-found":
        said += [f"search: {search.query} ({search.ran_at[:10]})" for search in cell.searches]
    return "; ".join(said)


def lines(cell: Cell) -> tuple[str, ...]:
    """Return what is written in a cell: claims, records, state or level, directions, what is in doubt, corrected or a preprint."""
    noted = (cell.n_concern, "conc."), (cell.n_corrected, "corr."), (cell.n_preprints, "prepr.")
    doubts: list[str] = []
    for one in (f"{n} {word}" for n, word in noted if n):
        if doubts and len(f"{doubts[-1]} · {one}") <= FITS:
            doubts[-1] += f" · {one}"
        else:
            doubts.append(one)
    return *_values(cell), *doubts


def _values(cell: Cell) -> tuple[str, ...]:
    claims = " · ".join(
        filter(
            None,
            (
                counted(cell.n_claims, "claim") if cell.n_claims else "",
                f"{cell.n_denials} deny" if cell.n_denials else "",
            ),
        )
    )
    retracted = f"{cell.n_records} rec. · {cell.n_retracted} retr."
    counts = claims or "no claim", retracted if cell.n_retracted else counted(cell.n_records, "record")
    if cell.state == "suggested":
        return *counts, level_text(cell) or "inferred only", "not reviewed"
    if cell.state == "reviewed":
        neither = sum(n for stance, n in cell.directions.items() if stance not in ("supports", "contradicts"))
        signs = ("+", cell.directions.get("supports", 0)), ("−", cell.directions.get("contradicts", 0)), ("~", neither)
        return (
            *counts,
            level_text(cell) or ("only retracted" if cell.only_retracted else "no eligible design"),
            " ".join(f"{sign}{n}" for sign, n in signs if n),
        )
    return *counts, {
        "no-eligible-design": "no eligible design",
        "searched-none-found": "none found",
        "not-searched": "not searched",
    }[cell.state]


def level_text(cell: Cell) -> str:
    """Return the level as it stands in a cell; nothing when there is none."""
    return f"Level {cell.highest_level}{f' {HARM_MARK}' if cell.is_of_harm else ''}" if cell.highest_level else ""


def _opening(gapmap: GapMap, width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="map-title map-desc" {FONT} font-size="11" fill="{INK}">\n'
        f'<title id="map-title">{escape(name(gapmap))}</title>\n'
        f'<desc id="map-desc">{escape(summary(gapmap))} Each cell carries its values as text.</desc>\n'
        '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="2.6" height="7" fill="#ffffff" fill-opacity="0.8"/></pattern></defs>\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    )


def name(gapmap: GapMap) -> str:
    """Return the title of the picture."""
    return f"Evidence map: {gapmap.down.replace('-', ' ')} by {gapmap.across.replace('-', ' ')}"


def summary(gapmap: GapMap) -> str:
    """Return the totals in a sentence."""
    total = gapmap.cell(ANY, ANY)
    denials = f", {total.n_denials} of them denials" if total.n_denials else ""
    return f"{counted(total.n_claims + total.n_denials, 'claim')}{denials}; {counted(total.n_records, 'record')}, {total.n_reviewed} of them reviewed."


def _title(gapmap: GapMap) -> list[str]:
    return [
        f'<text x="{MARGIN}" y="28" font-size="17" font-weight="bold">{escape(name(gapmap))}</text>',
        f'<text x="{MARGIN}" y="48" fill="{QUIET}" font-size="12">{escape(summary(gapmap))} Levels: {LEVEL_MEANS}; a high level may contradict the claim.</text>',
        f'<text x="{MARGIN}" y="63" fill="{QUIET}" font-size="11">{escape(gapmap.scheme_text(HARM_MARK))}</text>',
    ]


def _column_head(column: Value, left: int, right: int) -> str:
    parts = split(brief(column), 14 if right - left == WIDTH else 9)[:3]
    weight = ' font-weight="bold"' if column.slug == ANY else ""
    first = TITLE + HEAD - 8 - 14 * (len(parts) - 1)
    return f'<text text-anchor="middle" font-size="12"{weight}><title>{escape(column.label)}</title>{_spans(parts, (left + right) // 2, first)}</text>'


def _row_head(row: Value, top: int, bottom: int, right: int) -> str:
    left = MARGIN + 14 * row.depth
    parts = split(row.label, 25 - row.depth)[: 2 if bottom - top == LOW else 3]
    weight = "" if row.depth else ' font-weight="bold"'
    first = (top + bottom) // 2 + 4 - 7 * (len(parts) - 1)
    rule = f'<line x1="{MARGIN}" y1="{top}" x2="{right}" y2="{top}" stroke="{LINE}" stroke-width="{0.4 if row.depth else 1}"/>'
    return f'{rule}<text font-size="12"{weight}><title>{escape(row.label)}</title>{_spans(parts, left, first)}</text>'


def _cell(cell: Cell, row: Value, column: Value, box: Box, address: str | None) -> str:
    body = f"<g><title>{escape(describe(cell, row, column))}</title>{_frame(cell, box)}{_text(cell, box)}</g>"
    return f"<a href={quoteattr(address)}>{body}</a>" if address else body


def _frame(cell: Cell, box: Box) -> str:
    size = f'x="{box.left + 2}" y="{box.top + 2}" width="{box.width - 4}" height="{box.height - 4}" rx="3"'
    fill = TINTS.get(cell.highest_level or 0, PLAIN if cell.n_records else NONE)
    dashed = ' stroke-dasharray="3 3"' if cell.state == "not-searched" else ""
    border = (INK, 1.6) if cell.state == "reviewed" else (LINE, 0.8)
    frame = f'<rect {size} fill="{fill}" stroke="{border[0]}" stroke-width="{border[1]}"{dashed}/>'
    if cell.state != "suggested":
        return frame
    plate = f'x="{box.left + 7}" y="{box.top + 7}" width="{box.width - 14}" height="{box.height - 14}" rx="2"'
    return f'{frame}<rect {size} fill="url(#hatch)"/><rect {plate} fill="#ffffff" fill-opacity="0.72"/>'


def _text(cell: Cell, box: Box) -> str:
    middle = box.left + box.width // 2
    if silent(cell):
        parts = split(lines(cell)[-1], 14 if box.width == WIDTH else 8)
        first = box.top + box.height // 2 + 4 - 6 * (len(parts) - 1)
        return f'<text text-anchor="middle" font-size="10" fill="{QUIET}">{_spans(parts, middle, first, 12)}</text>'
    found = lines(cell)
    first = box.top + box.height // 2 + 4 - STEP * (len(found) - 1) // 2
    strong = f' font-size="{11 if cell.is_of_harm else 12}" font-weight="bold"'
    spans = "".join(
        f'<tspan x="{middle}" y="{first + STEP * at}"{strong if at == 2 and cell.highest_level else ""}>{escape(line)}</tspan>'
        for at, line in enumerate(found)
    )
    return f'<text text-anchor="middle" font-size="10">{spans}</text>'


def _spans(parts: list[str], x: int, y: int, step: int = 14) -> str:
    return "".join(f'<tspan x="{x}" y="{y + step * at}">{escape(part)}</tspan>' for at, part in enumerate(parts))


def sample(at: int, top: int) -> Box:
    """Return where a sample of the legend stands."""
    return Box(MARGIN + 152 * at, top + 12, WIDTH, height([cell for cell, _ in SAMPLES]))


def _legend(top: int) -> list[str]:
    out = [f'<text x="{MARGIN}" y="{top + 4}" font-size="12" font-weight="bold">How to read a cell</text>']
    for at, (cell, text) in enumerate(SAMPLES):
        box = sample(at, top)
        caption = _spans(split(text, 24), box.left + 2, box.top + box.height + 14, 13)
        out.append(
            f'<g><title>{escape(text)}</title>{_frame(cell, box)}{_text(cell, box)}<text font-size="10">{caption}</text></g>'
        )
    return out


def _note(laid: Layout) -> str:
    return f'<text font-size="10" fill="{QUIET}">{_spans(laid.note, MARGIN, laid.tops[-1] + LEGEND, 14)}</text>'


def brief(value: Value) -> str:
    """Return a label without what stands in brackets behind it."""
    return value.label.split(" (")[0]


def split(text: str, width: int) -> list[str]:
    """Break a label between words into lines of about `width` characters."""
    parts: list[str] = []
    for word in text.split():
        if parts and len(parts[-1]) + 1 + len(word) <= width:
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts or [""]
