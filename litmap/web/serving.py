"""A Datasette over one map, on either version, and the server that shows it."""

from __future__ import annotations

import re
import signal
import socket
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.errors import InputError, LitmapError, StoreError
from litmap.store import open_store
from litmap.web import canned, config, ours

if TYPE_CHECKING:
    from datasette.app import Datasette

_NO_URI = re.compile(r"[?#]|%[0-9A-Fa-f]{2}")  # Datasette puts paths into SQLite's addresses as they are
ABOUT = {
    "title": "Evidence map",
    "description": "Claims and the PubMed records that bear on them. A level is the highest study design found, not an appraisal.",
}


def datasette_for(
    database: Path, others: Sequence[Path] = (), *, queries: Path | None = None, settings: config.Settings | None = None
) -> Datasette:
    """Build a Datasette that shows `database` as a map. Other SQLite files are shown as they are.

    Raises StoreError when the file is no map of ours.
    """
    from datasette.app import Datasette
    from datasette.version import __version_info__

    with open_store(database, read_only=True) as store:
        tables = ours.tables_of(store.conn)
        whole = config.metadata(database.stem, tables, canned.canned(tables, queries), ABOUT)
    chosen: dict[str, Any] = {"settings": {**config.LOCAL_SETTINGS, **(settings or {})}}
    if int(__version_info__[0]) >= 1:
        chosen["metadata"], chosen["config"] = config.for_alpha(whole)
    else:
        chosen["metadata"] = whole
    return Datasette([str(path) for path in (database, *others)], **chosen)


def close(datasette: Datasette) -> None:
    """Close every connection, so that the write-ahead log can be folded back."""
    datasette.executor.shutdown(wait=True)
    for database in datasette.databases.values():
        database.close()
    with suppress(AttributeError):  # Datasette 0.65 has no close of its own
        datasette.close()


def claim_port(host: str, port: int) -> socket.socket:
    """Bind the port before anything else is done; 0 takes any free one. Raises InputError when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OverflowError as error:
        bound.close()
        raise InputError(f"{port} is no port number", "give --port a number from 0 to 65535") from error
    except OSError as error:
        bound.close()
        if isinstance(error, socket.gaierror):
            raise InputError(f"there is no host {host} here", "give --host an address of this machine") from error
        reason = error.strerror or str(error)
        raise LitmapError(
            f"cannot listen on {host} port {port}: {reason}",
            f"choose another with --port, for example --port {(port + 1) % 65536}",
        ) from error
    return bound


@contextmanager
def _live(database: Path) -> Iterator[bool]:
    """Let reads go on while a load writes. Yields whether the file can be written."""
    try:
        store = open_store(database)
    except StoreError:
        open_store(database, read_only=True).close()  # says what is wrong, unless being read-only was all
        yield False
        return
    with store:
        store.use_wal()
        yield True


def _check_files(database: Path, others: Sequence[Path]) -> None:
    for path in (database, *others):
        if _NO_URI.search(str(path.resolve())):
            raise InputError(
                f"Datasette cannot open {path}: its path holds ?, # or a % code", "rename the file or folder"
            )
    for path in others:
        if not path.is_file():
            raise InputError(
                f"{path} does not exist" if not path.exists() else f"{path} is not a file", "give SQLite files"
            )
        with path.open("rb") as file:
            if not file.read(16).startswith(b"SQLite format 3\0"):
                raise InputError(
                    f"{path} is not an SQLite database", f"read documents with: litmap import {database} {path}"
                )
    names = [path.stem for path in (database, *others)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"two files are both called {twice[0]}", "rename one: the name is part of every address")


def serve(
    database: Path,
    others: Sequence[Path] = (),
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    queries: Path | None = None,
    open_browser: bool = False,
    ready: Callable[[str], None] = print,
) -> None:
    """Serve the map until interrupted; `ready` gets the address once requests are answered.

    Raises StoreError for a file that is no map, InputError or LitmapError for a host or port that cannot be used.
    """
    _check_files(database, others)
    bound = claim_port(host, port)
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        datasette = datasette_for(database, others, queries=queries)
        with _live(database):
            shown = f"[{host}]" if ":" in host else host
            url = f"http://{shown}:{bound.getsockname()[1]}{datasette.urls.database(database.stem)}"
            try:
                _run(datasette, bound, lambda: _announce(url, ready, open_browser))
            finally:
                close(datasette)
    finally:
        bound.close()
        for name, handler in before.items():
            signal.signal(name, handler)


def _announce(url: str, ready: Callable[[str], None], open_browser: bool) -> None:
    ready(url)
    if open_browser:
        webbrowser.open(url)


def _run(datasette: Datasette, bound: socket.socket, started: Callable[[], None]) -> None:
    """Answer requests until SIGINT or SIGTERM; both are the normal end."""
    import uvicorn

    class Server(uvicorn.Server):  # type: ignore[misc,unused-ignore]
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                started()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        Server(uvicorn.Config(datasette.app(), log_level="warning", lifespan="on")).run(sockets=[bound])
    except KeyboardInterrupt:
        pass  # uvicorn has closed its connections by now and raises the signal again
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):  # a second signal must not leave the log behind
            signal.signal(name, signal.SIG_IGN)


def reload_on_change(entry: str, queries: Path | None) -> None:
    """Run `entry` in a child that is started again when a file changes. Returns only in that child."""
    import hupper

    from litmap.resources import folder

    reloader = hupper.start_reloader(entry, shutdown_interval=10)  # time to fold the log back
    for place in (folder("queries"), queries):
        if place:
            reloader.watch_files([str(path) for path in sorted(place.glob("*.sql"))])
