"""Where an export comes from: the digest of the map's content, the versions that made it, the searches, the filters."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from litmap import __version__, clock
from litmap.store import Store

# What the map says, without the logs of when it was put in. Rows are read by key, so that ids do not matter.
CONTENT = (
    "select source, version, current, sha256, as_of from documents order by 1, 2",
    "select c.key, c.text, c.heading, c.claim_type, c.question, c.polarity, c.certainty, c.status, d.source from claims c join documents d on d.id = c.document_id order by 1",
    *(
        f"select c.key, t.{facet}, t.role, t.origin from claim_{facet}s t join claims c on c.id = t.claim_id order by 1, 2, 3"
        for facet in ("condition", "route", "intervention")
    ),
    "select pmid, digest, design, secondary, level, level_rule, level_basis, provisional, integrity from records order by 1",
    *(
        f"select pmid, {facet}, role, origin from record_{facet}s order by 1, 2, 3"
        for facet in ("condition", "route", "intervention")
    ),
    "select pmid, scheme, rule, design, rank from record_levels order by 1, 2",
    "select pmid, kind, notice_pmid, origin from record_integrity order by 1, 2, 3, 4",
    "select c.key, l.pmid, l.rank, l.bears from links l join claims c on c.id = l.claim_id order by 1, 2",
    "select claim_key, pmid, reviewer, stage, kind, verdict, reason, stance, directness, note from decisions order by id",
    "select claim_key, reviewer, verdict, rationale, as_of from claim_verdicts order by id",
    "select subject, claim_key, pmid, field, slug, role, action, value, reason, reviewer from corrections order by id",
    "select query, database, limits, count, complete from searches order by id",
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands at the foot of every export."""

    content: str  # SHA-256 over the map's content, hexadecimal
    versions: Mapping[str, str]
    searches: tuple[str, ...]  # the dates, in order
    filters: Mapping[str, Any] = field(default_factory=dict)

    def rows(self) -> list[tuple[str, str]]:
        """Return it as pairs of a label and a text."""
        rows = [("Content of the map (SHA-256)", self.content)]
        rows += [(name, version) for name, version in self.versions.items()]
        rows.append(("Searches", ", ".join(self.searches) or "none were run"))
        rows += [(f"Filter: {name.replace('_', ' ')}", _text(value)) for name, value in self.filters.items()]
        return rows

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "content_sha256": self.content,
            "versions": dict(self.versions),
            "searches": list(self.searches),
            "filters": dict(self.filters),
        }


def content_digest(conn: sqlite3.Connection) -> str:
    """Return the SHA-256 of what the map says. Two maps made of the same input by the same versions have the same."""
    digest = sha256()
    for sql in CONTENT:
        digest.update(b"\x1d")
        for row in conn.execute(sql):
            digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def of(store: Store, filters: Mapping[str, Any] | None = None) -> Provenance:
    """Describe the map as it is now."""
    named = (("vocabulary", "Vocabulary"), ("ruleset", "Rule set"), ("extractor", "Claim finder"), ("ranker", "Ranker"))
    versions = {"litmap": __version__} | {label: value for key, label in named if (value := store.meta(key))}
    dates = tuple(sorted({row[0][:10] for row in store.conn.execute("select ran_at from searches")}))
    return Provenance(content_digest(store.conn), versions, dates, filters or {})


def stamp() -> str:
    """Return the date of the export, for formats whose own metadata wants one."""
    return clock.now()


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "yes" if value is True else str(value)
