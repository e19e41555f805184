"""The site at scale: the map from its stored matrix, pages under parallel readers, publishing. Ratios within one run.

    python benchmarks/web.py [--records 300000] [--claims 1000] [--readers 4]

Wanted: the stored map in at most 1/100 of the naive join's time, with equal counts; the p95 of each page at most
5 times that of Datasette's own row page; every facet within its limit.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from litmap.ingest.new import create_map
from litmap.web import publishing, serving, stored

DESIGNS = (
    ("randomized-trial", 2),
    ("cohort", 3),
    ("case-report", 4),
    ("narrative-review", None),
    ("laboratory", 5),
    ("systematic-review", 1),
)
FACETS = (("condition", "indication"), ("route", "studied"), ("intervention", "studied"))
NAIVE = """
with recursive up_c(slug, above) as (select slug, slug from conditions union select u.slug, c.parent from up_c u join conditions c on c.slug = u.above where c.parent is not null),
  up_r(slug, above) as (select slug, slug from routes union select u.slug, r.parent from up_r u join routes r on r.slug = u.above where r.parent is not null)
select uc.above, ur.above, count(distinct rc.pmid) from record_conditions rc join record_routes rr on rr.pmid = rc.pmid
join up_c uc on uc.slug = rc.condition join up_r ur on ur.slug = rr.route
where rc.role = 'indication' and rr.role = 'studied' group by 1, 2
"""


def tags(values: list[str], keys: range, role: str) -> Iterator[tuple[int, str, str, str, str]]:
    """One tag for each key, two for every fifth."""
    for key in keys:
        for value in random.sample(values, 2 if key % 5 == 0 else 1):
            yield key, value, role, "mesh", "x"


def fill(conn: sqlite3.Connection, records: int, claims: int) -> None:
    """A map of this size, with words that mean nothing."""
    slugs = {
        facet: [row[0] for row in conn.execute(f"select slug from {facet}s where on_map = 1")] for facet, _ in FACETS
    }
    pmids = range(1, records + 1)
    conn.executemany(
        "insert into records (pmid, title, journal, pub_year, digest, design, subjects, level, level_rule, level_basis, provisional) values (?, ?, 'J', ?, 'd', ?, 'human', ?, 'T1', 'curated', 0)",
        ((pmid, f"A study with the number {pmid}", 1990 + pmid % 35, *DESIGNS[pmid % 6]) for pmid in pmids),
    )
    text = "A claim here. " * claims
    conn.execute("insert into documents (id, source, version, current, title, media_type, sha256, extractor, retrieved_at, text) values (1, 'a.txt', 1, 1, 'A', 'text/plain', 'x', 'x', '2026-01-01', ?)", (text,))  # fmt: skip
    for claim in range(1, claims + 1):
        start = 14 * (claim - 1)
        conn.execute("insert into claims (id, key, document_id, start, end, text, claim_type, question, polarity, certainty) values (?, ?, 1, ?, ?, 'A claim here.', 'efficacy', 'benefit', 'affirm', 'asserted')", (claim, f"k{claim}", start, start + 13))  # fmt: skip
        conn.execute("insert into claim_occurrences values (?, 1, ?, ?)", (claim, start, start + 13))
        linked = random.sample(pmids, 50)
        conn.executemany("insert into links (claim_id, pmid, rank, score, bears, ranker) values (?, ?, ?, 0.5, ?, 'r')", ((claim, pmid, rank, rank < 20) for rank, pmid in enumerate(linked)))  # fmt: skip
    for facet, role in FACETS:
        conn.executemany(f"insert into record_{facet}s values (?, ?, ?, ?, ?)", tags(slugs[facet], pmids, role))
        conn.executemany(
            f"insert into claim_{facet}s values (?, ?, ?, ?, ?)", tags(slugs[facet], range(1, claims + 1), role)
        )
    conn.execute("insert or replace into meta values ('ruleset', 'r')")
    conn.execute("insert into loads (name, sha256, format, n_read, n_new, n_updated, n_unchanged, n_rejected, loaded_at) values ('x', 'y', 'xml', ?, ?, 0, 0, 0, '2026-01-01')", (records, records))  # fmt: skip
    conn.execute("insert into records_fts(records_fts) values ('rebuild')")


def compare(path: Path) -> None:
    """The stored matrix against a naive join: time and counts."""
    conn = sqlite3.connect(path)
    begun = time.process_time()
    naive = {(row[0], row[1]): row[2] for row in conn.execute(NAIVE)}
    slow = time.process_time() - begun
    begun = time.process_time()
    kept = stored.load(conn)
    fast = time.process_time() - begun
    assert kept is not None
    for cell in kept:
        if not cell.row.startswith("(") and not cell.column.startswith("("):
            assert cell.n_records == naive.get((cell.row, cell.column), 0), (cell.row, cell.column)
    print(f"naive join {slow:.2f} s, stored matrix {fast:.4f} s: 1/{slow / fast:.0f}; counts are equal")
    conn.close()


async def pages(datasette: Any, readers: int, rounds: int = 20) -> None:
    """The p95 of each page under parallel readers, as a multiple of Datasette's row page."""

    async def p95(paths: list[str]) -> float:
        times: list[float] = []

        async def read(share: list[str]) -> None:
            for path in share:
                begun = time.perf_counter()
                answer = await datasette.client.get(path)
                assert answer.status_code == 200, path
                times.append(time.perf_counter() - begun)

        await read(paths[:1])
        times.clear()
        await asyncio.gather(*(read(paths[start::readers]) for start in range(readers)))
        return sorted(times)[int(0.95 * (len(times) - 1))]

    count = readers * rounds
    base = await p95([f"/evidence/records/{number}" for number in range(1, count + 1)])
    print(f"row page: p95 {1000 * base:.0f} ms")
    for name, form in (
        ("map", "/-/map"),
        ("claim", "/-/claim/k{}"),
        ("record", "/-/record/{}"),
        ("document", "/-/document/1"),
    ):
        found = await p95([f"/evidence{form.format(number)}" for number in range(1, count + 1)])
        print(f"{name}: p95 {1000 * found:.0f} ms, {found / base:.1f} times the row page")
    for path in ("/evidence/records", "/evidence/claims", "/evidence/records?_condition=depression&_level=2"):
        begun = time.perf_counter()
        answer = await datasette.client.get(path)
        print(f"{path}: {time.perf_counter() - begun:.2f} s; facets timed out: {'facets-timed-out' in answer.text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--readers", type=int, default=4)
    args = parser.parse_args()
    random.seed(1)
    with tempfile.TemporaryDirectory() as place:
        source, target = Path(place) / "map.db", Path(place) / "site"
        with create_map(source, None) as store, store.transaction() as conn:
            fill(conn, args.records, args.claims)
        begun = time.process_time()
        publishing.publish(source, target)
        print(f"published {args.records} records in {time.process_time() - begun:.1f} s of CPU time")
        compare(target / publishing.NAME)
        from datasette.app import Datasette

        datasette = Datasette(config_dir=target)
        asyncio.run(pages(datasette, args.readers))
        serving.close(datasette)


if __name__ == "__main__":
    main()
