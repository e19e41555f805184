"""Facets over the tag tables and over levels, and the filters they set in the URL.

`_condition=`, `_route=` and `_intervention=` take a slug and mean it or anything below it, in the role that maps
count; `_level=3` means level 3 or better. Repeating a parameter narrows further. A facet's count is the number of
rows that its link leads to: each row counts once, however many of its tags lie below the slug.
"""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.filters import FilterArguments
from datasette.utils import escape_sqlite, path_with_added_args, path_with_removed_args

from litmap.web import ours

FACETS = {"condition": "indication", "route": "studied", "intervention": "studied"}  # facet: the role that maps count
LEVELS = (1, 2, 3, 4, 5)
NOT_STATED = "not-stated"  # rows without any tag of the facet in that role


class Kind(NamedTuple):
    """How a table's rows are tagged and levelled."""

    key: str  # its primary key
    prefix: str  # claim_conditions, record_conditions, ...
    column: str  # what the tag tables call that key
    level: str  # a condition on {key}, given :level


TABLES = {
    "records": Kind("pmid", "record", "pmid", "level <= {level}"),
    "claims": Kind("id", "claim", "claim_id", "id in (select claim_id from claim_evidence where level <= {level})"),
}
_BELOW = "with recursive below(slug) as (select {slug} union select v.slug from {vocabulary} v join below b on v.parent = b.slug) select slug from below"


def tag_condition(kind: Kind, facet: str, parameter: str) -> str:
    """SQL that holds for rows tagged with the slug in `parameter`, or with one below it."""
    below = _BELOW.format(slug=f":{parameter}", vocabulary=f"{facet}s")
    return (
        f"{kind.key} in (select {kind.column} from {kind.prefix}_{facet}s where role = '{FACETS[facet]}' "
        f"and {facet} in ({below}))"
    )  # fmt: skip


def filters(request: Any, table: str) -> FilterArguments | None:
    """The rows that the parameters of this URL leave. None when there are none of ours."""
    kind = TABLES.get(table)
    wheres: list[str] = []
    params: dict[str, Any] = {}
    texts: list[str] = []
    for facet in FACETS if kind else ():
        for number, slug in enumerate(request.args.getlist(f"_{facet}")):
            name = f"litmap_{facet}_{number}"
            if kind and slug == NOT_STATED:
                wheres.append(
                    f"{kind.key} not in (select {kind.column} from {kind.prefix}_{facet}s where role = '{FACETS[facet]}')"
                )
                texts.append(f"{facet} is not stated")
            elif kind:
                wheres.append(tag_condition(kind, facet, name))
                params[name] = slug
                texts.append(f"{facet} is {slug} or below")
    level = request.args.get("_level") if kind else None
    if kind and level and level.isdecimal() and int(level) in LEVELS:
        wheres.append(kind.level.format(level=":litmap_level"))
        params["litmap_level"] = int(level)
        texts.append(f"highest design at level {level} or better")
    return FilterArguments(wheres, params, texts) if wheres else None


