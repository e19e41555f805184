"""Ask E-utilities: repeat what failed in passing, name what did not, lose nothing that arrived."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from litmap.errors import InputError, ServiceError
from litmap.pubmed.entrez import replies
from litmap.pubmed.entrez.journal import Journal
from litmap.pubmed.entrez.replies import Fault, Reply
from litmap.pubmed.entrez.settings import TOOL, Settings
from litmap.pubmed.entrez.transport import Transport, seam

CITATIONS = 50  # citations in one ECitMatch
BATCH = 200  # PMIDs in one EFetch (NBK25499: more than about 200 go by POST)
LONGEST_WAIT = 120.0  # seconds; who asks for more is asked again by the next run
SHRINKS = 4  # times a batch that times out or breaks is halved without one success before we give up
CALM = 4  # batches in a row that came well before a halved size is doubled again
DOUBTFUL = 10  # single PMIDs in a row that all bring "Empty Response": that is an outage
EMPTY_TRIES = 3  # "Empty Response" is mostly the truth about PMIDs that do not exist

AGAIN = "what arrived is kept; run the same command again to go on"
NAMES = {"esearch": "PubMed's search", "efetch": "PubMed's record service", "ecitmatch": "PubMed's citation matcher"}


@dataclass(frozen=True, slots=True)
class Batch:
    """Records as they arrived: the raw reply, and which PMIDs it holds."""

    body: bytes
    pmids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """What ECitMatch goes by."""

    journal: str
    year: str
    volume: str
    page: str
    author: str
    key: str

    def line(self) -> str:
        """As NCBI wants it (NBK25499, ECitMatch); the bars and line ends that separate citations are taken out."""
        values = (self.journal, self.year, self.volume, self.page, self.author, self.key)
        return "".join(" ".join(value.replace("|", " ").split()) + "|" for value in values)


class Client:
    """Speaks to E-utilities through Bio.Entrez. `tell` gets one line about every wait."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal | None = None,
        *,
        cached: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.settings = settings
        self.cached = cached  # `begin` opens a journal in the user's cache folder
        self.journal = journal or Journal(None)
        self._sleep = sleep or time.sleep
        self.transport = Transport(settings, clock=clock, sleep=self._sleep)
        self.tell = tell or (lambda _message: None)

    def begin(self, run: Any) -> None:
        """Start (or go on with) the run that `run` describes. Call `finish` when it is complete."""
        if self.cached:
            self.journal = Journal.of_run([self.settings.endpoint, run])

    def finish(self) -> None:
        """The run is complete: its raw replies have done their work."""
        self.journal.finish()

    def close(self) -> None:
        """Close the connection."""
        self.transport.close()

    # ------------------------------------------------------------ one question

    def search_once(self, term: str, *, start: int = 0, most: int = 0, sort: str | None = None) -> replies.Search:
        """One ESearch, from the journal if a stopped run has its answer. Raises ServiceError or InputError."""
        params: dict[str, Any] = {"term": term, "retstart": start, "retmax": most, "retmode": "xml"}
        if sort:
            params["sort"] = sort
        body = self.journal.get("esearch", params)
        if body is not None:
            return replies.search(replies.parse("esearch", Reply(200, body)))
        try:
            body, root = self._ask("esearch", params)
            found = replies.search(root)
        except Fault as fault:
            raise self._failure("esearch", fault) from None
        self._keep("esearch", params, body)
        return found

    def match_citations(self, asked: Sequence[Citation]) -> dict[str, int | None]:
        """PMIDs of citations by their keys, None for those that PubMed does not know or not surely. Raises ServiceError."""
        found: dict[str, int | None] = {}
        for start in range(0, len(asked), CITATIONS):
            # as text: from a list, Bio.Entrez leaves out who is asking
            params = {"retmode": "xml", "bdata": "\r".join(one.line() for one in asked[start : start + CITATIONS])}
            try:
                _body, lines = self._ask("ecitmatch", params)
            except Fault as fault:
                raise self._failure("ecitmatch", fault) from None
            found.update(replies.citations(lines))
        return {one.key: found.get(one.key) for one in asked}

    def _ask(self, utility: str, params: dict[str, Any], at_once: frozenset[str] = frozenset()) -> tuple[bytes, Any]:
        """Ask until an answer can be used or the tries are spent. Raises the last Fault.

        Faults of the kinds `at_once` are not tried again here: the caller asks in smaller pieces.
        """
        tries = self.settings.tries
        for attempt in range(1, tries + 1):
            try:
                return self._once(utility, params)
            except Fault as fault:
                last = min(tries, EMPTY_TRIES) if fault.kind == "empty" else tries
                if fault.kind in ("none", "refused", "barred") or fault.kind in at_once or attempt >= last:
                    raise
                self._wait(utility, fault, attempt, last)
        raise AssertionError("unreachable")

    def _once(self, utility: str, params: dict[str, Any]) -> tuple[bytes, Any]:
        with seam(self.transport) as entrez:
            handle = getattr(entrez, utility)(
                db="pubmed", tool=TOOL, email=self.settings.email, api_key=self.settings.api_key, **params
            )
        reply: Reply = handle.reply
        try:
            return reply.body, replies.parse(utility, reply)
        except Fault as fault:
            # NCBI repeats the key in its error texts.
            raise Fault(fault.kind, self._without_key(fault.text), fault.wait) from None

    def _without_key(self, text: str) -> str:
        key = self.settings.api_key
        return text.replace(key, "(key)") if key else text

    def _wait(self, utility: str, fault: Fault, attempt: int, tries: int) -> None:
        wait = fault.wait if fault.wait is not None else float(2 ** (attempt - 1))
        if wait > LONGEST_WAIT:
            raise Fault(fault.kind, f"{fault.text}, and asks us to wait {wait:.0f} s")
        self.tell(f"{NAMES[utility]}: {fault.text}; trying again in {wait:.0f} s ({attempt} of {tries - 1})")
        self._sleep(wait)

    def _keep(self, kind: str, asked: Any, body: bytes) -> None:
        key = self.settings.api_key
        if not (key and key.encode() in body):
            self.journal.put(kind, asked, body)

    def _failure(self, utility: str, fault: Fault) -> Exception:
        if fault.kind == "refused" and "api key" in fault.text.lower():
            return InputError(
                "NCBI does not accept the API key", "check it at the account page of NCBI, or leave it out"
            )
        if fault.kind == "barred":
            return ServiceError(
                f"{NAMES[utility]} does not let us in: {fault.text}",
                "try later, or check LITMAP_EUTILS_URL if you set it; what arrived is kept",
            )
        if fault.kind == "refused" and utility == "esearch":
            return InputError(
                f"PubMed does not accept this search: {fault.text}",
                "correct the query; `litmap search --count` tries it",
            )
        if fault.kind == "refused":
            return ServiceError(f"{NAMES[utility]} refuses: {fault.text}", AGAIN)
        return ServiceError(f"{NAMES[utility]} does not answer as it should: {fault.text}", AGAIN)

    # ------------------------------------------------------------ records

    def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
        """Yield records in batches as they arrive; asks a second time for those that did not come.

        Who collects the batches names the rest as missing. Raises ServiceError when the service fails.
        """
        waiting = list(dict.fromkeys(pmids))
        for body in self.journal.replies("efetch"):
            batch = self._batch(body)
            waiting = [pmid for pmid in waiting if pmid not in batch.pmids]
            yield batch
        for _chance in range(2):
            done: set[int] = set()
            for batch in self._batches(waiting, done):
                done.update(batch.pmids)
                yield batch
            waiting = [pmid for pmid in waiting if pmid not in done]

    def _batch(self, body: bytes) -> Batch:
        return Batch(body, replies.pmids_of(replies.parse("efetch", Reply(200, body))))

    def _batches(self, pmids: list[int], denied: set[int]) -> Iterator[Batch]:
        """Yield what comes; PMIDs that PubMed says it does not have are added to `denied`."""
        size, shrunk, calm, at, empty = BATCH, 0, 0, 0, 0
        while at < len(pmids):
            ask = tuple(pmids[at : at + size])
            try:
                body, root = self._ask(
                    "efetch", {"id": ",".join(map(str, ask)), "retmode": "xml"}, _at_once(len(ask), shrunk)
                )
            except Fault as fault:
                empty += fault.kind == "empty" and len(ask) == 1
                if fault.kind == "none" or (fault.kind == "empty" and len(ask) == 1 and empty < DOUBTFUL):
                    denied.update(ask)
                    at += len(ask)
                elif len(ask) == 1 or not (
                    fault.kind == "empty" or (fault.kind in ("slow", "cut") and shrunk < SHRINKS)
                ):
                    raise self._failure("efetch", fault) from None
                else:
                    size, shrunk, calm = (len(ask) + 1) // 2, shrunk + 1, 0
                    self.tell(f"{NAMES['efetch']}: {fault.text}; asking for {size} at a time")
                continue
            at, shrunk, calm, empty = at + len(ask), 0, calm + 1, 0
            if calm >= CALM:
                size, calm = min(BATCH, size * 2), 0
            self._keep("efetch", ask, body)
            yield Batch(body, replies.pmids_of(root))


def _at_once(size: int, shrunk: int) -> frozenset[str]:
    """The kinds of fault that are answered by halving, not by waiting."""
    if size == 1:
        return frozenset({"empty"}) if shrunk else frozenset()
    return frozenset({"slow", "cut", "empty"}) if shrunk else frozenset({"slow", "cut"})
