"""What stands in one cell of the map, as HTML.

Written here and not in the template: a map has hundreds of cells, and the template takes ten times as long.
"""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup, escape

from litmap.tables.gapmap import Cell
from litmap.tables.svg import HARM_MARK
from litmap.wording import doubts

# What a cell is, at a glance. The order is that of the legend.
KINDS = {
    "reviewed": "reviewed by people",
    "suggested": "suggested by the program, not reviewed",
    "no-design": "records found, no design that carries a level",
    "none-found": "claimed, searched, none found",
    "unsearched": "claimed, not searched",
    "unclaimed": "evidence that no document claims",
    "other-source": "claims that need another source than studies",
}
# What stands in the mark of a cell that has no level, and in the legend: the kinds differ without colour.
SIGNS = {"no-design": "\u2013", "none-found": "0", "unsearched": "?", "other-source": "\u2197"}
_WORDS = {"none-found": "none found", "unsearched": "not searched", "other-source": "other source needed"}
_DIRECTIONS = {
    "supports": "for",
    "contradicts": "against",
    "no-difference": "no difference",
    "not-stated": "not judged",
}
BAR = 100  # width of the stacked bar, in units of its own


def kind_of(cell: Cell) -> str:
    """Which of KINDS a cell is; "empty" when it holds nothing. Only claims that studies can answer make a gap."""
    claimed = cell.n_claims + cell.n_denials
    if not cell.n_records:
        if claimed == cell.n_elsewhere:
            return "other-source" if claimed else "empty"
        return "none-found" if cell.searches else "unsearched"
    if not claimed:
        return "unclaimed"
    return {"reviewed": "reviewed", "suggested": "suggested"}.get(cell.state, "no-design")


class Segment(NamedTuple):
    """A part of the bar; level 0 stands for records without a level of their own here."""

    level: int
    x: float
    width: float
    n: int


def bar(cell: Cell) -> list[Segment]:
    """Records by level as segments of a stacked bar."""
    counts = {**cell.levels, 0: cell.n_records - sum(cell.levels.values())}
    found, at = [], 0.0
    for level in (1, 2, 3, 4, 5, 0):
        width = BAR * counts.get(level, 0) / cell.n_records if cell.n_records else 0
        if width:
            found.append(Segment(level, round(at, 2), round(width, 2), counts[level]))
            at += width
    return found


def html(cell: Cell, kind: str, claims_url: str, records_url: str) -> Markup:
    """The inside of a table cell of this kind. The addresses lead to the rows that it counts."""
    parts = [
        _mark(cell, kind),
        _bar(cell),
        _numbers(cell, kind, escape(claims_url), escape(records_url)),
        _people(cell, kind),
    ]
    if cell.searches:
        searched = "; ".join(f"{search.query} ({search.ran_at[:10]}: {search.n_found})" for search in cell.searches)
        parts.append(f'<p class="vh">Searched: {escape(searched)}</p>')
    return Markup(f'<div class="c">{"".join(parts)}</div>')


def badge(level: int | None, sign: str, reviewed: bool) -> Markup:
    """A level in its square, hatched while nobody has reviewed it; or the sign of what has none."""
    if not level:
        return Markup(f'<span class="lv l0"><b aria-hidden="true">{sign}</b></span>')
    hatch = "" if reviewed else " hatch"
    return Markup(f'<span class="lv l{level}{hatch}"><span class="vh">Level </span><b>{level}</b></span>')


def _mark(cell: Cell, kind: str) -> str:
    level, designs = cell.highest_level, cell.highest_designs
    mark = badge(level, SIGNS.get(kind, SIGNS["no-design"]), bool(cell.n_reviewed))
    said = _WORDS.get(kind) or ("inferred pairing" if cell.n_inferred else "no level")
    said = "only retracted" if cell.only_retracted else said
    if level:
        said = str(escape(designs[0].replace("-", " ")))
        said += f' <span title="{escape(", ".join(designs))}">+{len(designs) - 1}</span>' if len(designs) > 1 else ""
        said += f" {HARM_MARK}" if cell.is_of_harm else ""
    return f'<div class="mark">{mark} <span class="say">{said}</span></div>'


def _bar(cell: Cell) -> str:
    if not cell.n_records:
        return ""
    parts = bar(cell)
    told = ", ".join(
        f"{part.n} at level {part.level}" if part.level else f"{part.n} without a counted level" for part in parts
    )
    drawn = "".join(
        f'<rect class="s{part.level}" x="{part.x}" y="0" width="{part.width}" height="6"/>' for part in parts
    )
    return f'<svg class="bar" viewBox="0 0 {BAR} 6" preserveAspectRatio="none" role="img" aria-label="Records by level: {told}">{drawn}</svg>'


def _numbers(cell: Cell, kind: str, claims_url: str, records_url: str) -> str:
    denied = 'title="claims that it does not hold, or was not shown"'
    links = (
        (cell.n_claims, "claim", f'href="{claims_url}&amp;polarity=affirm"'),
        (cell.n_denials, "denial", f'href="{claims_url}&amp;polarity=deny" {denied}'),
        (cell.n_records, "record", f'href="{records_url}"'),
    )
    told = [f"<a {link}>{n}&nbsp;{word}{'' if n == 1 else 's'}</a>" for n, word, link in links if n]
    return f'<div class="nums">{" ".join([_NO_CLAIM, *told] if kind == "unclaimed" else told)}</div>'


_NO_CLAIM = '<span class="noclaim">no claim</span>'


def _people(cell: Cell, kind: str) -> str:
    """Which way the reviewed studies point, or that nobody has looked; and what was retracted, is in doubt, was corrected or is a preprint."""
    told = [
        f'<span class="s-{escape(stance)}">{n}&nbsp;{escape(_DIRECTIONS.get(stance, stance))}</span>'
        for stance, n in cell.directions.items()
    ]
    if kind == "suggested":
        told = told or ["not reviewed"]
    if cell.n_retracted:
        told.append(f'<span class="retr">{cell.n_retracted}&nbsp;retracted</span>')
    told += [f'<span class="warn">{said}</span>' for said in doubts(cell.n_concern, cell.n_corrected)]
    told += [f"<span>{said}</span>" for said in doubts(0, 0, cell.n_preprints)]
    return f'<div class="dir">{" ".join(told)}</div>' if told else ""
