"""Small maps for tests of linking and review, written row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from litmap import store
from litmap.store import Store

VOCABULARY = {
    "condition": {
        "depression": None,
        "treatment-resistant-depression": "depression",
        "ptsd": None,
        "ocd": None,
        "chronic-pain": None,
    },
    "intervention": {"ketamine": None, "esketamine": "ketamine", "lithium": None},
    "route": {"intravenous": None, "intranasal": None},
}
MAIN_ROLE = {"condition": "indication", "intervention": "studied", "route": "studied"}


class Map:
    """A map under construction. Tags are given as slugs, or as slug/role."""

    def __init__(self, path: Path) -> None:
        self.store: Store = store.create(path)
        with self.store.transaction() as conn:
            for facet, slugs in VOCABULARY.items():
                for position, (slug, parent) in enumerate(slugs.items()):
                    conn.execute(
                        f"insert into {facet}s (slug, label, parent, position) values (?, ?, ?, ?)",
                        (slug, slug.replace("-", " ").capitalize(), parent, position),
                    )
            conn.execute(
                "insert into documents (id, source, version, current, media_type, sha256, extractor, retrieved_at, text) "
                "values (1, 'page.txt', 1, 1, 'text/plain', 'x', 'text/1', '2025-01-01T00:00:00Z', '')"
            )

    def record(self, pmid: int, title: str, abstract: str = "", *, level: int | None = None, **more: Any) -> int:
        """Add a record. more: condition, intervention, route (lists), harm, study, integrity, and columns of records."""
        tags = {facet: more.pop(facet, ()) for facet in VOCABULARY}
        harm, study, integrity = more.pop("harm", None), more.pop("study", None), more.pop("integrity", None)
        columns = {"pmid": pmid, "title": title, "abstract": abstract, "level": level, "provisional": 0, **more}
        columns["digest"] = hashlib.sha256(f"{title}\n{abstract}".encode()).hexdigest()
        with self.store.transaction() as conn:
            names = ", ".join(columns)
            conn.execute(
                f"insert into records ({names}) values ({','.join('?' * len(columns))})", tuple(columns.values())
            )
            conn.execute(
                "insert into records_fts (rowid, title, abstract, terms) values (?, ?, ?, '')", (pmid, title, abstract)
            )
            if harm is not None:
                conn.execute(
                    "insert into record_levels (pmid, scheme, ruleset, rule, design, rank, basis, provisional) "
                    "values (?, 'ocebm-harm', '1', 'X', 'cohort', ?, 'curated', 0)",
                    (pmid, harm),
                )
            if study:
                conn.execute("insert into record_studies values (?, ?, 'registration')", (pmid, study))
            if integrity:
                conn.execute(
                    "insert into record_integrity values (?, ?, null, 'publication-type', null)", (pmid, integrity)
                )
            self._tag("record", "pmid", pmid, tags)
        return pmid

    def claim(self, key: str, text: str, question: str = "benefit", **tags: Iterable[str]) -> str:
        """Add a claim; tags: condition, intervention, route."""
        with self.store.transaction() as conn:
            cursor = conn.execute(
                'insert into claims (key, document_id, start, "end", text, claim_type, question, polarity, certainty) '
                "values (?, 1, 0, ?, ?, 'efficacy', ?, 'affirm', 'asserted')",
                (key, len(text), text, question),
            )
            self._tag("claim", "claim_id", int(cursor.lastrowid or 0), tags)
        return key

    def _tag(self, kind: str, key: str, number: int, tags: dict[str, Iterable[str]]) -> None:
        for facet, slugs in tags.items():
            for slug in slugs:
                name, _, role = slug.partition("/")
                self.store.conn.execute(
                    f"insert into {kind}_{facet}s ({key}, {facet}, role, origin) values (?, ?, ?, ?)",
                    (number, name, role or MAIN_ROLE[facet], "sentence" if kind == "claim" else "title"),
                )

    def ranked(self, key: str) -> list[int]:
        """Return the PMIDs linked to a claim, best first."""
        sql = "select l.pmid from links l join claims c on c.id = l.claim_id where c.key = ? order by rank"
        return [row[0] for row in self.store.rows(sql, key)]

    def evidence(self, key: str, condition: str | None = None) -> dict[str, Any]:
        """Return a claim's row of claim_evidence."""
        sql = "select e.* from claim_evidence e join claims c on c.id = e.claim_id where c.key = ? and e.condition is ?"
        (row,) = self.store.rows(sql, key, condition)
        return dict(row)

    def dump(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """Return a table's rows."""
        return sorted((tuple(row) for row in self.store.rows(f"select {columns} from {table}")), key=repr)
