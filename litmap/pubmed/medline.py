"""MEDLINE (.nbib, PubMed's "PubMed" format) -> records.

The lines are read here rather than by Bio.Medline, which gathers each field into one list and so loses
which author has which affiliation and ORCID. Field names: NLM, "MEDLINE/PubMed Data Element (Field) Descriptions".
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from litmap.errors import RecordError
from litmap.model import Record
from litmap.pubmed import medline_fields
from litmap.pubmed.items import Deleted, Rejected
from litmap.pubmed.source import Source, damage_named

Fields = list[tuple[str, str]]
_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)")
_PIECE = 1 << 17


def read(source: Source) -> Iterator[Record | Deleted | Rejected]:
    """Yield the records of a MEDLINE file in its order. Raises RecordError for damaged or undecodable files."""
    position = 0
    with damage_named(source.name):
        for fields in _blocks(_lines(source.stream, source.name)):
            position += 1
            try:
                yield medline_fields.record(fields)
            except ValueError as error:
                yield Rejected(position, _called(fields), str(error))


def _called(fields: Fields) -> str:
    title = next((value for tag, value in fields if tag in ("TI", "BTI")), "")
    return (title or " ".join(value for _tag, value in fields))[:80]


def _lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """Decode strictly: UTF-8, which is what PubMed writes; a file in anything else would lose names silently."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest = ""
    ended = False
    while not ended:
        piece = stream.read(_PIECE)
        ended = not piece
        try:
            text = rest + decoder.decode(piece, final=ended)
        except UnicodeDecodeError as error:
            raise RecordError(
                f"{name} is not UTF-8 text: {error.reason}", "save it as UTF-8, or export it from PubMed again"
            ) from error
        *lines, rest = text.split("\n")
        yield from lines
    yield rest


def _blocks(lines: Iterator[str]) -> Iterator[Fields]:
    """Gather the lines of each record. One begins at its PMID line, or after an empty line."""
    fields: Fields = []
    gap = False
    for line in lines:
        stripped = line.rstrip()
        if not stripped:
            gap = True
            continue
        found = _LINE.match(stripped) if not stripped.startswith(" ") else None
        if found:
            if fields and (found[1] == "PMID" or (gap and _whole(fields))):
                yield fields
                fields = []
            fields.append((found[1], found[2].strip()))
        elif fields:
            tag, value = fields[-1]
            fields[-1] = (tag, f"{value} {stripped.strip()}")
        gap = False
    if fields:
        yield fields


def _whole(fields: Fields) -> bool:
    """An empty line ends a record that has its PMID or a title; inside an abstract it means nothing."""
    return any(tag in ("PMID", "TI", "BTI") for tag, _value in fields)
