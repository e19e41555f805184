"""Tables that list what the map holds: claims, decisions, searches, and the map's cells."""

from __future__ import annotations

import json
from collections.abc import Iterator

from litmap.linking.evidence import BEARING
from litmap.review.verdicts import latest
from litmap.store import Store
from litmap.tables import gapmap, terminal
from litmap.tables.table import Column, Row, Table, public_source

CLAIMS = (
    Column("document", "Document", "title of the document, or its source", width=24),
    Column("source", "Source", "where the document came from", "url", 24, "data"),
    Column("version", "Version", "version of the document in which the claim stands", "integer", 8, "data"),
    Column("retrieved_at", "Retrieved", "when that version was read", width=20, forms="data"),
    Column(
        "claim_key", "Key", "the claim's key: stays the same in later versions of the document", width=18, forms="data"
    ),
    Column("start", "Start", "where the quote begins in the document's text (characters from 0)", "integer", 8, "data"),
    Column("end", "End", "where it ends, exclusive", "integer", 8, "data"),
    Column("heading", "Heading", "the heading above the claim", "quote", 20),
    Column("claim", "Claim", "the claim as it stands in the document", "quote", 50),
    Column("claim_type", "Type", "kind of claim", width=12),
    Column("question", "Question", "what would have to be looked up", width=14),
    Column("polarity", "Polarity", "affirm or deny", width=9),
    Column("certainty", "Certainty", "proven, asserted or hedged", width=10, forms="data"),
    Column("conditions", "Conditions", "conditions that the claim is about (indications)", "conditions", 20),
    Column("routes", "Routes", "routes of administration that the claim is about", "routes", 16),
    Column("interventions", "Interventions", "what is said to be given", "interventions", 16),
    Column("other_tags", "Other mentions", "tags in other roles, as slug (role)", width=22, forms="data"),
    Column("n_bearing", "Records", "records that bear on the claim, retracted ones and notices of other records not among them", "integer", 9),
    Column("n_retracted", "Retracted", "records that would bear and were retracted", "integer", 9),
    Column("n_preprints", "Preprints", "records that bear and that no journal has published", "integer", 9),
    Column("n_concern", "Of concern", "records that bear with an expression of concern, or retracted in part", "integer", 9),
    Column("n_corrected", "Corrected", "records that bear and that a notice corrects", "integer", 9),
    Column("verdict", "Verdict", "each reviewer's latest verdict", width=18),
    Column("rationale", "Rationale", "the reasons given with the verdicts", width=30),
    Column("status", "Status", "active, dismissed by a reviewer, or gone from its page", width=10),
)

_CLAIMS = f"""
select d.title, d.source, d.version, d.retrieved_at, c.key, c.start, c."end", c.heading, c.text, c.claim_type, c.question, c.polarity, c.certainty,
  (select group_concat(s, '; ') from (select condition as s from claim_conditions t where t.claim_id = c.id and t.role = 'indication' order by 1)),
  (select group_concat(s, '; ') from (select route as s from claim_routes t where t.claim_id = c.id and t.role = 'studied' order by 1)),
  (select group_concat(s, '; ') from (select intervention as s from claim_interventions t where t.claim_id = c.id and t.role = 'studied' order by 1)),
  (select group_concat(s, '; ') from (
    select condition || ' (' || role || ')' as s from claim_conditions t where t.claim_id = c.id and t.role <> 'indication'
    union all select route || ' (' || role || ')' from claim_routes t where t.claim_id = c.id and t.role <> 'studied'
    union all select intervention || ' (' || role || ')' from claim_interventions t where t.claim_id = c.id and t.role <> 'studied' order by 1)),
  {BEARING}, c.status
from claims c join documents d on d.id = c.document_id
order by d.source, c.start, c.key
"""


