"""One HTTP request, no more: our stand-in for `Bio.Entrez.urlopen`.

Bio.Entrez has its endpoints as literals, no timeout, and repeats 429 and 5xx at once. We let it build the
requests and take over from there.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from litmap import __version__
from litmap.pubmed.entrez.replies import Fault, Reply
from litmap.pubmed.entrez.settings import TOOL, Settings

if TYPE_CHECKING:
    from urllib.request import Request

PATIENCE = 5  # a whole reply may take this many times the timeout; against servers that drip
LARGEST = 512 * 1024 * 1024  # bytes of one reply
SPARE = 1.05  # NCBI counts by its own clock: stay a little under the limit


class Handle(io.BytesIO):
    """A read reply in the shape that Bio.Entrez passes on."""

    def __init__(self, reply: Reply, url: str) -> None:
        super().__init__(reply.body)
        self.reply = reply
        self.url = url
        self.headers = Message()
        self.headers["Content-Type"] = "text/xml"  # binary, whatever the server called it


class Transport:
    """Sends requests at the pace that NCBI allows, with a timeout. Raises Fault."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.sleep = sleep
        self._next = clock()
        self._session: Any = None

    def close(self) -> None:
        """Close the connection that is kept open between requests."""
        if self._session is not None:
            self._session.close()

    def open(self, request: Request) -> Handle:
        """Send a request that Bio.Entrez built, to our endpoint.

        Always by POST: a key or an e-mail address in a URL ends in the logs of every proxy on the way.
        """
        parts = urlsplit(request.full_url)
        url = f"{self.settings.endpoint}/{parts.path.rsplit('/', 1)[-1]}"
        data = request.data if isinstance(request.data, bytes) else parts.query.encode()
        self._pace()
        return Handle(self._send(url, data), url)

    def _pace(self) -> None:
        wait = self._next - self.clock()
        if wait > 0:
            self.sleep(wait)
        self._next = max(self._next, self.clock()) + SPARE / self.settings.per_second

    def _send(self, url: str, data: bytes) -> Reply:
        import requests
        import urllib3

        if self._session is None:
            self._session = requests.Session()
            self._session.headers["User-Agent"] = f"{TOOL}/{__version__}"
            self._session.headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            with self._session.post(
                url, data=data, stream=True, timeout=self.settings.timeout, allow_redirects=False
            ) as got:
                return Reply(got.status_code, self._read(got.raw), retry_after(got.headers.get("Retry-After")))
        # `from None` throughout: the messages of these errors hold the address.
        except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
            raise Fault("slow", f"no answer within {self.settings.timeout:g} s") from None
        except requests.exceptions.SSLError:
            raise Fault("outage", "the connection is not secure: the server's certificate was not accepted") from None
        except requests.exceptions.ProxyError:
            raise Fault("outage", "the proxy (HTTPS_PROXY) does not answer") from None
        except requests.exceptions.ConnectionError:
            raise Fault("outage", f"no connection to {urlsplit(url).netloc.rsplit('@', 1)[-1]}") from None
        except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError):
            raise Fault("cut", "the connection broke off in the middle of a reply") from None
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
            raise Fault("outage", f"the connection failed ({type(error).__name__})") from None

    def _read(self, raw: Any) -> bytes:
        """Read to the end, but not for ever: a server that drips never runs into the socket's timeout."""
        limit = self.clock() + PATIENCE * self.settings.timeout
        pieces, size = [], 0
        while piece := raw.read1(1 << 16, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if self.clock() > limit:
                raise Fault("slow", f"the reply was not whole after {PATIENCE * self.settings.timeout:g} s")
            if size > LARGEST:
                raise Fault("refused", "a reply without end")
        return b"".join(pieces)


def retry_after(value: str | None) -> float | None:
    """Seconds to wait, from a Retry-After header in either of its forms (RFC 9110, 10.2.3); None when unreadable."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    return max(0.0, (when - datetime.now(timezone.utc)).total_seconds())


@contextmanager
def seam(transport: Transport) -> Iterator[Any]:
    """Put our transport under Bio.Entrez while one of its functions runs."""
    import warnings

    from Bio import Entrez as module

    entrez: Any = module
    before = entrez.urlopen, entrez.max_tries
    entrez.urlopen, entrez.max_tries = transport.open, 1
    entrez._open.previous = 0  # its own waiting: ours counts repeated requests too
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"\s*Email address is not specified", category=UserWarning)
            yield entrez
    finally:
        entrez.urlopen, entrez.max_tries = before
