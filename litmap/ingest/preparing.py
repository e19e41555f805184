"""What a reader yields -> rows ready to be written. Needs no database, so it may run in another process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from litmap.ingest.derived import Derived, derive
from litmap.ingest.rows import Row, children, scalars
from litmap.model import Record
from litmap.pubmed import Deleted, Rejected, digest

if TYPE_CHECKING:
    from litmap.evidence import Rules
    from litmap.vocabulary import Tagger


class Head(NamedTuple):
    """What decides between a record and the one that is stored under its PMID."""

    pmid: int
    version: int
    revised: str | None
    form: str
    digest: str
    status: str | None = None
    whole: int = 0  # 1 when it has an abstract


class Prepared(NamedTuple):
    """A record as rows."""

    head: Head
    scalar: Row
    children: list[list[Row]]
    derived: Derived


Item = Record | Deleted | Rejected
Ready = Prepared | Head | Deleted | Rejected  # a lone Head: the map holds exactly this record


def head_of(record: Record) -> Head:
    """Return the part of a record that decisions need."""
    return Head(record.pmid, record.pmid_version, record.date_revised, record.form, digest(record), record.status, int(bool(record.abstract)))


class Preparer:
    """Turns records into rows with one tagger and one set of rules."""

    def __init__(self, tagger: Tagger, rules: Rules) -> None:
        self.tagger = tagger
        self.rules = rules

    def prepare(self, record: Record, head: Head | None = None) -> Prepared:
        """Tag and assess one record."""
        return Prepared(
            head or head_of(record), scalars(record), children(record), derive(record, self.tagger, self.rules)
        )

    def ready(self, items: Iterable[Item], held: Callable[[Head], bool] = lambda _: False) -> Iterator[Ready]:
        """Prepare all records but those that the map holds already, as `held` knows."""
        for item in items:
            if isinstance(item, Record):
                head = head_of(item)
                yield head if held(head) else self.prepare(item, head)
            else:
                yield item
