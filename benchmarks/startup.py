"""How long `litmap --help` takes, as a ratio to a Python that does nothing, in the same run.

    python benchmarks/startup.py [RUNS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time


def seconds(*words: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    floor, imported, helped = [], [], []
    for _ in range(runs):
        floor.append(seconds("-c", "pass"))
        imported.append(seconds("-c", "import click"))
        helped.append(seconds("-m", "litmap", "--help"))
    base = statistics.median(floor)
    print(f"{'command':24} {'median s':>9} {'ratio':>6}")
    for name, times in (("python -c pass", floor), ("python -c 'import click'", imported), ("litmap --help", helped)):
        print(f"{name:24} {statistics.median(times):9.3f} {statistics.median(times) / base:6.2f}")


if __name__ == "__main__":
    main()
