"""Linking by the rarest words, beside the query that scores every record with any word of the claim.

Usage: python benchmarks/linking.py CLAIMS.jsonl RECORDS.xml.gz... | MAP.db...  [--pages PAGE...] [--claims N] [--judgements QRELS.tsv]

The files are loaded one after the other into one map; after the first and after the last, the same claims are
linked in four ways and timed in turn within one run (CPU seconds):

  plain        FTS5 scores every record that holds any word of the claim
  exhaustive   the same without stop words, with other forms of the words
  rarest       litmap's candidates: the rarest words choose them
  ranked       all that linking a claim does: reading it, candidates, and the whole ranking by words and subject

and compared: overlap of the candidates' first 50 with the exhaustive ones; nDCG@10 of the ranking over litmap's
candidates against the ranking over the exhaustive ones (the latter's top 10 taken as relevant by their places, and all
records by their scores, so that one of two alike may stand for the other; and by judgements when given: lines of query id, PMID, grade, separated by tabs, after a header line).

Two tables for each map: the claims of CLAIMS.jsonl, one object a line with "_id" and "text", which have no tags; and
the claims of the pages, read and tagged as `litmap import` does, of which those about a treatment of a condition are
measured: for these the ranking asks for more candidates and looks at tags, titles and signs too. Maps made before are
measured as they are, with the pages they hold.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from litmap.cycles import no_search_for_cycles
from litmap.ingest.importing import import_all
from litmap.ingest.loading import load
from litmap.ingest.new import create_map
from litmap.linking import candidates
from litmap.linking.corpus import Corpus
from litmap.linking.links import ASKED_FOR_SUBJECT, Linker, active_claims
from litmap.linking.ranking import subject_share
from litmap.linking.wanted import Asking
from litmap.linking.words import words_of
from litmap.store import Store, open_store

Judgements = dict[str, dict[int, float]]  # query id -> PMID -> grade


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Run something and return its CPU seconds and its result."""
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def exhaustive(corpus: Corpus, shown: Mapping[str, str], limit: int, _: object = None) -> list[int]:
    """Return the best records when every word of the claim takes part."""
    return search(corpus, [word for term, word in shown.items() if corpus.count(term)], limit)


def search(corpus: Corpus, words: Sequence[str], limit: int) -> list[int]:
    """Return the best records that hold any of the words."""
    query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words))
    if not query:
        return []
    sql = (
        "select rowid from records_fts where records_fts match ? order by bm25(records_fts, ?, 1.0, 1.0), rowid limit ?"
    )
    return [row[0] for row in corpus.conn.execute(sql, (query, candidates.TITLE_WEIGHT, limit))]


def gained(grades: Sequence[float]) -> float:
    """Return the discounted cumulative gain of the first ten."""
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades[:10]))


def ndcg(ranked: list[int], wanted_: dict[int, float]) -> float:
    """Return nDCG@10."""
    ideal = gained(sorted(wanted_.values(), reverse=True))
    return gained([wanted_.get(pmid, 0) for pmid in ranked]) / ideal if ideal else 0.0


