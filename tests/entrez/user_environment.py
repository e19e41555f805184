"""What a user of the Entrez commands would have set."""

from __future__ import annotations

from pathlib import Path

from eutils_server import Server


def environment(server: Server, tmp_path: Path) -> dict[str, str]:
    """Environment variables that point litmap at the local server, with an e-mail address, a key and a cache of its own."""
    return {
        "LITMAP_EUTILS_URL": server.address,
        "LITMAP_EMAIL": "me@example.org",
        "LITMAP_API_KEY": "s3cret0key",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