def claims(store: Store, _include_retracted: bool = False) -> Table:
    """Return every claim with its tags and verdicts; dismissed and gone ones say so."""

    def rows() -> Iterator[Row]:
        verdicts: dict[str, list[str]] = {}
        reasons: dict[str, list[str]] = {}
        for one in latest(store.conn):
            verdicts.setdefault(one.claim_key, []).append(f"{one.verdict} ({one.reviewer})")
            if one.rationale:
                reasons.setdefault(one.claim_key, []).append(f"{one.reviewer}: {one.rationale}")
        for title, source, *values, status in store.conn.execute(_CLAIMS):
            shown = public_source(source)
            key = values[2]
            yield (
                title or shown,
                shown,
                *values,
                "; ".join(verdicts.get(key, ())) or None,
                "; ".join(reasons.get(key, ())) or None,
                status,
            )

    return Table(
        "claims", "Claims", "Every claim, as it stands in its document, with its tags and verdicts.", CLAIMS, rows()
    )


DECISIONS = (
    Column("id", "Number", "number of the decision, in order of entry", "integer", 8),
    Column("decided_at", "When", "when it was entered (UTC)", width=20),
    Column("reviewer", "Reviewer", "who decided", width=14),
    Column("stage", "Stage", "title-abstract or full-text", width=14),
    Column("kind", "Kind", "vote, resolution of a conflict, or withdrawal of an earlier decision", width=11),
    Column(
        "claim_key", "Claim key", "the claim; empty: the record's eligibility for the whole map", width=18, forms="data"
    ),
    Column("claim", "Claim", "the claim as it stands in its document", "quote", 40),
    Column("pmid", "PMID", "the record", "pmid", 11),
    Column("title", "Title", "title of the record", width=40),
    Column("verdict", "Verdict", "include, exclude or unsure", width=9),
    Column("reason", "Reason", "why it was excluded", width=18),
    Column("stance", "Direction", "how the record answers the claim", width=14),
    Column("directness", "Directness", "direct or indirect", width=11),
    Column("note", "Note", "the reviewer's note", width=24),
    Column("blind", "Blind", "1: decided without seeing the other reviewers", "integer", 6, "data"),
    Column("record_changed", "Record changed", "1: the record was revised since the decision", "integer", 9, "data"),
    Column("integrity", "Integrity", "whether the record is retracted, of concern or corrected, as the map knows now", width=12),
)

_DECISIONS = """
select d.id, d.decided_at, d.reviewer, d.stage, d.kind, d.claim_key, c.text, cast(d.pmid as text), r.title, d.verdict, d.reason, d.stance, d.directness, d.note, d.blind,
  d.record_digest is not null and d.record_digest <> r.digest,
  r.integrity
from decisions d left join claims c on c.key = d.claim_key left join records r on r.pmid = d.pmid order by d.id
"""


def decisions(store: Store, _include_retracted: bool = False) -> Table:
    """Return every decision ever entered, in order; later ones of a reviewer replace earlier ones."""
    rows = (tuple(row) for row in store.conn.execute(_DECISIONS))
    notes = (
        "Decisions are never changed or removed: the latest of each reviewer counts, a resolution outweighs the votes.",
    )
    return Table(
        "decisions", "Decisions", "Every decision of the reviewers, in order of entry.", DECISIONS, rows, notes
    )


SEARCHES = (
    Column("id", "Number", "number of the search", "integer", 8),
    Column("database", "Database", "the database searched", width=10),
    Column("ran_at", "Date", "when the search was run (UTC)", width=20),
    Column("query", "Search string", "the exact string", width=50),
    Column("translation", "Translation", "what PubMed made of it", width=50),
    Column("limits", "Limits", "limits put on the search", width=16),
    Column("count", "Found", "records that PubMed counted", "integer", 8),
    Column("n_received", "Received", "records received", "integer", 9),
    Column("complete", "Complete", "1: everything arrived", "integer", 9, "data"),
    Column("missing", "Missing", "PMIDs that did not arrive", width=14),
    Column("phrases_not_found", "Not found", "words of the string that PubMed did not know", width=16),
    Column("claims", "Claims", "claims the search was run for", "integer", 7),
    Column("kind", "Kind", "search, or a file that was loaded", width=8),
)

_SEARCHES = """
select s.id, s.database, s.ran_at, s.query, s.translation, s.limits, s.count, s.n_received, s.complete, s.missing, s.phrases_not_found,
  (select count(*) from claim_searches cs where cs.search_id = s.id), 'search'
from searches s
where :document is null or not exists (select 1 from claim_searches cs where cs.search_id = s.id)
  or exists (select 1 from claim_searches cs join claims c on c.id = cs.claim_id where cs.search_id = s.id and c.document_id = :document)
union all
select l.id, coalesce(l.source, 'file ' || l.name), coalesce(l.searched_on, l.loaded_at), l.query, null, null, l.n_read, l.n_new + l.n_updated + l.n_unchanged, 1, null, null, null, 'file'
from loads l where l.query is not null or l.source is not null
order by 13 desc, 3, 1
"""


