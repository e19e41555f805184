"""BibTeX, by bibtexparser; a broken entry is rejected alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from litmap.pubmed.items import Rejected
from litmap.pubmed.lists.fields import Reference, reference, role
from litmap.pubmed.lists.tagged import checked

if TYPE_CHECKING:
    from bibtexparser.middlewares import BlockMiddleware
    from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry


def read(text: str, _name: str) -> Iterator[Reference | Rejected]:
    """Yield the entries of a BibTeX file, those with a key that was there before as well."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import LatexDecodingMiddleware
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it warns of is reported by us
    library, decoder = parse_string(text), LatexDecodingMiddleware()
    failed = {id(block) for block in library.failed_blocks}
    position = 0
    for block in library.blocks:
        found: Block = block
        if isinstance(block, (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)):
            found = _whole(block)
        if isinstance(found, Entry):
            position += 1
            yield checked(reference(position, _fields(found, decoder)))
        elif id(block) in failed:
            position += 1
            said = " ".join((block.raw or "").split())[:80]
            yield Rejected(position, said, "a BibTeX entry that cannot be read")


def _whole(block: DuplicateBlockKeyBlock | DuplicateFieldKeyBlock) -> Block:
    """The entry that bibtexparser sets aside because its key or a field was there before, finished like the others."""
    from bibtexparser.middlewares import RemoveEnclosingMiddleware

    inner = block.ignore_error_block
    return block if inner is None else _through(RemoveEnclosingMiddleware(), inner)


def _through(layer: BlockMiddleware, block: Block) -> Block:
    from bibtexparser.library import Library

    return layer.transform(Library([block])).blocks[0]


def _fields(entry: Entry, decoder: BlockMiddleware) -> list[tuple[str, str]]:
    """Names and values, without TeX. Decoding is slow, so it is for what has TeX in it and is looked at."""
    from bibtexparser.model import Entry as Made

    awkward = [field for field in entry.fields if "\\" in str(field.value) and role(field.key) != "silent"]
    decoded = _through(decoder, Made(entry.entry_type, entry.key, awkward)) if awkward else None
    found = {field.key.casefold(): str(field.value).strip() for field in entry.fields}
    if isinstance(decoded, Made):
        found |= {field.key.casefold(): str(field.value).strip() for field in decoded.fields}
    if found.get("eprinttype", found.get("archiveprefix", "")).casefold() in ("pubmed", "pmid", "medline"):
        found.setdefault("pmid", found.get("eprint", ""))
    plain = [(name, value.replace("{", "").replace("}", "")) for name, value in found.items() if value]
    return [("key", str(entry.key)), *plain]
