"""What a map can be laid out by: for each dimension its values, and which claims and records have which."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from litmap.errors import QueryError
from litmap.store import Store

ANY = "(any)"
NOT_STATED = "(not stated)"

QUESTIONS = ("benefit", "harm", "mechanism", "prevalence", "official-record", "other")
CLAIM_TYPES = (
    "efficacy",
    "onset",
    "comparative",
    "adjunct",
    "dosing",
    "safety",
    "mechanism",
    "epidemiology",
    "regulatory",
    "history",
    "other",
)
YEARS = 5  # years in one column


class Value(NamedTuple):
    """One row or column of a map."""

    slug: str
    label: str
    depth: int = 0  # how many of its broader values are shown above it


Members = Mapping[int, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to lay out the map.

    `claims` and `records` hold, by id and PMID, the most specific values said of each; nothing for those that say none.
    """

    name: str
    values: tuple[Value, ...]
    not_stated: str
    claims: Members
    records: Members
    above: Mapping[str, frozenset[str]]  # a value and all broader ones
    strict: bool = False  # a record bears in a row only for claims that name the row's value
    pairs: bool = False  # two such dimensions, several values each: which goes with which is inferred
    of_claims: bool = False  # a record has a value only through the claims on which it bears

    def closed(self, direct: Iterable[str]) -> frozenset[str]:
        """Return the values with all broader ones and ANY; NOT_STATED when there is none."""
        found = {ANY}
        for slug in direct:
            found |= self.above.get(slug, frozenset((slug,)))
        return frozenset(found if len(found) > 1 else (ANY, NOT_STATED))


def _pairs(store: Store, sql: str, *params: object) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for key, value in store.conn.execute(sql, params):
        if value is not None:
            found.setdefault(key, set()).add(str(value))
    return {key: frozenset(values) for key, values in found.items()}


def _facet(store: Store, facet: str, role: str, everything: bool) -> Dimension:
    table = f"{facet}s"
    rows = store.rows(f"select slug, label, parent, status, replaced_by, on_map from {table} order by position, slug")
    parents = {row["slug"]: row["parent"] for row in rows}
    now = {row["slug"]: row["replaced_by"] or row["slug"] for row in rows}
    above = {slug: _above(slug, parents) for slug in parents}
    claims = _tags(
        store, f"select claim_id, {facet} from claim_{table} where role = ? order by claim_id", role, now, above
    )
    records = _tags(store, f"select pmid, {facet} from record_{table} where role = ? order by pmid", role, now, above)
    used = {slug for group in (claims, records) for direct in set(group.values()) for slug in direct}
    shown = [
        row for row in rows if row["status"] == "active" and (row["on_map"] or (everything and row["slug"] in used))
    ]
    name = facet if role in ("indication", "studied") else role
    values = _tree([(row["slug"], row["label"]) for row in shown], parents)
    return Dimension(
        name, values, f"{name.capitalize()} not stated", claims, records, above, strict=facet == "condition", pairs=True
    )


def _tags(
    store: Store, sql: str, role: str, now: Mapping[str, str], above: Mapping[str, frozenset[str]]
) -> dict[int, frozenset[str]]:
    """Read the most specific values of each key from rows in the order of their keys; equal sets are one object."""

    def specific(slugs: tuple[str, ...]) -> frozenset[str]:
        current = {now.get(slug, slug) for slug in slugs}
        return frozenset(current - {up for slug in current for up in above.get(slug, ()) if up != slug})

    sets: dict[tuple[str, ...], frozenset[str]] = {}
    result = {}
    rows = store.conn.cursor()
    rows.row_factory = None
    for key, group in groupby(rows.execute(sql, (role,)), itemgetter(0)):
        slugs = tuple(slug for _, slug in group)
        if slugs not in sets:
            sets[slugs] = specific(slugs)
        result[key] = sets[slugs]
    return result


def _above(slug: str, parents: Mapping[str, str | None]) -> frozenset[str]:
    found: set[str] = set()
    at: str | None = slug
    while at is not None and at not in found:
        found.add(at)
        at = parents.get(at)
    return frozenset(found)


