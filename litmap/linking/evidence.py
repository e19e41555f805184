"""What bears on each claim, summed up by condition: the tables claim_evidence and links.bears.

A record bears when a reviewer included it; or when nobody decided, it shares the claim's intervention and condition
(the same or a narrower one) and its score passes the gate: near enough to the best record of the same row to be on
the claim's point, not merely on the same treatment and condition (docs/ranking.md). Once a condition of a claim has an included record, its
row counts included records alone. A record that is excluded from the map, or a duplicate of another, bears on nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from litmap.linking.directions import by_study
from litmap.linking.facets import RawTags, Slugs, Tags, Tree, asks, pick, raw_tags, roles
from litmap.linking.ranking import SHARED_FLOOR
from litmap.linking.standing import Standing, standings
from litmap.store import Store

# What a suggestion must reach beside the best record of its row. Calibrated on five clinic pages against 1,632
# records (docs/ranking.md): of the trials that a reader would expect it keeps 87 in 100, those with a negative result
# as often as the others; most lists end before the 50 records that are linked.
GATE = 0.74
# Claims without intervention and condition, where words alone must do: as much of the claim as this, and beside the
# best record as much as that. On SciFact it keeps three in four relevant records, among seven for each claim.
GATE_UNTAGGED, GATE_UNTAGGED_BEST = 0.3, 0.6
SCHEME = {"benefit": "ocebm-benefit", "harm": "ocebm-harm"}
NOT_A_STUDY = {
    *(
        "systematic-review",
        "pooled-analysis",
        "narrative-review",
        "scoping-review",
        "guideline",
        "opinion",
        "protocol",
        "notice",
    ),
}
NOTICE = (  # whether a record `r` is a notice about another paper
    "(r.design = 'notice' or exists (select 1 from record_integrity i where i.pmid = r.pmid and i.kind = 'notice'))"
)
PREPRINT = (  # whether a record `r` is a preprint: no journal has published it
    "exists (select 1 from record_publication_types t where t.pmid = r.pmid and t.name = 'Preprint')"
)
IN_DOUBT = ("concern", "partly-retracted")  # kinds of integrity: the record counts, and its readers are told
CORRECTED = "corrected"
RETRACTED = "exists (select 1 from record_integrity i where i.pmid = r.pmid and i.kind = 'retracted')"
_COUNTS = f"not {RETRACTED} and not {NOTICE}"
_NOTED = f"{_COUNTS} and exists (select 1 from record_integrity i where i.pmid = r.pmid and i.kind in"
BEARING = ", ".join(  # columns: how many records bear on a claim `c`; how many would, but were retracted; those that are preprints, in doubt, and corrected
    f"(select count(*) from links l join records r on r.pmid = l.pmid where l.claim_id = c.id and l.bears = 1 and {which}) as {name}"
    for name, which in (
        ("n_bearing", _COUNTS),
        ("n_retracted", RETRACTED),
        ("n_preprints", f"{_COUNTS} and {PREPRINT}"),
        ("n_concern", f"{_NOTED} {IN_DOUBT})"),
        ("n_corrected", f"{_NOTED} ('{CORRECTED}'))"),
    )
)
ADDED = "reviewer"  # links.ranker of a record that a reviewer brought in
CLOSEST = ("exact", "narrower", "broader")
EVIDENCE = (
    *("claim_id", "condition", "basis", "condition_match", "route_match", "level", "design"),
    *("n_reports", "n_studies", "n_by_stance", "n_retracted", "n_provisional", "n_preprints", "n_concern", "n_corrected"),
)
BATCH = 400


@dataclass(frozen=True, slots=True)
class Paper:
    """What the sums need of one record."""

    design: str | None
    level: int | None
    harm_level: int | None
    secondary: bool
    provisional: bool
    harm_provisional: bool
    notice: bool
    preprint: bool
    study: str
    kinds: frozenset[str]  # of its notes of integrity

    @property
    def retracted(self) -> bool:
        return "retracted" in self.kinds

    def is_provisional(self, harm: bool) -> bool:
        """Whether its level for harm, or else for benefit, is provisional."""
        return self.harm_provisional if harm else self.provisional


@dataclass(slots=True)
class Case:
    """One claim with its links and decisions."""

    id: int
    key: str
    question: str
    raw: RawTags
    links: dict[int, tuple[float, float]] = field(default_factory=dict)  # linked PMID -> score, and what words give
    bearing: set[int] = field(default_factory=set)  # as stored

    @property
    def rows(self) -> list[str | None]:
        """The conditions that have a row of their own; one None when there is none."""
        slugs = {slug for slug, role, _ in self.raw["condition"] if role == "indication"}
        return [*sorted(slugs)] or [None]


Row = tuple[object, ...]


def refresh_evidence(store: Store, claim_ids: Collection[int] | None = None) -> int:
    """Recompute links.bears and claim_evidence for these claims (default: all); return how many rows changed.

    Uses the open transaction, or one of its own. Rows that stay the same are not written.
    """
    conn = store.conn
    with nullcontext() if conn.in_transaction else store.transaction():
        changed = 0
        tree = Tree(conn)
        ids = _claim_ids(conn, claim_ids)
        for start in range(0, len(ids), BATCH):
            changed += _refresh(conn, tree, ids[start : start + BATCH])
        return changed


def suggestions(conn: sqlite3.Connection) -> set[tuple[str, int]]:
    """Return claim key and PMID of what would bear had nobody decided anything: what people said does not show in it."""
    tree, ids = Tree(conn), _claim_ids(conn, None)
    twins = {row[0] for row in conn.execute("select pmid from record_duplicates")}
    found: set[tuple[str, int]] = set()
    for start in range(0, len(ids), BATCH):
        cases = _cases(conn, ids[start : start + BATCH])
        tags = raw_tags(conn, "record", sorted({pmid for case in cases for pmid in case.links}))
        for case in cases:
            found |= {(case.key, pmid) for kept in _bears(tree, case, {}, twins, tags).values() for pmid in kept}
    return found


def _claim_ids(conn: sqlite3.Connection, claim_ids: Collection[int] | None) -> list[int]:
    if claim_ids is not None:
        return sorted(set(claim_ids))
    return [row[0] for row in conn.execute("select id from claims order by id")]


def _refresh(conn: sqlite3.Connection, tree: Tree, ids: Sequence[int]) -> int:
    cases = _cases(conn, ids)
    decided = standings(conn, [case.key for case in cases])
    by_claim: dict[str | None, dict[int, Standing]] = defaultdict(dict)
    for (key, pmid), standing in decided.items():
        by_claim[key][pmid] = standing
    barred = {pmid for pmid, standing in by_claim[None].items() if standing.verdict == "exclude"}
    barred |= {row[0] for row in conn.execute("select pmid from record_duplicates")}
    pmids = sorted({pmid for case in cases for pmid in (*case.links, *by_claim[case.key])})
    papers, tags = read_papers(conn, pmids), raw_tags(conn, "record", pmids)
    found: list[Row] = []
    changed = 0
    for case in cases:
        judged = {pmid: s for pmid, s in by_claim[case.key].items() if pmid in papers}
        bears = _bears(tree, case, judged, barred, tags)
        changed += _mark(conn, case, {pmid for kept in bears.values() for pmid in kept})
        found += [_row(tree, case, condition, kept, judged, papers, tags) for condition, kept in bears.items()]
    return changed + _write(conn, ids, found)


def _cases(conn: sqlite3.Connection, ids: Sequence[int]) -> list[Case]:
    marks = ",".join("?" * len(ids))
    active = conn.execute(
        f"select id, key, question from claims where status = 'active' and id in ({marks}) order by id", ids
    )
    rows = active.fetchall()
    raw = raw_tags(conn, "claim", [row[0] for row in rows])
    cases = {row[0]: Case(row[0], row[1], row[2], raw[row[0]]) for row in rows}
    for claim_id, pmid, score, words, bears in conn.execute(
        f"select claim_id, pmid, score, words, bears from links where claim_id in ({marks})", ids
    ):
        if claim_id in cases:
            cases[claim_id].links[pmid] = (score, words)
            if bears:
                cases[claim_id].bearing.add(pmid)
    return list(cases.values())


def read_papers(conn: sqlite3.Connection, pmids: Sequence[int]) -> dict[int, Paper]:
    """Read what the sums need of these records, by PMID. A record that reports no known study is one by itself."""
    found: dict[int, Paper] = {}
    for start in range(0, len(pmids), BATCH):
        batch = pmids[start : start + BATCH]
        rows = conn.execute(
            f"""select r.pmid, r.design, r.level, h.rank, r.secondary, r.provisional, h.provisional,
                  {NOTICE}, {PREPRINT},
                  coalesce(s.study, 'pmid:' || r.pmid),
                  (select group_concat(i.kind) from record_integrity i where i.pmid = r.pmid)
                from records r left join record_studies s on s.pmid = r.pmid
                left join record_levels h on h.pmid = r.pmid and h.scheme = 'ocebm-harm'
                where r.pmid in ({",".join("?" * len(batch))})""",
            batch,
        )
        for pmid, design, level, harm, *flags, study, kinds in rows:
            secondary, provisional, harm_provisional, notice, preprint = map(bool, flags)
            noted = frozenset((kinds or "").split(","))
            found[pmid] = Paper(
                design, level, harm, secondary, provisional, harm_provisional, notice, preprint, study, noted
            )
    return found


def _bears(
    tree: Tree, case: Case, judged: Mapping[int, Standing], barred: Collection[int], tags: Mapping[int, RawTags]
) -> dict[str | None, list[int]]:
    """Return, for each row of the claim, the PMIDs that bear on it: the included ones, else the suggested ones."""
    asked, answers = asks(case.raw, case.question), roles(case.question)[1]
    held = {pmid: pick(tags[pmid], answers) for pmid in (*case.links, *judged)}
    included = [pmid for pmid, s in judged.items() if s.verdict == "include" and pmid not in barred]
    open_ = {
        pmid for pmid in case.links if pmid not in barred and (pmid not in judged or judged[pmid].verdict == "unsure")
    }
    rows = case.rows
    found: dict[str | None, list[int]] = {}
    for condition in rows:
        kept = [pmid for pmid in included if _belongs(tree, condition, rows, held[pmid])]
        found[condition] = sorted(kept or _on_point(tree, asked, condition, case, held) & open_)
    return found


def _belongs(tree: Tree, condition: str | None, rows: Sequence[str | None], held: Tags) -> bool:
    """An included record counts for the conditions it is tagged with; when it is tagged with none of them, for all."""
    if condition is None or len(rows) == 1:
        return True
    met = {row for row in rows if row and tree.meet("condition", frozenset((row,)), held.condition)}
    return condition in met or not met


def _on_point(tree: Tree, asked: Tags, condition: str | None, case: Case, held: Mapping[int, Tags]) -> set[int]:
    """Return the linked records that share the row's subject and pass the gate, whatever was decided about them.

    What the best record gives is asked of all of them, decided or not: excluding it lets no other one in.
    """
    conditions = frozenset((condition,)) if condition else asked.condition
    fitting = [pmid for pmid in case.links if _shares(tree, asked, conditions, held[pmid])]
    tagged = bool(asked.intervention or conditions)
    floor = SHARED_FLOOR if asked.intervention else 0.0
    gives = {pmid: case.links[pmid][0] - floor if tagged else case.links[pmid][1] for pmid in fitting}
    best = max(gives.values(), default=0.0)
    gate = GATE * best if tagged else max(GATE_UNTAGGED, GATE_UNTAGGED_BEST * best)
    return {pmid for pmid, given in gives.items() if given >= gate and given > 0}


def _shares(tree: Tree, asked: Tags, conditions: Slugs, held: Tags) -> bool:
    """Whether a record has the claim's intervention and condition: the same, or a narrower one."""
    if asked.intervention and not _answers(tree, "intervention", asked.intervention, held.intervention):
        return False
    return not conditions or _answers(tree, "condition", conditions, held.condition)


