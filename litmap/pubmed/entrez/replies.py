"""What a reply is worth: decided by its body, since E-utilities report failures with HTTP 200 as well."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

# E-utilities answer in these roots; anything else is a failure whatever the HTTP status says.
ROOTS = {"esearch": "eSearchResult", "efetch": "PubmedArticleSet"}

# What NCBI writes into <ERROR> or JSON when the request itself is at fault. All else is taken for an
# outage and tried again: "Search Backend failed" alone says both, so the cause behind it decides.
NOT_OURS_TO_REPEAT = re.compile(
    r"cannot be larger than|out of acceptable range|invalid db|empty term|api key (?:is )?(?:invalid|not valid|unknown)|api key\W+\w*\s*not"
    r"|unknown (?:field|database|db)|not supported|unbalanced|unmatched|syntax|cannot parse|failed to parse|query is too (?:long|complex)|too many (?:boolean|terms)"
    r"|invalid (?:uid|id|value|parameter|date|query|term)|request-uri too",
    re.IGNORECASE,
)
NO_SUCH_IDS = re.compile(r"id list is empty|no correct ids|empty id list|supplied id parameter is empty", re.IGNORECASE)
BARRED = (401, 403, 404)  # HTTP: not for us, or not there; asking again at once changes nothing
EMPTY = re.compile(r"empty (?:response|result)", re.IGNORECASE)
RATE = re.compile(r"rate limit|too many requests", re.IGNORECASE)


class Fault(Exception):
    """A request that brought nothing usable.

    kind: busy (asked too often), outage (passing), slow (no reply in time), cut (a broken body), empty (HTTP 400
    "Empty Response"), none (PubMed has none of these PMIDs), refused (the request itself is wrong), barred (we may not
    ask, or there is nobody to ask).
    """

    def __init__(self, kind: str, text: str, wait: float | None = None) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.wait = wait  # seconds the server asked for (Retry-After)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply, read to its end."""

    status: int
    body: bytes
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What one ESearch reply says."""

    count: int
    pmids: tuple[int, ...]
    translation: str
    phrases_not_found: tuple[str, ...]
    remarks: tuple[str, ...]


def parse(utility: str, reply: Reply) -> Any:
    """Return the root element of a good reply (of ECitMatch: its lines); raise Fault for every other."""
    body = reply.body.strip()
    if reply.status == 429:
        raise Fault("busy", "it says that we ask too often (HTTP 429)", reply.wait)
    if reply.status >= 500:
        raise Fault("outage", f"HTTP {reply.status}", reply.wait)
    if not body:
        raise Fault("outage", f"an empty reply (HTTP {reply.status})", reply.wait)
    if body[:1] in (b"{", b"["):
        raise _json_fault(body, reply)
    if re.match(rb"(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html|<head|<body)", body[:2000], re.IGNORECASE | re.DOTALL):
        kind = "barred" if reply.status in BARRED else "outage"
        raise Fault(kind, f"a web page in place of data (HTTP {reply.status})", reply.wait)
    return _lines(body, reply) if utility == "ecitmatch" else _root(utility, body, reply)


def _json_fault(body: bytes, reply: Reply) -> Fault:
    try:
        # NCBI's error texts hold raw newlines, which strict JSON refuses.
        said = json.loads(body.decode("utf-8", "replace"), strict=False)
    except ValueError:
        return Fault("cut", "JSON that breaks off in place of XML")
    if isinstance(said, dict) and isinstance(said.get("esearchresult"), dict):
        said = said["esearchresult"]
    text = " ".join(str(said.get(name) or "") for name in ("error", "ERROR")) if isinstance(said, dict) else ""
    return _stated(text.strip() or "JSON in place of XML", reply)


def _stated(text: str, reply: Reply) -> Fault:
    """The fault for an error that the server put into words."""
    said = " ".join(text.split())[:200]
    if RATE.search(said):
        return Fault("busy", f"it says that we ask too often: {said}", reply.wait)
    if NO_SUCH_IDS.search(said):
        return Fault("none", said)
    if EMPTY.search(said):
        return Fault("empty", f"HTTP {reply.status}: {said}")
    if NOT_OURS_TO_REPEAT.search(said) or reply.status in (413, 414):
        return Fault("refused", said)
    if reply.status in BARRED:
        return Fault("barred", f"HTTP {reply.status}: {said}")
    return Fault("outage", said, reply.wait)


def _root(utility: str, body: bytes, reply: Reply) -> Any:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        if reply.status >= 400:
            raise _stated(body.decode("utf-8", "replace"), reply) from None
        raise Fault("cut", "a reply that breaks off or is not XML") from None
    stated = [_text(found) for found in root.iter("ERROR") if len(root.findall(".//PMID")) == 0]
    stated = [text for text in stated if text]
    if root.tag == "ERROR" or stated:
        raise _stated(stated[0] if stated else "an error without a text", reply)
    if root.tag != ROOTS[utility]:
        raise Fault("outage", f"<{root.tag}> in place of <{ROOTS[utility]}> (HTTP {reply.status})")
    if reply.status >= 400:
        raise Fault("outage", f"HTTP {reply.status}")
    return root


def _lines(body: bytes, reply: Reply) -> list[str]:
    """The lines of ECitMatch: the citation in six fields as it was asked, and what was found for it."""
    text = body.decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    if reply.status >= 400 or any(line.count("|") < 6 for line in lines):
        raise _stated(text, reply) if "|" not in text else Fault("cut", "a reply that breaks off")
    return lines


def citations(lines: list[str]) -> dict[str, int | None]:
    """Each key of an ECitMatch reply with its PMID; None when none or several were found (NBK25499, ECitMatch)."""
    found: dict[str, int | None] = {}
    for line in lines:
        *_, key, said = (part.strip() for part in line.split("|"))
        found[key] = int(said) if said.isdecimal() and len(said) <= 9 else None
    return found


def search(root: Any) -> Search:
    """Read an <eSearchResult>. Raises Fault when it states no count."""
    try:
        count = int(root.findtext("Count"))
        pmids = tuple(int(found.text) for found in root.iterfind("IdList/Id"))
    except (TypeError, ValueError):
        raise Fault("cut", "a search reply without a count") from None
    lost = [*root.iterfind("ErrorList/PhraseNotFound"), *root.iterfind("WarningList/QuotedPhraseNotFound")]
    said = [f"no such field: {_text(found)}" for found in root.iterfind("ErrorList/FieldNotFound")]
    said += [f"ignored: {_text(found)}" for found in root.iterfind("WarningList/PhraseIgnored")]
    said += [_text(found) for found in root.iterfind("WarningList/OutputMessage")]
    return Search(
        count=count,
        pmids=tuple(dict.fromkeys(pmids)),
        translation=" ".join((root.findtext("QueryTranslation") or "").split()),
        phrases_not_found=tuple(dict.fromkeys(_text(found) for found in lost)),
        remarks=tuple(dict.fromkeys(text for text in said if text)),
    )


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def pmids_of(root: Any) -> tuple[int, ...]:
    """The PMIDs of the articles and books in an EFetch reply, as they come, once each."""
    found = [
        *root.iterfind("PubmedArticle/MedlineCitation/PMID"),
        *root.iterfind("PubmedBookArticle/BookDocument/PMID"),
    ]
    return tuple(dict.fromkeys(int(one.text) for one in found if (one.text or "").strip().isdigit()))
