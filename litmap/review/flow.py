"""From search to inclusion, counted: the numbers of PRISMA 2020 (Page et al. 2021) and ROSES (Haddaway et al. 2018) diagrams.

Everything is computed from searches, loads, references, duplicates and decisions. A record is *screened* when a person decided
on it (a withdrawn decision is none); records that nobody saw were left out by the program's ranking, which is PRISMA's
"ineligible by automation tools". A record is included when it is for any claim; a conflict or "unsure" that nobody settled awaits
a decision. Without a full-text decision, the one on title and abstract holds.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from litmap.errors import LitmapError
from litmap.linking.evidence import is_study
from litmap.linking.standing import Entry, Standing, standings
from litmap.review.decisions import NOT_RETRIEVED
from litmap.review.flow_sources import DATABASES, OTHER, Source, read
from litmap.store import Store
from litmap.wording import counted

AWAITING = "awaiting a decision"
NO_REASON = "no reason given"
# Reasons that say that there was no full text to look at (PRISMA 2020: "reports not retrieved").
UNAVAILABLE = frozenset({NOT_RETRIEVED, "not retrieved", "no full text", "full text not available"})
STREAMS = (DATABASES, OTHER)


@dataclass(frozen=True, slots=True)
class Stream:
    """The numbers of one column of the diagram: records that searches brought, or all others."""

    identified: int = 0
    duplicates: int = 0
    automation: int = 0  # nobody saw them
    unusable: int = 0  # rejected, without a PMID, or not given by PubMed
    screened: int = 0
    excluded: int = 0  # on title and abstract
    excluded_reasons: Mapping[str, int] = field(default_factory=dict)
    sought: int = 0
    not_retrieved: int = 0
    assessed: int = 0
    full_text: int = 0  # of those assessed, in full text
    reasons: Mapping[str, int] = field(default_factory=dict)  # why not included after assessment
    reports: int = 0
    studies: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """Both columns, what they sum to, and what must be said of them."""

    sources: tuple[Source, ...]
    databases: Stream
    other: Stream
    total: Stream
    notes: tuple[str, ...]

    @property
    def screened(self) -> bool:
        """Whether a person looked at any record."""
        return self.total.screened > 0

    @property
    def streams(self) -> Mapping[str, Stream]:
        """The columns and their sum by name."""
        return {DATABASES: self.databases, OTHER: self.other, "total": self.total}


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of a record that was seen."""

    verdict: str  # include | exclude | awaiting
    stage: str
    reason: str


def count(store: Store) -> Flow:
    """Count the flow of a map. Raises LitmapError, naming the boxes, when the numbers do not add up."""
    conn = store.conn
    sources = tuple(read(conn))
    fates = _fates(conn)
    held, studies = _held(conn)
    found: dict[str, frozenset[int]] = {}
    for name in STREAMS:
        mine = frozenset().union(*(source.pmids for source in sources if source.stream == name))
        found[name] = mine - found.get(DATABASES, frozenset())
    twins = _twins(conn, found[DATABASES] | found[OTHER])
    named: set[str] = set()
    made = {
        name: _stream([s for s in sources if s.stream == name], found[name], twins, held, fates, studies, named)
        for name in STREAMS
    }
    total = _sum(made[DATABASES], made[OTHER])
    flow = Flow(sources, made[DATABASES], made[OTHER], total, ())
    check(flow, decided=len(fates.keys() - twins))
    included = {pmid for pmid, fate in fates.items() if fate.verdict == "include"} - twins
    return Flow(sources, flow.databases, flow.other, total, tuple(_notes(conn, flow, included, studies)))


def _held(conn: sqlite3.Connection) -> tuple[set[int], dict[int, str]]:
    """Return the PMIDs of all records, and the study of each that reports one."""
    held: set[int] = set()
    studies: dict[int, str] = {}
    for pmid, design, secondary, study in conn.execute(
        "select r.pmid, r.design, r.secondary, s.study from records r left join record_studies s on s.pmid = r.pmid"
    ):
        held.add(pmid)
        if is_study(design, bool(secondary)):
            studies[pmid] = study or f"pmid:{pmid}"
    return held, studies