def _tree(shown: list[tuple[str, str]], parents: Mapping[str, str | None]) -> tuple[Value, ...]:
    """Order the values so that each follows its nearest broader value that is shown."""
    slugs = {slug for slug, _ in shown}

    def parent(slug: str) -> str | None:
        at = parents[slug]
        while at is not None and at not in slugs:
            at = parents.get(at)
        return at

    def below(top: str | None, depth: int) -> Iterable[Value]:
        for slug, label in shown:
            if parent(slug) == top:
                yield Value(slug, label, depth)
                yield from below(slug, depth + 1)

    return tuple(below(None, 0))


_BEARING = "select l.pmid, c.{column} from links l join claims c on c.id = l.claim_id where l.bears = 1 and c.status = 'active'"


def _of_claims(name: str, column: str, slugs: tuple[str, ...]) -> Callable[[Store, bool], Dimension]:
    """A dimension that claims have; a record has it through the claims on which it bears."""

    def make(store: Store, everything: bool) -> Dimension:
        claims = _pairs(store, f"select id, {column} from claims")
        records = _pairs(store, _BEARING.format(column=column))
        used = {slug for direct in claims.values() for slug in direct}
        values = tuple(Value(slug, slug.replace("-", " ").capitalize()) for slug in slugs if slug in used or everything)
        not_stated = f"{name.replace('-', ' ').capitalize()} not stated"
        return Dimension(name, values, not_stated, claims, records, {}, of_claims=True)

    return make


def _level(store: Store, _everything: bool) -> Dimension:
    labels = dict(
        store.conn.execute("select rank, label from evidence_levels where scheme = 'ocebm-benefit'").fetchall()
    )
    values = tuple(Value(str(rank), str(labels.get(rank) or f"Level {rank}")) for rank in range(1, 6))
    claims = _pairs(store, "select claim_id, level from claim_evidence")
    return Dimension("level", values, "No level", claims, _pairs(store, "select pmid, level from records"), {})


def _year(store: Store, _everything: bool) -> Dimension:
    spans = {
        year: f"{year - year % YEARS}-{year - year % YEARS + YEARS - 1}"
        for (year,) in store.conn.execute("select distinct pub_year from records where pub_year is not null")
    }
    records = {
        pmid: frozenset((spans[year],))
        for pmid, year in store.conn.execute("select pmid, pub_year from records where pub_year is not null")
    }
    bearing = _pairs(
        store, "select l.claim_id, r.pub_year from links l join records r on r.pmid = l.pmid where l.bears = 1"
    )
    claims = {claim: frozenset(spans[int(year)] for year in years) for claim, years in bearing.items()}
    firsts = range(min(spans) - min(spans) % YEARS, max(spans) + 1, YEARS) if spans else ()
    values = tuple(Value(f"{first}-{first + YEARS - 1}", f"{first}-{first + YEARS - 1}") for first in firsts)
    return Dimension("year", values, "Year not stated", claims, records, {})


DIMENSIONS: dict[str, Callable[[Store, bool], Dimension]] = {
    "condition": lambda store, everything: _facet(store, "condition", "indication", everything),
    "route": lambda store, everything: _facet(store, "route", "studied", everything),
    "intervention": lambda store, everything: _facet(store, "intervention", "studied", everything),
    "population": lambda store, everything: _facet(store, "condition", "population", everything),
    "claim-type": _of_claims("claim-type", "claim_type", CLAIM_TYPES),
    "question": _of_claims("question", "question", QUESTIONS),
    "level": _level,
    "year": _year,
}


def load(store: Store, name: str, everything: bool = False) -> Dimension:
    """Read one dimension; `everything` also shows values kept off the default map, where they are used.

    Raises QueryError for an unknown name.
    """
    if name not in DIMENSIONS:
        raise QueryError(f"a map cannot be laid out by {name!r}", f"it can by {', '.join(DIMENSIONS)}")
    return DIMENSIONS[name](store, everything)


def words_of(store: Store, dimension: str) -> re.Pattern[str] | None:
    """The names of a dimension's values: a search that uses none of them covers them all. None: cannot be told."""
    if dimension not in ("route", "intervention"):
        return None
    names = {name for row in store.conn.execute(f"select slug, label, mesh from {dimension}s") for name in row if name}
    words = {re.escape(word.strip()) for name in names for word in re.split(r"[;|]", name) if word.strip()}
    return re.compile(rf"\b(?:{'|'.join(sorted(words, key=len, reverse=True))})\b", re.IGNORECASE) if words else None
