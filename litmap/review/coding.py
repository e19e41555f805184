"""A person's coding of claims or records, read from a CSV in the form that `litmap export DB codebook` gives."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from litmap.errors import InputError
from litmap.store import Store

TAGS = ("condition", "route", "intervention")  # cells hold slugs, joined by semicolons
SINGLE = {"record": ("design", "level"), "claim": ("claim_type", "polarity", "certainty")}  # cells hold one value
NONE = "none"  # coded: nothing applies. An empty cell is not coded
KEYS = {"record": "pmid", "claim": "claim_key"}
_MAIN = {"condition": "indication", "route": "studied", "intervention": "studied"}


class Skipped(NamedTuple):
    """A row that could not be used."""

    line: int
    item: str
    reason: str


@dataclass
class Coding:
    """What was coded: field -> item -> values (an empty set: none applies). `kind` is record or claim."""

    kind: str
    values: dict[str, dict[str, frozenset[str]]]
    skipped: list[Skipped] = field(default_factory=list)


def read(text: str, known: Mapping[str, frozenset[str]], items: Mapping[str, frozenset[str]]) -> Coding:
    """Read coded rows. `known` holds the values allowed for each field, `items` for each kind
    the PMIDs or keys of the map.

    Raises InputError when there is no column of items, no coded field, or nothing coded. A row with an unknown item or value is skipped
    and listed.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    columns = [(column or "").strip().lower() for column in reader.fieldnames or ()]
    reader.fieldnames = columns
    kind = next((kind for kind, key in KEYS.items() if key in columns), None)
    if kind is None:
        raise InputError(
            "the coding has no column pmid or claim_key",
            "make a blank form with litmap export DATABASE coding-form -o FILE",
        )
    fields = [name for name in (*TAGS, *SINGLE[kind]) if name in columns]
    if not fields:
        raise InputError(f"the coding has none of the columns {', '.join((*TAGS, *SINGLE[kind]))}")
    coding = Coding(kind, {name: {} for name in fields})
    for row in reader:
        _row(coding, reader.line_num, row, known, items[kind])
    if not any(coding.values.values()):
        raise InputError("nothing is coded in this file", f"fill cells with values, or {NONE} where nothing applies")
    return coding


def _row(
    coding: Coding,
    line: int,
    row: Mapping[str, str | None],
    known: Mapping[str, frozenset[str]],
    items: frozenset[str],
) -> None:
    item = (row.get(KEYS[coding.kind]) or "").strip()
    if item not in items:
        coding.skipped.append(Skipped(line, item, f"no such {coding.kind} in the map"))
        return
    for name, coded in coding.values.items():
        cell = (row.get(name) or "").strip()
        if not cell:
            continue
        values = frozenset(part.strip().lower() for part in cell.split(";") if part.strip()) - {NONE}
        unknown = sorted(values - known[name]) if name in known else []
        if unknown:
            coding.skipped.append(Skipped(line, item, f"{name} has no value {unknown[0]!r}"))
        elif item in coded and coded[item] != values:
            coding.skipped.append(Skipped(line, item, f"{name} is coded twice, differently; the first stands"))
        else:
            coded[item] = values


def items(store: Store) -> dict[str, frozenset[str]]:
    """Return the PMIDs and the keys of the active claims that the map holds."""
    found = {"record": "select pmid from records", "claim": "select key from claims where status = 'active'"}
    return {kind: frozenset(str(row[0]) for row in store.rows(sql)) for kind, sql in found.items()}


def known(store: Store) -> dict[str, frozenset[str]]:
    """Return the slugs allowed for each facet."""
    return {facet: frozenset(row[0] for row in store.rows(f"select slug from {facet}s")) for facet in TAGS}


def machine(store: Store, kind: str, name: str) -> dict[str, frozenset[str]]:
    """Return what the program says of each item: tags of the main role, or the single value of a field.

    Tags that a reviewer entered are left out: they are not the machine's.
    """
    if name in TAGS:
        who = "t.pmid" if kind == "record" else "c.key"
        join = "" if kind == "record" else " join claims c on c.id = t.claim_id"
        sql = f"select {who}, t.{name} from {kind}_{name}s t{join} where t.role = ? and t.origin not in ('reviewer', 'given')"
        found: dict[str, set[str]] = {}
        for item, slug in store.rows(sql, _MAIN[name]):
            found.setdefault(str(item), set()).add(slug)
        return {item: frozenset(slugs) for item, slugs in found.items()}
    table, key = ("records", "pmid") if kind == "record" else ("claims", "key")
    rows = store.rows(f"select {key}, {name} from {table}")
    return {str(item): frozenset() if value is None else frozenset((str(value),)) for item, value in rows}
