"""What levelling costs beside reading: CPU time per record, and their ratio.

Usage: evidence_cost.py RECORDS.xml.gz [--repeat 3]

Prints the best of several rounds, without Python's search for cycles, as litmap load works. Ratios compare across machines, times do not.
"""

from __future__ import annotations

import argparse
import gc
import time
from pathlib import Path

from litmap.evidence import Rules
from litmap.model import Record
from litmap.pubmed import read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    rules, reading, levelling, count = Rules.load(), [], [], 0
    gc.disable()
    for _ in range(args.repeat):
        records: list[Record] = []  # those of the round before are gone when the next is read
        begun = time.process_time()
        records = [item for item in read(args.records) if isinstance(item, Record)]
        reading.append(time.process_time() - begun)
        begun = time.process_time()
        for record in records:
            rules.assess(record)
        levelling.append(time.process_time() - begun)
        count = len(records)
    per = 1e6 / max(1, count)
    print(
        f"{count} records: reading {min(reading) * per:.0f} us, levelling {min(levelling) * per:.0f} us each; ratio {min(levelling) / min(reading):.2f}"
    )


if __name__ == "__main__":
    main()
