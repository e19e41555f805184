"""The flow of records as an SVG diagram: PRISMA 2020's layout (Page et al. 2021), or ROSES for systematic maps.

The column of other sources is drawn when there are any. Their records join the others before screening and part after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import NamedTuple
from xml.sax.saxutils import escape

from litmap.review.flow import AWAITING, Flow
from litmap.review.flow_forms import NOT_SCREENED, by_name
from litmap.review.flow_sources import DATABASES, OTHER
from litmap.tables.svg import FONT, INK, QUIET, split
from litmap.wording import counted

WIDTH, GAP, RISE = 250, 38, 36  # of a column, between columns, between rows
LEFT, TOP, STEP, PAD = 52, 96, 16, 11
LETTERS = 36  # in a line of a box
HEADS = {"plain": "#f4c95d", "other": "#d5d5d5", "side": "#a9ccec"}


class Node(NamedTuple):
    """A box to be drawn: its place in the grid and what stands in it."""

    column: int
    row: int
    lines: tuple[str, ...]


class Box(NamedTuple):
    """A box with its place in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """Its centre from left to right."""
        return self.left + self.width // 2


@dataclass(frozen=True, slots=True)
class Plan:
    """A diagram before it is drawn. Arrows name nodes; `parts` are the side titles with their first and last row."""

    title: str
    nodes: Mapping[str, Node]
    arrows: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, int, int], ...]
    heads: tuple[tuple[str, int, int, str], ...] = ()  # text, first and last column, colour


