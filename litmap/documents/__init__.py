"""Readers: bytes to a Document. They touch neither database nor network (the URL fetch aside)."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePath

from litmap.documents import decoding
from litmap.errors import DocumentError
from litmap.model import Document

__all__ = ["read"]

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_TAG = re.compile(r"</?(?:p|div|h[1-6]|ul|ol|li|table|span|section|article|br|a)\b[^>]*>", re.I)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_MARKDOWN_NAMES = {".md", ".markdown", ".mdown", ".mkd"}
_HTML_NAMES = {".html", ".htm", ".xhtml"}


def read(data: bytes, name: str, *, encoding: str | None = None, media_type: str | None = None) -> Document:
    """Read a document: HTML, Markdown, plain text, PDF or Word, by content and then by name.

    `name` is the URL or the path as given and becomes the document's source; `media_type` is what a server
    said, with or without a charset. Raises DocumentError for empty, binary or undecodable input.
    """
    if not data.strip():
        raise DocumentError(f"{name} is empty", "give a file with text in it")
    said, _, parameters = (media_type or "").partition(";")
    said = said.strip().lower()
    digest = hashlib.sha256(data).hexdigest()
    binary = _binary(data, name, digest)
    if binary is not None:
        return binary
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", parameters, re.I)
    inside = _META.search(data[:4096])
    declared = charset[1] if charset else inside[1].decode("ascii") if inside else None
    text, _, warnings = decoding.decode(data, name, encoding=encoding, declared=declared)
    if "\0" in text:
        raise DocumentError(
            f"{name} is not a text document", "give HTML, Markdown, text, PDF or Word; " + decoding.HINT
        )
    if not text.strip():
        raise DocumentError(f"{name} is empty", "give a file with text in it")
    kind = _kind(text, name, said)
    if kind == "html":
        from litmap.documents import html

        return html.read(text, name, digest, warnings)
    from litmap.documents import markdown
    from litmap.documents import text as plain

    reader = markdown.read if kind == "markdown" else plain.read
    return reader(text, name, digest, warnings)


def _binary(data: bytes, name: str, digest: str) -> Document | None:
    if data.startswith(b"%PDF-"):
        from litmap.documents.pdf import read as read_pdf

        return read_pdf(data, name, digest)
    if data.startswith(b"PK\x03\x04"):
        from litmap.documents.docx import read as read_docx

        return read_docx(data, name, digest)
    if b"\0" in data[:8192] and decoding.marked(data) is None and not _may_be_wide(data):
        raise DocumentError(f"{name} is not a text document", "give HTML, Markdown, text, PDF or Word")
    return None


def _may_be_wide(data: bytes) -> bool:
    """UTF-16 without a mark has a zero in about every other byte; the user's --encoding decides then."""
    head = data[:512]
    return 0.3 < head.count(0) / len(head) < 0.8


def _suffix(name: str) -> str:
    return PurePath(name.partition("?")[0].partition("#")[0]).suffix.lower()


def _kind(text: str, name: str, said: str) -> str:
    head = text[:65536]
    if _HTML.match(head):
        return "html"
    if _suffix(name) in _MARKDOWN_NAMES or said == "text/markdown":
        return "markdown"
    if (said in ("text/html", "application/xhtml+xml") or _suffix(name) in _HTML_NAMES) and _TAG.search(head):
        return "html"
    return "text"
