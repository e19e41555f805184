"""How often records get more than is theirs: over-levelling, and confidence beside what was right.

Usage: evidence_quality.py LABELLED.csv ... [--show 20]

LABELLED.csv has the columns title, abstract, kinds: the kinds of paper (litmap.evidence.points.KINDS) that the record may
be, separated by blanks. Records that are neither a randomized trial nor a systematic review are level 3 or worse (OCEBM 2011);
those called 1 or 2 are over-levelled. They are listed with --show.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from pathlib import Path

from litmap.evidence import Rules
from litmap.model import Assessment, PublicationType, Record

HIGH = {"randomized-trial", "systematic-review"}
KINDS_OF = {  # what a record of a design may be labelled
    **dict.fromkeys(("cohort", "case-control", "cross-sectional", "case-series", "single-arm-trial", "controlled-trial", "qualitative"), "clinical-study"),
    "scoping-review": "narrative-review",
    **dict.fromkeys(("opinion", "guideline", "notice", "laboratory", "undetermined"), "other"),
    "secondary-analysis": "clinical-study",
    "pooled-analysis": "other",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", nargs="+", type=Path)
    parser.add_argument("--show", type=int, default=0, help="list so many of those over-levelled")
    args = parser.parse_args()
    rules, journal = Rules.load(), (PublicationType("D016428", "Journal Article"),)
    for path in args.labelled:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        missing = {"title", "abstract", "kinds"}.difference(rows[0] if rows else ())
        if missing:
            raise SystemExit(f"{path}: no column {', '.join(sorted(missing))}")
        records = [
            Record(number, row["title"], abstract=row["abstract"] or None, publication_types=journal)
            for number, row in enumerate(rows, 1)
        ]
        found = rules.assess_all(records, [()] * len(records))
        report(path.name, rows, found, args.show)


def report(name: str, rows: list[dict[str, str]], found: list[Assessment], show: int) -> None:
    """Print the rate, the confidence beside accuracy, and some of those over-levelled."""
    low = [(row, one) for row, one in zip(rows, found, strict=True) if HIGH.isdisjoint(row["kinds"].split())]
    over = [(row, one) for row, one in low if (one.levels[0].rank or 5) <= 2]
    print(f"{name}: {len(over)} of {len(low)} records of level 3 or worse called 1 or 2 ({len(over) / max(1, len(low)):.1%})")
    right, all_ = Counter[float](), Counter[float]()
    for row, one in zip(rows, found, strict=True):
        confidence = one.levels[0].confidence
        if confidence is not None:
            all_[confidence] += 1
            right[confidence] += bool({_kind(one)} & set(row["kinds"].split()))
    print("confidence   right      n")
    for confidence in sorted(all_):
        print(f"{confidence:10.2f} {right[confidence] / all_[confidence]:7.2f} {all_[confidence]:6}")
    for row, one in over[:show]:
        print(f"{one.levels[0].rank} {one.levels[0].rule} {one.design} [{row['kinds']}] {row['title'][:100]}")


def _kind(one: Assessment) -> str:
    if one.subjects != "human" and one.design != "systematic-review":
        return one.subjects
    return KINDS_OF.get(one.design, one.design)


if __name__ == "__main__":
    main()
