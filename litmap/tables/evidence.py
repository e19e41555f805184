"""The evidence table: one row for each claim and condition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from litmap.model import ANOTHER_SOURCE
from litmap.review.verdicts import latest
from litmap.store import Store
from litmap.tables import gapmap
from litmap.tables.bearing import Bearing
from litmap.tables.gapmap import STANCES
from litmap.tables.references import citer
from litmap.tables.table import Column, Row, Table, public_source
from litmap.wording import counted, directions, nothing_left

SUGGESTED = 5  # references shown to readers of a row that nobody has reviewed

COLUMNS = (
    Column("document", "Document", "title of the document, or its source", width=24),
    Column("document_id", "Document number", "the document's number in the map", "integer", 8, "data"),
    Column("source", "Source", "where the document came from", "url", 24, "data"),
    Column("version", "Version", "version of the document", "integer", 8, "data"),
    Column("claim_key", "Claim key", "the claim's key: stays the same in later versions of the document", width=18, forms="data"),
    Column("heading", "Heading", "the heading above the claim", width=20, forms="data"),
    Column("claim", "Claim", "the claim as it stands in the document", "quote", 48),
    Column("condition", "Condition", "the condition this row is about; empty when the claim names none", "conditions", 18),
    Column("intervention", "Intervention", "what is said to be given", "interventions", 16),
    Column("route", "Route", "routes of administration that the claim names", "routes", 16),
    Column("kind", "Kind of claim", "type, question and polarity", width=14, forms="reading"),
    Column("claim_type", "Type", "kind of claim", width=12, forms="data"),
    Column("question", "Question", "what would have to be looked up: benefit, harm, mechanism, prevalence, official-record, other", width=13, forms="data"),
    Column("polarity", "Polarity", "affirm or deny", width=9, forms="data"),
    Column("certainty", "Certainty", "how sure the document is: proven, asserted, hedged", width=10, forms="data"),
    Column("basis", "Basis", "reviewed: a person included the records; suggested: nobody has yet", width=11, forms="data"),
    Column("highest_design", "Highest design", "highest study design found, not appraised", width=18, forms="data"),
    Column("highest_level", "Level", "the level of that design (OCEBM 2011): 1 is the highest, 5 the lowest", "integer", 7, "data"),
    Column("rule", "Rule", "the rules that gave that design its level", width=8, forms="data"),
    Column("found", "Highest study design found, not appraised; direction", "design, level, rule, and how the reviewed studies answer the claim", width=26, forms="reading"),
    Column("n_studies", "Studies", "studies that bear on the claim; reports of one study count once", "integer", 8, "data"),
    Column("n_reports", "Reports", "records that bear on the claim; suggested ones among the records linked (--top), not all there is", "integer", 8, "data"),
    Column("studies", "Studies (reports)", "studies that bear on the claim, and their reports", width=12, forms="reading"),
    *(
        Column(stance.replace("-", "_"), stance.replace("-", " ").capitalize(), f"reviewed studies whose direction is: {stance}; a study counts once whatever its reports, a review by itself, a retracted report not at all; empty when not reviewed", "integer", 9, "data")
        for stance in STANCES
    ),
    Column("n_retracted", "Retracted", "records that bear on the claim and were retracted; they count nowhere else", "integer", 9, "data"),
    Column("n_provisional", "Provisional", "counted records whose level is provisional", "integer", 10, "data"),
    Column("n_preprints", "Preprints", "reports among those counted that no journal has published; one gives the level only where no published report has one", "integer", 9, "data"),
    Column("n_concern", "Of concern", "reports among those counted with an expression of concern, or retracted in part", "integer", 9, "data"),
    Column("n_corrected", "Corrected", "reports among those counted that a notice corrects", "integer", 9, "data"),
    Column("integrity", "Integrity", "retractions, concerns and corrections of the records that bear on the claim", width=22),
    Column("verdict", "Verdict", "each reviewer's latest verdict on the claim", width=18),
    Column("pmids", "References", "PMIDs of the records behind the row, by rank", width=14, forms="data"),
    Column("references", "References", "the records behind the row; of suggested ones, those ranked first", "pmids", 14, "reading"),
    Column("searched", "Last search", "date of the last search run for the claim", width=11, forms="data"),
)  # fmt: skip

NOTES = (
    "A level is that of the highest study design found. It is no appraisal of the studies and says nothing about their direction: a high level may contradict the claim.",
    "Levels follow the Oxford Centre for Evidence-Based Medicine 2011 table: 1 systematic review, 2 randomized trial, 3 controlled or comparative observational study, 4 case series or case-control study, 5 laboratory and animal work.",
    f"Suggested records were chosen by a program; nobody has read them for this claim. Of these, the {SUGGESTED} ranked first are cited.",
    "Claims about approvals, history and numbers of people need another source than PubMed; they are no gaps.",
)

_ROWS = """
with wanted as (
  select claim_id, condition from claim_evidence
  union select claim_id, condition from claim_conditions where role = 'indication'
)
select c.id, d.title as document, d.id as document_id, d.source, d.version, c.key as claim_key, c.heading, c.text as claim,
  coalesce(w.condition, '') as condition,
  (select group_concat(x.s, '; ') from (select intervention as s from claim_interventions t where t.claim_id = c.id and t.role = 'studied' order by 1) x) as intervention,
  (select group_concat(x.s, '; ') from (select route as s from claim_routes t where t.claim_id = c.id and t.role = 'studied' order by 1) x) as route,
  c.claim_type, c.question, c.polarity, c.certainty, e.basis, e.design as highest_design, e.level as highest_level,
  e.n_studies, e.n_reports, e.n_by_stance, e.n_retracted, e.n_provisional, e.n_preprints, e.n_concern, e.n_corrected,
  (select max(s.ran_at) from claim_searches cs join searches s on s.id = cs.search_id where cs.claim_id = c.id and s.complete = 1) as searched
