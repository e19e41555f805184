"""How much tagging adds to reading PubMed files, and what a record costs.

Usage: tagging.py FILE ... [--vocabulary DIR]

FILE is PubMed XML (or XML.gz). CPU time, not wall time: one pass that only reads, one that reads and tags. The target is a
ratio of at most 0.35 on 30,000 records.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

from litmap import pubmed
from litmap.model import Record
from litmap.resources import folder
from litmap.vocabulary import Tagger, Vocabulary


def records(paths: list[Path]) -> Iterator[Record]:
    for path in paths:
        yield from (item for item in pubmed.read(path) if isinstance(item, Record))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--vocabulary", type=Path, default=folder("db") / "vocabulary")
    args = parser.parse_args()
    begun = time.process_time()
    tagger = Tagger(Vocabulary.from_folder(args.vocabulary))
    compiled = time.process_time()
    found = list(records(args.files))
    read = time.process_time()
    tags = sum(len(tagger.tag_record(record)) for record in found)
    tagged = time.process_time()
    count = max(1, len(found))
    characters = sum(len(record.title) + len(record.abstract or "") for record in found)
    print(f"records                {len(found)} of {characters // count} characters")
    print(f"tags                   {tags}")
    print(f"compile the vocabulary {1e3 * (compiled - begun):8.1f} ms")
    print(f"read                   {1e6 * (read - compiled) / count:8.1f} us a record")
    print(f"tag                    {1e6 * (tagged - read) / count:8.1f} us a record")
    print(f"tag / read             {(tagged - read) / max(1e-9, read - compiled):8.3f}")


if __name__ == "__main__":
    main()