def _answers(tree: Tree, facet: str, asked: Slugs, held: Slugs) -> bool:
    meet = tree.meet(facet, asked, held)
    return meet is not None and meet[2] != "broader"


def _row(
    tree: Tree,
    case: Case,
    condition: str | None,
    bears: Sequence[int],
    judged: Mapping[int, Standing],
    papers: Mapping[int, Paper],
    tags: Mapping[int, RawTags],
) -> Row:
    reviewed = any(pmid in judged and judged[pmid].verdict == "include" for pmid in bears)
    counted = [pmid for pmid in bears if not papers[pmid].retracted and not papers[pmid].notice]
    level, design = _highest(case.question, [papers[pmid] for pmid in counted])
    stances = by_study((papers[pmid].study, judged[pmid].stance) for pmid in counted) if reviewed else {}
    studies = {papers[pmid].study for pmid in counted if is_study(papers[pmid].design, papers[pmid].secondary)}
    return (
        case.id,
        condition,
        "reviewed" if reviewed else "suggested",
        _condition_match(tree, case, condition, counted, tags),
        _route_match(tree, case, counted, tags),
        level,
        design,
        len(counted),
        len(studies),
        json.dumps(stances, separators=(",", ":")),
        sum(papers[pmid].retracted for pmid in bears),
        sum(papers[pmid].is_provisional(case.question == "harm") for pmid in counted),
        sum(papers[pmid].preprint for pmid in counted),
        sum(not papers[pmid].kinds.isdisjoint(IN_DOUBT) for pmid in counted),
        sum(CORRECTED in papers[pmid].kinds for pmid in counted),
    )