def _fates(conn: sqlite3.Connection) -> dict[int, _Fate]:
    by_record: dict[int, dict[str | None, Standing]] = defaultdict(dict)
    for (key, pmid), standing in standings(conn).items():
        by_record[pmid][key] = standing
    return {pmid: _fate(found) for pmid, found in by_record.items()}


def _fate(found: Mapping[str | None, Standing]) -> _Fate:
    whole = found.get(None)
    barred = whole is not None and whole.verdict == "exclude"
    chosen = [whole] if whole is not None and barred else list(found.values())
    entries = sorted((entry for standing in chosen for entry in standing.entries), key=lambda entry: entry.id)
    stage = "full-text" if any(entry.stage == "full-text" for entry in entries) else "title-abstract"
    verdicts = {standing.verdict for standing in chosen}
    if "include" in verdicts:
        return _Fate("include", stage, "")
    if verdicts != {"exclude"}:
        return _Fate("awaiting", stage, AWAITING)
    return _Fate("exclude", stage, _reason(entries, stage))


def _reason(entries: Sequence[Entry], stage: str) -> str:
    given = [entry.reason for entry in entries if entry.stage == stage and entry.reason and entry.reason.strip()]
    return " ".join(given[-1].split()) if given else NO_REASON


def _twins(conn: sqlite3.Connection, identified: Collection[int]) -> set[int]:
    """Records that people called duplicates of another identified one; a circle keeps its lowest PMID."""
    same = {
        pmid: other
        for pmid, other in conn.execute("select pmid, duplicate_of from record_duplicates order by pmid")
        if pmid in identified
    }
    twins = set()
    for pmid in same:
        path = [pmid]
        while path[-1] in same and same[path[-1]] not in path:
            path.append(same[path[-1]])
        circle = path[path.index(same[path[-1]]) :] if path[-1] in same else []
        kept = min(circle) if circle else path[-1]
        if kept in identified and kept != pmid:
            twins.add(pmid)
    return twins


def _stream(
    sources: Sequence[Source],
    pmids: frozenset[int],
    twins: Collection[int],
    held: Collection[int],
    fates: Mapping[int, _Fate],
    studies: Mapping[int, str],
    named: set[str],
) -> Stream:
    identified, lost = sum(source.identified for source in sources), sum(source.lost for source in sources)
    single = pmids - set(twins)
    seen = {pmid: fates[pmid] for pmid in sorted(single) if pmid in fates}
    absent = sum(pmid not in held and pmid not in seen for pmid in single)
    early = [fate.reason for fate in seen.values() if fate.verdict == "exclude" and fate.stage == "title-abstract"]
    late = [
        fate
        for fate in seen.values()
        if fate.verdict != "include" and (fate.verdict, fate.stage) != ("exclude", "title-abstract")
    ]
    missed = sum(is_not_retrieved(fate.reason) for fate in late)
    included = [pmid for pmid, fate in seen.items() if fate.verdict == "include"]
    new = {studies[pmid] for pmid in included if pmid in studies} - named
    named |= new
    return Stream(
        identified=identified,
        duplicates=identified - lost - len(single),
        automation=len(single) - absent - len(seen),
        unusable=lost + absent,
        screened=len(seen),
        excluded=len(early),
        excluded_reasons=_ordered(early),
        sought=len(seen) - len(early),
        not_retrieved=missed,
        assessed=len(seen) - len(early) - missed,
        full_text=sum(fate.stage == "full-text" and not is_not_retrieved(fate.reason) for fate in seen.values()),
        reasons=_ordered(fate.reason for fate in late if not is_not_retrieved(fate.reason)),
        reports=len(included),
        studies=len(new),
    )


def is_not_retrieved(reason: str) -> bool:
    """Whether a reason says that there was no full text to look at."""
    return reason.casefold() in UNAVAILABLE