from claims c
join documents d on d.id = c.document_id
left join wanted w on w.claim_id = c.id
left join claim_evidence e on e.claim_id = c.id and e.condition is w.condition
where c.status = 'active'
  and (w.condition is not null or not exists (select 1 from wanted o where o.claim_id = c.id and o.condition is not null))
order by d.source, c.start, c.key, w.condition
"""


def table(store: Store, _include_retracted: bool = False) -> Table:
    """Return the evidence table. Retracted records are named in it and counted apart either way."""
    return Table(
        "evidence", "Evidence for each claim", "One row for each claim and condition.", COLUMNS, _rows(store), NOTES,
        cite=citer(store), picture=lambda: gapmap.build(store),
    )  # fmt: skip


def _rows(store: Store) -> Iterator[Row]:
    verdicts: dict[str, list[str]] = {}
    for one in latest(store.conn):
        verdicts.setdefault(one.claim_key, []).append(f"{one.verdict} ({one.reviewer})")
    bearing = Bearing(store)
    for values in _with_rows(store):
        behind = bearing.behind(
            values["id"], values["claim_key"], values["question"], values["condition"] or None, values["basis"],
            values["highest_level"], values["highest_design"], values["rows"],
        )  # fmt: skip
        values["pmids"] = "; ".join(map(str, behind.pmids)) or None
        shown = behind.pmids if values["basis"] == "reviewed" else behind.pmids[:SUGGESTED]
        values["references"] = "; ".join(map(str, shown)) or None
        values["rule"], values["integrity"] = "; ".join(behind.rules) or None, "; ".join(behind.integrity) or None
        by_stance = json.loads(values["n_by_stance"] or "{}") if values["basis"] == "reviewed" else {}
        values |= {stance.replace("-", "_"): by_stance.get(stance, 0) if by_stance else None for stance in STANCES}
        values["condition"] = values["condition"] or None
        values["source"] = public_source(values["source"])
        values["document"] = values["document"] or values["source"]
        values["kind"] = kind(values)
        values["verdict"] = "; ".join(verdicts.get(values["claim_key"], ())) or None
        values["searched"] = values["searched"] and values["searched"][:10]
        values["direction"] = direction(values, by_stance)
        values["found"], values["studies"] = found(values), studies(values)
        yield tuple(values[column.name] for column in COLUMNS)


def _with_rows(store: Store) -> Iterator[dict[str, Any]]:
    """Give each row the conditions of all rows of its claim."""
    rows = (dict(zip(row.keys(), row, strict=True)) for row in store.conn.execute(_ROWS))
    for _, same in groupby(rows, key=lambda values: values["id"]):
        together = list(same)
        conditions = [values["condition"] for values in together]
        yield from (values | {"rows": conditions} for values in together)


def kind(values: dict[str, Any]) -> str:
    """Say in words what kind of claim it is."""
    question = values["question"].replace("-", " ")
    asked = "" if question == values["claim_type"] else f" ({question})"
    return f"{values['claim_type']}{asked}{', a denial' if values['polarity'] == 'deny' else ''}"


def found(values: dict[str, Any]) -> str:
    """Say in words what was found for a row."""
    if values["question"] in ANOTHER_SOURCE:
        return "needs another source than PubMed"
    if not values["n_reports"]:
        gone = nothing_left(values["basis"], values["n_retracted"] or 0)
        return gone or ("none found" if values["searched"] else "none in the map; not searched")
    level = f", level {values['highest_level']}" if values["highest_level"] else ", no level"
    rule = f" (rule {values['rule']})" if values["rule"] else ""
    return f"{(values['highest_design'] or 'undetermined').replace('-', ' ')}{level}{rule}; {values['direction']}"


def studies(values: dict[str, Any]) -> str | None:
    """Say how many studies and reports there are."""
    if not _counts(values):
        return None
    preprints = f", of them {counted(values['n_preprints'], 'preprint')}" if values["n_preprints"] else ""
    return f"{values['n_studies']} ({values['n_reports']}{preprints})"


def direction(values: dict[str, Any], by_stance: dict[str, int]) -> str | None:
    """Say how the reviewed studies answer the claim."""
    if not _counts(values):
        return None
    if values["basis"] != "reviewed":
        return "not reviewed"
    return directions({stance: by_stance[stance] for stance in STANCES if by_stance.get(stance)}) or "not judged"


def _counts(values: dict[str, Any]) -> bool:
    return bool(values["n_reports"]) and values["question"] not in ANOTHER_SOURCE
