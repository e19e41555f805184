"""Whether loading stays as fast and as small as the map grows: the rate of each file in turn, and the peak memory.

    python benchmarks/records_scale.py FILE.xml.gz ... [--db MAP.db]

Give ten files of 30,000 records for 300,000. The last file should load at 0.8 of the first one's rate or better.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from litmap.ingest.new import create_map
from litmap.ingest.records import load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--db", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, create_map(args.db or Path(folder) / "map.db") as store:
        rates = []
        print(f"{'file':24} {'records':>8} {'seconds':>8} {'records/s':>10} {'peak MiB':>9} {'map MB':>8}")
        for path in args.files:
            begun = time.perf_counter()
            (done,) = load(store, [path])
            seconds = time.perf_counter() - begun
            rates.append(done.counts.read / seconds)
            peak = (
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            ) / 1024
            print(
                f"{path.name[:24]:24} {done.counts.read:8} {seconds:8.1f} {rates[-1]:10.0f} {peak:9.0f} {store.path.stat().st_size / 1e6:8.0f}",
                flush=True,
            )
        print(f"last / first: {rates[-1] / rates[0]:.2f} (target >= 0.8)")


if __name__ == "__main__":
    main()
