"""The Datasette plugin: pages, facets, filters, links and badges for evidence maps, and nothing for other databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasette.app import Datasette

from datasette import hookimpl


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    from litmap.web import routes

    return routes.ROUTES


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str | None, datasette: Datasette
) -> Any:
    from litmap.web import cells

    return cells.render(datasette, database, table, column, value, row)


@hookimpl  # type: ignore[untyped-decorator]
def register_facet_classes() -> list[type]:
    from litmap.web import facets

    return [facets.TagFacet, facets.LevelFacet]


@hookimpl  # type: ignore[untyped-decorator]
def filters_from_request(request: Any, database: str, table: str, datasette: Datasette) -> Callable[[], Awaitable[Any]]:
    from litmap.web import facets, ours

    async def inner() -> Any:
        return facets.filters(request, table) if await ours.active(datasette, database) else None

    return inner


@hookimpl  # type: ignore[untyped-decorator]
def register_output_renderer() -> list[dict[str, Any]]:
    from litmap.web import renderers

    return renderers.RENDERERS


@hookimpl  # type: ignore[untyped-decorator]
def menu_links(datasette: Datasette) -> Callable[[], Awaitable[list[dict[str, str]]]]:
    from litmap.web import ours

    async def inner() -> list[dict[str, str]]:
        return [
            {
                "href": f"{datasette.urls.database(name)}/-/map",
                "label": "Map" if name == "evidence" else f"Map of {name}",
            }
            for name in await ours.maps(datasette)
        ]

    return inner


@hookimpl  # type: ignore[untyped-decorator]
def extra_css_urls(database: str | None, datasette: Datasette) -> Callable[[], Awaitable[list[str]]]:
    from litmap.web import ours

    async def inner() -> list[str]:
        if not await ours.active(datasette, database):
            return []
        return [str(datasette.urls.static_plugins("litmap", "tables.css"))]

    return inner


@hookimpl  # type: ignore[untyped-decorator]
def extra_js_urls(database: str | None, datasette: Datasette) -> Callable[[], Awaitable[list[str]]]:
    from litmap.web import ours

    async def inner() -> list[str]:
        if not await ours.active(datasette, database):
            return []
        return [str(datasette.urls.static_plugins("litmap", "tables.js"))]

    return inner


@hookimpl  # type: ignore[untyped-decorator]
def extra_template_vars(
    database: str | None, view_name: str, datasette: Datasette
) -> Callable[[], Awaitable[dict[str, Any]]]:
    from litmap.web import ours

    async def inner() -> dict[str, Any]:
        if view_name != "database" or not await ours.active(datasette, database):
            return {}
        from litmap.web import config, home

        return {
            "litmap_home": await ours.read(datasette, str(database), home.summary),
            "litmap_columns": config.columns_query,
        }

    return inner


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper() -> Callable[[Any], Any]:
    from litmap.web import security

    return security.wrap
