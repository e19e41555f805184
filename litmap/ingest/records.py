"""Records into the map: from files (`load`), or from whoever has them in hand (`store_records`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path

from litmap.ingest import references
from litmap.ingest.loading import LoadReport, Progress, Provenance, load, preparer_of, unseen
from litmap.ingest.preparing import Item, Preparer
from litmap.ingest.recording import Counts, Recorder, holds
from litmap.store import Store

__all__ = ["Counts", "LoadReport", "load", "load_files", "preparer_of", "store_records"]


def load_files(
    store: Store,
    paths: Sequence[Path],
    *,
    keep_partial: bool = False,
    provenance: Provenance | None = None,
    workers: int | None = None,
    progress: Progress = unseen,
) -> list[LoadReport | references.ListReport]:
    """Load files of records as `load` does, and lists of references (RIS, BibTeX, CSV), told apart by content.

    Lists are read before anything is written, and matched after the records are in. Reports are in the order of the
    arguments. Raises RecordError.
    """
    found = {path: references.read(path) for path in paths if references.recognised(path)}
    others = [path for path in paths if path not in found]
    loaded = iter(
        load(store, others, keep_partial=keep_partial, provenance=provenance, workers=workers, progress=progress)
    )
    known = provenance or Provenance()
    listed = {path: references.load_list(store, file, known) for path, file in found.items()}
    return [listed[path] if path in listed else next(loaded) for path in paths]


def store_records(
    store: Store,
    items: Iterable[Item],
    *,
    preparer: Preparer | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Counts:
    """Store records (also deletions and rejections, as the readers yield them) with tags and levels.

    Joins the open transaction, else all in one of its own. The same rules as for files: an equal record is not
    written, a newer one replaces, an older one does not.
    """
    preparer = preparer or preparer_of(store)
    with nullcontext() if store.conn.in_transaction else store.transaction():
        recorder = Recorder(store, preparer)
        batches = preparer.ready(items, lambda keys: holds(store.conn, keys))
        recorder.take_all(batches, lambda batch: progress(batch.size))
        return recorder.finish()
