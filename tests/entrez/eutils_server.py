"""A small E-utilities server on loopback: ESearch, EFetch, EPost, ESummary and ELink over a library made up in the
test, with PubMed's limits, and misbehaving on demand. It speaks real HTTP; the client under test is the real one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import eutils_query

MOST = 9_999
HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'
DTDS = {
    "eSearchResult": ("esearch 20060628", "20060628/esearch"),
    "eFetchResult": ("efetch 20131226", "20131226/efetch"),
    "ePostResult": ("epost 20090526", "20090526/epost"),
    "eSummaryResult": ("esummary v1 20041029", "20041029/esummary-v1"),
    "eLinkResult": ("elink 20101123", "20101123/elink"),
}


def xml(root: str, content: str) -> str:
    """A whole reply, with the DOCTYPE that E-utilities give it."""
    name, path = DTDS[root]
    doctype = (
        f'<!DOCTYPE {root} PUBLIC "-//NLM//DTD {name}//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/{path}.dtd">\n'
    )
    return f"{HEAD}{doctype}<{root}>{content}</{root}>"


OUTAGES = {
    "500": (500, "<html><body>Internal Server Error</body></html>"),
    "502": (502, "<html><head><title>502 Bad Gateway</title></head></html>"),
    "503": (503, ""),
    "429": (429, '{"error":"API rate limit exceeded","count":"11"}'),
    "json": (200, '{"error":"API rate limit exceeded","api-key":"KEY","count":"4","limit":"3"}'),
    "error": (200, xml("eFetchResult", "<ERROR>Search Backend failed: address table is empty</ERROR>")),
    "bug": (
        200,
        xml("eSearchResult", "<ERROR>Search Backend failed: Unbalanced parentheses in KEY</ERROR>"),
    ),
    "empty": (400, xml("eFetchResult", "<ERROR>Empty Response</ERROR>")),
    "proxied": (400, xml("eFetchResult", "<ERROR>proxy_stream(): 502 Bad Gateway</ERROR>")),
    "html": (200, "<!DOCTYPE html>\n<html><body>Scheduled maintenance</body></html>"),
    "nothing": (200, ""),
    "barred": (403, "<!DOCTYPE html><html><body>Access denied</body></html>"),
    "bad-key": (400, '{"error":"API key invalid","api-key":"KEY"}'),
    "expired": (200, xml("eFetchResult", "<ERROR>Unable to obtain query #1</ERROR>")),
}


@dataclass
class Article:
    """One record of the library. Dates are YYYY/MM/DD."""

    pmid: int
    title: str
    abstract: str = "Patients were studied."
    created: str = "2020/01/01"
    revised: str = "2020/02/01"
    indexed: str = ""
    mesh: tuple[str, ...] = ()
    types: tuple[str, ...] = ("Journal Article",)
    relations: tuple[tuple[str, int], ...] = ()
    book: bool = False
    doi: str = ""
    citation: tuple[str, str, str, str] = ("", "", "", "")  # journal, year, volume, first page, for ECitMatch

    @property
    def words(self) -> str:
        return f"{self.title} {self.abstract} {' '.join(self.mesh)}".lower()

    def xml(self) -> str:
        title, text = escape(self.title), escape(self.abstract)
        if self.book:
            return (
                f'<PubmedBookArticle><BookDocument><PMID Version="1">{self.pmid}</PMID><ArticleIdList/><Book><Publisher><PublisherName>P'
                f"</PublisherName></Publisher><BookTitle>Handbook</BookTitle><PubDate><Year>2020</Year></PubDate></Book>"
                f"<ArticleTitle>{title}</ArticleTitle><Abstract><AbstractText>{text}</AbstractText></Abstract></BookDocument>"
                f"<PubmedBookData><PublicationStatus>ppublish</PublicationStatus></PubmedBookData></PubmedBookArticle>"
            )
        year, month, day = self.revised.split("/")
        kinds = "".join(f'<PublicationType UI="">{escape(kind)}</PublicationType>' for kind in self.types)
        mesh = "".join(
            f'<MeshHeading><DescriptorName UI="D1" MajorTopicYN="N">{escape(name)}</DescriptorName></MeshHeading>'
            for name in self.mesh
        )
        related = "".join(
            f'<CommentsCorrections RefType="{kind}"><RefSource>J</RefSource><PMID Version="1">{other}</PMID></CommentsCorrections>'
            for kind, other in self.relations
        )
        return (
            f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{self.pmid}</PMID>'
            f"<DateRevised><Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></DateRevised>"
            f"<Article><Journal><Title>Journal</Title></Journal><ArticleTitle>{title}</ArticleTitle>"
            f"<Abstract><AbstractText>{text}</AbstractText></Abstract><PublicationTypeList>{kinds}</PublicationTypeList></Article>"
            f"<CommentsCorrectionsList>{related}</CommentsCorrectionsList><MeshHeadingList>{mesh}</MeshHeadingList></MedlineCitation>"
            f"<PubmedData><PublicationStatus>ppublish</PublicationStatus></PubmedData></PubmedArticle>"
        )


class Asked(NamedTuple):
    """A request as it arrived."""

    utility: str
    method: str
    path: str
    params: dict[str, str]

    @property
    def ids(self) -> list[int]:
        return [int(one) for one in self.params.get("id", "").split(",") if one]


@dataclass
class Trouble:
    """What to do wrong, and how often (-1: always)."""

    utility: str
    kind: str
    times: int
    skip: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    larger_than: int = 0  # only requests for more records than this


class Server:
    """The library, the trouble, and a log of what was asked."""

    def __init__(self) -> None:
        self.address = ""
        self.articles: dict[int, Article] = {}
        self.unfetchable: set[int] = set()
        self.doubled: set[int] = set()
        self.troubles: list[Trouble] = []
        self.page = MOST  # what one ESearch gives at most
        self.broken_axis = ""  # a range field that loses records
        self.lossy_at: int | None = None  # an exact count of which the last PMID is lost
        self.history: dict[str, list[int]] = {}
        self.asked: list[Asked] = []
        self.held = threading.Event()  # a client now waits in a held request
        self.go_on = threading.Event()
        self._lock = threading.Lock()

    def add(self, *articles: Article) -> None:
        self.articles.update((one.pmid, one) for one in articles)

    def fill(self, count: int, word: str = "ketamine", first: int = 1_000_001, step: int = 7) -> list[int]:
        pmids = [first + number * step for number in range(count)]
        self.add(*(Article(pmid, f"A study of {word} number {pmid}") for pmid in pmids))
        return pmids

    def trouble(
        self, utility: str, kind: str, times: int = 1, *, skip: int = 0, larger_than: int = 0, **headers: str
    ) -> None:
        self.troubles.append(
            Trouble(
                utility,
                kind,
                times,
                skip,
                {name.replace("_", "-"): value for name, value in headers.items()},
                larger_than,
            )
        )

    def of(self, utility: str) -> list[Asked]:
        return [one for one in self.asked if one.utility == utility]

    def next_trouble(self, asked: Asked) -> Trouble | None:
        with self._lock:
            self.asked.append(asked)
            for one in self.troubles:
                if one.utility != asked.utility or one.times == 0 or len(asked.ids) < one.larger_than:
                    continue
                if one.skip:
                    one.skip -= 1
                    continue
                one.times -= 1
                return one
        return None

    # ------------------------------------------------------------ replies

    def answer(self, asked: Asked) -> tuple[int, str]:
        reply = getattr(self, f"_{asked.utility}", None)
        return reply(asked.params) if reply else (404, "<html><body>Not found</body></html>")

    def _esearch(self, params: dict[str, str]) -> tuple[int, str]:
        term, start, most = params.get("term", ""), int(params.get("retstart", 0)), int(params.get("retmax", 20))
        if not term.strip():
            return 200, xml("eSearchResult", "<ERROR>Empty term and query_key - nothing todo</ERROR>")
        if start > MOST - 1:
            return (
                200,
                xml(
                    "eSearchResult",
                    "<ERROR>Search Backend failed: Exception:\n'retstart' cannot be larger than 9998.</ERROR>",
                ),
            )
        try:
            found = eutils_query.Query(term, self.articles.values(), self.broken_axis)
        except ValueError as error:
            return (
                200,
                xml("eSearchResult", f"<ERROR>Search Backend failed: syntax error: {error}</ERROR>"),
            )
        pmids = sorted(found.pmids, reverse=params.get("sort") != "relevance")
        count = len(pmids)
        if count == self.lossy_at:
            pmids = pmids[:-1]
        page = pmids[start : min(start + most, start + self.page, MOST)]
        lost = "".join(f"<PhraseNotFound>{escape(word)}</PhraseNotFound>" for word in found.unknown)
        warned = "<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>" if not count else ""
        history = ""
        if params.get("usehistory") == "y":
            self.history[f"MCID_{len(self.history)}"] = pmids
            history = f"<QueryKey>1</QueryKey><WebEnv>MCID_{len(self.history) - 1}</WebEnv>"
        ids = "".join(f"<Id>{pmid}</Id>\n" for pmid in page)
        return 200, (
            HEAD
            + '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
            f"<eSearchResult><Count>{count}</Count><RetMax>{len(page)}</RetMax><RetStart>{start}</RetStart>{history}<IdList>{ids}</IdList>"
            f"<TranslationSet/><QueryTranslation>{escape(found.translation)}</QueryTranslation>"
            + (f"<ErrorList>{lost}</ErrorList>" if lost else "")
            + f"{warned}</eSearchResult>"
        )

    def _ids(self, params: dict[str, str]) -> list[int] | None:
        if "WebEnv" in params:
            return self.history.get(params["WebEnv"])
        return [int(one) for one in params.get("id", "").split(",") if one]

    def _efetch(self, params: dict[str, str]) -> tuple[int, str]:
        ids = self._ids(params)
        if ids is None:
            return OUTAGES["expired"]
        found = [self.articles[pmid] for pmid in ids if pmid in self.articles and pmid not in self.unfetchable]
        if not found and not any(pmid in self.articles for pmid in ids):
            return (
                400,
                xml("eFetchResult", "<ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR>"),
            )
        body = "\n".join(one.xml() * (2 if one.pmid in self.doubled else 1) for one in found)
        return 200, (
            HEAD
            + '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
            f"<PubmedArticleSet>\n{body}\n</PubmedArticleSet>"
        )

    def _ecitmatch(self, params: dict[str, str]) -> tuple[int, str]:
        """Plain lines, as NCBI gives them: by journal, year, volume and first page."""
        lines = []
        for line in params.get("bdata", "").replace("\r", "\n").split("\n"):
            if not line.strip("| "):
                continue
            asked = tuple(part.strip().lower() for part in line.split("|")[:4])
            found = [one.pmid for one in self.articles.values() if tuple(map(str.lower, one.citation)) == asked]
            said = (
                str(found[0]) if len(found) == 1 else "AMBIGUOUS 2 citations" if found else "NOT_FOUND;INVALID_JOURNAL"
            )
            lines.append(f"{line.rstrip().rstrip('|')}|{said}")
        return 200, "\n".join(lines) + "\n"

    def _epost(self, params: dict[str, str]) -> tuple[int, str]:
        ids = self._ids(params)
        if not ids:
            return 200, xml("ePostResult", "\n\t<ERROR>Empty ID list; Nothing to store</ERROR>")
        self.history[f"MCID_{len(self.history)}"] = ids
        return (
            200,
            xml("ePostResult", f"\n\t<QueryKey>1</QueryKey>\n\t<WebEnv>MCID_{len(self.history) - 1}</WebEnv>\n"),
        )

    def _esummary(self, params: dict[str, str]) -> tuple[int, str]:
        rows = [
            f'<DocSum>\n\t<Id>{pmid}</Id>\n\t<Item Name="Title" Type="String">{escape(self.articles[pmid].title)}</Item>\n</DocSum>'
            for pmid in self._ids(params) or ()
            if pmid in self.articles
        ]
        return 200, xml("eSummaryResult", "\n" + "\n".join(rows) + "\n")

    def _elink(self, params: dict[str, str]) -> tuple[int, str]:
        sets = []
        for pmid in self._ids(params) or ():
            links = (
                "".join(f"<Link><Id>{other}</Id></Link>" for _kind, other in self.articles[pmid].relations)
                if pmid in self.articles
                else ""
            )
            sets.append(
                f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>{pmid}</Id></IdList><LinkSetDb><DbTo>pubmed</DbTo>"
                f"<LinkName>pubmed_pubmed</LinkName>{links}</LinkSetDb></LinkSet>"
            )
        return 200, xml("eLinkResult", "".join(sets))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    library: Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def _serve(self, text: str) -> None:
        params = {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
        utility = urlsplit(self.path).path.rsplit("/", 1)[-1].removesuffix(".fcgi").removesuffix(".cgi")
        asked = Asked(utility, self.command, self.path, params)
        trouble = self.library.next_trouble(asked)
        try:
            if trouble is None:
                self._reply(*self.library.answer(asked))
            else:
                self._misbehave(trouble, asked)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _reply(self, status: int, text: str, headers: dict[str, str] | None = None, length: int | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=UTF-8")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _misbehave(self, trouble: Trouble, asked: Asked) -> None:
        if trouble.kind in OUTAGES:
            status, text = OUTAGES[trouble.kind]
            self._reply(status, text.replace("KEY", asked.params.get("api_key", "KEY")), trouble.headers)
            return
        if trouble.kind == "hold":
            self.library.held.set()
            self.library.go_on.wait(30)
            self._reply(*self.library.answer(asked))
            return
        self.close_connection = True
        status, text = self.library.answer(asked)
        half = (
            text[: text.index("<ArticleTitle>", len(text) // 2) + 20]
            if "<ArticleTitle>" in text
            else text[: len(text) // 2]
        )
        if trouble.kind == "cut":  # the connection ends before the length that was announced
            self._reply(status, half, length=len(text.encode()))
        elif trouble.kind == "cut-whole":  # a whole HTTP reply with half the XML
            self._reply(status, half)
        elif trouble.kind == "hang":
            self.library.go_on.wait(30)
        elif trouble.kind == "drip":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            while not self.library.go_on.wait(0.01):
                self.wfile.write(b" ")
                self.wfile.flush()
        elif trouble.kind != "drop":
            raise AssertionError(trouble.kind)


@contextmanager
def serving() -> Iterator[tuple[Server, str]]:
    """A running server and its address."""
    library = Server()
    handler = type("Handler", (_Handler,), {"library": library})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield library, f"http://127.0.0.1:{http.server_address[1]}/entrez/eutils"
    finally:
        library.go_on.set()
        http.shutdown()
        http.server_close()
        thread.join()