def _ordered(reasons: Iterable[str]) -> dict[str, int]:
    """Reasons with their numbers, the most frequent first."""
    return dict(sorted(Counter(reasons).items(), key=lambda item: (-item[1], item[0])))


def _sum(one: Stream, other: Stream) -> Stream:
    values: dict[str, int | dict[str, int]] = {}
    for name in Stream.__dataclass_fields__:
        mine, yours = getattr(one, name), getattr(other, name)
        if isinstance(mine, int):
            values[name] = mine + yours
        else:
            both = Counter(mine) + Counter(yours)
            values[name] = dict(sorted(both.items(), key=lambda item: (-item[1], item[0])))
    return Stream(**values)  # type: ignore[arg-type]


def check(flow: Flow, decided: int | None = None) -> None:
    """Raise LitmapError, naming the boxes, unless every box is the sum it must be. `decided`: records with a decision."""
    for name, stream in flow.streams.items():
        removed = stream.duplicates + stream.automation + stream.unusable
        for box, number, parts, together in (
            ("records identified", stream.identified, "removed before screening + screened", removed + stream.screened),
            ("records screened", stream.screened, "records excluded + reports sought", stream.excluded + stream.sought),
            ("records excluded", stream.excluded, "the reasons for it", sum(stream.excluded_reasons.values())),
            (
                "reports sought",
                stream.sought,
                "reports not retrieved + assessed",
                stream.not_retrieved + stream.assessed,
            ),
            (
                "reports assessed",
                stream.assessed,
                "reports excluded + included",
                sum(stream.reasons.values()) + stream.reports,
            ),
        ):
            if number != together or min(number, stream.duplicates, stream.automation, stream.unusable) < 0:
                raise LitmapError(
                    f"these boxes do not add up ({name}): {box} {number}; {parts} {together}",
                    "check the file: litmap doctor DATABASE",
                )
        if stream.studies > stream.reports:
            raise LitmapError(f"these boxes do not add up ({name}): studies {stream.studies}; reports {stream.reports}")
    if decided is not None and decided != flow.total.screened:
        raise LitmapError(
            f"these boxes do not add up: records screened {flow.total.screened}; records with a decision {decided}"
        )


def _notes(conn: sqlite3.Connection, flow: Flow, included: set[int], studies: Collection[int]) -> Iterable[str]:
    if not flow.screened:
        yield "Not screened: no person has decided on a record of this map."
    yield from (f"{source.note[0].upper()}{source.note[1:]}." for source in flow.sources if source.note)
    if flow.other.identified:
        yield "Records from other sources pass through the same screening; the boxes up to screening count all sources."
    if flow.screened and not flow.total.full_text:
        yield "No full text was assessed: reports are assessed and included on title and abstract."
    elif flow.screened and flow.total.full_text < flow.total.assessed:
        share = f"{flow.total.full_text} of {counted(flow.total.assessed, 'report')}"
        yield f"Assessed in full text: {share}; the others on title and abstract."
    retracted = {row[0] for row in conn.execute("select pmid from record_integrity where kind = 'retracted'")}
    reports = counted(len(included), "included report")
    if number := sum(pmid in retracted for pmid in included):
        yield f"Retracted, and counted here: {number} of {reports}."
    if number := len(included - _for_claims_that_stand(conn)):
        yield f"Included only for claims that were dismissed or are gone from their pages: {number} of {reports}."
    if number := sum(pmid not in studies for pmid in included):
        yield f"No studies of their own (secondary analyses, reviews, guidelines, protocols): {number} of {reports}."


def _for_claims_that_stand(conn: sqlite3.Connection) -> set[int]:
    """Records that people included for an active claim, or for the whole map."""
    active = {None, *(row[0] for row in conn.execute("select key from claims where status = 'active'"))}
    return {pmid for (key, pmid), standing in standings(conn).items() if key in active and standing.verdict == "include"}