def measure(linker: Linker, claims: Sequence[tuple[str, Asking]], judged: Judgements, kind: str) -> None:
    """Print one table of figures for these claims (id and what is asked) and the map as it is."""
    corpus = linker.corpus
    seconds: dict[str, list[float]] = {"plain": [], "exhaustive": [], "rarest": [], "ranked": []}
    overlaps, kept, scored, by_judgement = [], [], [], {"exhaustive": [], "rarest": []}
    for number, claim in claims:
        reading, asked = timed(partial(linker.read, claim))
        limit = candidates.how_many(corpus.size, 50) * (ASKED_FOR_SUBJECT if subject_share(asked) else 1)
        took, _ = timed(partial(search, corpus, words_of(claim.text), limit))
        seconds["plain"].append(took)
        took, every = timed(partial(exhaustive, corpus, asked.sought, limit))
        seconds["exhaustive"].append(took)
        took, rare = timed(partial(candidates.retrieve, corpus, asked.sought, limit, asked.anchor))
        seconds["rarest"].append(took)
        took, ranked = timed(partial(linker.rank, asked))
        seconds["ranked"].append(reading + took)
        overlaps.append(len(set(every[:50]) & set(rare)) / max(1, len(every[:50])))
        best = linker.rank(asked, candidates=linker.candidates(asked, exhaustive))
        scored.append(gained([one.score for one in ranked]) / (gained([one.score for one in best]) or 1.0))
        full, mine = [one.pmid for one in best], [one.pmid for one in ranked]
        kept.append(ndcg(mine, {pmid: 10.0 - i for i, pmid in enumerate(full[:10])}) if full else 1.0)
        if judged.get(number):
            by_judgement["exhaustive"].append(ndcg(full, judged[number]))
            by_judgement["rarest"].append(ndcg(mine, judged[number]))
    print(f"{corpus.size} records, {len(claims)} claims {kind}")
    for name, values in seconds.items():
        share = sum(values) / sum(seconds["plain"])
        print(
            f"  {name:11} mean {1000 * statistics.mean(values):8.1f} ms   median {1000 * statistics.median(values):8.1f} ms   {share:5.2f} of plain"
        )
    print(f"  first 50 of the exhaustive query among the candidates: {statistics.mean(overlaps):.3f}")
    print(f"  nDCG@10 against the ranking of the exhaustive candidates: {statistics.mean(kept):.4f}")
    print(f"  the same with the ranking's own scores as gains: {statistics.mean(scored):.4f}")
    for name, scores in by_judgement.items():
        if scores:
            print(f"  nDCG@10 by judgements, {name} candidates: {statistics.mean(scores):.4f} (n={len(scores)})")


@no_search_for_cycles()  # as `litmap link` works
def measure_both(store: Store, claims: list[dict[str, str]], judged: Judgements, count: int) -> None:
    """Measure claims without tags, then those of the map's own pages that are about a treatment of a condition."""
    linker = Linker(store.conn, 50)
    measure(linker, [(claim["_id"], Asking(claim["text"])) for claim in claims], judged, "without tags")
    about = [claim for claim in active_claims(store.conn) if subject_share(linker.read(claim.asking))]
    tagged = [(claim.key, claim.asking) for claim in about[:: max(1, len(about) // count)][:count]]
    if tagged:
        measure(linker, tagged, {}, "about a treatment of a condition")


def main() -> None:
    """Read the arguments, load, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("claims", type=Path)
    parser.add_argument("records", type=Path, nargs="+")
    parser.add_argument("--pages", type=Path, nargs="+", default=[])
    parser.add_argument("--claims", dest="count", type=int, default=60)
    parser.add_argument("--judgements", type=Path)
    args = parser.parse_args()
    claims = [json.loads(line) for line in args.claims.read_text(encoding="utf-8").splitlines() if line.strip()]
    claims = claims[:: max(1, len(claims) // args.count)][: args.count]
    judged: Judgements = {}
    if args.judgements:
        for line in args.judgements.read_text(encoding="utf-8").splitlines()[1:]:
            query, pmid, grade = line.split("\t")
            judged.setdefault(query, {})[int(pmid)] = float(grade)
    if args.records[0].suffix == ".db":
        for path in args.records:
            with open_store(path, read_only=True) as store:
                measure_both(store, claims, judged, args.count)
        return
    with tempfile.TemporaryDirectory() as folder, create_map(Path(folder) / "map.db", None) as store:
        if args.pages:
            import_all(store, [str(page) for page in args.pages])
        for number, path in enumerate(args.records, 1):
            load(store, [path])
            if number in (1, len(args.records)):
                measure_both(store, claims, judged, args.count)


if __name__ == "__main__":
    main()
