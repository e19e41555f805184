"""Which records to look at closely: asked of the full-text index, rarest words first.

SQLite's FTS5 scores every row that holds any word of the query, so a common word costs as much as all the rest
together and changes little. The rarest words choose the candidates; all words then rank them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from litmap.linking.corpus import Corpus

LEAST_WORDS = 3
LEAST_CANDIDATES = 150
TITLE_WEIGHT = 5.0


def how_many(size: int, top: int) -> int:
    """Return how many candidates to ask for: more in a larger collection, always several times `top`."""
    return max(3 * top, LEAST_CANDIDATES + math.isqrt(size) // 12)


def affordable(size: int) -> int:
    """Return how many rows a query may score before common words are left out."""
    return 10_000 + size // 8


def retrieve(
    corpus: Corpus, shown: Mapping[str, str], limit: int, anchor: Mapping[str, str] | None = None
) -> list[int]:
    """Return the PMIDs of the best `limit` records for these terms (term -> word), best first, ties by PMID.

    Where all records fit in, none need be asked of the index: those that hold a term come in order of PMID. Records
    that hold a term of `anchor` (the claim's treatment) come first: where they are few, all terms rank them at little
    cost, and the rest only fills up.
    """
    if corpus.size <= limit:
        texts = corpus.texts(corpus.pmids)
        return [pmid for pmid, text in texts.items() if not shown.keys().isdisjoint(text.counts)]
    terms = sorted((term for term in shown if corpus.count(term)), key=lambda term: (corpus.count(term), term))
    chosen: list[str] = []
    cost = 0
    for term in terms:
        cost += corpus.count(term)
        if len(chosen) >= LEAST_WORDS and cost > affordable(corpus.size):
            break
        chosen.append(term)
    held = [term for term in anchor or () if corpus.count(term)]
    found: list[int] = []
    if anchor and held and sum(corpus.count(term) for term in held) <= affordable(corpus.size):
        found = _asked(corpus, f"({_either(anchor, held)}) AND ({_either(shown, terms)})", limit) if terms else []
    if not chosen or len(found) == limit:
        return found
    known = set(found)
    return (found + [pmid for pmid in _asked(corpus, _either(shown, chosen), limit) if pmid not in known])[:limit]


def _either(shown: Mapping[str, str], terms: Sequence[str]) -> str:
    return " OR ".join(f'"{shown[term]}"' for term in terms)


def _asked(corpus: Corpus, query: str, limit: int) -> list[int]:
    rows = corpus.conn.execute(
        "select rowid from records_fts where records_fts match ? order by bm25(records_fts, ?, 1.0, 1.0), rowid limit ?",
        (query, TITLE_WEIGHT, limit),
    )
    return [int(row[0]) for row in rows]
