"""MEDLINE (.nbib, PubMed's "PubMed" format) -> records.

The lines are read here rather than by Bio.Medline, which gathers each field into one list and so loses
which author has which affiliation and ORCID. Field names: NLM, "MEDLINE/PubMed Data Element (Field) Descriptions".
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from litmap.errors import RecordError
from litmap.model import Record
from litmap.pubmed import identifiers, medline_fields
from litmap.pubmed.items import Deleted, Rejected
from litmap.pubmed.source import WIDE, Source, damage_named
from litmap.pubmed.trimming import LONGEST

Fields = list[tuple[str, str]]
_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)")
_PIECE = 1 << 17


def read(source: Source) -> Iterator[Record | Deleted | Rejected]:
    """Yield the records of a MEDLINE file in its order. Raises RecordError for damaged or undecodable files."""
    position = 0
    with damage_named(source.name):
        for fields, cut in _blocks(_lines(source)):
            position += 1
            if cut:
                yield Rejected(
                    position, _called(fields), f"longer than {LONGEST >> 20} MiB, which no record of PubMed's is"
                )
                continue
            try:
                yield medline_fields.record(fields)
            except ValueError as error:
                yield Rejected(position, _called(fields), str(error))
    if not position:
        raise RecordError(f"{source.name} holds no MEDLINE record", "export it from PubMed again, in format PubMed")


def _called(fields: Fields) -> str:
    number = next((value for tag, value in fields if tag == "PMID" and identifiers.pmid(value)), "")
    title = next((value for tag, value in fields if tag in ("TI", "BTI")), "")
    return f"PMID {number}" if number else (title or " ".join(value for _tag, value in fields))[:80]


def _lines(source: Source) -> Iterator[str]:
    """Decode strictly: UTF-8, which is what PubMed writes, or UTF-16, which is what Windows makes of it.

    A file in anything else would lose names silently.
    """
    stream, name = source.stream, source.name
    decoder = codecs.getincrementaldecoder("utf-16" if source.head.startswith(WIDE) else "utf-8-sig")()
    end = "\r" if b"\r" in source.head and b"\n" not in source.head else "\n"
    rest = ""
    ended = dropping = False
    while not ended:
        piece = stream.read(_PIECE)
        ended = not piece
        try:
            text = rest + decoder.decode(piece, final=ended)
        except UnicodeDecodeError as error:
            raise RecordError(
                f"{name} is not UTF-8 text: {error.reason}", "save it as UTF-8, or export it from PubMed again"
            ) from error
        *lines, rest = text.split(end)
        if dropping and lines:
            del lines[0]
            dropping = False
        yield from lines
        if dropping:
            rest = ""
        elif len(rest) > LONGEST:  # what follows of such a line is not looked at
            yield rest
            rest, dropping = "", True
    yield rest


def _blocks(lines: Iterator[str]) -> Iterator[tuple[Fields, bool]]:
    """Gather the lines of each record. One begins at its PMID line, or after an empty line.

    Yields them, and whether there were too many to keep.
    """
    fields: list[tuple[str, list[str]]] = []
    gap = False
    size = 0
    for line in lines:
        stripped = line.rstrip()
        if not stripped:
            gap = True
            continue
        found = _LINE.match(stripped) if not stripped.startswith(" ") else None
        if found and fields and (found[1] == "PMID" or (gap and _whole(fields))):
            yield _joined(fields), size > LONGEST
            fields, size = [], 0
        gap = False
        if size > LONGEST:
            continue
        size += len(stripped)
        if found:
            fields.append((found[1], [found[2].strip()]))
        elif fields:
            fields[-1][1].append(stripped.strip())
    if fields:
        yield _joined(fields), size > LONGEST


def _joined(fields: Iterable[tuple[str, list[str]]]) -> Fields:
    return [(tag, " ".join(parts)) for tag, parts in fields]


def _whole(fields: Iterable[tuple[str, list[str]]]) -> bool:
    """An empty line ends a record that has its PMID or a title; inside an abstract it means nothing."""
    return any(tag in ("PMID", "TI", "BTI") for tag, _parts in fields)