def searches(store: Store, _include_retracted: bool = False, *, document: int | None = None) -> Table:
    """Return every search, with what PRISMA-S (2021, items 1, 8, 9, 13, 15) asks to be reported.

    With a document, those run for claims of other documents only are left out.
    """

    def rows() -> Iterator[Row]:
        for row in store.conn.execute(_SEARCHES, {"document": document}):
            values = list(row)
            for place in (9, 10):
                values[place] = "; ".join(map(str, json.loads(values[place] or "[]"))) or None
            yield tuple(values)

    notes = (
        "Made for the appendix that PRISMA-S (Rethlefsen et al., 2021) asks for: each string stands exactly as it was run.",
    )
    return Table(
        "searches",
        "Searches",
        "Every search run for the map, and files loaded with their search.",
        SEARCHES,
        rows(),
        notes,
    )


_INTEGERS = {name for name in terminal.FLAT if name.startswith("n_") or name.endswith("_level")}
_MAP_HELP = {
    "state": "not searched; searched, none found; found, no eligible design; suggested, not reviewed; reviewed",
    "n_claims": "distinct claims that affirm",
    "n_denials": "distinct claims that deny",
    "n_records": "distinct records tagged with both, linked or not",
    "n_studies": "studies among them: reports of one study count once; retracted reports, secondary analyses, reviews and the like not at all",
    "n_bearing": "records that bear on a claim of the cell",
    "n_reviewed": "records that a reviewer included",
    "highest_level": "level of the highest study design found, not appraised, by the scheme of the cell; that of a preprint only where no published report has one",
    "highest_designs": "the designs that give it",
    "directions": "reviewed studies by direction (JSON): a study counts once whatever its reports, a review by itself, a retracted report not at all",
    "levels": "records by level (JSON), without inferred pairings",
    "n_provisional": "of these levels, provisional ones",
    "n_inferred": "records on several conditions and routes, whose pairing is inferred",
    "n_excluded": "records found not eligible for the map",
    "n_retracted": "retracted records",
    "n_preprints": "preprints among the records; one gives the level only where no published report has one",
    "n_concern": "records with an expression of concern, or retracted in part",
    "n_corrected": "records that a notice corrects",
    "searches": "finished searches that cover the cell",
    "scheme": "what the levels of the cell answer: ocebm-benefit; ocebm-harm where its claims ask of harm only",
    "harm_level": "level for harm of the highest study design found, not appraised",
}
_READING = (
    "row_label",
    "column_label",
    "state",
    "n_claims",
    "n_denials",
    "n_records",
    "n_bearing",
    "highest_level",
    "highest_designs",
    "scheme",
    "directions",
    "n_retracted",
    "n_preprints",
    "n_concern",
    "n_corrected",
)


def cells(store: Store, _include_retracted: bool = False) -> Table:
    """Return the cells of the map, condition by route."""
    built = gapmap.build(store)
    columns = tuple(
        Column(
            name,
            {"row": "Condition slug", "row_label": "Condition", "column": "Route slug", "column_label": "Route"}.get(name, name.removeprefix("n_").replace("_", " ").capitalize()),
            _MAP_HELP.get(name, {"row": "condition (slug)", "column": "route (slug)"}.get(name, "its name")),
            "integer" if name in _INTEGERS else "text",
            22 if name in ("row_label", "state", "highest_designs", "searches") else 12,
            "both" if name in _READING else "data",
        )
        for name in terminal.FLAT
    )  # fmt: skip
    notes = (
        f"Levels: {gapmap.LEVEL_MEANS}. A high level may contradict the claims. {built.scheme_text('ocebm-harm')}",
        "A broader condition counts what its narrower ones hold, once.",
    )
    return Table(
        "map", "Map: condition by route", "One row for each cell of the map.", columns, terminal.flat(built), notes
    )
