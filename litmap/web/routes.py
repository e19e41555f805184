"""Addresses of litmap's pages. They get cited: they do not change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from litmap.web import claim_page, config, document_page, map_page, ours, record_page
from litmap.web.map_counting import counted, state_of
from litmap.web.map_filters import Filters

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

KEPT_PAGES = 64  # a big map or document takes longer to write than to read
_kept: OrderedDict[tuple[object, ...], str] = OrderedDict()

View = Callable[["Datasette", "Request"], Awaitable["Response"]]


async def _database(datasette: Datasette, request: Request) -> str:
    """The name of the map that the URL means. Raises NotFound or Forbidden."""
    from datasette.utils import tilde_decode
    from datasette.utils.asgi import NotFound

    try:
        database = datasette.get_database(route=tilde_decode(request.url_vars["database"]))
    except KeyError as error:
        raise NotFound("There is no such database") from error
    if not await ours.active(datasette, database.name):
        raise NotFound("This database is not an evidence map")
    await _permit(datasette, request, database.name)
    return str(database.name)


async def _permit(datasette: Datasette, request: Request, database: str) -> None:
    """Whoever may not see a table that the pages show may not see the pages."""
    present = await ours.read(datasette, database, ours.tables_of)
    tables = [table for table in ours.TABLES if table in present]
    try:
        from datasette.resources import DatabaseResource, TableResource
    except ImportError:  # Datasette 0.65
        asked = [("view-database", database), "view-instance"]
        await datasette.ensure_permissions(request.actor, asked)
        for table in tables:
            await datasette.ensure_permissions(request.actor, [("view-table", (database, table)), *asked])
        return
    await datasette.ensure_permission(
        action="view-database", resource=DatabaseResource(database=database), actor=request.actor
    )
    for table in tables:
        await datasette.ensure_permission(
            action="view-table", resource=TableResource(database=database, table=table), actor=request.actor
        )


async def render(
    datasette: Datasette, request: Request, database: str, template: str, context: dict[str, Any]
) -> Response:
    """One of our templates with what they all need."""
    from datasette.utils.asgi import Response

    shared: dict[str, Any] = {
        "database": database,
        "here": str(datasette.urls.database(database)),
        "static": str(datasette.urls.static_plugins("litmap", "")),
    }
    shared["only"] = config.columns_query
    html = await datasette.render_template(template, {**shared, **context}, request=request, view_name="litmap")
    return Response.html(html)


def _keeping(make: Callable[[Datasette, Request, str], Awaitable[Response]]) -> View:
    """A view whose pages are kept until the file changes. Whether somebody may see them is asked every time."""

    async def view(datasette: Datasette, request: Request) -> Response:
        from datasette.utils.asgi import Response

        database = await _database(datasette, request)
        state = state_of(datasette, database)  # before anything is read
        key = (str(datasette.urls.database(database)), request.path, request.query_string, state)
        if key in _kept:
            return Response.html(_kept[key])
        answer = await make(datasette, request, database)
        if answer.status == 200 and answer.content_type.startswith("text/html"):
            _kept[key] = answer.body
            while len(_kept) > KEPT_PAGES:
                _kept.popitem(last=False)
        return answer

    return view


def _page(template: str, name: str, find: Callable[..., dict[str, Any] | None], missing: str) -> View:
    """A page about one thing, found by what the URL calls it."""

    async def make(datasette: Datasette, request: Request, database: str) -> Response:
        from datasette.utils import tilde_decode
        from datasette.utils.asgi import NotFound, Response

        wanted = tilde_decode(request.url_vars[name])
        more = [await counted(datasette, database, Filters())] if name == "key" else []
        context = await ours.read(datasette, database, lambda conn: find(conn, wanted, *more))
        if context is None:
            raise NotFound(missing)
        if name == "key" and context["claim"]["key"] != wanted:  # found by its id, which no citation should use
            return Response.redirect(f"{datasette.urls.database(database)}/-/claim/{context['claim']['key']}")
        return await render(datasette, request, database, template, context)

    return _keeping(make)


async def _map(datasette: Datasette, request: Request, database: str) -> Response:
    return await map_page.respond(datasette, request, database, render)


ROUTES: list[tuple[str, View]] = [
    (r"/(?P<database>[^/]+)/-/map(?P<form>\.svg|\.csv)?$", _keeping(_map)),
    (
        r"/(?P<database>[^/]+)/-/claim/(?P<key>[^/]+)$",
        _page("litmap_claim.html", "key", claim_page.find, "There is no such claim"),
    ),
    (
        r"/(?P<database>[^/]+)/-/document/(?P<id>\d{1,15})$",
        _page("litmap_document.html", "id", document_page.find, "There is no such document"),
    ),
    (
        r"/(?P<database>[^/]+)/-/record/(?P<pmid>\d{1,9})$",
        _page("litmap_record.html", "pmid", record_page.find, "There is no record with this PMID"),
    ),
]
