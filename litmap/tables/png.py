"""The map as a PNG picture, for formats that cannot hold SVG: the same layout, drawn by Pillow with its own font."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from litmap.tables import svg
from litmap.tables.dimensions import ANY
from litmap.tables.gapmap import LEVEL_MEANS, Cell, GapMap
from litmap.tables.svg import HEAD, INK, LEGEND, LINE, LOW, MARGIN, NONE, PLAIN, QUIET, TINTS, TITLE, WIDTH, Box

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

MOST_PIXELS = 9_000_000  # beyond that, a picture has one pixel for each of the layout, else two
HATCH = "#ffffff"


def render(gapmap: GapMap) -> tuple[bytes, int, int]:
    """Return the picture and its width and height in pixels."""
    from PIL import Image, ImageDraw

    laid = svg.layout(gapmap)
    scale = 2 if 4 * laid.width * laid.height <= MOST_PIXELS else 1
    image = Image.new("RGB", (laid.width * scale, laid.height * scale), "#ffffff")
    pen = _Pen(ImageDraw.Draw(image), scale)
    pen.write(MARGIN, 14, svg.name(gapmap), 17, bold=True)
    pen.write(
        MARGIN, 38, f"{svg.summary(gapmap)} Levels: {LEVEL_MEANS}; a high level may contradict the claim.", 12, QUIET
    )
    pen.write(MARGIN, 53, gapmap.scheme_text(svg.HARM_MARK), 11, QUIET)
    for column, left, right in zip(laid.columns, laid.lefts, laid.lefts[1:], strict=False):
        parts = svg.split(svg.brief(column), 14 if right - left == WIDTH else 9)[:3]
        pen.lines((left + right) // 2, TITLE + HEAD - 6 - 14 * len(parts), parts, 12, bold=column.slug == ANY)
    for row, top, bottom in zip(laid.rows, laid.tops, laid.tops[1:], strict=False):
        pen.rule(MARGIN, top, laid.lefts[-1], 1.0 if not row.depth else 0.5)
        parts = svg.split(row.label, 25 - row.depth)[: 2 if bottom - top == LOW else 3]
        for at, part in enumerate(parts):
            pen.write(
                MARGIN + 14 * row.depth, (top + bottom) // 2 - 7 * len(parts) + 14 * at, part, 12, bold=not row.depth
            )
        for column, left, right in zip(laid.columns, laid.lefts, laid.lefts[1:], strict=False):
            pen.cell(gapmap.cell(row.slug, column.slug), Box(left, top, right - left, bottom - top))
    _legend(pen, laid.tops[-1] + 24)
    for at, line in enumerate(laid.note):
        pen.write(MARGIN, laid.tops[-1] + LEGEND - 9 + 14 * at, line, 10, QUIET)
    out = io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue(), image.width, image.height


def alt(gapmap: GapMap) -> str:
    """Return what the picture shows, for those who do not see it: the totals, then each cell that holds something."""
    said = [
        svg.describe(cell, row, column)
        for row in gapmap.rows
        for column in gapmap.columns
        if not svg.silent(cell := gapmap.cell(row.slug, column.slug)) and cell.state in ("suggested", "reviewed")
    ]
    text = f"{svg.name(gapmap)}. {svg.summary(gapmap)} " + ". ".join(said)
    return text if len(text) <= 2000 else f"{text[:1900].rsplit('. ', 1)[0]}. All values stand in the table `map`."


def _legend(pen: _Pen, top: int) -> None:
    pen.write(MARGIN, top - 8, "How to read a cell", 12, bold=True)
    for at, (cell, text) in enumerate(svg.SAMPLES):
        box = svg.sample(at, top)
        pen.cell(cell, box)
        for line, part in enumerate(svg.split(text, 24)):
            pen.write(box.left + 2, box.top + box.height + 4 + 13 * line, part, 10)


class _Pen:
    """Draws in the pixels of the layout."""

    def __init__(self, draw: ImageDraw, scale: int) -> None:
        from PIL import ImageFont

        self.draw, self.scale = draw, scale
        self._font = ImageFont.load_default
        self._fonts: dict[int, Any] = {}

    def font(self, size: int) -> Any:
        """Return Pillow's own font at a size; it is in the package, so no system font is needed."""
        if size not in self._fonts:
            self._fonts[size] = self._font(size=size * self.scale)
        return self._fonts[size]

    def write(
        self, x: float, y: float, text: str, size: int, fill: str = INK, *, bold: bool = False, anchor: str = "la"
    ) -> None:
        """Write one line; its font has no bold, so bold is a thin stroke."""
        place = x * self.scale, y * self.scale
        plain = text.replace("−", "-").encode("latin-1", "replace").decode("latin-1")
        self.draw.text(place, plain, fill, self.font(size), anchor, stroke_width=0.35 * self.scale if bold else 0)

    def lines(
        self,
        middle: int,
        top: float,
        parts: list[str] | tuple[str, ...],
        size: int,
        fill: str = INK,
        *,
        bold: bool = False,
    ) -> None:
        """Write lines one below the other, centred."""
        for at, part in enumerate(parts):
            self.write(middle, top + 14 * at, part, size, fill, bold=bold, anchor="ma")

    def rule(self, left: int, top: int, right: int, width: float) -> None:
        """Draw a line across."""
        self.draw.line(
            [left * self.scale, top * self.scale, right * self.scale, top * self.scale],
            LINE,
            max(1, round(width * self.scale / 2)),
        )

    def cell(self, cell: Cell, box: Box) -> None:
        """Draw a cell: frame, hatching while nobody reviewed it, values."""
        scale = self.scale
        area = [
            (box.left + 2) * scale,
            (box.top + 2) * scale,
            (box.left + box.width - 2) * scale,
            (box.top + box.height - 2) * scale,
        ]
        fill = TINTS.get(cell.highest_level or 0, PLAIN if cell.n_records else NONE)
        reviewed = cell.state == "reviewed"
        self.draw.rectangle(area, fill)
        if cell.state == "suggested":
            self._hatch(area)
            self.draw.rectangle(
                [area[0] + 5 * scale, area[1] + 5 * scale, area[2] - 5 * scale, area[3] - 5 * scale], _lighter(fill)
            )
        if cell.state == "not-searched":
            self._dashes(area)
        else:
            self.draw.rectangle(
                area, None, INK if reviewed else LINE, round(1.6 * scale) if reviewed else max(1, scale // 2)
            )
        self._values(cell, box)

    def _values(self, cell: Cell, box: Box) -> None:
        middle = box.left + box.width // 2
        found = list(svg.lines(cell))
        if svg.silent(cell):
            found = svg.split(found[-1], 14 if box.width == WIDTH else 8)
        step = svg.STEP if not svg.silent(cell) else 12
        first = box.top + box.height / 2 + 4 - step * (len(found) - 1) / 2  # where lines stand, as in the SVG
        for at, line in enumerate(found):
            strong = at == 2 and cell.highest_level is not None
            self.write(
                middle,
                first + step * at,
                line,
                12 if strong else 10,
                QUIET if svg.silent(cell) else INK,
                bold=strong,
                anchor="ms",
            )

    def _hatch(self, area: list[int]) -> None:
        left, top, right, bottom = area
        step, height = 7 * self.scale, bottom - top
        for start in range(left - height, right, step):
            first, last = max(start, left), min(start + height, right)
            self.draw.line(
                [first, bottom - (first - start), last, bottom - (last - start)], HATCH, round(2.6 * self.scale)
            )

    def _dashes(self, area: list[int]) -> None:
        left, top, right, bottom = area
        dash = 3 * self.scale
        for x in range(left, right, 2 * dash):
            for y in (top, bottom):
                self.draw.line([x, y, min(x + dash, right), y], LINE)
        for y in range(top, bottom, 2 * dash):
            for x in (left, right):
                self.draw.line([x, y, x, min(y + dash, bottom)], LINE)


def _lighter(colour: str) -> str:
    """Return the colour under a white plate that lets 28 percent through, as in the SVG."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * 0.28):02x}" for part in parts)
