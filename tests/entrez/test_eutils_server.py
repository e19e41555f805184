"""The test server answers as E-utilities do, so that the tests of the client mean something. Asked through Bio.Entrez."""

from __future__ import annotations

from typing import Any

import pytest
from eutils_server import Article, Server

from litmap.pubmed.entrez import Settings
from litmap.pubmed.entrez.transport import Transport, seam


@pytest.fixture
def ask(server: Server) -> Any:
    transport = Transport(Settings(endpoint=server.address), sleep=lambda _: None)

    def run(utility: str, raw: bool = False, **params: Any) -> Any:
        with seam(transport) as entrez:
            handle = getattr(entrez, utility)(email="me@example.org", **params)
            return handle.read() if raw else entrez.read(handle)

    yield run
    transport.close()


def test_search_with_history_and_fetch_from_it(server: Server, ask: Any) -> None:
    pmids = server.fill(3)
    found = ask("esearch", db="pubmed", term="ketamine", usehistory="y")
    assert (int(found["Count"]), sorted(map(int, found["IdList"]))) == (3, pmids)
    records = ask("efetch", db="pubmed", WebEnv=found["WebEnv"], query_key="1", retmode="xml")
    assert len(records["PubmedArticle"]) == 3
    server.history.clear()  # NCBI forgets them after some hours
    reply = ask("efetch", db="pubmed", WebEnv=found["WebEnv"], query_key="1", retmode="xml", raw=True)
    assert b"<ERROR>Unable to obtain query #1</ERROR>" in reply


def test_the_cap(server: Server, ask: Any) -> None:
    server.fill(10_005)
    assert len(ask("esearch", db="pubmed", term="ketamine", retmax=20_000)["IdList"]) == 9_999
    with pytest.raises(RuntimeError, match="cannot be larger than 9998"):
        ask("esearch", db="pubmed", term="ketamine", retstart=9_999)


def test_translation_and_warnings(server: Server, ask: Any) -> None:
    found = ask("esearch", db="pubmed", term="zzyzxine")
    assert found["ErrorList"]["PhraseNotFound"] == ["zzyzxine"]
    assert found["WarningList"]["OutputMessage"] == ["No items found."]


def test_post_summary_and_links(server: Server, ask: Any) -> None:
    server.add(Article(5, "Ketamine", relations=(("CommentIn", 6),)), Article(6, "A comment"))
    posted = ask("epost", db="pubmed", id="5,6")
    assert len(ask("esummary", db="pubmed", WebEnv=posted["WebEnv"], query_key="1")) == 2
    assert ask("elink", dbfrom="pubmed", db="pubmed", id="5")[0]["LinkSetDb"][0]["Link"][0]["Id"] == "6"
    with pytest.raises(RuntimeError, match="Empty ID list"):
        ask("epost", db="pubmed", id="")
