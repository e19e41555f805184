"""Weigh the cues of db/evidence/cues.csv on labelled records, and say how far the result can be trusted.

Usage: evidence_points.py fit LABELLED.csv ... [--rules DIR] [--strength 3]
       evidence_points.py calibrate LABELLED.csv ... [--rules DIR] [--strength 3] [--folds 5] [--write]

LABELLED.csv has the columns title, abstract, kinds: the kinds of paper (litmap.evidence.points.KINDS) that the record
may be, separated by blanks. `fit` writes points.csv: multinomial logistic regression with a penalty on large points,
rounded to one decimal, so that a person can read and change it. `calibrate` prints confidence beside accuracy, each record judged by
points that were fitted without it (cross-validation), and with --write puts the table into confidence.csv: give it
records whose labels tell all kinds apart, else it flatters. Needs numpy.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path

import numpy as np

from litmap.evidence.cues import PLACES, Cues
from litmap.evidence.points import KINDS, Points
from litmap.evidence.text import Text
from litmap.evidence.tokens import Tokens
from litmap.resources import folder

Labelled = tuple[str, str, list[str]]  # title, abstract, the kinds it may be
SMALLEST = 0.15  # points below this are left out


def labelled(paths: list[Path]) -> list[Labelled]:
    found = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as lines:
            found += [(row["title"], row["abstract"], row["kinds"].split()) for row in csv.DictReader(lines)]
    return found


def texts(rules: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(rules.glob("*.csv"))}


def fit(
    records: list[Labelled], cues: Cues, bits: Tokens, strength: float, steps: int = 1500
) -> tuple[list[str], np.ndarray]:
    """Return the places with their cues (`title:CUE`) seen at least 4 times, and their points (pairs and a start row, by kinds)."""
    seen = [
        {name for name in bits.names(cues.everywhere(Text(title, abstract))) if name.startswith(PLACES)}
        for title, abstract, _ in records
    ]
    counts: dict[str, int] = {}
    for places in seen:
        for pair in places:
            counts[pair] = counts.get(pair, 0) + 1
    pairs = sorted(
        (pair for pair, count in counts.items() if count >= 4),
        key=lambda pair: (cues.names.index(pair.split(":")[1]), pair[0] == "a"),
    )
    at = {pair: index for index, pair in enumerate(pairs)}
    x = np.zeros((len(records), len(pairs) + 1))
    x[:, -1] = 1
    for row, places in enumerate(seen):
        x[row, [at[pair] for pair in places if pair in at]] = 1
    allowed = np.array([[kind in kinds for kind in KINDS] for _, _, kinds in records], dtype=float)
    weights, first, second = (np.zeros((len(pairs) + 1, len(KINDS))) for _ in range(3))
    penalty = np.full((len(pairs) + 1, 1), strength)
    penalty[-1] = 0.01
    for step in range(1, steps + 1):  # Adam, full batch
        scores = x @ weights
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        inside = shares * allowed
        inside /= np.maximum(inside.sum(axis=1, keepdims=True), 1e-12)
        gradient = x.T @ (shares - inside) + penalty * weights
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        weights -= 0.03 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return pairs, weights


def write_points(path: Path, pairs: list[str], weights: np.ndarray) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(["place:cue", *KINDS])
        for pair, row in zip([*pairs, "always"], weights, strict=True):
            cells = [f"{value:.1f}" if abs(value) >= SMALLEST else "" for value in row]
            if any(cells):
                table.writerow([pair, *cells])


def judged(records: list[Labelled], cues: Cues, bits: Tokens, strength: float, folds: int) -> list[tuple[float, bool]]:
    """(share of the winning kind, was it right) of each record, by points fitted on the other folds."""
    found = []
    for fold in range(folds):
        rest = [record for index, record in enumerate(records) if index % folds != fold]
        with tempfile.TemporaryDirectory() as where:
            path = Path(where) / "points.csv"
            write_points(path, *fit(rest, cues, bits, strength, steps=600))
            files = {"points.csv": path.read_text(encoding="utf-8"), "confidence.csv": "share,right,n\n0,0,0\n"}
        points = Points(files, cues.names, bits)
        for title, abstract, kinds in records[fold::folds]:
            verdict = points.weigh(cues.everywhere(Text(title, abstract)))
            found.append((verdict.share, KINDS[verdict.best] in kinds))
    return found


def calibrate(found: list[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """Bands of the winning share, how often it was right, how many records. Bands never fall (pooled where they would)."""
    bands: list[list[float]] = []
    for low, high in zip(
        (0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97), (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.01), strict=True
    ):
        inside = [right for share, right in found if low <= share < high]
        if inside:
            bands.append([low, float(sum(inside)), float(len(inside))])
    merged: list[list[float]] = []
    for band in bands:
        merged.append(band)
        while len(merged) > 1 and merged[-1][1] / merged[-1][2] < merged[-2][1] / merged[-2][2]:
            _, right, n = merged.pop()
            merged[-1][1] += right
            merged[-1][2] += n
    return [(low, round(right / n, 2), int(n)) for low, right, n in merged]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("fit", "calibrate"))
    parser.add_argument("labelled", nargs="+", type=Path)
    parser.add_argument("--rules", type=Path, default=folder("db") / "evidence")
    parser.add_argument("--strength", type=float, default=3.0, help="how strongly large points are held back")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="calibrate: write confidence.csv")
    args = parser.parse_args()
    records, files = labelled(args.labelled), texts(args.rules)
    bits = Tokens()
    cues = Cues(files, bits)
    if args.what == "fit":
        write_points(args.rules / "points.csv", *fit(records, cues, bits, args.strength))
        return
    bands = calibrate(judged(records, cues, bits, args.strength, args.folds))
    print("share of belief from   right      n")
    for low, right, n in bands:
        print(f"{low:20.2f} {right:7.2f} {n:6}")
    if args.write:
        with (args.rules / "confidence.csv").open("w", encoding="utf-8", newline="") as out:
            table = csv.writer(out, lineterminator="\n")
            table.writerow(["share", "right", "n"])
            table.writerows(bands)


if __name__ == "__main__":
    main()
