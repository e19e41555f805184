"""The records of a map, read and put together: what is alike in all that the map counts is one group with a number.

Hundreds of thousands of records make a few thousand groups, so the map is counted in seconds and without a database
of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from litmap.linking.evidence import CORRECTED, IN_DOUBT, is_study, read_papers
from litmap.linking.standing import Standing
from litmap.store import Store
from litmap.tables import harm

Values = frozenset[str]
NONE: Values = frozenset()


class Record(NamedTuple):
    """What a map counts of a record, beside where it stands."""

    level: int | None
    harm: int | None  # its level for harm
    design: str | None
    provisional: int
    harm_provisional: int
    retracted: bool
    study: str | None  # None: nothing that others share; "" also when it is no study at all
    preprint: bool  # a record that is retracted, or a notice, is neither this nor one of the two below
    concern: bool  # or retracted in part
    corrected: bool
    is_study: bool  # a study of its own: not retracted, no secondary analysis, narrative review or the like


class Place(NamedTuple):
    """The values a record has down and across, the most specific ones."""

    down: Values
    across: Values


@dataclass(slots=True)
class Records:
    """The records of a map: `groups` says how many are alike, `apart` has those that people decided on, by PMID.

    `directed` has the study of each of these that can have a direction: neither retracted nor a notice.
    """

    groups: Counter[tuple[Place, Record]] = field(default_factory=Counter)
    apart: dict[int, tuple[Place, Record]] = field(default_factory=dict)
    directed: dict[int, str] = field(default_factory=dict)
    bearing: Counter[tuple[Place, frozenset[int]]] = field(default_factory=Counter)


def read(
    store: Store,
    down: Mapping[int, Values],
    across: Mapping[int, Values],
    decided: Collection[int],
    bearing: Mapping[int, frozenset[int]],
) -> Records:
    """Read the records. `bearing` says on which kinds of claims each bears; `decided` are kept apart."""
    found = Records()
    groups, apart = found.groups, found.apart
    for pmid, record in _each(store):
        place = Place(down.get(pmid, NONE), across.get(pmid, NONE))
        if pmid in decided:
            apart[pmid] = place, record
            continue
        groups[place, record] += 1
        if pmid in bearing:
            found.bearing[place, bearing[pmid]] += 1
    for pmid, paper in read_papers(store.conn, sorted(apart)).items():
        if not paper.retracted and not paper.notice:
            found.directed[pmid] = paper.study
    return found


def _each(store: Store) -> Iterator[tuple[int, Record]]:
    """Go through the records that count somewhere: duplicates don't."""
    duplicates = _column(store, "select pmid from record_duplicates")
    retracted = _column(store, "select pmid from record_integrity where kind = 'retracted'")
    preprints = _column(store, "select pmid from record_publication_types where name = 'Preprint'")
    concern = _column(store, f"select pmid from record_integrity where kind in {IN_DOUBT}")
    corrected = _column(store, f"select pmid from record_integrity where kind = '{CORRECTED}'")
    void = _column(store, "select pmid from record_integrity where kind in ('retracted', 'notice')")
    studies = _shared_studies(store)
    kinds: dict[tuple[str | None, int], bool] = {}
    known: dict[tuple[object, ...], Record] = {}
    rows = store.conn.cursor()
    rows.row_factory = None
    for pmid, level, design, provisional, secondary, for_harm, harm_provisional in rows.execute(_RECORDS):
        if pmid in duplicates:
            continue
        kind = design, secondary
        if kind not in kinds:
            kinds[kind] = is_study(design, bool(secondary))
        study = kinds[kind] and pmid not in void
        shared = studies.get(pmid) if study else None
        counts = pmid not in void and design != "notice"
        noted = (counts and pmid in preprints, counts and pmid in concern, counts and pmid in corrected)
        key = level, for_harm, design, provisional, harm_provisional, pmid in retracted, shared, *noted, study
        record = known.get(key)
        if record is None:
            record = known[key] = Record(*key)
        yield pmid, record


_RECORDS = f"""
select r.pmid, r.level, r.design, r.provisional, r.secondary, {harm.LEVEL}, coalesce(h.provisional, 0)
from records r {harm.JOIN}
"""


def _column(store: Store, sql: str) -> set[int]:
    return {row[0] for row in store.conn.execute(sql)}


def _shared_studies(store: Store) -> dict[int, str]:
    """Return the study of each record that reports one together with others."""
    studies = dict(store.conn.execute("select pmid, study from record_studies").fetchall())
    reports = Counter(studies.values())
    first = {int(study) for study in reports if study.isdecimal() and len(study) < 10}  # named after its first report
    shared = {pmid: study for pmid, study in studies.items() if reports[study] > 1 or study.isdecimal()}
    return shared | {pmid: str(pmid) for pmid in first - studies.keys()}


def bearing(
    store: Store, keys: Mapping[int, str], decided: Mapping[tuple[str | None, int], Standing]
) -> dict[int, frozenset[int]]:
    """Return the active claims on which each record bears: as ranked, less what was excluded, and what was included."""
    found: dict[int, set[int]] = defaultdict(set)
    for pmid, claim in store.conn.execute("select pmid, claim_id from links where bears = 1"):
        if claim in keys:
            found[pmid].add(claim)
    claims = {key: claim for claim, key in keys.items()}
    for (key, pmid), standing in decided.items():
        if key in claims and standing.verdict == "include":
            found[pmid].add(claims[key])
        elif key in claims and standing.verdict == "exclude":
            found[pmid].discard(claims[key])
    return {pmid: frozenset(on) for pmid, on in found.items() if on}
