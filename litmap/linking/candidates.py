"""Which records to look at closely: asked of the full-text index, rarest words first.

SQLite's FTS5 scores every row that holds any word of the query, so a common word costs as much as all the rest
together and changes little. The rarest words choose the candidates; all words then rank them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from litmap.linking.corpus import Corpus

LEAST_WORDS = 3
LEAST_CANDIDATES = 150
TITLE_WEIGHT = 5.0


def how_many(size: int, top: int) -> int:
    """Return how many candidates to ask for: more in a larger collection, always several times `top`."""
    return max(3 * top, LEAST_CANDIDATES + math.isqrt(size) // 12)


def affordable(size: int) -> int:
    """Return how many rows a query may score before common words are left out."""
    return 10_000 + size // 25


def retrieve(corpus: Corpus, shown: Mapping[str, str], limit: int) -> list[int]:
    """Return the PMIDs of the best `limit` records for these terms (term -> word), best first, ties by PMID.

    Where all records fit in, none need be asked of the index: those that hold a term come in order of PMID.
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
    if not chosen:
        return []
    query = " OR ".join(f'"{shown[term]}"' for term in chosen)
    rows = corpus.conn.execute(
        "select rowid from records_fts where records_fts match ? order by bm25(records_fts, ?, 1.0, 1.0), rowid limit ?",
        (query, TITLE_WEIGHT, limit),
    )
    return [int(row[0]) for row in rows]
