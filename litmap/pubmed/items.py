"""What a reader yields beside records."""

from __future__ import annotations

from typing import NamedTuple


class Deleted(NamedTuple):
    """PubMed says that this record is gone (DeleteCitation in an update file)."""

    pmid: int


class Rejected(NamedTuple):
    """An item of a file that could not be made into a record."""

    position: int  # 1 for the first item of the file
    item: str  # its PMID, title or first words
    reason: str
