"""Files that cannot be read are refused in one line that says what is wrong."""

from __future__ import annotations

import gzip
import socket
from pathlib import Path

import pytest

from litmap.errors import RecordError
from litmap.pubmed import read
from tests.support_records import HEAD, article

GOOD = (
    HEAD + "<PubmedArticleSet>" + "\n".join(article(number) for number in range(1, 2000)) + "</PubmedArticleSet>"
).encode()
BILLION = b"""<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><PubmedArticleSet>&b;</PubmedArticleSet>"""
OUTSIDE = b"""<!DOCTYPE PubmedArticleSet PUBLIC "x" "http://localhost/x.dtd" [ <!ENTITY % e SYSTEM "file:///etc/passwd"> %e; ]><PubmedArticleSet/>"""

CASES = {
    "missing": (None, "does not exist"),
    "empty": (b"", "is empty"),
    "blank": (b"\n\n", "is empty"),
    "gzip of nothing": (gzip.compress(b""), "is empty"),
    "cut gzip": (gzip.compress(GOOD)[:-2000], "cut off"),
    "cut early": (gzip.compress(GOOD)[:30], "cut off"),
    "damaged gzip": (gzip.compress(GOOD)[:-8] + b"12345678", "damaged"),
    "cut xml": (GOOD[: len(GOOD) // 2], "not well-formed"),
    "broken xml": (GOOD.replace(b"</PMID>", b"</PMD>", 1000), "not well-formed"),
    "unclosed": (GOOD.removesuffix(b"</PubmedArticleSet>"), "not well-formed"),
    "entities": (BILLION, "defines XML entities"),
    "entities from outside": (OUTSIDE, "defines XML entities"),
    "other xml": (b"<?xml version='1.0'?><rss><channel/></rss>", "not PubMed's: its root element is rss"),
    "eutils error": (b"<eFetchResult><ERROR>No</ERROR></eFetchResult>", "not PubMed's"),
    "html": (b"<!DOCTYPE html><html><body>Sorry</body></html>", "not PubMed's: its root element is html"),
    "gzip in gzip": (gzip.compress(gzip.compress(GOOD)), "compressed twice"),
    "numbers": (b"31109201\n28441895\n", "holds PMIDs"),
    "zip": (b"PK\x03\x04....", "a zip archive"),
    "pdf": (b"%PDF-1.7", "a PDF"),
    "prose": (
        b"PMID is an identifier - as we said.",
        r"neither PubMed XML nor MEDLINE \(.nbib\) nor a list of references",
    ),
    "ris": (b"TY  - JOUR\nTI  - A title\nER  - \n", "RIS"),
    "latin nbib": ("PMID- 5\nFAU - Müller, A\n".encode("latin-1"), "not UTF-8"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused_with_a_reason(tmp_path: Path, case: str) -> None:
    content, reason = CASES[case]
    path = tmp_path / "file.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordError, match=reason) as refused:
        list(read(path))
    assert "\n" not in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="is a folder"):
        list(read(tmp_path))


def test_damage_inside_a_reference_list_is_seen(tmp_path: Path) -> None:
    references = (
        "<PubmedData><ReferenceList><Reference><Citation>C</Reference></ReferenceList></PubmedData></PubmedArticle>"
    )
    path = tmp_path / "file.xml"
    path.write_text("<PubmedArticleSet>" + article(1).replace("</PubmedArticle>", references) + "</PubmedArticleSet>")
    with pytest.raises(RecordError, match="not well-formed"):
        list(read(path))


def test_pubmed_s_document_type_is_accepted_without_asking_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    path = tmp_path / "named.nbib"  # the name does not matter
    path.write_bytes(gzip.compress(GOOD))
    assert len(list(read(path))) == 1999


def test_an_undefined_entity_reads_as_html_s(tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    path.write_text(
        HEAD
        + "<PubmedArticleSet>"
        + article(1).replace("Ketamine for", "Ketamine&nbsp;&alpha; for")
        + "</PubmedArticleSet>"
    )
    (record,) = read(path)
    assert getattr(record, "title", "").startswith("Ketamine α for")
