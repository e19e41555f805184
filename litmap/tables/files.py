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
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}", "choose another folder") from error
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


def dated(data: bytearray, when: str) -> bytes:
    """Give every member of a ZIP file the same time (ISO 8601), in place, so that the same content has the same bytes.

    Offsets after PKWARE's APPNOTE 6.3, 4.3.7 (local headers) and 4.3.12 (central directory).
    """
    import struct
    import zipfile
    from datetime import datetime
    from io import BytesIO

    moment = max(datetime.fromisoformat(when.removesuffix("Z")), datetime(1980, 1, 1))  # ZIP knows no earlier year
    stamp = struct.pack(
        "<HH",
        moment.hour << 11 | moment.minute << 5 | moment.second // 2,
        (moment.year - 1980) << 9 | moment.month << 5 | moment.day,
    )
    with zipfile.ZipFile(BytesIO(data)) as packed:
        members, place = packed.infolist(), packed.start_dir
    for member in members:
        data[member.header_offset + 10 : member.header_offset + 14] = stamp
        data[place + 12 : place + 16] = stamp
        place += 46 + sum(struct.unpack("<HHH", data[place + 28 : place + 34]))
    return bytes(data)
