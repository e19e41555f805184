"""Characteristics of the studies that bear on a claim, as systematic reviews tabulate them.

Every value is what a record states; what no record states stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from litmap.linking.evidence import PREPRINT, RETRACTED, is_study
from litmap.linking.standing import standings
from litmap.store import Store
from litmap.tables import harm
from litmap.tables.references import citer, flagged, left_out, told
from litmap.tables.table import Column, Row, Table

FACTS = ("dose", "comparator", "blinding", "phase", "follow-up", "time-point")

COLUMNS = (
    Column("study", "Study", "first author and year of the main report; a published one before preprints", width=18),
    Column(
        "study_id",
        "Study identifier",
        "registration or other identifier that ties the reports together",
        width=16,
        forms="data",
    ),
    Column("basis", "Basis", "included: by a reviewer; suggested: chosen by the program, not reviewed", width=10),
    Column("design", "Design", "study design of the report that gives the level, else of the main one", width=18),
    Column("level", "Level", "highest level of its reports by design, for benefit (not appraised); a preprint's only where no published report has one", "integer", 7),
    Column("harm_level", "Harm level", "highest level of its reports by design, for harm (not appraised), likewise", "integer", 7),
    Column("participants", "n", "number of participants, as stated by the main report, or by the first that does", width=12),
    Column("population", "Population", "populations studied, beside the condition", width=16),
    Column("condition", "Condition", "conditions treated", "conditions", 18),
    Column("intervention", "Intervention", "interventions studied", "interventions", 16),
    Column("route", "Route", "routes of administration studied", "routes", 14),
    Column("dose", "Dose", "doses, as stated", width=14),
    Column("comparator", "Comparator", "comparators, as stated or tagged; none: no control group, or one that is given nothing", width=16),
    Column("blinding", "Blinding", "blinding, as stated", width=12),
    Column("follow_up", "Follow-up", "follow-up as stated; then the step of the main result: 24 h (to 3 days), 2 weeks (to 6 weeks), 3 months (to 6 months) or longer", width=14),
    Column("registration", "Registration", "numbers in trial registers", width=16),
    Column("funding", "Funding", "funders named in the records", width=20),
    Column("notes", "Notes", "retractions and other notices, whether the levels shown are provisional, phase, preprints", width=26),
    Column("pmids", "Reports", "PMIDs of the reports, the main one first", "pmids", 14),
)

NOTES = (
    "Values are those that the records state. An empty cell means that title, abstract and indexing do not say; the full text may.",
    "A level is that of the study design found, not an appraisal of the study.",
    "Reviews, pooled analyses, guidelines, protocols and the like are no studies, nor are secondary analyses alone: the table of records lists them.",
)

_REPORTS = f"""
select coalesce(s.study, 'pmid:' || r.pmid) as study, r.pmid, r.design, r.level, r.secondary, r.provisional, r.pub_year,
  {harm.LEVEL} as harm, h.provisional as harm_provisional, {PREPRINT} as preprint,
  (select coalesce(a.last_name, a.collective_name) from record_authors a where a.pmid = r.pmid order by a.position limit 1) as author
from records r left join record_studies s on s.pmid = r.pmid
{harm.JOIN}
where (? or not {RETRACTED}) and r.design is not 'notice' and exists (
  select 1 from links l join claims c on c.id = l.claim_id where l.pmid = r.pmid and l.bears = 1 and c.status = 'active')
