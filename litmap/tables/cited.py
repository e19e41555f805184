"""References numbered in the order in which a table cites them (Vancouver)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from litmap.tables.table import Reference, Table


class Cited:
    """Gives numbers to PMIDs as they are met."""

    def __init__(self, table: Table) -> None:
        self._cite: Callable[[Iterable[int]], Iterator[Reference]] | None = table.cite
        self.numbers: dict[int, int] = {}

    def of(self, pmids: str | None) -> list[int]:
        """Return the numbers of PMIDs joined by "; "; new ones get the next number."""
        found = [int(part) for part in (pmids or "").split("; ") if part]
        return sorted(self.numbers.setdefault(pmid, len(self.numbers) + 1) for pmid in found)

    def references(self) -> list[tuple[int, Reference]]:
        """Return what was cited so far, by number. Records that the map no longer holds keep their number."""
        known = {one.pmid: one for one in self._cite(self.numbers)} if self._cite else {}
        gone = {
            pmid: Reference(pmid, f"PubMed PMID: {pmid}.", f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/")
            for pmid in self.numbers
        }
        return [(number, known.get(pmid, gone[pmid])) for pmid, number in self.numbers.items()]


def runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Return runs of three and more numbers as (first, last), others as (n, n): 1, 2, 4-6."""
    starts = [0, *(at + 1 for at, (one, other) in enumerate(pairwise(numbers)) if other != one + 1), len(numbers)]
    found: list[tuple[int, int]] = []
    for start, end in pairwise(starts):
        if end - start > 2:
            found.append((numbers[start], numbers[end - 1]))
        else:
            found += [(number, number) for number in numbers[start:end]]
    return found


def bracketed(numbers: list[int]) -> str:
    """Return numbers as they stand in a text: [1, 2, 4-6]."""
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in runs(numbers)]
    return f"[{', '.join(parts)}]" if parts else ""
