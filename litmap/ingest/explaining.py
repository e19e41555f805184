"""How a record of the map came to its design, level and integrity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from litmap.errors import InputError
from litmap.evidence import SCHEMES, Explanation, Rules
from litmap.ingest import said_integrity, stored
from litmap.ingest.derived import TAG_TABLES
from litmap.ingest.overlay import LEVEL
from litmap.model import Record, Tag
from litmap.review.entries import standing, successors
from litmap.store import Store


@dataclass(frozen=True)
class Explained:
    """The rules' explanation, and what the map holds beside it."""

    record: Record
    explanation: Explanation
    held: dict[str, Any]  # the derived columns of `records` as they stand
    integrity: tuple[dict[str, Any], ...]  # `after_correction`: graver than what stood when a reviewer corrected it, and not put aside
    integrity_aside: tuple[dict[str, Any], ...]  # notes that a person's correction keeps out
    corrections: tuple[dict[str, Any], ...]  # what people said, with the machine's value and whether it stands
    unknown_types: tuple[str, ...]
    preprint: bool


def explain(store: Store, pmid: int, rules: Rules | None = None) -> Explained:
    """Assess a record again, keeping every step. Raises InputError when the map does not hold it."""
    rules = rules or Rules.load()
    record = next(stored.records(store, [pmid]), None)
    if record is None:
        raise InputError(f"the map holds no record with PMID {pmid}", "litmap fetch or litmap load brings it in")
    tags = [
        Tag(facet, *row)
        for facet, table in TAG_TABLES.items()
        for row in store.rows(
            f"select {facet}, role, origin, coalesce(matched, '') from {table} where pmid = ? order by 1, 2", pmid
        )
    ]
    columns = "design, secondary, subjects, level, level_by_design, level_rule, level_basis, provisional, integrity"
    held = dict(store.rows(f"select {columns} from records where pmid = ?", pmid)[0])
    notes = store.rows(
        "select kind, notice_pmid, origin, date from record_integrity where pmid = ? order by kind, notice_pmid, origin",
        pmid,
    )
    aside = store.rows(
        "select kind, notice_pmid, origin, date from record_integrity_aside where pmid = ? order by kind, notice_pmid, origin",
        pmid,
    )
    corrections = tuple(_said(store, pmid))
    came_later = said_integrity.later(one for one in corrections if one["stands"])
    return Explained(
        record,
        rules.explain(record, tags),
        held,
        tuple({**note, "after_correction": note["kind"] in came_later} for note in notes),
        tuple(map(dict, aside)),
        corrections,
        rules.unknown_types(record),
        rules.is_preprint(record),
    )


def _said(store: Store, pmid: int) -> Iterator[dict[str, Any]]:
    """Every correction of a record, in the order they were made, with the machine's value beside it."""
    rows = store.rows("select * from corrections where pmid = ? order by id", pmid)
    stand = {row["id"] for row in standing(rows)}
    machine = dict(map(tuple, store.rows("select field, value from record_machine where pmid = ?", pmid)))
    slugs = successors(store.conn)
    for row in rows:
        slug = slugs.get((row["field"], row["slug"]), row["slug"])
        what = f"{row['field']}:{slug}" if row["subject"] == "tag" else row["field"] or row["subject"]
        of_level = machine.get(SCHEMES[0]) if what == LEVEL else None
        kept = {name: row[name] for name in ("action", "role", "value", "reason", "reviewer", "made_at", "machine_then")}
        yield {"field": what, **kept, "machine": machine.get(what, of_level), "stands": row["id"] in stand}
