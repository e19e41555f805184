"""Which study a record reports: the one of its trial registration. Reports that share a number are one study.

One trial often has a number in two registers (ClinicalTrials.gov and EudraCT): a record that gives both says that they are
the same, for all other records too. Several numbers of one register are several trials, and only reports of just these are
taken together.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from litmap.ingest.rows import Row
from litmap.model import Fact, Record

_REVIEWS = "CRD"  # PROSPERO's numbers: those of reviews
_FIRST = "NCT"  # the register that most reports name
_LETTERS = re.compile(r"[A-Z]+")
_EUROPEAN = re.compile(r"\D*(\d{4}-\d{6}-\d{2})(?:-[A-Z0-9]{2,3})?")  # the country may stand behind it
_DASHES = str.maketrans("‐‑‒–—−", "------")
# What each record's registrations are; a study that a reviewer named tells nothing of them.
_NUMBERS = (
    "select s.pmid, t.number from record_studies s join record_trials t on t.pmid = s.pmid where s.origin = 'registration'",
    "select s.pmid, f.value from record_studies s join record_facts f on f.pmid = s.pmid and f.field = 'registration' where s.origin = 'abstract'",
)


def of_record(record: Record, facts: Sequence[Fact]) -> list[Row]:
    """Return the row of record_studies (PMID, study, origin), or none without a registration.

    Where PubMed's record gives no number, those that title and abstract state count. `settle` says what other records add.
    """
    if not record.trials and not facts:
        return []
    numbers, origin = _usable(trial.number for trial in record.trials), "registration"
    if not record.trials:
        numbers, origin = _usable(fact.value for fact in facts if fact.field == "registration"), "abstract"
    return [(record.pmid, _named(numbers, {}), origin)] if numbers else []


def settle(conn: sqlite3.Connection) -> set[int]:
    """Name the studies by all records of the map, whichever came first; return the PMIDs of those whose study has another name now.

    Call after records were written, inside the transaction.
    """
    given: defaultdict[int, list[str]] = defaultdict(list)
    for sql in _NUMBERS:
        for pmid, number in conn.execute(sql):
            given[pmid].append(number)
    numbers = {pmid: _usable(found) for pmid, found in given.items()}
    same = _same(numbers.values())
    held = conn.execute("select pmid, study from record_studies where origin <> 'reviewer'")
    moved = [(study, pmid) for pmid, before in held if (found := numbers.get(pmid)) and (study := _named(found, same)) != before]
    conn.executemany("update record_studies set study = ? where pmid = ?", moved)
    return {pmid for _, pmid in moved}


def plain(number: str) -> str:
    """Return a registration as it is compared: capitals without blanks, a European number without what stands around it."""
    number = "".join(number.split()).upper()
    if number.startswith(_FIRST):  # nearly all
        return number
    number = number.translate(_DASHES)
    european = _EUROPEAN.fullmatch(number)
    return european[1] if european else number


def _usable(numbers: Iterable[str]) -> frozenset[str]:
    return frozenset(number for number in map(plain, numbers) if not number.startswith(_REVIEWS))


def _order(number: str) -> tuple[bool, bool, str]:
    """ClinicalTrials.gov first, and numbers without letters last: those of EudraCT."""
    register = _register(number)
    return register != _FIRST, not register, number


def _register(number: str) -> str:
    letters = _LETTERS.match(number)
    return letters[0] if letters else ""


def _named(numbers: Collection[str], same: Mapping[str, str]) -> str:
    """The study of these numbers, by those of one register alone, so that further numbers of the same trial change nothing.

    `same` says by which of its numbers a trial goes.
    """
    if len(numbers) == 1:
        return next(same.get(number, number) for number in numbers)
    first = _register(min(numbers, key=_order))
    return "+".join(sorted({same.get(number, number) for number in numbers if _register(number) == first}))


def _same(records: Iterable[frozenset[str]]) -> dict[str, str]:
    """For each number that a record gives beside one of another register, the first of all numbers of that trial."""
    above: dict[str, str] = {}

    def top(number: str) -> str:
        while (higher := above.get(number, number)) != number:
            number = higher
        return number

    for numbers in records:
        if len(numbers) > 1 and len(set(map(_register, numbers))) == len(numbers):  # of one trial
            tops = {top(number) for number in numbers}
            first = min(tops, key=_order)
            above |= dict.fromkeys(tops, first)
    return {number: top(number) for number in above}