def render(flow: Flow, kind: str = "prisma") -> str:
    """Return the diagram as one SVG document. `kind`: prisma or roses."""
    plan = _prisma(flow) if kind == "prisma" else _roses(flow)
    boxes = _places(plan)
    width = max(max(box.left + box.width for box in boxes.values()) + 20, 600)
    bottom = max(box.top + box.height for box in boxes.values())
    notes = [line for note in flow.notes for line in split(note, width // 7)]
    height = bottom + 26 + STEP * len(notes)
    out = [_opening(plan, flow, width, height)]
    out += [_head(text, first, last, colour) for text, first, last, colour in plan.heads]
    out += [_side(text, first, last, plan, boxes) for text, first, last in plan.parts]
    out += [_arrow(boxes[start], boxes[end]) for start, end in plan.arrows]
    out += [_box(node, boxes[name]) for name, node in plan.nodes.items()]
    spans = "".join(
        f'<tspan x="{LEFT}" y="{bottom + 26 + STEP * at}">{escape(line)}</tspan>' for at, line in enumerate(notes)
    )
    return "\n".join([*out, f'<text font-size="11" fill="{QUIET}">{spans}</text>', "</svg>"]) + "\n"


def _prisma(flow: Flow) -> Plan:
    one, other, both = flow.databases, flow.other, flow.total
    nodes = {
        "identified": _node(0, 0, "Records identified from:", *_named(by_name(flow, DATABASES) or {"Databases": 0}), "Registers (n = 0)"),
        "removed": _node(
            1, 0, "Records removed before screening:", f"Duplicate records {_n(both.duplicates)}",
            f"Records marked as ineligible by automation tools: not seen by a person {_n(both.automation)}",
            f"Records removed for other reasons {_n(both.unusable)}",
        ),
        "screened": _node(0, 1, "Records screened", *_seen(flow, both.screened, other.screened)),
        "excluded": _node(1, 1, "Records excluded", *_seen(flow, both.excluded, other.excluded), *_named(both.excluded_reasons)),
        "sought": _node(0, 2, "Reports sought for retrieval", *_seen(flow, one.sought)),
        "missed": _node(1, 2, "Reports not retrieved", *_seen(flow, one.not_retrieved)),
        "assessed": _node(0, 3, "Reports assessed for eligibility", *_seen(flow, one.assessed)),
        "late": _node(1, 3, _late(one.reasons), *_seen(flow, sum(one.reasons.values())), *_named(one.reasons)),
        "included": _node(0, 4, "Studies included", *_seen(flow, both.studies), "Reports of included studies", *_seen(flow, both.reports)),
    }  # fmt: skip
    arrows = [
        ("identified", "removed"), ("identified", "screened"), ("screened", "excluded"), ("screened", "sought"), ("sought", "missed"),
        ("sought", "assessed"), ("assessed", "late"), ("assessed", "included"),
    ]  # fmt: skip
    heads = [("Identification of studies via databases and registers", 0, 1, HEADS["plain"])]
    if other.identified:
        nodes |= {
            "others": _node(2, 0, "Records identified from:", *_named(by_name(flow, OTHER))),
            "others sought": _node(2, 2, "Reports sought for retrieval", *_seen(flow, other.sought)),
            "others missed": _node(3, 2, "Reports not retrieved", *_seen(flow, other.not_retrieved)),
            "others assessed": _node(2, 3, "Reports assessed for eligibility", *_seen(flow, other.assessed)),
            "others late": _node(
                3, 3, _late(other.reasons), *_seen(flow, sum(other.reasons.values())), *_named(other.reasons)
            ),
        }
        arrows += [
            ("others", "removed"), ("screened", "others sought"), ("others sought", "others missed"), ("others sought", "others assessed"),
            ("others assessed", "others late"), ("others assessed", "included"),
        ]  # fmt: skip
        heads.append(("Identification of studies via other methods", 2, 3, HEADS["other"]))
    parts = ("Identification", 0, 0), ("Screening", 1, 3), ("Included", 4, 4)
    return Plan("PRISMA 2020 flow diagram", nodes, tuple(arrows), parts, tuple(heads))


def _roses(flow: Flow) -> Plan:
    both = flow.total
    found = {**by_name(flow, DATABASES), **{f"other sources, {name}": n for name, n in by_name(flow, OTHER).items()}}
    nodes = {
        "identified": _node(0, 0, "Records identified from:", *_named(found or {"databases": 0})),
        "single": _node(0, 1, "Records after duplicates removed", _n(both.identified - both.duplicates)),
        "duplicates": _node(1, 1, "Duplicates", _n(both.duplicates)),
        "screened": _node(0, 2, "Records screened on title and abstract", *_seen(flow, both.screened)),
        "unseen": _node(
            1, 2, f"Excluded by automation: not seen by a person {_n(both.automation)}", f"Without a usable record {_n(both.unusable)}"
        ),
        "kept": _node(0, 3, "Records after title and abstract screening", *_seen(flow, both.sought)),
        "excluded": _node(1, 3, "Excluded titles and abstracts", *_seen(flow, both.excluded), *_named(both.excluded_reasons)),
        "assessed": _node(0, 4, "Articles retrieved", *_seen(flow, both.assessed), *([f"of these screened in full text {_n(both.full_text)}"] * flow.screened)),
        "missed": _node(1, 4, "Unretrievable full texts", *_seen(flow, both.not_retrieved)),
        "included": _node(0, 5, "Articles included in the map", *_seen(flow, both.reports), "Studies included in the map", *_seen(flow, both.studies)),
        "late": _node(1, 5, "Excluded after retrieval" + _or_awaiting(both.reasons), *_seen(flow, sum(both.reasons.values())), *_named(both.reasons)),
    }  # fmt: skip
    chain = ("identified", "single", "screened", "kept", "assessed", "included")
    arrows = [
        *((chain[at], chain[at + 1]) for at in range(len(chain) - 1)),
        ("single", "duplicates"),
        ("screened", "unseen"),
        ("kept", "excluded"),
    ]
    arrows += [("assessed", "missed"), ("included", "late")]
    return Plan(
        "ROSES flow diagram for systematic maps",
        nodes,
        tuple(arrows),
        (("Searching", 0, 1), ("Screening", 2, 4), ("Mapping", 5, 5)),
    )


def _node(column: int, row: int, *texts: str) -> Node:
    return Node(column, row, tuple(line for text in texts for line in _wrapped(text)))


def _wrapped(text: str) -> list[str]:
    """Lines of a box; the number stays in one piece."""
    parts = wrap(text.replace("(n = ", "(n_=_"), LETTERS)
    return [part.replace("(n_=_", "(n = ") for part in parts]


def _late(reasons: Mapping[str, int]) -> str:
    return f"Reports excluded{_or_awaiting(reasons)}:"


def _or_awaiting(reasons: Mapping[str, int]) -> str:
    """What nobody has settled yet is in the same box, which then says so."""
    return " or awaiting a decision" if AWAITING in reasons else ""


def _n(number: int) -> str:
    return f"(n = {number:,})"


def _named(numbers: Mapping[str, int]) -> Iterable[str]:
    return [f"{name} {_n(number)}" for name, number in numbers.items()]


def _seen(flow: Flow, number: int, others: int = 0) -> list[str]:
    """A number that only screening gives."""
    if not flow.screened:
        return [NOT_SCREENED]
    return [_n(number), *([f"of these from other sources {_n(others)}"] if others else [])]


def _places(plan: Plan) -> dict[str, Box]:
    tops, top = {}, TOP if plan.heads else TOP - 40
    for row in sorted({node.row for node in plan.nodes.values()}):
        tops[row] = top
        top += max(_height(node) for node in plan.nodes.values() if node.row == row) + RISE
    return {
        name: Box(LEFT + node.column * (WIDTH + GAP), tops[node.row], WIDTH, _height(node))
        for name, node in plan.nodes.items()
    }


def _height(node: Node) -> int:
    return STEP * len(node.lines) + 2 * PAD


def _opening(plan: Plan, flow: Flow, width: int, height: int) -> str:
    said = f"{counted(flow.total.identified, 'record')} identified; {flow.total.screened:,} screened; {counted(flow.total.reports, 'report')} included."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="flow-title flow-desc" {FONT} font-size="12" fill="{INK}">\n'
        f'<title id="flow-title">{plan.title}</title>\n<desc id="flow-desc">{said}</desc>\n'
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 10 5 0 10z" fill="{INK}"/></marker></defs>\n<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
        f'<text x="{LEFT}" y="30" font-size="16" font-weight="bold">{plan.title}{"" if flow.screened else f": {NOT_SCREENED}"}</text>'
    )


def _head(text: str, first: int, last: int, colour: str) -> str:
    left, width = LEFT + first * (WIDTH + GAP), (last - first) * (WIDTH + GAP) + WIDTH
    return (
        f'<rect x="{left}" y="46" width="{width}" height="30" rx="6" fill="{colour}"/>'
        f'<text x="{left + width // 2}" y="66" text-anchor="middle" font-weight="bold">{text}</text>'
    )


def _side(text: str, first: int, last: int, plan: Plan, boxes: Mapping[str, Box]) -> str:
    mine = [boxes[name] for name, node in plan.nodes.items() if first <= node.row <= last]
    top, bottom = min(box.top for box in mine), max(box.top + box.height for box in mine)
    middle = (top + bottom) // 2
    size = 11 if bottom - top > 90 else 10
    return (
        f'<rect x="14" y="{top}" width="24" height="{bottom - top}" rx="6" fill="{HEADS["side"]}"/>'
        f'<text x="30" y="{middle}" text-anchor="middle" font-weight="bold" font-size="{size}" transform="rotate(-90 30 {middle})">{text}</text>'
    )


def _box(node: Node, box: Box) -> str:
    spans = "".join(
        f'<tspan x="{box.left + 10}" y="{box.top + PAD + 12 + STEP * at}">{escape(line)}</tspan>'
        for at, line in enumerate(node.lines)
    )
    frame = f'<rect x="{box.left}" y="{box.top}" width="{box.width}" height="{box.height}" fill="#ffffff" stroke="{INK}" stroke-width="1.2"/>'
    return f"<g>{frame}<text>{spans}</text></g>"


def _arrow(start: Box, end: Box) -> str:
    """A line from box to box: straight down or across, else with a bend between the rows or beside the lower box."""
    if start.left == end.left:
        path = f"M{start.middle} {start.top + start.height}V{end.top}"
    elif start.top == end.top:
        level = start.top + min(start.height, end.height) // 2
        right = start.left < end.left
        path = f"M{start.left + start.width if right else start.left} {level}H{end.left if right else end.left + end.width}"
    elif start.left < end.left:
        path = f"M{start.middle} {start.top + start.height}V{end.top - RISE // 2}H{end.middle}V{end.top}"
    else:
        path = f"M{start.middle} {start.top + start.height}V{end.top + end.height // 2}H{end.left + end.width}"
    return f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="1.2" marker-end="url(#tip)"/>'
