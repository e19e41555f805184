"""Raw replies of an unfinished run, so that the next one goes on without asking again.

One folder for each run (a digest of what was asked); it goes when the run is complete, since the same question
asked later wants a later answer. Nothing in it holds a key or an address of the user.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

FRESH = 24 * 3600  # seconds: PubMed changes once a day
KEPT = 7 * 24 * 3600  # seconds until what no run came back for is cleared away


def cache_folder(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """The user's cache folder for litmap: XDG_CACHE_HOME where it is set, else what the platform uses."""
    env = os.environ if environ is None else environ
    if env.get("XDG_CACHE_HOME"):
        return Path(env["XDG_CACHE_HOME"]) / "litmap"
    home = Path(env.get("HOME") or env.get("USERPROFILE") or Path.home())
    if platform == "win32":
        return Path(env.get("LOCALAPPDATA") or home / "AppData" / "Local") / "litmap" / "Cache"
    return home / ("Library/Caches" if platform == "darwin" else ".cache") / "litmap"


def digest_of(parts: Any) -> str:
    """A name for what was asked."""
    return hashlib.blake2b(json.dumps(parts, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()


class Journal:
    """The replies received by one run. A folder of None keeps nothing."""

    def __init__(self, folder: Path | None, now: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self.now = now
        self.problem: str | None = None  # why the folder cannot be used, to be told once

    @classmethod
    def of_run(cls, run: Any, *, root: Path | None = None, now: Callable[[], float] = time.time) -> Journal:
        """The journal of the run that `run` (any JSON value) describes. Old ones of other runs are cleared away."""
        top = (root or cache_folder()) / "entrez"
        journal = cls(top / digest_of(run), now)
        journal._clear_old(top)
        return journal

    def get(self, kind: str, asked: Any) -> bytes | None:
        """The fresh reply to this very question, if the run got one before it was stopped."""
        return None if self.folder is None else self._read(self.folder / f"{kind}-{digest_of(asked)}.z")

    def replies(self, kind: str) -> Iterator[bytes]:
        """All fresh replies of a kind, in a fixed order."""
        if self.folder is not None and self.folder.is_dir():
            for path in sorted(self.folder.glob(f"{kind}-*.z")):
                body = self._read(path)
                if body is not None:
                    yield body

    def put(self, kind: str, asked: Any, body: bytes) -> None:
        """Keep a reply. A folder that cannot be written is no reason to stop."""
        if self.folder is None:
            return
        path = self.folder / f"{kind}-{digest_of(asked)}.z"
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(zlib.compress(body, 1))
            part.replace(path)
        except OSError as error:
            self.problem, self.folder = f"{self.folder}: {error.strerror}", None

    def forget(self, kind: str) -> None:
        """Ask again the next time."""
        if self.folder is not None:
            for path in self.folder.glob(f"{kind}-*.z"):
                path.unlink(missing_ok=True)

    def finish(self) -> None:
        """The run is complete: forget its replies."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self, path: Path) -> bytes | None:
        try:
            if self.now() - path.stat().st_mtime > FRESH:
                return None
            return zlib.decompress(path.read_bytes())
        except (OSError, zlib.error):
            return None

    def _clear_old(self, top: Path) -> None:
        try:
            folders = [path for path in top.iterdir() if path.is_dir() and path != self.folder]
        except OSError:
            return
        for path in folders:
            try:
                newest = max((one.stat().st_mtime for one in path.iterdir()), default=0.0)
            except OSError:
                continue
            if self.now() - newest > KEPT:
                shutil.rmtree(path, ignore_errors=True)
