"""What levelling costs beside reading: CPU time per record, and their ratio.

Usage: evidence_cost.py RECORDS.xml.gz [--repeat 3]

Prints the best of several rounds, without Python's search for cycles, as litmap load works. Ratios compare across machines, times do not.
Stated facts (participants, comparator, dose, ...) are found by the same pass over human studies; they are shown apart.
"""

from __future__ import annotations

import argparse
import gc
import time
from pathlib import Path

from litmap.evidence import Rules
from litmap.evidence.text import Text
from litmap.model import Fact, Record
from litmap.pubmed import read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    rules, reading, whole, levels, count = Rules.load(), [], [], [], 0
    facts = rules.facts.find
    gc.disable()
    for _ in range(args.repeat):
        records: list[Record] = []  # those of the round before are gone when the next is read
        begun = time.process_time()
        records = [item for item in read(args.records) if isinstance(item, Record)]
        reading.append(time.process_time() - begun)
        for find, times in ((facts, whole), (_no_facts, levels)):
            rules.facts.find = find  # type: ignore[method-assign]
            begun = time.process_time()
            for record in records:
                rules.assess(record)
            times.append(time.process_time() - begun)
        count = len(records)
    per = 1e6 / max(1, count)
    print(f"{count} records: reading {min(reading) * per:.0f} us each")
    for what, times in (("design and levels", levels), ("with stated facts", whole)):
        print(f"{what}: {min(times) * per:.0f} us each; ratio {min(times) / min(reading):.2f}")


def _no_facts(_text: Text) -> tuple[Fact, ...]:
    return ()


if __name__ == "__main__":
    main()
