"""Files written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from litmap.errors import InputError

STDOUT = Path("-")


@contextmanager
def target(path: Path, force: bool = False) -> Iterator[BinaryIO]:
    """Open a file beside `path`, and put it in its place when the block ends well; `-` is stdout.

    After a failure the old file stands as it was. Raises InputError when there is one and `force` is not given.
    """
    if path == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.is_dir():
        raise InputError(f"{path} is a folder", "give the name of a file")
    if path.exists() and not force:
        raise InputError(f"{path} exists already", "choose another name, or replace it with --force")
    if not path.parent.is_dir():
        raise InputError(f"the folder {path.parent} does not exist", "make it first")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, _mode(path))
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
