"""What levelling costs beside reading: CPU time per record, and their ratio.

Usage: evidence_cost.py RECORDS.xml.gz [--repeat 3]

Records are read and levelled a batch at a time and without Python's search for cycles, as litmap load does it; the best of
several rounds counts. Ratios compare across machines, times do not. Stated facts (participants, comparator, dose, ...)
are found by the same pass over human studies; they are shown apart.
"""

from __future__ import annotations

import argparse
import gc
import time
from itertools import islice
from pathlib import Path

from litmap.evidence import Rules
from litmap.evidence.text import Text
from litmap.ingest.preparing import BATCH
from litmap.model import Fact, Record
from litmap.pubmed import read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    rules = Rules.load()
    facts = rules.facts.find
    reading, times = list[float](), dict[str, list[float]]()
    count = 0
    gc.disable()
    for _ in range(args.repeat):
        for what, find in (("design and levels", _no_facts), ("with stated facts", facts)):
            rules.facts.find = find  # type: ignore[assignment, method-assign]
            count, read_in, levelled_in = measured(args.records, rules)
            reading.append(read_in)
            times.setdefault(what, []).append(levelled_in)
    per = 1e6 / max(1, count)
    print(f"{count} records: reading {min(reading) * per:.0f} us each")
    for what, seconds in times.items():
        print(f"{what}: {min(seconds) * per:.0f} us each; ratio {min(seconds) / min(reading):.2f}")


def measured(path: Path, rules: Rules) -> tuple[int, float, float]:
    """Read and level a file; return how many records it holds, and the CPU seconds of both."""
    items, count, read_in, levelled_in = read(path), 0, 0.0, 0.0
    while True:
        begun = time.process_time()
        batch = [item for item in islice(items, BATCH) if isinstance(item, Record)]
        between = time.process_time()
        rules.assess_all(batch, [()] * len(batch))
        read_in += between - begun
        levelled_in += time.process_time() - between
        if not batch:
            return count, read_in, levelled_in
        count += len(batch)


def _no_facts(_text: Text, _plan: bool = False) -> tuple[Fact, ...]:
    return ()


if __name__ == "__main__":
    main()
