"""Fit db/claims/type_words.csv: how much single words speak for a type of claim, on top of the phrases of types.csv.

    python benchmarks/learn_type_words.py [--rows 500] [--held-out]

Learns from sentences written for this project alone: tests/claims/judged_sentences.tsv, benchmarks/sentences.tsv and the
looked-at pages of benchmarks/pages. Multinomial logistic regression whose offset is what the phrases weigh; a sentence
with several acceptable types counts for all of them. Deterministic. --held-out fits on four fifths and says how many of
the others come out right; it writes nothing.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from litmap import claims, documents
from litmap.claims.finding import context_of
from litmap.claims.kinds import QUESTIONS, cue_scores
from litmap.claims.units import plain
from litmap.claims.weights import features
from litmap.claims.words import even

HERE = Path(__file__).parent
ROOT = HERE.parent
TABLE = ROOT / "db" / "claims" / "type_words.csv"
TYPES = tuple(QUESTIONS)
LOOKED_AT = tuple(f"{number:02}" for number in (*range(1, 6), *range(11, 23), *range(31, 34)))
SCALE = 1.0  # what one unit of weight counts in the exponent
DECAY, RATE, ROUNDS = 0.002, 0.05, 250
LEAST = 2  # sentences that must hold a word


class Sentence(NamedTuple):
    offset: list[float]  # by type, from phrases
    features: list[str]
    right: frozenset[int]  # the acceptable types


def sentence(text: str, context: Sequence[tuple[str, bool]], types: Sequence[str]) -> Sentence:
    cued = cue_scores(text, context)
    return Sentence([cued.get(name, 0.0) for name in TYPES], features(text), frozenset(map(TYPES.index, types)))


def loose(path: Path) -> list[Sentence]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [sentence(even(row["text"]), (), row["types"].split(",")) for row in rows if row["types"]]


def paged(folder: Path) -> list[Sentence]:
    gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    found = []
    for name in sorted({unit["doc"] for unit in gold if unit["doc"].startswith(LOOKED_AT)}):
        document = documents.read((folder / name).read_bytes(), name)
        units, view = claims.split(document), even(plain(document))
        starts = {unit.start: unit for unit in units}
        for judged in gold:
            unit = starts.get(judged["start"]) if judged["doc"] == name and judged["verdict"] == "claim" else None
            if unit:
                text = view[judged["start"] : judged["end"]]
                found.append(sentence(text, context_of(view, units, unit), judged["types"]))
    return found


def chances(example: Sentence, weights: dict[str, list[float]]) -> list[float]:
    total = list(example.offset)
    for feature in example.features:
        for at, weight in enumerate(weights.get(feature, ())):
            total[at] += weight
    top = max(total)
    raised = [math.exp(SCALE * (value - top)) for value in total]
    whole = sum(raised)
    return [value / whole for value in raised]


def fit(examples: Sequence[Sentence]) -> dict[str, list[float]]:
    counts = Counter(feature for example in examples for feature in example.features)
    weights = {feature: [0.0] * len(TYPES) for feature, n in sorted(counts.items()) if n >= LEAST}
    speed = {feature: [0.0] * len(TYPES) for feature in weights}
    size = {feature: [1e-8] * len(TYPES) for feature in weights}
    for turn in range(1, ROUNDS + 1):
        slope = {feature: [DECAY * w for w in row] for feature, row in weights.items()}
        for example in examples:
            given = chances(example, weights)
            share = sum(given[at] for at in example.right)
            for at, chance in enumerate(given):
                step = (chance - (chance / share if at in example.right else 0.0)) * SCALE / len(examples)
                for feature in example.features:
                    if feature in slope:
                        slope[feature][at] += step
        for feature, row in weights.items():
            for at in range(len(TYPES)):
                pull = slope[feature][at]
                speed[feature][at] = 0.9 * speed[feature][at] + 0.1 * pull
                size[feature][at] = 0.99 * size[feature][at] + 0.01 * pull * pull
                mean, spread = speed[feature][at] / (1 - 0.9**turn), size[feature][at] / (1 - 0.99**turn)
                row[at] -= RATE * mean / (math.sqrt(spread) + 1e-6)
    return weights


def right(examples: Sequence[Sentence], weights: dict[str, list[float]]) -> float:
    hits = 0
    for example in examples:
        given = chances(example, weights)
        hits += given.index(max(given)) in example.right
    return hits / len(examples)


def write(weights: dict[str, list[float]], rows: int) -> None:
    """Write the rows that say most, words in the order of the alphabet, weights with one decimal."""
    centred = {word: [w - sum(row) / len(row) for w in row] for word, row in weights.items()}
    telling = sorted(centred, key=lambda word: (-max(map(abs, centred[word])), word))[:rows]
    with TABLE.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(["word", *TYPES])
        for word in sorted(telling):
            cells = [f"{w:.1f}" if abs(w) >= 0.15 else "" for w in centred[word]]
            if any(cells):
                table.writerow([word, *cells])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=700)
    parser.add_argument("--held-out", action="store_true")
    args = parser.parse_args()
    examples = [
        *loose(ROOT / "tests" / "claims" / "judged_sentences.tsv"),
        *loose(HERE / "sentences.tsv"),
        *paged(HERE / "pages"),
    ]
    if args.held_out:
        held = examples[::5]
        rest = [example for at, example in enumerate(examples) if at % 5]
        print(f"right without words {right(held, {}):.3f}, with words {right(held, fit(rest)):.3f}, n {len(held)}")
        return
    weights = fit(examples)
    print(
        f"{len(examples)} sentences, right without words {right(examples, {}):.3f}, with words {right(examples, weights):.3f}"
    )
    write(weights, args.rows)


if __name__ == "__main__":
    main()
