"""What stays the same of a claim when its page changes: its key."""

from __future__ import annotations

import unicodedata
from hashlib import sha256


def normal(text: str) -> str:
    """Return a claim's text as keys see it: compatible characters, small letters and white space made one."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def claim_key(source: str, text: str, nth: int) -> str:
    """Return the key of the nth claim (from 1) of a source that has this text."""
    return sha256(f"{source}\0{normal(text)}\0{nth}".encode()).hexdigest()[:16]
