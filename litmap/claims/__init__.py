"""Judgement: Document to claims. `split` cuts a document into units, `find` says which are claims and of what type."""

from __future__ import annotations

from litmap.claims.finding import find
from litmap.claims.kinds import question_of
from litmap.claims.units import split
from litmap.claims.words import digest

__all__ = ["VERSION", "find", "question_of", "split"]

VERSION: str = f"4.{digest()}"
"""Version of the claim rules: this code's, and a digest of the files in db/claims."""
