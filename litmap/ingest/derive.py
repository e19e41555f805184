"""litmap tag: derive claims, tags and levels again from what the map holds, keeping what people said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from litmap import claims as claim_finder
from litmap.evidence import Rules
from litmap.ingest import settle
from litmap.ingest.derived import derive_records
from litmap.ingest.documents import Outcome, stored, write_claims
from litmap.ingest.new import FACETS, stored_vocabulary, write_levels
from litmap.store import Store
from litmap.vocabulary import Tagger, Vocabulary


@dataclass
class Changes:
    """What deriving again changed. Tags are counted by facet, as (added, removed)."""

    claims_new: list[str] = field(default_factory=list)
    claims_gone: list[str] = field(default_factory=list)
    claim_tags: dict[str, tuple[int, int]] = field(default_factory=dict)
    record_tags: dict[str, tuple[int, int]] = field(default_factory=dict)
    levels: int = 0
    documents: int = 0
    records: int = 0


def retag(store: Store, *, vocabulary: Vocabulary | None = None, progress: Callable[[int], None] = lambda _: None) -> Changes:
    """Find claims again, tag everything again, level everything again.

    One transaction. `progress` is called with the number of records done since the last call.
    People's corrections are laid over the new results. Pass `vocabulary` when it was just replaced
    inside an open transaction; the caller then commits.
    """
    if store.conn.in_transaction:
        return _retag(store, vocabulary or stored_vocabulary(store), progress)
    with store.transaction():
        return _retag(store, vocabulary or stored_vocabulary(store), progress)


def _retag(store: Store, vocabulary: Vocabulary, progress: Callable[[int], None]) -> Changes:
    tagger, rules, changes = Tagger(vocabulary), Rules.load(), Changes()
    before = _snapshot(store)
    levels_before = _levels(store)
    write_levels(store.conn, rules)
    for row in store.rows("select * from documents where current = 1 order by id"):
        outcome = Outcome(row["source"], "updated", row["version"])
        write_claims(store, row["id"], stored(row), tagger, outcome)
        changes.claims_new += outcome.new
        changes.claims_gone += outcome.gone
        changes.documents += 1
    changes.records = len(derive_records(store, tagger, rules, progress=progress))
    settle.claims_changed(store)
    for key, value in (("extractor", claim_finder.VERSION), ("vocabulary", vocabulary.version), ("ruleset", rules.version)):
        store.set_meta(key, value)
    after = _snapshot(store)
    for facet, plural in FACETS.items():
        changes.claim_tags[facet] = _difference(before[f"claim_{plural}"], after[f"claim_{plural}"])
        changes.record_tags[facet] = _difference(before[f"record_{plural}"], after[f"record_{plural}"])
    changes.levels = sum(1 for pmid, level in _levels(store).items() if levels_before.get(pmid) != level)
    return changes


def _snapshot(store: Store) -> dict[str, Counter[tuple[object, ...]]]:
    found = {}
    for facet, plural in FACETS.items():
        for who, table in (("claim_id", f"claim_{plural}"), ("pmid", f"record_{plural}")):
            found[table] = Counter(tuple(row) for row in store.conn.execute(f"select {who}, {facet}, role from {table}"))
    return found


def _levels(store: Store) -> dict[int, tuple[object, ...]]:
    return {row["pmid"]: tuple(row)[1:] for row in store.conn.execute("select pmid, design, level, level_rule from records")}


def _difference(before: Counter[tuple[object, ...]], after: Counter[tuple[object, ...]]) -> tuple[int, int]:
    return (after - before).total(), (before - after).total()
