"""A Content-Security-Policy on litmap's own pages. Datasette's pages have inline scripts and get none from us."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

PAGES = re.compile(r"/[^/]+/-/(map(\.svg|\.csv)?|(claim|document|record)/[^/]+)$")
HEADERS = {
    b"content-security-policy": (
        b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'none'; form-action 'self'; "
        b"base-uri 'none'; frame-ancestors 'none'"
    ),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}


def wrap(app: App) -> App:
    """ASGI middleware that adds the headers to our routes."""

    async def wrapped(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not PAGES.search(scope["path"]):
            await app(scope, receive, send)
            return

        async def send_with_headers(message: dict[str, Any]) -> None:
            if (
                message["type"] == "http.response.start" and message["status"] == 200
            ):  # errors are Datasette's own pages
                kept = [pair for pair in message.get("headers", []) if bytes(pair[0]).lower() not in HEADERS]
                message = {**message, "headers": kept + list(HEADERS.items())}
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped
