"""A claim with all that bears on it: never only the highest design, also the newest and what contradicts."""

from __future__ import annotations

import sqlite3
from typing import Any

from litmap.linking.evidence import PREPRINT
from litmap.model import ANOTHER_SOURCE
from litmap.tables.dimensions import NOT_STATED
from litmap.tables.gapmap import GapMap
from litmap.web import ours, shared
from litmap.web.shared import Row
from litmap.wording import directions, doubts, nothing_left

MOST = 200  # linked records shown
AROUND = 300  # characters of context where the document has no blocks

OTHER_SOURCES = {
    "official-record": "This is answered by an official record (a regulator's label, a law, a register, a dated history), not by studies in PubMed. It is not counted as a gap.",
    "prevalence": "This is answered by epidemiology (a survey, a register, a health statistic with its year and place), not by studies of treatment. It is not counted as a gap.",
    "mechanism": "This is about how something works. Designs and subjects are shown; treatment levels do not rank such studies.",
}


def find(conn: sqlite3.Connection, wanted: str, found: GapMap) -> dict[str, Any] | None:
    """Everything the page shows, by the claim's key (or id); `found` is the whole map. None when there is no such claim."""
    claim = ours.first(conn, "select * from claims where key = ?", wanted)
    if claim is None and wanted.isdecimal():
        claim = ours.first(conn, "select * from claims where id = ?", int(wanted))
    if claim is None:
        return None
    names = shared.labels(conn)
    claim["cues"] = shared.loads(claim["cues"], [])
    tags = shared.tags(conn, "claim", claim["id"], names)
    records = _records(conn, claim)
    bearing = [record for record in records if record["bears"]]
    scheme = shared.QUESTION_SCHEMES.get(claim["question"])
    return {
        "elsewhere": claim["question"] in ANOTHER_SOURCE,
        "ranked": scheme is not None,
        "bearing": len(bearing),
        "claim": claim,
        "document": ours.first(conn, "select id, source, title, version, current, retrieved_at, sha256 from documents where id = ?", claim["document_id"]),
        "context": _context(conn, claim),
        "tags": tags,
        "evidence": _evidence(conn, claim, names),
        "groups": _groups(bearing, shared.level_names(conn, scheme) if scheme else None),
        "others": [record for record in records if not record["bears"]],
        "highlights": _highlights(bearing, scheme is not None),
        "verdicts": ours.rows(conn, "select * from claim_verdicts where claim_key = ? order by id desc", claim["key"]),
        "needs": OTHER_SOURCES.get(claim["question"]),
        "harms": _harms(conn, claim, tags, names),
        "other_routes": _other_routes(found, tags, names),
        "searches": ours.rows(conn, "select s.query, s.ran_at, s.count from claim_searches c join searches s on s.id = c.search_id where c.claim_id = ? and s.complete = 1 order by s.id", claim["id"]),
    }  # fmt: skip


def _context(conn: sqlite3.Connection, claim: Row) -> Row:
    """The paragraph around the sentence, in three parts."""
    start, end = claim["start"], claim["end"]
    row = ours.first(conn, "select text, blocks from documents where id = ?", claim["document_id"])
    text = row["text"] if row else ""
    if not text or text[start:end] != claim["text"]:
        return {"before": "", "after": ""}
    blocks = shared.loads(row["blocks"] if row else None, [])
    around = (text.rfind("\n\n", 0, start) + 1, (text + "\n\n").index("\n\n", end))
    first, last = next(((b[1], b[2]) for b in blocks if b[1] <= start and end <= b[2]), around)
    if last - first > 6 * AROUND:
        first, last = max(first, start - AROUND), min(last, end + AROUND)
    return {"before": text[first:start].lstrip(), "after": text[end:last].rstrip()}


def _evidence(conn: sqlite3.Connection, claim: Row, names: dict[str, dict[str, str]]) -> list[Row]:
    rows = ours.rows(
        conn, "select * from claim_evidence where claim_id = ? order by coalesce(condition, '')", claim["id"]
    )
    for row in rows:
        row["label"] = (
            names["condition"].get(row["condition"], row["condition"]) if row["condition"] else "No condition stated"
        )
        row["directions"] = directions(shared.loads(row["n_by_stance"], {}))
        row["gone"] = None if row["n_reports"] else nothing_left(row["basis"], row["n_retracted"])
        row["doubts"] = doubts(row.get("n_concern", 0), row.get("n_corrected", 0))  # an older map, published, has neither
    return rows


def _records(conn: sqlite3.Connection, claim: Row) -> list[Row]:
    """Linked records, and those that a reviewer included without a link."""
    rows = ours.rows(
        conn,
        f"""select l.rank, l.score, l.reasons, l.bears, l.record_digest, r.digest, {shared.RECORD_COLUMNS} from links l join records r on r.pmid = l.pmid
            where l.claim_id = ? order by l.bears desc, l.rank, l.pmid limit {MOST}""",
        claim["id"],
    )
    known = {row["pmid"] for row in rows}
    decided = shared.standings(conn, claim["key"])
    for pmid in decided:
        if pmid not in known:
            rows += ours.rows(
                conn,
                f"select null as rank, null as score, '[]' as reasons, 0 as bears, null as record_digest, r.digest, {shared.RECORD_COLUMNS} from records r where r.pmid = ?",
                pmid,
            )
    harm = shared.harm_levels(conn, [row["pmid"] for row in rows]) if claim["question"] == "harm" else None
    for row in rows:
        row["reasons"] = shared.reasons(row["reasons"])
        row["decision"] = decided.get(row["pmid"])
        row["changed"] = bool(row["record_digest"] and row["record_digest"] != row["digest"])
        if row["decision"] and row["decision"]["verdict"] in ("include", "exclude"):
            row["bears"] = int(row["decision"]["verdict"] == "include")
        if harm is not None:
            row.update(harm[row["pmid"]])
    return rows


