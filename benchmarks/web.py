"""The site at scale: the map from its stored matrix, pages under parallel readers, publishing. Ratios within one run.

    python benchmarks/web.py [--records 300000] [--claims 1000] [--readers 4]
    python benchmarks/web.py --map MAP.db
    python benchmarks/web.py --load PUBMED.xml.gz

Wanted: the stored map in at most 1/100 of the naive join's time, with equal counts; the p95 of each page at most
5 times that of Datasette's own row page; filtered maps and every facet within their limits; publishing at most half
of the load.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from litmap.ingest.new import create_map
from litmap.ingest.records import load
from litmap.store import open_store
from litmap.tables import gapmap
from litmap.tables.dimensions import ANY
from litmap.tables.queries import named
from litmap.web import publishing, serving, stored

Result = TypeVar("Result")

DESIGNS = (
    ("randomized-trial", 2),
    ("cohort", 3),
    ("case-report", 4),
    ("narrative-review", None),
    ("laboratory", 5),
    ("systematic-review", 1),
)
FACETS = (("condition", "indication"), ("route", "studied"), ("intervention", "studied"))
SLOW = (
    "/records", "/records?_condition=depression", "/records?_level=3", "/records?_condition=depression&_route=intravenous&_level=2",
    "/records?_condition=not-stated", "/records?_search=treatment", "/claims", "/claims?_level=2", "/record_levels", "/claim_evidence",
    "/-/map?intervention=ketamine", "/-/map?level=2", "/-/map?question=harm", "/-/map?intervention=ketamine&level=3&question=benefit",
)  # fmt: skip
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
    """The stored matrix against the joins that give the same numbers: time and counts."""
    conn = sqlite3.connect(path)
    conn.row_factory = sqlite3.Row
    kept, fast = timed(lambda: stored.load(conn))
    assert kept is not None
    naive, slow = timed(lambda: {(row[0], row[1]): row[2] for row in conn.execute(NAIVE)})
    for cell in kept:
        if not cell.row.startswith("(") and not cell.column.startswith("("):
            assert cell.n_records == naive.get((cell.row, cell.column), 0), (cell.row, cell.column)
    print(
        f"joining two tag tables {slow:.2f} s, stored matrix {fast:.4f} s: 1/{slow / fast:.0f}; numbers of records are equal"
    )
    told, slow = timed(lambda: conn.execute(named()["map-cells"].sql, {"condition": "", "route": ""}).fetchall())
    for row in told:
        cell = kept.cell(row["condition"], row["route"])
        levels = tuple(cell.levels.get(level, 0) for level in range(1, 6))
        assert tuple(row)[2:7] == (cell.n_claims, cell.n_denials, cell.n_records, cell.n_inferred, cell.n_retracted), (
            tuple(row)
        )
        assert tuple(row)[7:] == levels, tuple(row)
    print(
        f"the query map-cells {slow:.2f} s: 1/{slow / fast:.0f}; claims, denials, records, pairings, levels are equal"
    )
    conn.close()


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What a piece of work gives, and its seconds of CPU time (the least of five, or of one that is long)."""
    times = []
    while len(times) < 5 and sum(times) < 1:
        begun = time.process_time()
        found = work()
        times.append(time.process_time() - begun)
    return found, min(times)


async def pages(datasette: Any, readers: int, rounds: int = 30) -> None:
    """The p95 of each page under parallel readers, as a multiple of Datasette's row page; then tables and filtered maps."""

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

    async def some(sql: str) -> list[str]:
        found = [str(row[0]) for row in await datasette.execute("evidence", f"{sql} limit {readers * rounds}")]
        return [found[at % len(found)] for at in range(readers * rounds)]

    pmids = await some("select pmid from records order by pmid in (select pmid from links where bears) desc, pmid")
    keys = await some("select key from claims order by id")
    documents = await some("select id from documents order by id")
    base = await p95([f"/evidence/records/{pmid}" for pmid in pmids])
    print(f"Datasette's row page: p95 {1000 * base:.0f} ms with {readers} readers")
    for name, paths in (
        ("map", ["/evidence/-/map"] * len(pmids)),
        ("claim", [f"/evidence/-/claim/{key}" for key in keys]),
        ("record", [f"/evidence/-/record/{pmid}" for pmid in pmids]),
        ("document", [f"/evidence/-/document/{document}" for document in documents]),
    ):
        for state, asked in (("made anew", [f"{path}?n={at}" for at, path in enumerate(paths)]), ("kept", paths)):
            found = await p95(asked)
            print(f"{name}, {state}: p95 {1000 * found:.0f} ms, {found / base:.1f} times the row page")
    for path in SLOW:
        begun, worked = time.perf_counter(), time.process_time()
        answer = await datasette.client.get(f"/evidence{path}")
        took = f"{time.perf_counter() - begun:.2f} s, {time.process_time() - worked:.2f} s of CPU time"
        print(f"{path}: {answer.status_code}, {took}; facets timed out: {'facets-timed-out' in answer.text}")


def source_of(args: argparse.Namespace, place: Path) -> tuple[Path, float | None]:
    """The map to publish, and the CPU seconds of its load if it was loaded here."""
    if args.map:
        return args.map, None
    path = place / "map.db"
    with create_map(path, None) as store, store.transaction() as conn:
        if not args.load:
            fill(conn, args.records, args.claims)
    if not args.load:
        return path, None
    begun = cpu()
    with open_store(path) as store:
        load(store, args.load)
    return path, cpu() - begun


def cpu() -> float:
    """Seconds of CPU time of this process and its finished children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--map", type=Path, help="an existing map instead of an invented one; it is only read")
    parser.add_argument(
        "--load", type=Path, action="append", help="load PubMed files instead, and compare with publishing"
    )
    args = parser.parse_args()
    random.seed(1)
    with tempfile.TemporaryDirectory() as place:
        source, loading = source_of(args, Path(place))
        target = Path(place) / "site"
        with open_store(source, read_only=True) as store:
            found, counting = timed(lambda: gapmap.build(store))
        print(f"a live map of {found.cell(ANY, ANY).n_records} records is counted in {counting:.2f} s of CPU time")
        begun = cpu()
        publishing.publish(source, target)
        took = cpu() - begun
        share = f", {took / loading:.3f} of the load ({loading:.1f} s)" if loading else ""
        print(f"published in {took:.1f} s of CPU time{share}")
        compare(target / publishing.NAME)
        from datasette.app import Datasette

        datasette = Datasette(config_dir=target)
        asyncio.run(pages(datasette, args.readers))
        serving.close(datasette)


if __name__ == "__main__":
    main()
