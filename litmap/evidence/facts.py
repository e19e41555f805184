"""What a record states about its study, with offsets; nothing where nothing is stated."""

from __future__ import annotations

from litmap.evidence.cues import Text
from litmap.model import Fact, Record


def find(record: Record, text: Text) -> tuple[Fact, ...]:
    """The stated facts, in the order of the fields and then of the text."""
    return ()
