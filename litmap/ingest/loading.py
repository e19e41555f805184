"""litmap load: files of records, each in one transaction; several files use the cores, and are merged in argument order."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from litmap.clock import now
from litmap.cycles import no_search_for_cycles
from litmap.errors import RecordError
from litmap.ingest.preparing import Batch, Preparer
from litmap.ingest.readers import Partial, Readers, cores
from litmap.ingest.recording import Counts, Recorder, holds
from litmap.pubmed import read_source, reading
from litmap.store import Store

_PIECE = 1 << 20
_LARGE = 4 << 20  # bytes of the files: worth other processes, and long enough for readers to notice
_CACHE = 16 << 10  # KiB of pages held while loading: fewer are written to the log twice
_MD5 = re.compile(r"\b[0-9a-f]{32}\b", re.I)


Progress = Callable[[int, float], None]  # items done since the last call, share of the bytes done


def unseen(_items: int, _share: float) -> None:
    """Progress that nobody watches."""


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
    size: int  # bytes


def load(
    store: Store,
    paths: Sequence[Path],
    *,
    keep_partial: bool = False,
    provenance: Provenance | None = None,
    workers: int | None = None,
    progress: Progress = unseen,
) -> list[LoadReport]:
    """Load files in their order, each in one transaction; return one report for each.

    All files are looked at first: one that is missing, empty, not PubMed's or unlike its .md5 refuses the whole
    call. `workers` bounds the processes that read beside this one; 1 reads in this process (default: the cores, for
    large files).
    `progress` is called with the number of items done since the last call, and the share of all bytes that is done.
    Raises RecordError; files loaded before the one at fault stay loaded.
    """
    files = [inspected(path) for path in paths]
    seen: set[str] = set()
    fresh: list[File] = []
    for file in files:
        if file.sha256 not in seen and not is_known(store, file):
            fresh.append(file)
        seen.add(file.sha256)
    reports: dict[int, LoadReport] = {}
    if fresh:
        with no_search_for_cycles():
            large = sum(file.size for file in fresh) > _LARGE
            if large:
                store.use_wal()
                store.conn.execute(f"pragma cache_size = {-_CACHE}")
            run = _Run(store, provenance or Provenance(), keep_partial, progress, sum(file.size for file in fresh))
            workers = workers or (cores() if large else 1)  # small work is done sooner than others have started
            done = run.here(fresh) if workers == 1 else run.apart(fresh, workers)
        reports = {id(file): report for file, report in zip(fresh, done, strict=True)}
    return [reports.get(id(file)) or LoadReport(file.path.name, file.form, Counts(), known=True) for file in files]


def inspected(path: Path) -> File:
    """Look at a file without reading it as records. Raises RecordError when it cannot be one, or not the one its .md5 tells of."""
    with reading(path) as source:
        form = source.form
    beside = path.with_name(path.name + ".md5")
    wanted = _MD5.search(beside.read_text(encoding="utf-8", errors="replace")) if beside.is_file() else None
    if wanted is None and beside.is_file():
        raise RecordError(f"{beside} holds no MD5 digest", "download it again, or remove it to load without this check")
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
    return File(path, form, sha256.hexdigest(), path.stat().st_size)


def is_known(store: Store, file: File) -> bool:
    """Whether these bytes were loaded before."""
    return store.value("select 1 from loads where sha256 = ?", file.sha256) is not None


class _Run:
    """Loads files one after the other, each in one transaction."""

    def __init__(self, store: Store, provenance: Provenance, keep_partial: bool, progress: Progress, size: int) -> None:
        self._store = store
        self._preparer = preparer_of(store)
        self._provenance = provenance
        self._keep = keep_partial
        self._progress = progress
        self._size = size
        self._done = 0  # bytes of the files that were written

    def here(self, files: Iterable[File]) -> list[LoadReport]:
        """Read in this process."""
        reports = []
        for file in files:
            with reading(file.path) as source:
                partial = Partial(read_source(source), self._keep)
                counts = self._write(file, self._preparer.ready(partial, self._holds, source.at))
            reports.append(LoadReport(file.path.name, file.form, counts, broken=partial.broken))
        return reports

    def apart(self, files: Sequence[File], workers: int) -> list[LoadReport]:
        """Read in other processes."""
        reports = []
        if len(files) > 1 and not self._store.value("select exists (select 1 from records)"):
            self._preparer.make()  # once, for all readers; where the map has records, equal ones may come that need nothing made
        with Readers([file.path for file in files], workers, self._preparer, self._keep, self._holds) as readers:
            for file in files:
                reader = readers.next_file()
                counts = self._write(file, readers.batches(reader))
                reports.append(LoadReport(file.path.name, file.form, counts, broken=reader.broken))
        return reports

    def _holds(self, keys: Sequence[tuple[int, str]]) -> list[bool]:
        return holds(self._store.conn, keys)

    def _write(self, file: File, batches: Iterable[Batch]) -> Counts:
        with self._store.transaction() as conn:
            load_id = _begin(conn, file, self._provenance)
            recorder = Recorder(self._store, self._preparer, load_id=load_id)
            recorder.take_all(batches, lambda batch: self._progress(batch.size, (self._done + batch.at) / self._size))
            counts = recorder.finish()
            _end(conn, load_id, counts)
        self._done += file.size
        return counts


def preparer_of(store: Store) -> Preparer:
    """Return what tags and assesses records with this map's vocabulary. Making its parts costs time: use it for many calls."""
    return Preparer(
        {row["name"]: row["content"] for row in store.rows("select name, content from vocabulary_files order by name")}
    )


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