order by study, r.secondary, preprint, r.level is null, r.level, r.pub_year, r.pmid
"""

_TAGS = (
    ("population", "select condition from record_conditions where pmid in ({}) and role = 'population' order by 1"),
    ("condition", "select condition from record_conditions where pmid in ({}) and role = 'indication' order by 1"),
    (
        "intervention",
        "select intervention from record_interventions where pmid in ({}) and role = 'studied' order by 1",
    ),
    ("route", "select route from record_routes where pmid in ({}) and role = 'studied' order by 1"),
    ("compared", "select intervention from record_interventions where pmid in ({}) and role = 'comparator' order by 1"),
    ("registration", "select number from record_trials where pmid in ({}) order by 1"),
    ("funding", "select agency from record_grants where pmid in ({}) and agency is not null order by 1"),
    (
        "integrity",
        "select kind || coalesce(' (notice ' || replace(group_concat(distinct notice_pmid), ',', ', ') || ')', '') from"
        " (select kind, notice_pmid from record_integrity where pmid in ({}) order by 1, 2) group by kind order by kind",
    ),
)


def table(store: Store, include_retracted: bool = False) -> Table:
    """Return the studies; `include_retracted` also those with retracted reports only."""
    rows = _rows(store, include_retracted)
    count = left_out(store, include_retracted)
    return Table(
        "studies",
        "Characteristics of the studies",
        "One row for each study that bears on a claim.",
        COLUMNS,
        rows,
        (*NOTES, *told(count)),
        records=flagged(store),
        cite=citer(store),
        left_out=count,
    )


def _rows(store: Store, include_retracted: bool) -> Iterator[Row]:
    included = {pmid for (_, pmid), standing in standings(store.conn).items() if standing.verdict == "include"}
    studies: dict[str, list[Any]] = {}
    for row in store.conn.execute(_REPORTS, (int(include_retracted),)):
        studies.setdefault(row["study"], []).append(row)
    studies = {study: reports for study, reports in studies.items() if any(map(_is_study, reports))}
    named = sorted(
        ((_name(reports[0]), study) for study, reports in studies.items()), key=lambda one: (one[0].casefold(), one[1])
    )
    for name, study in named:
        values = _study(store, studies[study]) | {
            "study": name,
            "study_id": None if study.startswith("pmid:") else study,
        }
        values["basis"] = "included" if any(report["pmid"] in included for report in studies[study]) else "suggested"
        yield tuple(values[column.name] for column in COLUMNS)


def _is_study(report: Any) -> bool:
    return is_study(report["design"], bool(report["secondary"]))


def _name(report: Any) -> str:
    return f"{report['author'] or 'No author'} {report['pub_year'] or 'n.d.'}"


def _study(store: Store, reports: Sequence[Any]) -> dict[str, Any]:
    pmids = [report["pmid"] for report in reports]
    marks = ",".join("?" * len(pmids))
    tags = {name: _joined(row[0] for row in store.conn.execute(sql.format(marks), pmids)) for name, sql in _TAGS}
    stated = {
        field: _joined(
            row[0]
            for row in store.conn.execute(
                f"select value from record_facts where field = ? and pmid in ({marks}) order by pmid, position",
                (field, *pmids),
            )
        )
        for field in FACTS
    }
    main = [report for report in reports if not report["secondary"]]
    benefit, of_harm = _gives(main, "level", "provisional"), _gives(main, "harm", "harm_provisional")
    notes = [tags.pop("integrity"), stated["phase"] and f"phase {stated['phase'].removeprefix('phase ')}"]
    notes += [
        "level provisional" if benefit and benefit["provisional"] else None,
        "harm level provisional" if of_harm and of_harm["harm_provisional"] else None,
    ]
    if preprints := [str(report["pmid"]) for report in reports if report["preprint"]]:
        notes.append(f"preprint: PMID {', '.join(preprints)}")
    return {
        **tags,
        "participants": next((told for told in map(partial(_participants, store), pmids) if told), None),
        "dose": stated["dose"],
        "comparator": stated["comparator"] or tags.pop("compared"),
        "blinding": stated["blinding"],
        "follow_up": _joined(part for part in (stated["follow-up"], stated["time-point"]) if part),
        "design": (benefit or of_harm or reports[0])["design"],
        "level": benefit and benefit["level"],
        "harm_level": of_harm and of_harm["harm"],
        "notes": _joined(note for note in notes if note),
        "pmids": _joined(map(str, pmids)),
    }


def _gives(reports: Sequence[Any], level: str, provisional: str) -> Any | None:
    """The report with the highest level of these; a preprint only where no published one has a level."""
    found = [report for report in reports if report[level]]
    return min(found, key=lambda one: (one["preprint"], one[level], bool(one[provisional]), one["design"] or ""), default=None)


def _participants(store: Store, pmid: int) -> str | None:
    sql = "select value from record_facts where field = 'participants' and pmid = ? order by position"
    return _joined(row[0] for row in store.conn.execute(sql, (pmid,)))


def _joined(values: Any) -> str | None:
    return "; ".join(dict.fromkeys(value for value in values if value)) or None
