"""Reading and loading PubMed files: ratios within one run, with CPU time and peak memory.

    python benchmarks/records.py FILE.xml.gz [SECOND.xml.gz] [--runs 3] [--only PART ...] [--peer-python PYTHON]

FILE is any PubMed XML file, best one of the annual baseline's size (30,000 records); SECOND, of the same size with
other PMIDs, is for loading two at once. Every part runs in a process of its own, in turns, and the medians are
compared. pubmed_parser and Biopython run under PYTHON, where they are installed; a missing one is left out and said.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

PEERS = ("pubmed_parser", "entrez")
RATIOS = (  # (what, part, compared with, target, "at least" or "at most")
    ("pubmed_parser / reading", "pubmed_parser", "read", 3.0, ">="),
    ("Bio.Entrez / reading", "entrez", "read", 4.0, ">="),
    ("plain iterparse / reading", "iterparse", "read", 1.0, ">="),
    ("load / reading", "load", "read", 2.6, "<="),
    ("load / pubmed_parser", "load", "pubmed_parser", 1.0, "<="),
    ("two files / one", "load_two", "load", 1.4, "<="),
    ("known file / load", "load_known", "load", 0.05, "<="),
    ("equal records / load", "load_equal", "load", 0.65, "<="),
)


# ---------------------------------------------------------------- the parts: each returns how many records it saw


def read(path: Path, _folder: Path) -> int:
    """Full extraction by litmap."""
    from litmap import pubmed

    return sum(1 for _ in pubmed.read(path))


def iterparse(path: Path, _folder: Path) -> int:
    """The same fields by the plain way: gzip, lxml.iterparse, clear."""
    from lxml import etree

    from litmap.pubmed import article, book

    readers = {"PubmedArticle": article.read, "PubmedBookArticle": book.read}
    count = 0
    with gzip.open(path) as file:
        for _event, element in etree.iterparse(file, events=("end",), tag=tuple(readers)):
            readers[element.tag](element)
            count += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return count


def pubmed_parser(path: Path, _folder: Path) -> int:
    """pubmed_parser with its defaults, which leave out most of authors and references."""
    import pubmed_parser as peer

    return sum(1 for _ in peer.parse_medline_xml(str(path)))


def entrez(path: Path, _folder: Path) -> int:
    """Bio.Entrez.read, which holds the whole file in memory."""
    from Bio import Entrez

    with gzip.open(path) as file:
        return len(Entrez.read(file, validate=False)["PubmedArticle"])


def _load(folder: Path, *paths: Path) -> int:
    from litmap.ingest.records import load as load_files
    from litmap.store import open_store

    with open_store(folder / "map.db") as store:
        return sum(report.counts.read for report in load_files(store, paths))


def load(path: Path, folder: Path) -> int:
    """From gz to a searchable, tagged, levelled database."""
    return _load(folder, path)


def load_two(path: Path, folder: Path) -> int:
    """Two files in one call."""
    return _load(folder, path, Path(os.environ["BENCHMARK_SECOND"]))


def load_known(path: Path, folder: Path) -> int:
    """The same file again."""
    return _load(folder, path)


def load_equal(_path: Path, folder: Path) -> int:
    """The same records in other bytes."""
    return _load(folder, folder.parent / "equal.xml.gz")


PARTS = {
    part.__name__: part for part in (read, iterparse, pubmed_parser, entrez, load, load_two, load_known, load_equal)
}


# ---------------------------------------------------------------- running them


def measured(name: str, path: Path, python: str, scratch: Path) -> dict[str, Any] | None:
    """Run one part in a new process; None when what it needs is not installed."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    loaded = scratch / "loaded.db"
    if name in ("load_known", "load_equal"):
        shutil.copy(loaded, folder / "map.db")
    elif name.startswith("load"):
        _new_map(folder)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(
        [python, __file__, str(path), "--part", name, "--folder", str(folder)], capture_output=True, text=True
    )
    seconds = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if name == "load" and not loaded.exists() and done.returncode == 0:
        shutil.copy(folder / "map.db", loaded)
    shutil.rmtree(folder)
    if done.returncode:
        print(f"{name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu": cpu, **json.loads(done.stdout)}


def _new_map(folder: Path) -> None:
    from litmap.ingest.new import create_map

    create_map(folder / "map.db").close()


def run_part(name: str, path: Path, folder: Path) -> None:
    """Do one part here, and print what it took."""
    count = PARTS[name](path, folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"records": count, "peak": peak / 1024}))


def report(found: dict[str, list[dict[str, Any]]]) -> None:
    """Print the medians and the ratios."""
    middle = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in found.items()
    }
    print(f"{'part':16} {'records':>8} {'seconds':>8} {'CPU s':>8} {'peak MiB':>9} {'records/s':>10}")
    for name, row in middle.items():
        print(
            f"{name:16} {row['records']:8.0f} {row['seconds']:8.2f} {row['cpu']:8.2f} {row['peak']:9.0f} {row['records'] / row['seconds']:10.0f}"
        )
    print(f"\n{'ratio':28} {'wall':>6} {'CPU':>6}  target")
    for what, part, other, target, sign in RATIOS:
        if part in middle and other in middle:
            wall, cpu = (middle[part][key] / middle[other][key] for key in ("seconds", "cpu"))
            print(f"{what:28} {wall:6.2f} {cpu:6.2f}  {sign} {target}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("second", type=Path, nargs="?")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PARTS)
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.part:
        run_part(args.part, args.file, args.folder)
        return
    names = [name for name in args.only or PARTS if name != "load_two" or args.second]
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        if args.second:
            os.environ["BENCHMARK_SECOND"] = str(args.second)
        with gzip.open(args.file) as old, gzip.open(scratch / "equal.xml.gz", "wb", compresslevel=6) as new:
            shutil.copyfileobj(old, new)
            new.write(b"\n")
        for _ in range(args.runs):
            for name in list(names):
                result = measured(name, args.file, args.peer_python if name in PEERS else sys.executable, scratch)
                if result is None:
                    names.remove(name)
                else:
                    found[name].append(result)
    report(found)


if __name__ == "__main__":
    main()
