"""Fetch one document by URL: http and https only, with limits, and never from inside the user's own network unless asked.

The address is checked where the connection is made, on the very address that is connected to, so neither a redirect nor
a name that resolves differently the second time gets past. Proxies of the environment are not used for the same reason.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from litmap import __version__
from litmap.errors import DocumentError, ServiceError

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 10.0, 30.0, 120.0
MOST_BYTES = 30_000_000
MOST_REDIRECTS = 5
MEDIA_TYPES = {
    "text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/x-markdown", "text/csv", "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/octet-stream", "",
}  # fmt: skip
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_REDIRECTS = {301, 302, 303, 307, 308}
_CHUNK = 65536


class Fetched(NamedTuple):
    """What came: the bytes, the URL they came from at last, and what the server says they are.

    `encoding` is the server's word only where it says more than a default and the bytes bear it out.
    """

    data: bytes
    url: str
    media_type: str | None
    encoding: str | None


class PrivateAddress(OSError):
    """The host's address belongs to a private, loopback or otherwise local network."""


def get(
    url: str,
    *,
    allow_private: bool = False,
    most_bytes: int = MOST_BYTES,
    most_redirects: int = MOST_REDIRECTS,
    timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
) -> Fetched:
    """Fetch a URL.

    Raises DocumentError for what is wrong with the URL or the answer (scheme, address, status 4xx, type, size) and
    ServiceError for what may pass (no connection, time-out, status 5xx or 429).
    """
    import requests

    deadline = time.monotonic() + WHOLE_SECONDS
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(
            {"User-Agent": f"litmap/{__version__}", "Accept": "text/html,text/*;q=0.9,application/pdf;q=0.8"}
        )
        for prefix in ("http://", "https://"):
            session.mount(prefix, _adapter(allow_private))
        here = url
        for _ in range(most_redirects + 1):
            _check_scheme(here, url)
            with closing(_ask(session, here, timeout)) as answer:
                target = answer.headers.get("Location")
                if answer.status_code in _REDIRECTS and target:
                    here = urljoin(here, target)
                    continue
                return _take(answer, here, most_bytes, deadline)
    raise DocumentError(f"{url} redirects more than {most_redirects} times", "open it in a browser and save the page")


def _check_scheme(here: str, url: str) -> None:
    try:
        parts = urlsplit(here)
        known = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        known = False
    if not known:
        start = f"{url} redirects to {here}, which" if here != url else url
        raise DocumentError(
            f"{start} is not an http or https address", "give an address that begins with https://, or a file"
        )


def _ask(session: requests.Session, url: str, timeout: tuple[float, float]) -> requests.Response:
    import requests

    try:
        return session.get(url, stream=True, timeout=timeout, allow_redirects=False)
    except requests.Timeout as error:
        raise ServiceError(
            f"{url} did not answer in time", "try again later, or save the page and import the file"
        ) from error
    except requests.ConnectionError as error:
        if _private(error):
            raise DocumentError(
                f"{url} is an address of a private or local network", "add --allow-private if you mean it"
            ) from error  # fmt: skip
        raise ServiceError(f"{url} cannot be reached", "check the address and the connection") from error
    except requests.RequestException as error:
        raise DocumentError(f"{url} cannot be fetched: {error}", "check the address") from error


def _private(error: BaseException | None) -> bool:
    """Whether the refusal of our own connection stands behind an error of requests."""
    seen: set[int] = set()
    queue: list[Any] = [error]
    while queue:
        one = queue.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, PrivateAddress):
            return True
        queue += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return False


def _take(answer: requests.Response, url: str, most_bytes: int, deadline: float) -> Fetched:
    status = answer.status_code
    if status >= 500 or status == 429:
        raise ServiceError(f"{url} answered {status}", "try again later, or save the page and import the file")
    if status != 200:
        raise DocumentError(
            f"{url} answered {status}", "check the address, or save the page from the browser and import the file"
        )
    said = answer.headers.get("Content-Type", "")
    media_type = said.partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise DocumentError(
            f"{url} is {media_type}, not a document that litmap reads", "give HTML, text, Markdown, CSV, PDF or Word"
        )
    length = answer.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > most_bytes:
        raise DocumentError(f"{url} is larger than {most_bytes:,} bytes", "save it and import the part you need")
    data = bytearray()
    for chunk in _chunks(answer, url):
        data += chunk
        if len(data) > most_bytes:
            raise DocumentError(f"{url} is larger than {most_bytes:,} bytes", "save it and import the part you need")
        if time.monotonic() > deadline:
            raise ServiceError(f"{url} sends too slowly", "save the page and import the file")
    charset = _CHARSET.search(said)
    return Fetched(bytes(data), url, media_type or None, _borne_out(bytes(data), charset[1]) if charset else None)


def _borne_out(data: bytes, encoding: str) -> str | None:
    if encoding.lower() in ("iso-8859-1", "latin1", "us-ascii", "ascii"):
        return None  # what servers send that were never told
    try:
        data.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return None
    return encoding


def _chunks(answer: requests.Response, url: str) -> Iterator[bytes]:
    import requests

    try:
        yield from answer.iter_content(_CHUNK)
    except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
        raise ServiceError(f"{url} broke off in the middle", "try again") from error
    except requests.RequestException as error:
        raise DocumentError(f"{url} cannot be read: {error}", "save the page and import the file") from error


def is_private(address: str) -> bool:
    """Whether an IP address is none of the public internet's: private, loopback, link-local, multicast, reserved, mapped or not an address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if inner is not None:
        return is_private(str(inner))
    teredo = getattr(ip, "teredo", None)
    return not ip.is_global or ip.is_multicast or teredo is not None or ip in _TRANSLATED


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # IPv4 behind a translator (RFC 6052)


def _resolved(host: str, port: int, allow_private: bool) -> list[tuple[Any, ...]]:
    """Resolve a name. Raises PrivateAddress when one of its addresses is not public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not allow_private and any(is_private(str(entry[4][0])) for entry in found):
        raise PrivateAddress(f"{host} is private")
    return list(found)


def _connected(connection: Any, allow_private: bool) -> socket.socket:
    """Resolve once, check, and connect to what was checked."""
    error: OSError | None = None
    addresses = _resolved(connection.host.strip("[]"), connection.port, allow_private)
    for family, kind, protocol, _, address in addresses:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(connection.timeout if isinstance(connection.timeout, (int, float)) else CONNECT_SECONDS)
            sock.connect(address)
        except OSError as failed:
            sock.close()
            error = failed
            continue
        return sock
    raise _unreachable(connection, error)


def _adapter(allow_private: bool) -> HTTPAdapter:
    """An adapter of requests whose connections check the address that they connect to."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, allow_private)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, allow_private)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    return Adapter(max_retries=0)


def _unreachable(connection: Any, error: OSError | None) -> Exception:
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    if isinstance(error, TimeoutError):
        return ConnectTimeoutError(connection, f"connection to {connection.host} timed out")
    return NewConnectionError(connection, f"no connection to {connection.host}: {error}")
