"""What claims and records are tagged with, and when two tags meet: same, narrower or broader."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from typing import NamedTuple

FACETS = ("intervention", "condition", "route")
# Roles of a claim's own tags that say what the claim is about.
ABOUT = {"intervention": {"studied"}, "route": {"studied"}, "condition": {"indication"}}
ABOUT_HARM = {**ABOUT, "condition": {"indication", "adverse-effect", "outcome"}}
# Roles of a record's tags that answer for it. A mention that is background answers for nothing.
ANSWERS = {
    "intervention": {"studied", "comparator", "co-medication"},
    "route": {"studied", "comparator"},
    # An adverse effect too: that a treatment brought on what it is said to relieve speaks against the claim.
    "condition": {"indication", "population", "outcome", "adverse-effect"},
}
ANSWERS_HARM = {**ANSWERS, "condition": {*ANSWERS["condition"], "contraindication"}}
ANSWERS_MECHANISM = {**ANSWERS, "condition": {*ANSWERS["condition"], "model"}}
CENTRAL = ("title", "mesh", "keyword", "reviewer")  # origins of a record's tags that say what it is about
BATCH = 400

Slugs = frozenset[str]
MATCHES = ("exact", "narrower", "broader")  # closest first
Meet = tuple[str, str, str]  # asked, found, match


class Tags(NamedTuple):
    """The slugs of one claim or record that count for a question, by facet."""

    intervention: Slugs = frozenset()
    condition: Slugs = frozenset()
    route: Slugs = frozenset()

    def of(self, facet: str) -> Slugs:
        """Return the slugs of a facet."""
        slugs: Slugs = getattr(self, facet)
        return slugs


class Tree:
    """The vocabulary's slugs, labels and parents, read from the database."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.label: dict[tuple[str, str], str] = {}
        self.mesh: dict[tuple[str, str], str] = {}
        self._above: dict[tuple[str, str], Slugs] = {}
        self._answers: dict[tuple[str, Slugs], dict[str, tuple[int, str]]] = {}
        for facet in FACETS:
            rows = conn.execute(f"select slug, label, parent, mesh from {facet}s").fetchall()
            parents = {row[0]: row[2] for row in rows}
            for slug, label, _, mesh in rows:
                self.label[facet, slug] = label
                self.mesh[facet, slug] = mesh or ""
                self._above[facet, slug] = frozenset(_chain(slug, parents))

    def match(self, facet: str, asked: str, found: str) -> str | None:
        """Say how `found` answers `asked`: exact, narrower, broader, or None."""
        if asked == found:
            return "exact"
        if asked in self._above.get((facet, found), ()):
            return "narrower"
        return "broader" if found in self._above.get((facet, asked), ()) else None

    def within(self, facet: str, asked: Slugs) -> list[str]:
        """Return these slugs and all that are kinds of them."""
        return sorted(
            slug
            for name, slug in self._above
            if name == facet and not asked.isdisjoint((slug, *self._above[name, slug]))
        )

    def narrowest(self, conditions: Slugs) -> list[str]:
        """Return the conditions that have no other one of these below them."""
        above = frozenset().union(*(self._above.get(("condition", slug), frozenset()) for slug in conditions))
        return sorted(conditions - above)

    def meet(self, facet: str, asked: Slugs, found: Slugs) -> Meet | None:
        """Return (asked, found, match) of the closest pair, or None; of several the first by their names."""
        if not asked or not found:
            return None
        answers = self._answers.get((facet, asked))
        if answers is None:
            answers = self._answers[facet, asked] = self._answering(facet, asked)
        best = min([(*answers[slug], slug) for slug in found if slug in answers], default=None)
        return (best[1], best[2], MATCHES[best[0]]) if best else None

    def _answering(self, facet: str, asked: Slugs) -> dict[str, tuple[int, str]]:
        """For each slug that answers any of these: how closely, and which."""
        found: dict[str, tuple[int, str]] = {}
        for slug in asked.union(slug for name, slug in self._above if name == facet):
            pairs = [(MATCHES.index(match), one) for one in asked if (match := self.match(facet, one, slug))]
            if pairs:
                found[slug] = min(pairs)
        return found


def _chain(slug: str, parents: dict[str, str | None]) -> list[str]:
    found: list[str] = []
    above = parents.get(slug)
    while above and above not in found:
        found.append(above)
        above = parents.get(above)
    return found


def roles(question: str) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the roles that count for a claim and for a record when this question is asked."""
    if question == "harm":
        return ABOUT_HARM, ANSWERS_HARM
    return (ABOUT, ANSWERS_MECHANISM) if question == "mechanism" else (ABOUT, ANSWERS)


RawTags = dict[str, list[tuple[str, str, str]]]  # facet -> (slug, role, origin)


def raw_tags(conn: sqlite3.Connection, kind: str, ids: Sequence[int]) -> dict[int, RawTags]:
    """Read the tags of claims or records (`kind`: claim | record) by id."""
    key = "claim_id" if kind == "claim" else "pmid"
    found: dict[int, RawTags] = {number: {facet: [] for facet in FACETS} for number in ids}
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        marks = ",".join("?" * len(batch))
        for facet in FACETS:
            sql = f"select {key}, {facet}, role, origin from {kind}_{facet}s where {key} in ({marks}) order by 1, 2, 3"
            for number, slug, role, origin in conn.execute(sql, tuple(batch)):
                found[number][facet].append((slug, role, origin))
    return found


def pick(raw: RawTags, wanted: dict[str, set[str]], origins: Collection[str] | None = None) -> Tags:
    """Keep the slugs whose role, and origin when given, is wanted."""
    kept = []
    for facet in FACETS:
        roles_, tags = wanted[facet], raw.get(facet, ())
        kept.append(
            frozenset([s for s, role, origin in tags if role in roles_ and (origins is None or origin in origins)])
        )
    return Tags(*kept)


def asks(raw: RawTags, question: str) -> Tags:
    """Return what a claim asks about.

    Where it only names treatments in passing ("for those whom drugs have not helped, ketamine is an option"), these.
    """
    about = roles(question)[0]
    found = pick(raw, about)
    if found.intervention:
        return found
    named = pick(raw, {**about, "intervention": {*about["intervention"], "not-studied"}})
    return Tags(named.intervention, found.condition, found.route)
