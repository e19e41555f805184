"""PubMed: readers from bytes to Record, and the Entrez client."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from litmap.model import Record
from litmap.pubmed.items import Deleted, Rejected
from litmap.pubmed.source import Source, reading, recognised

__all__ = ["Deleted", "Record", "Rejected", "read", "read_bytes", "read_source", "reading"]


def read(path: Path) -> Iterator[Record | Deleted | Rejected]:
    """Yield what a file holds: PubMed XML or MEDLINE (.nbib), plain or gzip, told apart by content.

    Raises RecordError for a file that is missing, empty, damaged or something else.
    """
    with reading(path) as source:
        yield from read_source(source)


def read_bytes(data: bytes, name: str) -> Iterator[Record | Deleted | Rejected]:
    """Yield what some bytes hold, as `read` does for a file; errors call them `name`."""
    yield from read_source(recognised(io.BytesIO(data), name))


def read_source(source: Source) -> Iterator[Record | Deleted | Rejected]:
    """Yield what a recognised source holds."""
    if source.form == "xml":
        from litmap.pubmed import xml

        yield from xml.read(source)
    else:
        from litmap.pubmed import medline

        yield from medline.read(source)
