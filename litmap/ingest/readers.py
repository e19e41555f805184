"""Read and prepare files in other processes, one for each file, and hand their items on in argument order.

A reader asks which records the map holds already before it prepares them, so that a file of known records costs
little. What arrives before its turn waits in a temporary file: memory stays bounded whatever the files' sizes.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import IO, Any

from litmap.errors import LitmapError, RecordError
from litmap.ingest.preparing import Batch, Gathered, Holds, Item, Preparer, gathered
from litmap.pubmed import Rejected, read_source, reading

# Each reader yields to the one before: that one's items are written while the next file is still being read.
_NICER, _NICEST = 10, 19


def cores() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Partial:
    """Items until the file turns out to be damaged; then, if that is wanted, one rejection that stands for the rest."""

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


class Readers:
    """Runs up to `workers` readers ahead of the one whose items are being taken. Use as a context manager."""

    def __init__(
        self,
        paths: Sequence[Path],
        workers: int,
        preparer: Preparer,
        keep: bool,
        holds: Holds,
    ) -> None:
        self._waiting = deque(paths)
        self._workers = workers
        self._preparer = preparer
        self._keep = keep
        self._holds = holds
        self._running: deque[_Reader] = deque()
        self._started = 0

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *exc: object) -> None:
        for reader in self._running:
            reader.stop()

    def next_file(self) -> _Reader:
        """Return the next file's reader, in argument order; take all it sends with `batches` before the next call."""
        self._start()
        return self._running[0]

    def batches(self, reader: _Reader) -> Iterator[Batch]:
        """Yield what this reader prepared, serving the others meanwhile. Raises what the reader raised."""
        while True:
            while reader.arrived:
                yield Batch(*marshal.loads(reader.arrived.popleft()))
            if reader.unspool():
                self._serve(reader, 0)
            elif reader.ended:
                break
            else:
                self._serve(reader, None)
        self._running.popleft().stop()
        if reader.error is not None:
            raise reader.error

    def _start(self) -> None:
        """Keep `workers` readers busy, with no more than as many again that have finished and wait for their turn."""
        busy = sum(not reader.ended for reader in self._running)
        while self._waiting and busy < self._workers and len(self._running) < 2 * self._workers:
            others = [reader.connection for reader in self._running]
            nice = min(_NICEST, _NICER * self._started)
            self._running.append(_Reader(self._waiting.popleft(), self._preparer, self._keep, others, nice))
            self._started += 1
            busy += 1

    def _serve(self, current: _Reader, timeout: float | None) -> None:
        """Answer readers that ask, and keep what they send. Waits for one of them unless `timeout` says how long."""
        live: dict[Any, _Reader] = {reader.connection: reader for reader in self._running if not reader.ended}
        for connection in wait(list(live), timeout):
            live[connection].receive(self._holds, spool=live[connection] is not current)
        self._start()


class _Reader:
    """One reading process, as its parent sees it."""

    def __init__(self, path: Path, preparer: Preparer, keep: bool, others: list[Connection], nice: int) -> None:
        fork = sys.platform == "linux" and threading.active_count() == 1
        context: Any = multiprocessing.get_context("fork" if fork else "spawn")
        self.connection, theirs = context.Pipe()
        inherited = [*others, self.connection] if fork else []
        self._process = context.Process(target=_work, args=(theirs, inherited, path, preparer, keep, nice), daemon=True)
        self._process.start()
        theirs.close()
        self._spool: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed by stop)
        self._sizes: deque[int] = deque()
        self._taken = 0
        self.arrived: deque[bytes] = deque()
        self.ended = False
        self.error: BaseException | None = None
        self.broken: str | None = None
        self._path = path

    def receive(self, holds: Holds, *, spool: bool) -> None:
        """Take one message: a question which records are held, a batch, or the end."""
        try:
            kind, content = self.connection.recv()
        except EOFError:
            self.ended, self.error = (
                True,
                RecordError(f"{self._path}: the process reading it was stopped", "run it again"),
            )
            return
        if kind == "keys":
            self.connection.send(holds(content))
        elif kind == "end":
            self.ended = True
            self.broken, self.error = content
        elif spool or self._sizes:
            self._spool.seek(0, os.SEEK_END)
            self._spool.write(content)
            self._sizes.append(len(content))
        else:
            self.arrived.append(content)

    def unspool(self) -> bool:
        """Move the next batch that waits in the temporary file to `arrived`; return whether there was one."""
        if not self._sizes:
            return False
        self._spool.seek(self._taken)
        self.arrived.append(self._spool.read(self._sizes.popleft()))
        self._taken = self._spool.tell()
        return True

    def stop(self) -> None:
        """End the process and drop what it left."""
        self.connection.close()
        self._spool.close()
        if self._process.is_alive() and not self.ended:
            self._process.terminate()
        self._process.join()


def _work(
    connection: Connection, inherited: list[Connection], path: Path, preparer: Preparer, keep: bool, nice: int
) -> None:
    """Read one file and send batches of prepared items; the parent alone handles Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(nice)
    gc.disable()  # what is read makes no cycles, and looking for some costs a tenth of the time
    for other in inherited:
        other.close()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, EOFError):  # the parent has gone
        try:
            connection.send(("end", (_send_all(connection, path, preparer, keep), None)))
        except (LitmapError, OSError) as error:
            if isinstance(error, (BrokenPipeError, ConnectionResetError)):
                raise
            connection.send(("end", (None, error)))


def _send_all(connection: Connection, path: Path, preparer: Preparer, keep: bool) -> str | None:
    with reading(path) as source:
        partial = Partial(read_source(source), keep)
        stream = gathered(partial, source.at)
        batch = _asked(connection, stream)
        while batch:
            following = _asked(connection, stream)  # its question is answered while this batch is prepared
            held = connection.recv()
            connection.send(("batch", marshal.dumps(tuple(preparer.prepare(batch, held)))))
            batch = following
    return partial.broken


def _asked(connection: Connection, stream: Iterator[Gathered]) -> Gathered | None:
    """Read the next batch and ask which of its records the map holds."""
    batch = next(stream, None)
    if batch:
        connection.send(("keys", batch.keys))
    return batch
