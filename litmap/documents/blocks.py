"""Put a document's text together from blocks that a reader found one by one."""

from __future__ import annotations

from litmap.model import Block


class Builder:
    """Joins blocks by blank lines and keeps their offsets. `text()` is the whole at any time."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._length = 0

    def add(self, kind: str, text: str, level: int = 0) -> None:
        """Add a block unless it is blank."""
        if not text.strip():
            return
        if self._length:
            self.glue("\n\n")
        self.blocks.append(Block(kind, self._length, self._length + len(text), level))
        self.glue(text)

    def glue(self, text: str) -> None:
        """Add text that belongs to no block."""
        self._parts.append(text)
        self._length += len(text)

    def text(self) -> str:
        """Return the text so far."""
        return "".join(self._parts)
