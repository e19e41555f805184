"""Where the files that are not Python lie: db/, queries/ and examples/."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def folder(name: str) -> Path:
    """Return the folder `db`, `queries` or `examples`, installed or in a checkout."""
    package = Path(str(files("litmap")))
    installed = package / name
    return installed if installed.is_dir() else package.parent / name
