"""Fetching a document, against a server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from litmap.documents import fetch, read
from litmap.errors import DocumentError, ServiceError

PAGE = "<html><p>Yoga lowers stress. Ça va.</p></html>"


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        name, _, rest = self.path.strip("/").partition("/")
        if name == "redirect":
            self._answer(302, location=f"/{rest}")
        elif name == "loop":
            self._answer(301, location="/loop")
        elif name == "away":
            self._answer(302, location={"file": "file:///etc/passwd", "ftp": "ftp://example.org/x"}[rest])
        elif name == "status":
            self._answer(int(rest))
        elif name == "image":
            self._answer(200, b"\x89PNG", "image/png")
        elif name == "big":
            self._answer(200, b"x" * 5000, "text/plain", length=rest == "said")
        elif name == "cut":
            self._answer(200, b"x" * 10, "text/plain", extra=1000)
        elif name == "latin":
            self._answer(200, PAGE.encode("iso-8859-15"), "text/html; charset=ISO-8859-15")
        elif name == "wrong":
            self._answer(200, PAGE.encode(), f"text/html; charset={rest}")
        else:
            self._answer(200, PAGE.encode(), "text/html; charset=utf-8")

    def _answer(
        self,
        status: int,
        body: bytes = b"",
        kind: str = "text/html",
        *,
        location: str = "",
        length: bool = True,
        extra: int = 0,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if location:
            self.send_header("Location", location)
        if length:
            self.send_header("Content-Length", str(len(body) + extra))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def get(url: str, **options: int) -> fetch.Fetched:
    return fetch.get(url, allow_private=True, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path",
    [
        "/page",
        "/redirect/page",
        "/redirect/redirect/page",
        "/latin",
        "/wrong/iso-8859-1",
        "/wrong/utf-16",
        "/wrong/klingon",
    ],
)
def test_a_page_is_fetched_and_read(server: str, path: str) -> None:
    got = get(server + path)
    document = read(got.data, got.url, encoding=got.encoding, media_type=got.media_type)
    assert document.text == "Yoga lowers stress. Ça va."
    assert got.media_type == "text/html"
    assert got.url.startswith(server)
    assert "redirect" not in got.url


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0.0.0.0"])
def test_private_addresses_are_refused_unless_allowed(server: str, name: str) -> None:
    with pytest.raises((DocumentError, ServiceError)) as refused:
        fetch.get(server.replace("127.0.0.1", name) + "/page")
    assert name == "[::ffff:127.0.0.1]" or "private" in str(refused.value)


def test_a_redirect_into_the_private_network_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = iter([False, True])
    monkeypatch.setattr(fetch, "is_private", lambda _: next(allowed))
    with pytest.raises(DocumentError, match="private"):
        fetch.get(server + "/redirect/page")


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "127.0.0.1", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1",
     "::ffff:10.0.0.1", "2002:0a00:0001::1", "64:ff9b::a00:1", "no address"],
)  # fmt: skip
def test_private(address: str) -> None:
    assert fetch.is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public(address: str) -> None:
    assert not fetch.is_private(address)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/x", "file:///etc/passwd", "example.org", "http://", "http://host:port/", "javascript:alert(1)"],
)
def test_only_web_addresses(url: str) -> None:
    with pytest.raises(DocumentError, match="not an http or https address"):
        fetch.get(url)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/away/file", "not an http"),
        ("/away/ftp", "not an http"),
        ("/loop", "redirects more than"),
        ("/status/404", "answered 404"),
        ("/image", "image/png"),
        ("/big/said", "larger than"),
        ("/big/unsaid", "larger than"),
    ],
)
def test_what_is_no_document_is_refused(server: str, path: str, words: str) -> None:
    with pytest.raises(DocumentError, match=words) as refused:
        get(server + path, most_bytes=1000)
    assert refused.value.hint


@pytest.mark.parametrize("path", ["/status/503", "/status/429", "/cut"])
def test_what_may_pass_is_a_failure_of_the_service(server: str, path: str) -> None:
    with pytest.raises(ServiceError) as failed:
        get(server + path)
    assert failed.value.hint


def test_no_server_at_all(server: str) -> None:
    port = int(server.rpartition(":")[2])
    with pytest.raises(ServiceError, match="cannot be reached"):
        get(f"http://127.0.0.1:{port - 1 if port > 60000 else port + 1}/")
