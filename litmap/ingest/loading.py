"""litmap load: files of records, each in one transaction; several files use the cores, and are merged in argument order."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from litmap.clock import now
from litmap.errors import RecordError
from litmap.evidence import Rules
from litmap.ingest.new import stored_vocabulary
from litmap.ingest.preparing import Item, Preparer
from litmap.ingest.recording import Counts, Recorder
from litmap.pubmed import Rejected, read_source, reading
from litmap.store import Store
from litmap.vocabulary import Tagger

_PIECE = 1 << 20
_MD5 = re.compile(r"\b[0-9a-f]{32}\b", re.I)


@dataclass(frozen=True)
class Provenance:
    """Where the files of one load come from, as the user says it."""

    source: str | None = None
    searched_on: str | None = None
    query: str | None = None


@dataclass(frozen=True)
class LoadReport:
    """What loading one file did."""

    name: str
    form: str  # xml | nbib
    counts: Counts
    known: bool = False  # these bytes were loaded before: nothing was written
    broken: str | None = None  # why reading stopped early (--keep-partial)


@dataclass(frozen=True)
class File:
    """A file that was looked at before anything is written."""

    path: Path
    form: str
    sha256: str


def load(
    store: Store,
    paths: Sequence[Path],
    *,
    keep_partial: bool = False,
    provenance: Provenance | None = None,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> list[LoadReport]:
    """Load files in their order, each in one transaction; return one report for each.

    All files are looked at first: one that is missing, empty, not PubMed's or unlike its .md5 refuses the whole
    call. `workers` bounds the processes that read (default: the cores; one file is read in this process).
    `progress` is called with the number of items done since the last call.
    Raises RecordError; files loaded before the one at fault stay loaded.
    """
    files = [inspected(path) for path in paths]
    preparer: Preparer | None = None
    reports: list[LoadReport] = []
    for file in files:
        if is_known(store, file):
            reports.append(LoadReport(file.path.name, file.form, Counts(), known=True))
            continue
        preparer = preparer or Preparer(Tagger(stored_vocabulary(store)), Rules.load())
        reports.append(_load_one(store, file, preparer, keep_partial, provenance or Provenance(), progress))
    return reports


def inspected(path: Path) -> File:
    """Look at a file without reading it as records. Raises RecordError when it cannot be one, or not the one its .md5 tells of."""
    with reading(path) as source:
        form = source.form
    beside = path.with_name(path.name + ".md5")
    wanted = _MD5.search(beside.read_text(encoding="utf-8", errors="replace")) if beside.is_file() else None
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False) if wanted else None
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            sha256.update(piece)
            if md5:
                md5.update(piece)
    if wanted and md5 and md5.hexdigest() != wanted[0].lower():
        raise RecordError(
            f"{path} is not the file that {beside.name} describes: its MD5 differs", "download both again"
        )
    return File(path, form, sha256.hexdigest())


def is_known(store: Store, file: File) -> bool:
    """Whether these bytes were loaded before."""
    return store.value("select 1 from loads where sha256 = ?", file.sha256) is not None


def _load_one(
    store: Store,
    file: File,
    preparer: Preparer,
    keep_partial: bool,
    provenance: Provenance,
    progress: Callable[[int], None],
) -> LoadReport:
    with store.transaction() as conn, reading(file.path) as source:
        load_id = _begin(conn, file, provenance)
        recorder = Recorder(conn, preparer, load_id=load_id)
        partial = Partial(read_source(source), keep_partial)
        recorder.take_all(preparer.ready(partial, recorder.holds), progress)
        counts = recorder.finish()
        _end(conn, load_id, counts)
    return LoadReport(file.path.name, file.form, counts, broken=partial.broken)


class Partial:
    """Items until the file turns out to be damaged; then one rejection that stands for the rest of it."""

    def __init__(self, items: Iterable[Item], keep: bool) -> None:
        self.broken: str | None = None
        self._items = items
        self._keep = keep

    def __iter__(self) -> Iterator[Item]:
        position = 0
        try:
            for item in self._items:
                position += 1
                yield item
        except RecordError as error:
            if not self._keep:
                raise
            self.broken = str(error)
            yield Rejected(position + 1, "the rest of the file", self.broken)


def _begin(conn: sqlite3.Connection, file: File, provenance: Provenance) -> int:
    cursor = conn.execute(
        "insert into loads (name, sha256, format, n_read, n_new, n_updated, n_unchanged, n_rejected, source, searched_on, query, loaded_at)"
        " values (?, ?, ?, 0, 0, 0, 0, 0, ?, ?, ?, ?)",
        (file.path.name, file.sha256, file.form, provenance.source, provenance.searched_on, provenance.query, now()),
    )
    return int(cursor.lastrowid or 0)


def _end(conn: sqlite3.Connection, load_id: int, counts: Counts) -> None:
    conn.execute(
        "update loads set n_read = ?, n_new = ?, n_updated = ?, n_unchanged = ?, n_rejected = ? where id = ?",
        (counts.read, counts.new, counts.updated, counts.unchanged, len(counts.rejected), load_id),
    )
    conn.executemany(
        "insert into load_rejects (load_id, position, item, reason) values (?, ?, ?, ?)",
        [(load_id, place, one.item, one.reason) for place, one in enumerate(counts.rejected, 1)],
    )
