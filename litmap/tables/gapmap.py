"""The gap map: one dimension down, one across, and in each cell what is claimed and what was found.

A level is the highest study design found, not an appraisal, so it always travels with the cell's state and directions.
Levels are for benefit; for harm where the claims of a cell ask of harm only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from litmap.errors import QueryError
from litmap.linking import directions
from litmap.linking.standing import standings
from litmap.model import ANOTHER_SOURCE
from litmap.store import Store
from litmap.tables import dimensions, map_records
from litmap.tables.dimensions import ANY, NOT_STATED, Dimension, Value
from litmap.tables.map_records import Place, Record, Values

STATES = {
    "not-searched": "not searched",
    "searched-none-found": "searched, none found",
    "no-eligible-design": "found, no eligible design",
    "suggested": "suggested, not reviewed",
    "reviewed": "reviewed",
}
STANCES = ("supports", "contradicts", "mixed", "no-difference", "inconclusive", "background", "disputed", "not-stated")
LEVEL_MEANS = "highest study design found, not appraised"
PREPRINTS = "A preprint gives the level only where nothing published has one."
BENEFIT, HARM = "ocebm-benefit", "ocebm-harm"


class Search(NamedTuple):
    """A finished search that covers a cell."""

    query: str
    ran_at: str
    n_found: int


@dataclass(slots=True)
class Cell:
    """What one cell holds. All counts are of distinct claims, or distinct records (reports)."""

    row: str
    column: str
    n_claims: int = 0  # that affirm
    n_denials: int = 0
    n_records: int = 0  # tagged with both, linked or not
    n_studies: int = 0  # reports of one study once; secondary analyses and retracted reports not at all
    n_bearing: int = 0  # of the records, those that bear on a claim of this cell, or on one that leaves the column open
    n_reviewed: int = 0  # of those, included by a reviewer
    n_reviewed_retracted: int = 0  # of these, retracted since
    n_excluded: int = 0  # of the records, those that reviewers found not eligible for the map
    n_retracted: int = 0
    n_preprints: int = 0  # of the records, without retracted ones and notices; likewise the next two
    n_concern: int = 0  # of the records: with an expression of concern, or retracted in part
    n_corrected: int = 0
    n_inferred: int = 0  # records with other values both down and across: the pairing is inferred
    n_provisional: int = 0  # of the counted levels
    n_elsewhere: int = 0  # claims and denials that another source than studies answers (a register, a statistic)
    scheme: str = BENEFIT  # what the levels answer: HARM where all claims that levels answer ask of harm
    harm_level: int | None = None  # the highest level for harm, whatever the scheme
    levels: dict[int, int] = field(
        default_factory=dict
    )  # level: records, without inferred pairings and excluded records
    highest_level: int | None = None
    highest_designs: tuple[str, ...] = ()
    directions: dict[str, int] = field(default_factory=dict)  # stance: studies among the reviewed records
    state: str = "not-searched"
    searches: tuple[Search, ...] = ()

    @property
    def state_text(self) -> str:
        """Return the state in words."""
        return STATES[self.state]

    @property
    def only_retracted(self) -> bool:
        """Whether all that reviewers included was retracted: nothing is left to count."""
        return 0 < self.n_reviewed == self.n_reviewed_retracted

    @property
    def is_of_harm(self) -> bool:
        """Whether its levels are for harm."""
        return self.scheme == HARM and bool(self.levels)


@dataclass(frozen=True, slots=True)
class GapMap:
    """A map. `cells` has every pair of a row and a column, and the totals under the slug ANY."""

    down: str
    across: str
    rows: tuple[Value, ...]
    columns: tuple[Value, ...]
    cells: Mapping[tuple[str, str], Cell]

    def cell(self, row: str, column: str) -> Cell:
        """Return one cell; an empty one when nothing is known."""
        return self.cells.get((row, column)) or Cell(row, column)

    def scheme_text(self, mark: str) -> str:
        """Say by which scheme the levels are, and what preprints are to them; `mark` is how a cell with levels for harm is marked."""
        told = {cell.scheme for cell in self.cells.values() if cell.levels}
        said = "benefit" if HARM not in told else "harm" if told == {HARM} else ""
        said = said or f"benefit, and for harm in cells marked {mark}, whose claims ask of harm only"
        preprints = any(cell.n_preprints for cell in self.cells.values())
        return f"Levels are for {said} (OCEBM 2011).{f' {PREPRINTS}' if preprints else ''}"

    def told_rows(self) -> tuple[list[Value], list[str]]:
        """Return the rows with anything claimed, found or searched, "not stated" and the total; and the labels of the rest."""
        return self._told(
            self.rows,
            f"Any {self.down}",
            lambda row: (self.cell(row.slug, ANY), *(self.cell(row.slug, one.slug) for one in self.columns)),
        )

    def told_columns(self) -> tuple[list[Value], list[str]]:
        """Return the columns likewise."""
        return self._told(
            self.columns,
            f"Any {self.across}",
            lambda column: (self.cell(ANY, column.slug), *(self.cell(one.slug, column.slug) for one in self.rows)),
        )

    def _told(
        self, values: tuple[Value, ...], total: str, cells: Callable[[Value], tuple[Cell, ...]]
    ) -> tuple[list[Value], list[str]]:
        shown, silent = [], []
        for value in values[:-1]:
            if any(cell.n_claims or cell.n_denials or cell.n_records or cell.searches for cell in cells(value)):
                shown.append(value)
            else:
                silent.append(value)
        return [*shown, values[-1], Value(ANY, total)], [value.label for value in silent]

    def __iter__(self) -> Iterator[Cell]:
        """Go through the cells, row by row."""
        for row in self.rows:
            for column in self.columns:
                yield self.cell(row.slug, column.slug)


def build(store: Store, down: str = "condition", across: str = "route", *, everything: bool = False) -> GapMap:
    """Count the map from the database. `everything` also shows what the vocabulary keeps off the default map.

    Raises QueryError when a dimension is unknown or used twice.
    """
    if down == across:
        raise QueryError(
            f"the map needs two different dimensions, not {down} twice",
            f"choose from {', '.join(dimensions.DIMENSIONS)}",
        )
    rows, columns = dimensions.load(store, down, everything), dimensions.load(store, across, everything)
    return _Builder(store, rows, columns).build()


_NOTHING: Set[str] = frozenset()
Found = tuple[bool, bool, int]  # reviewed, a preprint, level
Designs = dict[Found, set[str]]  # of a cell
Pair = tuple[str, str]  # a row and a column


class _Builder:
    def __init__(self, store: Store, down: Dimension, across: Dimension) -> None:
        self.store, self.down, self.across = store, down, across
        self.cells: dict[Pair, Cell] = {}
        self.designs: dict[Pair, Designs] = defaultdict(lambda: defaultdict(set))
        self.harms: dict[Pair, set[Found]] = defaultdict(set)  # with levels for harm
        self.asked: dict[Pair, set[str]] = defaultdict(set)  # questions of the claims
        self.studies: dict[Pair, set[str]] = defaultdict(set)  # those with several reports
        self.said: dict[Pair, list[tuple[str, str | None]]] = defaultdict(list)  # study and direction of reports
        self.keys = {row[0]: row[1] for row in store.conn.execute("select id, key from claims where status = 'active'")}
        self.decided = standings(store.conn)
        self.closed_down, self.closed_across = lru_cache(None)(down.closed), lru_cache(None)(across.closed)
        self.claim_rows = {claim: self.closed_down(down.claims.get(claim, map_records.NONE)) for claim in self.keys}
        self.claim_columns = {
            claim: self.closed_across(across.claims.get(claim, map_records.NONE)) for claim in self.keys
        }

    def build(self) -> GapMap:
        self._claims()
        self._records()
        self._searches()
        rows = (*self.down.values, Value(NOT_STATED, self.down.not_stated))
        columns = (*self.across.values, Value(NOT_STATED, self.across.not_stated))
        for row in (*rows, Value(ANY, ANY)):
            for column in (*columns, Value(ANY, ANY)):
                at = row.slug, column.slug
                _finish(self._cell(*at), self.designs[at], self.harms[at])
                self._cell(*at).directions = _directions(self.said[at])
        return GapMap(self.down.name, self.across.name, rows, columns, self.cells)

    def _cell(self, row: str, column: str) -> Cell:
        found = self.cells.get((row, column))
        if found is None:
            found = self.cells[row, column] = Cell(row, column, scheme=self._scheme(row, column))
        return found

    def _scheme(self, row: str, column: str) -> str:
        """Return what the levels of a cell answer. Where no claim asks: as the row or column of claims, else as the map does."""
        if "level" in (self.down.name, self.across.name):  # those are levels for benefit
            return BENEFIT
        places = [(row, column)]
        places += [(ANY, column)] if self.across.of_claims else []
        places += [(row, ANY)] if self.down.of_claims else []
        for place in (*places, (ANY, ANY)):
            asked = self.asked.get(place, _NOTHING) & {"benefit", "harm"}
            if asked:
                return HARM if asked == {"harm"} else BENEFIT
        return BENEFIT

    def _claims(self) -> None:
        claims = self.store.conn.execute(
            "select id, polarity, question from claims where status = 'active'"
        ).fetchall()
        for claim, _, question in claims:
            for row in self.claim_rows[claim]:
                for column in self.claim_columns[claim]:
                    self.asked[row, column].add(question)
        for claim, polarity, question in claims:
            for row in self.claim_rows[claim]:
                for column in self.claim_columns[claim]:
                    cell = self._cell(row, column)
                    cell.n_elsewhere += question in ANOTHER_SOURCE
                    if polarity == "deny":
                        cell.n_denials += 1
                    else:
                        cell.n_claims += 1

    def _records(self) -> None:
        claims = map_records.bearing(self.store, self.keys, self.decided)
        keys = {None, *self.keys.values()}
        people = {pmid for key, pmid in self.decided if key in keys}
        found = map_records.read(
            self.store, self.down.records, self.across.records, people, self._alike(claims, people)
        )
        self._groups(found.groups)
        for (place, kinds), n in found.bearing.items():
            for row, column in self._where(place, kinds):
                self._cell(row, column).n_bearing += n
        for pmid, (place, record) in found.apart.items():
            self._decided(pmid, place, record, claims.get(pmid, frozenset()), found.directed.get(pmid))
        for (row, column), names in self.studies.items():
            self._cell(row, column).n_studies += len(names)

    def _groups(self, groups: Mapping[tuple[Place, Record], int]) -> None:
        """Count records that nobody decided on: rows first, so that the columns are gone through for fewer."""
        pairs = self.down.pairs and self.across.pairs
        by_row: Counter[tuple[str, bool, Values, Record]] = Counter()
        for (place, record), n in groups.items():
            for row in self.closed_down(place.down):
                by_row[row, pairs and _beside(self.down, place.down, row), place.across, record] += n
        for (row, beside, across, record), n in by_row.items():
            for column in self.closed_across(across):
                inferred = beside and _beside(self.across, across, column)
                self._count(row, column, record, n, inferred=inferred)

    def _decided(
        self, pmid: int, place: Place, record: Record, claims: frozenset[int], study: str | None
    ) -> None:
        """Count one record that somebody decided on, for a claim or for the map. Without a study it has no direction."""
        decided = self.decided.get((None, pmid))
        excluded = bool(decided and decided.verdict == "exclude")
        pairs = self.down.pairs and self.across.pairs
        bears: dict[tuple[str, str], list[int]] = defaultdict(list)
        for claim in () if excluded else claims:
            for row, column in self._where(place, frozenset((claim,))):
                bears[row, column].append(claim)
        for row in self.closed_down(place.down):
            for column in self.closed_across(place.across):
                said = [self.decided.get((self.keys[claim], pmid)) for claim in bears.get((row, column), ())]
                included = [found for found in said if found and found.verdict == "include"]
                inferred = (
                    pairs
                    and not included
                    and _beside(self.down, place.down, row)
                    and _beside(self.across, place.across, column)
                )
                self._cell(row, column).n_bearing += bool(said)
                self._count(row, column, record, 1, inferred=inferred, included=bool(included), excluded=excluded)
                self.said[row, column] += [(study, standing.stance) for standing in included] if study else []

    def _count(
        self,
        row: str,
        column: str,
        record: Record,
        n: int,
        *,
        inferred: bool,
        included: bool = False,
        excluded: bool = False,
    ) -> None:
        """Add `n` records that are alike to a cell."""
        cell = self._cell(row, column)
        cell.n_records += n
        cell.n_retracted += n * record.retracted
        cell.n_preprints += n * record.preprint
        cell.n_concern += n * record.concern
        cell.n_corrected += n * record.corrected
        cell.n_inferred += n * inferred
        cell.n_excluded += n * excluded
        cell.n_studies += n * (record.is_study and not record.study)
        if record.study:
            self.studies[row, column].add(record.study)
        cell.n_reviewed += n * included
        cell.n_reviewed_retracted += n * (included and record.retracted)
        if excluded:
            return
        if record.harm is not None and not inferred:
            self.harms[row, column].add((included, record.preprint, record.harm))
        level, provisional = record.level, record.provisional
        if cell.scheme == HARM:
            level, provisional = record.harm, record.harm_provisional
        if level is None:
            return
        cell.state = "suggested"  # an eligible design, even if only as an inferred pairing
        if inferred:
            return
        cell.levels[level] = cell.levels.get(level, 0) + n
        cell.n_provisional += n * provisional
        self.designs[row, column][included, record.preprint, level].add(record.design or "undetermined")

    def _alike(self, claims: Mapping[int, frozenset[int]], people: set[int]) -> dict[int, frozenset[int]]:
        """Let one claim stand for all that lie in the same cells; records that people decided on keep their own."""
        first: dict[tuple[Values, Values], int] = {}
        stands = {
            claim: first.setdefault((self.claim_rows[claim], self.claim_columns[claim]), claim) for claim in self.keys
        }
        return {
            pmid: frozenset(stands[claim] for claim in found) for pmid, found in claims.items() if pmid not in people
        }

    def _where(self, place: Place, claims: frozenset[int]) -> set[tuple[str, str]]:
        """Say in which cells of a record any of these claims counts: it agrees with the cell, or leaves it open."""
        rows, columns = self.closed_down(place.down), self.closed_across(place.across)
        return {
            (row, column)
            for claim in claims
            for row in _shared(rows, self.claim_rows[claim], self.down.strict)
            for column in _shared(columns, self.claim_columns[claim], self.across.strict)
        }

    def _searches(self) -> None:
        words = dimensions.words_of(self.store, self.across.name)
        found: dict[tuple[str, str], set[Search]] = {}
        for claim, query, ran_at, count in self.store.conn.execute(
            "select cs.claim_id, s.query, s.ran_at, s.count from claim_searches cs join searches s on s.id = cs.search_id where s.complete = 1"
        ):
            if claim not in self.keys:
                continue
            open_query = NOT_STATED in self.claim_columns[claim] or (words is not None and not words.search(query))
            everywhere = [*(value.slug for value in self.across.values), NOT_STATED, ANY]
            for row in self.claim_rows[claim]:
                for column in everywhere if open_query else self.claim_columns[claim]:
                    found.setdefault((row, column), set()).add(Search(query, ran_at, count))
        for (row, column), searches in found.items():
            self._cell(row, column).searches = tuple(sorted(searches, key=lambda search: (search.ran_at, search.query)))


def _shared(of_record: frozenset[str], of_claim: frozenset[str], strict: bool) -> frozenset[str]:
    if not strict and (NOT_STATED in of_record or NOT_STATED in of_claim):
        return of_record
    return of_record & of_claim


def _beside(dimension: Dimension, direct: Values, value: str) -> bool:
    """A record on several conditions, by several routes, need not have studied this one by this route."""
    return value != ANY and any(value not in dimension.above.get(slug, (slug,)) for slug in direct)


def _directions(said: list[tuple[str, str | None]]) -> dict[str, int]:
    counts = directions.by_study(said)
    return {stance: counts[stance] for stance in STANCES if stance in counts}


def _highest(found: Iterable[Found], reviewed: bool) -> Found | None:
    """The headline. That of a reviewed cell rests on what reviewers included; a preprint gives it where nothing published has a level."""
    return min((one for one in found if one[0] or not reviewed), key=lambda one: one[1:], default=None)


def _finish(cell: Cell, designs: Designs, harms: set[Found]) -> None:
    cell.levels = dict(sorted(cell.levels.items()))
    reviewed = bool(cell.n_reviewed)
    if headline := _highest(designs, reviewed):
        cell.highest_level = headline[-1]
        cell.highest_designs = tuple(sorted(designs[headline]))
    cell.harm_level = harm[-1] if (harm := _highest(harms, reviewed)) else None
    if cell.n_reviewed:
        cell.state = "reviewed"
    elif cell.state != "suggested":
        cell.state = (
            "no-eligible-design" if cell.n_records else "searched-none-found" if cell.searches else "not-searched"
        )
