"""How a record of the map came to its design, level and integrity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litmap.errors import InputError
from litmap.evidence import Explanation, Rules
from litmap.ingest import stored
from litmap.ingest.derived import TAG_TABLES
from litmap.model import Record, Tag
from litmap.store import Store


@dataclass(frozen=True)
class Explained:
    """The rules' explanation, and what the map holds beside it."""

    record: Record
    explanation: Explanation
    held: dict[str, Any]  # the derived columns of `records` as they stand
    integrity: tuple[dict[str, Any], ...]
    corrections: tuple[dict[str, Any], ...]  # what people said of its level, subjects or design
    unknown_types: tuple[str, ...]


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
    said = store.rows(
        "select field, action, value, reason, reviewer, made_at from corrections where pmid = ? and subject = 'level' order by id",
        pmid,
    )
    return Explained(
        record,
        rules.explain(record, tags),
        held,
        tuple(map(dict, notes)),
        tuple(map(dict, said)),
        rules.unknown_types(record),
    )
