"""Open a file of records and say by its content, never by its name, what it is."""

from __future__ import annotations

import codecs
import re
import shlex
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from litmap.errors import RecordError

_HEAD = 1 << 16
_GZIP = b"\x1f\x8b"
_MEDLINE = re.compile(rb"(?m)^PMID ?- ?\d")
_TAGGED = re.compile(rb"(?m)^[A-Z][A-Z0-9]{1,3} {0,2}- ")
_NUMBERS = re.compile(rb"[\d\s,]+")
_OTHER_ARCHIVES = {
    b"PK\x03\x04": "a zip archive",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"%PDF": "a PDF",
    b"SQLite format 3": "a database",
}
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Source(NamedTuple):
    """An open file of records, decompressed, from its first byte."""

    form: str  # xml | nbib
    stream: BinaryIO
    name: str
    head: bytes  # its first bytes, which `stream` gives again
    file: BinaryIO  # as it lies there, perhaps compressed

    def at(self) -> int:
        """How many bytes of the file were read."""
        return self.file.tell()


class _Rewound:
    """A stream that gives back the bytes that were read to look at them. All that lxml and we ask of one is `read`."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._rest.read(size)
        if size < 0:
            piece, self._head = self._head + self._rest.read(), b""
        else:
            piece, self._head = self._head[:size], self._head[size:]
        return piece


@contextmanager
def reading(path: Path) -> Iterator[Source]:
    """Open a file of PubMed records. Raises RecordError for one that is missing, empty, cut off or not PubMed's."""
    if path.is_dir():
        raise RecordError(f"{path} is a folder, not a file of PubMed records", "name the files in it")
    try:
        with path.open("rb") as file:
            yield recognised(file, str(path))
    except FileNotFoundError as error:
        raise RecordError(f"{path} does not exist") from error
    except PermissionError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}") from error


def recognised(file: BinaryIO, name: str) -> Source:
    """Look at the first bytes, decompress gzip, and tell XML from MEDLINE. Raises RecordError for anything else."""
    from isal import igzip

    packed = file.read(2) == _GZIP
    file.seek(0)
    stream = file
    if packed:
        stream = cast(BinaryIO, igzip.GzipFile(fileobj=file, mode="rb"))  # type: ignore[no-untyped-call]
    with damage_named(name):
        head = stream.read(_HEAD)
    if not head.strip():
        raise RecordError(f"{name} is empty", "download it again")
    if packed and head.startswith(_GZIP):
        raise RecordError(f"{name} is compressed twice", f"unpack it once: gunzip < {shlex.quote(name)} > again.gz")
    for magic, what in _OTHER_ARCHIVES.items():
        if head.startswith(magic):
            raise RecordError(
                f"{name} is {what}, not PubMed XML or MEDLINE", "unpack it, or export from PubMed in format PubMed"
            )
    stream = cast(BinaryIO, _Rewound(head, stream))
    seen = head.decode("utf-16", "replace").encode() if head.startswith(WIDE) else head.removeprefix(codecs.BOM_UTF8)
    seen = seen.lstrip().replace(b"\r", b"\n")
    if seen.startswith(b"<"):
        return Source("xml", stream, name, head, file)
    if seen.startswith(b"TY  - "):
        raise RecordError(
            f"{name} is RIS, which has no PubMed identifiers to go by", "export from PubMed in format PubMed (.nbib)"
        )
    if _MEDLINE.search(seen) or _TAGGED.match(seen):
        return Source("nbib", stream, name, head, file)
    if _NUMBERS.fullmatch(seen):
        raise RecordError(f"{name} holds PMIDs, not records", "get the records: litmap fetch DATABASE FILE")
    raise RecordError(
        f"{name} is neither PubMed XML nor MEDLINE (.nbib) nor a list of references",
        "export from PubMed in format PubMed; lists may be RIS, BibTeX, or CSV whose first row names its columns (title, year, DOI, PMID)",
    )


@contextmanager
def damage_named(name: str, hint: str = "download it again") -> Iterator[None]:
    """Turn what gzip says of a damaged file into a RecordError."""
    try:
        yield
    except EOFError as error:
        raise RecordError(f"{name} is cut off: the compressed data ends too early", hint) from error
    except (zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise RecordError(f"{name} is damaged: {error}", hint) from error