def _groups(records: list[Row], names: dict[int, str] | None) -> list[Row]:
    """Records under headings: by level where levels answer the question, else by design. Retracted ones last, apart."""
    groups: dict[tuple[int, str], list[Row]] = {}
    for record in records:
        if record["integrity"] in shared.WITHDRAWN:
            key = (9, "Retracted, and notices: not counted")
        elif names is None:
            key = (1, (record["design"] or "undetermined").replace("-", " ").capitalize())
        elif record["level"] is None:
            key = (8, "Designs that carry no level")
        else:
            key = (record["level"], names.get(record["level"], ""))
        groups.setdefault(key, []).append(record)
    return [
        {"level": place if names and place <= 5 else None, "label": label, "records": rows}
        for (place, label), rows in sorted(groups.items(), key=lambda group: group[0])
    ]


def _highlights(records: list[Row], ranked: bool) -> Row:
    counted = [record for record in records if record["integrity"] not in shared.WITHDRAWN]
    levelled = [record for record in counted if record["level"] is not None] if ranked else []
    dated = [record for record in counted if record["pub_year"]]
    against = [
        record
        for record in counted
        if record["decision"] and record["decision"]["stance"] in ("contradicts", "mixed", "no-difference", "disputed")
    ]
    return {
        "highest": min(
            levelled,
            key=lambda record: (record["preprint"], record["level"], -(record["pub_year"] or 0), record["pmid"]),
            default=None,
        ),
        "newest": max(dated, key=lambda record: (record["pub_year"], record["pmid"]), default=None),
        "against": against,
        "judged": sum(1 for record in counted if record["decision"] and record["decision"]["stance"]),
    }


def _slugs(tags: dict[str, list[Row]], facet: str) -> list[str]:
    return [tag["slug"] for tag in tags[facet] if tag["counted"]]


def _harms(conn: sqlite3.Connection, claim: Row, tags: dict[str, list[Row]], names: dict[str, dict[str, str]]) -> Row:
    """What the map holds on harms of the same intervention by the same route, whatever the claim is about."""
    interventions, routes = _slugs(tags, "intervention"), _slugs(tags, "route")
    wheres, params = ["c.question = 'harm'", "c.status = 'active'", "c.id <> ?"], [claim["id"]]
    for facet, slugs in (("intervention", interventions), ("route", routes)):
        if slugs:
            wide = sorted({slug for one in slugs for slug in shared.below(conn, facet, one)})
            wheres.append(
                f"c.id in (select claim_id from claim_{facet}s where role = 'studied' and {facet} in ({shared.marks(wide)}))"
            )
            params += wide
    claims = ours.rows(
        conn,
        f"""select c.key, c.text, (select min(level) from claim_evidence e where e.claim_id = c.id) as level,
              (select max(basis = 'reviewed') from claim_evidence e where e.claim_id = c.id) as reviewed from claims c
            where {' and '.join(wheres)} order by c.id limit 12""",
        *params,
    )  # fmt: skip
    about = [
        names[facet].get(slug, slug)
        for facet, slugs in (("intervention", interventions), ("route", routes))
        for slug in slugs
    ]
    return {
        "claims": claims if interventions or routes else [],
        "records": _harm_records(conn, interventions, routes),
        "about": about,
    }


def _harm_records(conn: sqlite3.Connection, interventions: list[str], routes: list[str]) -> list[Row]:
    """Records of the same intervention and route that report an adverse effect, best design for harms first."""
    if not interventions:
        return []
    wheres, params = ["t.role = 'adverse-effect'"], []
    for facet, slugs in (("intervention", interventions), ("route", routes)):
        if slugs:
            wide = sorted({slug for one in slugs for slug in shared.below(conn, facet, one)})
            wheres.append(
                f"r.pmid in (select pmid from record_{facet}s where role = 'studied' and {facet} in ({shared.marks(wide)}))"
            )
            params += wide
    return ours.rows(
        conn,
        f"""select r.pmid, r.title, r.pub_year, r.design, r.integrity, coalesce(l.provisional, 0) as provisional, {PREPRINT} as preprint, l.rank as level, replace(group_concat(distinct c.label), ',', ', ') as effects
            from record_conditions t join records r on r.pmid = t.pmid join conditions c on c.slug = t.condition
            left join record_levels l on l.pmid = r.pmid and l.scheme = 'ocebm-harm'
            where {' and '.join(wheres)} and coalesce(r.integrity, '') not in ('retracted', 'notice')
            group by r.pmid order by l.rank is null, l.rank, r.pub_year desc, r.pmid limit 6""",
        *params,
    )  # fmt: skip


def _other_routes(found: GapMap, tags: dict[str, list[Row]], names: dict[str, dict[str, str]]) -> list[Row]:
    """For each condition of the claim: what the map holds on the other routes."""
    mine = set(_slugs(tags, "route"))
    result = []
    for condition in _slugs(tags, "condition"):
        cells = [
            found.cell(condition, column.slug)
            for column in found.columns
            if column.slug not in mine and column.slug != NOT_STATED
        ]
        held = sorted((cell for cell in cells if cell.n_records), key=lambda cell: (-cell.n_records, cell.column))
        routes = [
            {"route": cell.column, "label": names["route"].get(cell.column, cell.column), "level": cell.highest_level, "reviewed": cell.n_reviewed,
             "n_records": cell.n_records, "n_claims": cell.n_claims + cell.n_denials} for cell in held
        ]  # fmt: skip
        result.append({"condition": condition, "label": names["condition"].get(condition, condition), "routes": routes})
    return result