class _Ours(Facet):  # type: ignore[misc]
    """What both facets share: only for our tables, only when the table's settings or the URL ask for them."""

    async def suggest(self) -> list[dict[str, Any]]:
        return []

    def _kind(self) -> Kind | None:
        return TABLES.get(self.table or "")

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        results: list[dict[str, Any]] = []
        late: list[str] = []
        if not self._kind() or not await ours.active(self.ds, self.database):
            return results, late
        for found in self.get_configs():
            name = found["config"].get("column") or found["config"].get("simple")
            try:
                result = await self._one(name, found["source"] != "metadata")
            except QueryInterrupted:
                late.append(name)
            else:
                results.extend([result] if result else [])
        return results, late

    async def _one(self, name: str, hideable: bool) -> dict[str, Any] | None:
        raise NotImplementedError

    async def _run(self, sql: str, params: Any) -> list[sqlite3.Row]:
        limit = self.ds.setting("facet_time_limit_ms")
        found = await self.ds.execute(self.database, sql, params, truncate=False, custom_time_limit=limit)
        return list(found.rows)

    def _entry(self, parameter: str, value: Any, label: str, count: int) -> dict[str, Any]:
        selected = (parameter, str(value)) in self.get_querystring_pairs()
        change = path_with_removed_args if selected else path_with_added_args
        path = change(self.request, {parameter: str(value)})
        url = self.ds.absolute_url(self.request, self.ds.urls.path(path))
        return {"value": value, "label": label, "count": count, "toggle_url": url, "selected": selected}

    def _result(
        self, name: str, title: str, hideable: bool, entries: list[dict[str, Any]], truncated: bool
    ) -> dict[str, Any]:
        toggle = self.ds.urls.path(path_with_removed_args(self.request, {f"_facet_{self.type}": name}))
        return {
            "name": title,
            "type": self.type,
            "hideable": hideable,
            "toggle_url": toggle,
            "results": entries,
            "truncated": truncated,
        }


class TagFacet(_Ours):
    """Counts rows by the slugs of one facet: `{"tag": "condition"}`."""

    type = "tag"

    async def _one(self, name: str, hideable: bool) -> dict[str, Any] | None:
        kind = self._kind()
        if name not in FACETS or kind is None:
            return None
        size = self.get_facet_size()
        rows = await self._run(self._sql(kind, name, size + 1), self.params)
        entries = [self._entry(f"_{name}", row["slug"], row["label"], row["n"]) for row in rows[:size]]
        return self._result(name, name, hideable, entries, len(rows) > size)

    def _sql(self, kind: Kind, facet: str, limit: int) -> str:
        """Most rows have one tag: these are counted as they stand, and only parents of several tags row by row."""
        whole = self.sql.rstrip().endswith(f"from {escape_sqlite(self.table)}")
        tags = f"{kind.prefix}_{facet}s t"
        chosen = tags if whole else f"({self.sql}) chosen cross join {tags}"  # cross: no other order of the loops
        inner = "" if whole else f"and t.{kind.column} = chosen.{kind.key}"
        return f"""
            with recursive above(top, slug) as (
              select slug, slug from {facet}s union select a.top, v.slug from {facet}s v join above a on v.parent = a.slug
            ),
            matched as {"not" if whole else ""} materialized (
              select t.{kind.column} as key, t.{facet} as slug from {chosen} where t.role = '{FACETS[facet]}' {inner}
            ),
            direct as materialized (select slug, count(*) as n from matched group by slug),
            wide as materialized (select a.top from above a join direct d on d.slug = a.slug group by a.top having count(*) > 1),
            below as materialized (select a.top, a.slug from wide w join above a on a.top = w.top),
            counts as (
              select a.top, d.n from direct d join above a on a.slug = d.slug where a.top not in (select top from wide)
              union all
              select b.top, count(distinct m.key) from below b join matched m on m.slug = b.slug group by b.top
            )
            select v.slug as slug, v.label as label, c.n as n from counts c join {facet}s v on v.slug = c.top
            order by n desc, v.position, v.slug limit {limit}
        """


class LevelFacet(_Ours):
    """Counts rows at each level or better: `{"level": "level"}`."""

    type = "level"

    async def _one(self, name: str, hideable: bool) -> dict[str, Any] | None:
        kind = self._kind()
        if kind is None:
            return None
        sums = ", ".join(f"sum({kind.level.format(level=level)}) as l{level}" for level in LEVELS)
        row = (await self._run(f"select {sums} from ({self.sql})", self.params))[0]
        entries = [
            self._entry("_level", level, f"level {level}" + (" or better" if level > 1 else ""), row[f"l{level}"])
            for level in LEVELS
            if row[f"l{level}"]
        ]
        return self._result(name, "this level or better", hideable, entries, False)
