"""Linking by the rarest words, beside the query that scores every record with any word of the claim.

Usage: python benchmarks/linking.py CLAIMS.jsonl RECORDS.xml.gz... | MAP.db...  [--claims N] [--judgements QRELS.tsv]

The files are loaded one after the other into one map; after the first and after the last, the same claims are
linked in four ways and timed in turn within one run (CPU seconds, medians over claims):

  plain        FTS5 scores every record that holds any word of the claim
  exhaustive   the same without stop words, with other forms of the words
  rarest       litmap's candidates: the rarest words choose them
  ranked       candidates and the whole ranking: words, closeness, feedback, tags

and compared: overlap of the candidates' first 50 with the exhaustive ones; nDCG@10 of the ranking over litmap's
candidates against the ranking over the exhaustive ones (the latter's top 10 taken as relevant, and by judgements
when given: lines of query id, PMID, grade, separated by tabs, after a header line).

Maps made before are measured as they are. CLAIMS.jsonl holds one object a line with "_id" and "text".
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from litmap.ingest.loading import load
from litmap.ingest.new import create_map
from litmap.linking import candidates
from litmap.linking.links import Linker
from litmap.linking.wanted import Asking, Wanted
from litmap.linking.words import words_of
from litmap.store import Store, open_store


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Run something and return its CPU seconds and its result."""
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def exhaustive(linker: Linker, asked: Wanted, limit: int) -> list[int]:
    """Return the best records when every word of the claim takes part."""
    return search(linker, [word for term, word in asked.sought.items() if linker.corpus.count(term)], limit)


def search(linker: Linker, words: Sequence[str], limit: int) -> list[int]:
    """Return the best records that hold any of the words."""
    query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words))
    if not query:
        return []
    sql = (
        "select rowid from records_fts where records_fts match ? order by bm25(records_fts, ?, 1.0, 1.0), rowid limit ?"
    )
    return [row[0] for row in linker.conn.execute(sql, (query, candidates.TITLE_WEIGHT, limit))]


def ndcg(ranked: list[int], wanted_: dict[int, float]) -> float:
    """Return nDCG@10."""
    gain = sum(wanted_.get(pmid, 0) / math.log2(i + 2) for i, pmid in enumerate(ranked[:10]))
    ideal = sum(grade / math.log2(i + 2) for i, grade in enumerate(sorted(wanted_.values(), reverse=True)[:10]))
    return gain / ideal if ideal else 0.0


def measure(store: Store, claims: list[dict[str, str]], judged: dict[str, dict[int, float]]) -> None:
    """Print one table of figures for the map as it is."""
    linker = Linker(store.conn, 50)
    limit = candidates.how_many(linker.corpus.size, 50)
    seconds: dict[str, list[float]] = {"plain": [], "exhaustive": [], "rarest": [], "ranked": []}
    overlaps, kept, by_judgement = [], [], {"exhaustive": [], "rarest": []}
    for claim in claims:
        reading, asked = timed(partial(linker.read, Asking(claim["text"])))
        took, _ = timed(partial(search, linker, words_of(claim["text"]), limit))
        seconds["plain"].append(took)
        took, every = timed(partial(exhaustive, linker, asked, limit))
        seconds["exhaustive"].append(took)
        took, rare = timed(partial(candidates.retrieve, linker.corpus, asked.sought, limit))
        seconds["rarest"].append(took)
        took, ranked = timed(partial(linker.rank, asked))
        seconds["ranked"].append(reading + took)
        overlaps.append(len(set(every[:50]) & set(rare)) / max(1, len(every[:50])))
        full = [one.pmid for one in linker.rank(asked, candidates=every)]
        mine = [one.pmid for one in ranked]
        kept.append(ndcg(mine, {pmid: 10.0 - i for i, pmid in enumerate(full[:10])}) if full else 1.0)
        if judged.get(claim["_id"]):
            by_judgement["exhaustive"].append(ndcg(full, judged[claim["_id"]]))
            by_judgement["rarest"].append(ndcg(mine, judged[claim["_id"]]))
    print(f"{linker.corpus.size} records, {len(claims)} claims, {limit} candidates")
    for name, values in seconds.items():
        share = sum(values) / sum(seconds["plain"])
        print(
            f"  {name:11} mean {1000 * statistics.mean(values):8.1f} ms   median {1000 * statistics.median(values):8.1f} ms   {share:5.2f} of plain"
        )
    print(f"  first 50 of the exhaustive query among the candidates: {statistics.mean(overlaps):.3f}")
    print(f"  nDCG@10 against the ranking of the exhaustive candidates: {statistics.mean(kept):.4f}")
    for name, scores in by_judgement.items():
        if scores:
            print(f"  nDCG@10 by judgements, {name} candidates: {statistics.mean(scores):.4f} (n={len(scores)})")


def main() -> None:
    """Read the arguments, load, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("claims", type=Path)
    parser.add_argument("records", type=Path, nargs="+")
    parser.add_argument("--claims", dest="count", type=int, default=60)
    parser.add_argument("--judgements", type=Path)
    args = parser.parse_args()
    claims = [json.loads(line) for line in args.claims.read_text(encoding="utf-8").splitlines() if line.strip()]
    claims = claims[:: max(1, len(claims) // args.count)][: args.count]
    judged: dict[str, dict[int, float]] = {}
    if args.judgements:
        for line in args.judgements.read_text(encoding="utf-8").splitlines()[1:]:
            query, pmid, grade = line.split("\t")
            judged.setdefault(query, {})[int(pmid)] = float(grade)
    if args.records[0].suffix == ".db":
        for path in args.records:
            with open_store(path, read_only=True) as store:
                measure(store, claims, judged)
        return
    with tempfile.TemporaryDirectory() as folder, create_map(Path(folder) / "map.db", None) as store:
        for number, path in enumerate(args.records, 1):
            load(store, [path])
            if number in (1, len(args.records)):
                measure(store, claims, judged)


if __name__ == "__main__":
    main()
