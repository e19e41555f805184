"""The running litmap as a wheel, made from its own files: no network, no build tools (PEP 427)."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from litmap import __version__
from litmap.resources import folder

RESOURCES = ("db", "queries", "examples")
KEPT = {".py", ".sql", ".csv", ".html", ".css", ".js", ".xml", ".md", ".txt", ".json", ".toml", ".typed"}


def _files() -> list[tuple[str, Path]]:
    """(name in the wheel, file), in order."""
    package = folder("db").parent if (folder("db").parent / "cli.py").exists() else folder("db").parent / "litmap"
    found = {f"litmap/{path.relative_to(package).as_posix()}": path for path in package.rglob("*")}
    for name in RESOURCES:
        root = folder(name)
        found.update({f"litmap/{name}/{path.relative_to(root).as_posix()}": path for path in root.rglob("*")})
    return sorted(
        (name, path)
        for name, path in found.items()
        if path.is_file() and path.suffix in KEPT and "__pycache__" not in name
    )


def build(target: Path) -> Path:
    """Write the wheel into the folder `target` and return its path. The same files give the same bytes."""
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"litmap-{__version__}-py3-none-any.whl"
    info = f"litmap-{__version__}.dist-info"
    known = distribution("litmap")
    entries = [(name, file.read_bytes()) for name, file in _files()]
    entries += [
        (f"{info}/METADATA", (known.read_text("METADATA") or known.read_text("PKG-INFO") or "").encode()),
        (f"{info}/WHEEL", b"Wheel-Version: 1.0\nGenerator: litmap\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        (f"{info}/entry_points.txt", (known.read_text("entry_points.txt") or "").encode()),
    ]
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in entries) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*entries, (f"{info}/RECORD", record.encode())]:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return path


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
