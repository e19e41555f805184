"""The map: conditions down, routes across, and in each cell what is claimed and what was found."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from litmap.escaping import inert
from litmap.tables import svg, terminal
from litmap.tables.dimensions import ANY, NOT_STATED, Value
from litmap.tables.gapmap import Cell, GapMap
from litmap.web import home, map_cells, map_filters, ours
from litmap.web.map_cells import KINDS, SIGNS, kind_of
from litmap.web.map_counting import counted
from litmap.web.map_filters import Filters

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

Render = Callable[..., Awaitable["Response"]]


def table(
    found: GapMap, here: str, filters: Filters, folded: set[str], *, everything: bool, show: str
) -> dict[str, Any]:
    """The map as rows of cells for the template."""

    def cell(row: str, column: Value) -> dict[str, Any]:
        one = found.cell(row, column.slug)
        return _cell(one, kind_of(one), here, filters, show)

    columns = [
        value for value in found.columns if everything or value.slug == NOT_STATED or _used(found.cell(ANY, value.slug))
    ]
    parents = _parents(found)
    rows: list[dict[str, Any]] = []
    for value in found.rows:
        if not (everything or value.slug == NOT_STATED or _used(found.cell(value.slug, ANY))):
            continue
        above = parents[value.slug]
        rows.append({
            "slug": value.slug, "label": value.label, "depth": value.depth, "folded": value.slug in folded,
            "hidden": bool(folded & set(above)), "above": above, "parent": any(value.slug in other for other in parents.values()),
            "cells": [cell(value.slug, column) for column in columns],
        })  # fmt: skip
    kinds = [cell["kind"] for row in rows for cell in row["cells"]]
    hidden = len(found.rows) - len(rows), len(found.columns) - len(columns)
    legend = [
        {"kind": kind, "label": label, "count": kinds.count(kind), "sign": SIGNS.get(kind, "")}
        for kind, label in KINDS.items()
        if kind in kinds
    ]
    heads = [{"slug": column.slug, "label": column.label, "brief": svg.brief(column)} for column in columns]
    scheme = found.scheme_text(svg.HARM_MARK)
    return {"columns": heads, "rows": rows, "legend": legend, "left_out": hidden, "scheme": scheme}


def _used(cell: Cell) -> bool:
    return bool(cell.n_claims or cell.n_denials or cell.n_records or cell.searches)


def _parents(found: GapMap) -> dict[str, list[str]]:
    """The slugs above each row, from the order and depth of the rows."""
    trail: list[str] = []
    result = {}
    for value in found.rows:
        del trail[value.depth :]
        result[value.slug] = list(trail)
        trail.append(value.slug)
    return result


def _cell(cell: Cell, kind: str, here: str, filters: Filters, show: str) -> dict[str, Any]:
    if kind == "empty" or (show and kind != show):
        return {"kind": "empty" if kind == "empty" else "veiled"}
    row, column = ("not-stated" if slug == NOT_STATED else slug for slug in (cell.row, cell.column))
    claims, records = (map_filters.tables_url(here, table, row, column, filters) for table in ("claims", "records"))
    return {"kind": kind, "html": map_cells.html(cell, kind, claims, records)}


def as_csv(found: GapMap) -> str:
    """The map as one CSV row for each cell: the columns and values of `litmap map --csv`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(terminal.FLAT)
    writer.writerows([inert(value) for value in row] for row in terminal.flat(found))
    return buffer.getvalue()


def _download(found: GapMap, form: str) -> Response:
    from datasette.utils.asgi import Response

    headers = {"content-disposition": f'attachment; filename="map.{form}"'}
    if form == "csv":
        return Response(as_csv(found), content_type="text/csv; charset=utf-8", headers=headers)
    return Response(svg.render(found), content_type="image/svg+xml; charset=utf-8", headers=headers)


async def respond(datasette: Datasette, request: Request, database: str, render: Render) -> Response:
    """The map as a page, an SVG or a CSV."""
    here, form = str(datasette.urls.database(database)), (request.url_vars.get("form") or "").lstrip(".")
    known = await ours.read(datasette, database, map_filters.choices)
    filters = map_filters.parse(request.args, known)
    found = await counted(datasette, database, filters)
    if form:
        return _download(found, form)
    folded = {slug for slug in request.args.getlist("fold") if slug in {value.slug for value in found.rows}}
    show = request.args.get("show") or ""
    context = table(
        found, here, filters, folded, everything=bool(request.args.get("empty")), show=show if show in KINDS else ""
    )
    state = {"fold": sorted(folded), "show": show if show in KINDS else "", "empty": request.args.get("empty")}
    return await render(datasette, request, database, "litmap_map.html", {
        **context, "current": await ours.read(datasette, database, home.current), "filters": filters, "known": known, "words": map_filters.labels_of(filters, known), "state": state,
        "url": lambda **changes: filters.url(**{**state, **changes}),
        "fold_url": lambda slug: filters.url(**{**state, "fold": sorted(folded ^ {slug})}),
    })  # fmt: skip
