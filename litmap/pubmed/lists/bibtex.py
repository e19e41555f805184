"""BibTeX, by bibtexparser; a broken entry is rejected alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from litmap.pubmed.items import Rejected
from litmap.pubmed.lists.fields import Reference, reference
from litmap.pubmed.lists.tagged import checked

if TYPE_CHECKING:
    from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry


def read(text: str, _name: str) -> Iterator[Reference | Rejected]:
    """Yield the entries of a BibTeX file, those with a key that was there before as well."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import LatexDecodingMiddleware
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it warns of is reported by us
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    position = 0
    for block in library.blocks:
        if isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
            block = _whole(block)
        if isinstance(block, Entry):
            position += 1
            yield checked(reference(position, _fields(block)))
        elif block in library.failed_blocks:
            position += 1
            said = " ".join((block.raw or "").split())[:80]
            yield Rejected(position, said, "a BibTeX entry that cannot be read")


def _whole(block: DuplicateBlockKeyBlock | DuplicateFieldKeyBlock) -> Block:
    """The entry that bibtexparser sets aside because its key or a field was there before, finished like the others."""
    from bibtexparser.library import Library
    from bibtexparser.middlewares import LatexDecodingMiddleware, RemoveEnclosingMiddleware

    inner = block.ignore_error_block
    if inner is None:
        return block
    library = Library([inner])
    for layer in (RemoveEnclosingMiddleware(), LatexDecodingMiddleware()):
        library = layer.transform(library)
    return library.blocks[0]


def _fields(entry: Entry) -> list[tuple[str, str]]:
    found = {field.key.casefold(): str(field.value).strip() for field in entry.fields}
    if found.get("eprinttype", found.get("archiveprefix", "")).casefold() in ("pubmed", "pmid", "medline"):
        found.setdefault("pmid", found.get("eprint", ""))
    plain = [(name, value.replace("{", "").replace("}", "")) for name, value in found.items() if value]
    return [("key", str(entry.key)), *plain]
