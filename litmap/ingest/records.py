"""Records into the map: from files (`load`), or from whoever has them in hand (`store_records`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext

from litmap.evidence import Rules
from litmap.ingest.loading import LoadReport, load
from litmap.ingest.new import stored_vocabulary
from litmap.ingest.preparing import Item, Preparer
from litmap.ingest.recording import Counts, Recorder, holds
from litmap.store import Store
from litmap.vocabulary import Tagger

__all__ = ["Counts", "LoadReport", "load", "preparer_of", "store_records"]


def preparer_of(store: Store) -> Preparer:
    """Return what tags and assesses records with this map's vocabulary. Making one costs time: use it for many calls."""
    return Preparer(Tagger(stored_vocabulary(store)), Rules.load())


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
        recorder.take_all(preparer.ready(items, lambda head: holds(store.conn, head)), progress)
        return recorder.finish()
