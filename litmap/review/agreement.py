"""How well the machine agrees with a person: precision, recall, F1 by value, Cohen's kappa where it has a meaning.

Kappa needs items that lack the value in both codings, so it is given for values that are neither on all nor on no item. Its interval
is the percentile bootstrap over items (Efron & Tibshirani 1993, chapter 13), with a fixed seed so that it can be repeated.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from litmap.review import coding
from litmap.review.coding import Coding
from litmap.store import Store

RESAMPLES = 1000
SEED = 20110101
ALL = "(all)"


class Row(NamedTuple):
    """Agreement on one value of one field; value ALL sums over the values (micro-average)."""

    field: str
    value: str
    items: int  # coded by the person
    both: int
    machine_only: int
    person_only: int
    neither: int
    precision: float | None
    recall: float | None
    f1: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None


class Disagreement(NamedTuple):
    """One value that only one of the two gave."""

    field: str
    item: str
    value: str
    by: str  # machine | person


class Agreement(NamedTuple):
    """What comparing gives."""

    rows: tuple[Row, ...]
    disagreements: tuple[Disagreement, ...]


def compare(store: Store, person: Coding) -> Agreement:
    """Compare the machine's values with a person's, field by field, over the items the person coded."""
    rows: list[Row] = []
    apart: list[Disagreement] = []
    for name, coded in person.values.items():
        if not coded:
            continue
        machine = coding.machine(store, person.kind, name)
        pairs = {item: (machine.get(item, frozenset()), values) for item, values in coded.items()}
        rows += _rows(name, pairs)
        apart += _apart(name, pairs)
    return Agreement(tuple(rows), tuple(apart))


def _rows(name: str, pairs: Mapping[str, tuple[frozenset[str], frozenset[str]]]) -> Iterable[Row]:
    items = sorted(pairs)
    values = sorted(set().union(*(mine | yours for mine, yours in pairs.values())))
    total = [0, 0, 0, 0]
    found = []
    for value in values:
        marks = [(value in pairs[item][0], value in pairs[item][1]) for item in items]
        counts = [marks.count(mark) for mark in ((True, True), (True, False), (False, True), (False, False))]
        total = [one + other for one, other in zip(total, counts, strict=True)]
        found.append(_row(name, value, counts, interval(marks)))
    return [_row(name, ALL, total, (None, None, None), len(items)), *found]


def _row(
    name: str,
    value: str,
    counts: list[int],
    spread: tuple[float | None, float | None, float | None],
    items: int | None = None,
) -> Row:
    both, mine, yours, neither = counts
    precision, recall, f1 = ratios(both, mine, yours)
    point, low, high = spread
    return Row(
        name,
        value,
        sum(counts) if items is None else items,
        both,
        mine,
        yours,
        neither,
        precision,
        recall,
        f1,
        point,
        low,
        high,
    )


def ratios(both: int, machine_only: int, person_only: int) -> tuple[float | None, float | None, float | None]:
    """Return precision, recall and F1 of the machine; None where nothing is divided."""
    precision = both / (both + machine_only) if both + machine_only else None
    recall = both / (both + person_only) if both + person_only else None
    f1 = 2 * both / (2 * both + machine_only + person_only) if both + machine_only + person_only else None
    return precision, recall, f1


def kappa(marks: Sequence[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa of two yes/no codings of the same items (Cohen 1960); None when chance alone gives full agreement."""
    n = len(marks)
    if not n:
        return None
    agreed = sum(one == other for one, other in marks) / n
    mine, yours = sum(one for one, _ in marks) / n, sum(other for _, other in marks) / n
    chance = mine * yours + (1 - mine) * (1 - yours)
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def interval(marks: Sequence[tuple[bool, bool]]) -> tuple[float | None, float | None, float | None]:
    """Return kappa and its 95 % bootstrap interval; all None without items that both leave without the value."""
    point = kappa(marks)
    if point is None or (False, False) not in marks:
        return None, None, None
    generator = random.Random(SEED)  # same input, same interval
    drawn = [kappa(generator.choices(marks, k=len(marks))) for _ in range(RESAMPLES)]
    known = sorted(value for value in drawn if value is not None)
    if not known:
        return point, None, None
    return point, known[int(0.025 * len(known))], known[min(len(known) - 1, int(0.975 * len(known)))]


def _apart(name: str, pairs: Mapping[str, tuple[frozenset[str], frozenset[str]]]) -> Iterable[Disagreement]:
    for item in sorted(pairs, key=lambda item: (len(item), item)):
        mine, yours = pairs[item]
        yield from (Disagreement(name, item, value, "machine") for value in sorted(mine - yours))
        yield from (Disagreement(name, item, value, "person") for value in sorted(yours - mine))