def is_study(design: str | None, secondary: bool) -> bool:
    """Whether a record reports a study that counts: no secondary analysis, and nothing that only discusses others' work."""
    return not secondary and design not in NOT_A_STUDY


def _highest(question: str, papers: Sequence[Paper]) -> tuple[int | None, str | None]:
    """Return the highest level found and its design; without levels, the commonest design.

    A preprint gives the level only where no published report has one.
    """
    scheme = SCHEME.get(question)
    harm = scheme == "ocebm-harm"
    levels = [(p.harm_level if harm else p.level, p) for p in papers]
    ranked = [(p.preprint, level, p.is_provisional(harm), p.design or "") for level, p in levels if level is not None]
    if scheme and ranked:
        _, highest, _, design = min(ranked)
        return highest, design or None
    designs = Counter(p.design for p in papers if p.design and p.design != "undetermined")
    return None, min(designs, key=lambda design: (-designs[design], design)) if designs else None


def _condition_match(
    tree: Tree, case: Case, condition: str | None, pmids: Iterable[int], tags: Mapping[int, RawTags]
) -> str | None:
    if condition is None:
        return None
    answers = roles(case.question)[1]
    asked = frozenset((condition,))
    meets = [tree.meet("condition", asked, pick(tags[pmid], answers).condition) for pmid in pmids]
    found = {meet[2] for meet in meets if meet}
    return next((match for match in CLOSEST if match in found), None)


