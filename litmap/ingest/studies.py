"""Which study a record reports: the one of its trial registration. Reports that share a number are one study.

One trial often has a number in two registers (ClinicalTrials.gov and EudraCT): they name the same study. Several numbers
of one register are several trials, and only reports of just these are taken together.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from litmap.ingest.rows import Row
from litmap.model import Fact, Record

_REVIEWS = "CRD"  # PROSPERO's numbers: those of reviews
_FIRST = "NCT"  # the register that most reports name
_LETTERS = re.compile(r"[A-Z]+")
# Records whose indexing gives several numbers.
_SEVERAL = "select pmid, number from record_trials where pmid in (select pmid from record_trials where position = 2)"


def of_record(record: Record, facts: Sequence[Fact]) -> list[Row]:
    """Return the row of record_studies (PMID, study, origin), or none without a registration.

    Where PubMed's record gives no number, those that title and abstract state count.
    """
    if not record.trials and not facts:
        return []
    numbers, origin = {plain(trial.number) for trial in record.trials}, "registration"
    if not numbers:
        numbers, origin = {plain(fact.value) for fact in facts if fact.field == "registration"}, "abstract"
    name = _named({number for number in numbers if not number.startswith(_REVIEWS)})
    return [(record.pmid, name, origin)] if name else []


def settle(conn: sqlite3.Connection) -> set[int]:
    """Let reports that name a trial by its other number join its study; return the PMIDs of those that did.

    A number is another one's where PubMed's record of any report gives both. Call after records were written, inside the transaction.
    """
    moved: set[int] = set()
    for number, study in _other_numbers(conn.execute(_SEVERAL)):
        apart = [row[0] for row in conn.execute("select pmid from record_studies where study = ? and origin <> 'reviewer'", (number,))]
        conn.executemany("update record_studies set study = ? where pmid = ?", [(study, pmid) for pmid in apart])
        moved.update(apart)
    return moved


def plain(number: str) -> str:
    """Return a registration as it is compared: capitals without blanks."""
    return "".join(number.split()).upper()


def _named(numbers: Collection[str]) -> str | None:
    """The study of these numbers: those of one register alone, so that further numbers of the same trial change nothing."""
    registers = {_register(number) for number in numbers}
    first = min(registers, key=lambda register: (register != _FIRST, not register, register), default=None)
    return "+".join(sorted(number for number in numbers if _register(number) == first)) or None


def _register(number: str) -> str:
    """The letters that a register puts before its numbers; none before those of EudraCT."""
    letters = _LETTERS.match(number)
    return letters[0] if letters else ""


def _other_numbers(rows: Iterable[tuple[int, str]]) -> list[tuple[str, str]]:
    """(number, study) for each number that is only ever given together with that of one trial."""
    together: defaultdict[int, set[str]] = defaultdict(set)
    for pmid, number in rows:
        together[pmid].add(plain(number))
    studies: defaultdict[str, set[str | None]] = defaultdict(set)
    for numbers in together.values():
        for number in numbers:
            studies[number].add(_named(numbers))
    return sorted(
        (number, study)
        for number, found in studies.items()
        if len(found) == 1 and (study := found.pop()) and study != number and "+" not in study
    )