def _route_match(tree: Tree, case: Case, pmids: Sequence[int], tags: Mapping[int, RawTags]) -> str | None:
    asked, answers = asks(case.raw, case.question).route, roles(case.question)[1]
    if not asked or not pmids:
        return None
    held = [pick(tags[pmid], answers).route for pmid in pmids]
    if any(_answers(tree, "route", asked, routes) for routes in held):
        return "same"
    return "other" if any(held) else "unstated"


def _mark(conn: sqlite3.Connection, case: Case, bears: set[int]) -> int:
    """Store which links bear. An included record outside the ranked list gets a link after the others."""
    last = len(case.links)
    for pmid in sorted(bears - case.links.keys()):
        last += 1
        conn.execute(
            """insert into links (claim_id, pmid, rank, score, reasons, bears, record_digest, date_revised, ranker)
               select ?, pmid, ?, 0, '["included by a reviewer"]', 1, digest, date_revised, ? from records where pmid = ?""",
            (case.id, last, ADDED, pmid),
        )
    changes = [(1, case.id, pmid) for pmid in sorted(bears & case.links.keys() - case.bearing)]
    changes += [(0, case.id, pmid) for pmid in sorted(case.bearing - bears)]
    conn.executemany("update links set bears = ? where claim_id = ? and pmid = ?", changes)
    return len(changes) + len(bears - case.links.keys())


def _write(conn: sqlite3.Connection, ids: Sequence[int], rows: Sequence[Row]) -> int:
    marks = ",".join("?" * len(ids))
    names = ", ".join(EVIDENCE)
    held = {tuple(row) for row in conn.execute(f"select {names} from claim_evidence where claim_id in ({marks})", ids)}
    wanted = set(rows)
    conn.executemany(
        "delete from claim_evidence where claim_id = ? and condition is ?",
        sorted({row[:2] for row in held - wanted}, key=str),
    )
    new = [row for row in rows if row not in held]
    conn.executemany(f"insert into claim_evidence ({names}) values ({','.join('?' * len(EVIDENCE))})", new)
    return len(held - wanted) + len(new)
