"""What a reader yields -> rows ready to be written. Needs no database, so it may run in another process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from litmap.ingest import derived
from litmap.ingest.rows import CHILDREN, Row, children, digest, indexing_words, scalars
from litmap.model import Record
from litmap.pubmed import Deleted, Rejected

if TYPE_CHECKING:
    from litmap.evidence import Rules
    from litmap.vocabulary import Tagger

BATCH = 1250  # items
_LONG = 4 << 20  # characters of abstracts: a batch of very long records ends sooner

Item = Record | Deleted | Rejected
Holds = Callable[[Sequence[tuple[int, str]]], Sequence[bool]]  # which of these (pmid, digest) the map holds


class Whole(NamedTuple):
    """A record with its own rows and their digest."""

    record: Record
    scalar: Row
    children: list[list[Row]]
    digest: str


@dataclass(slots=True)
class Gathered:
    """Items read one after the other. Each PMID stands here once, and deletions come last."""

    records: list[Whole] = field(default_factory=list)
    rejected: list[Row] = field(default_factory=list)  # (position, item, reason)
    deleted: list[int] = field(default_factory=list)
    at: int = 0  # bytes of the file read by its end

    @property
    def keys(self) -> list[tuple[int, str]]:
        """What decides whether the map holds exactly these records."""
        return [(one.record.pmid, one.digest) for one in self.records]


class Batch(NamedTuple):
    """Gathered items as rows by table. Plain values only: it crosses processes."""

    records: list[Row]  # the columns of `records`: rows.COLUMNS, digest, derived.COLUMNS
    words: list[str]  # of each, what the full-text index reads beside title and abstract
    children: list[list[Row]]  # by table, as in rows.CHILDREN
    derived: list[list[Row]]  # by table, as in derived.TABLES
    held: list[int]  # PMIDs of records that the map holds exactly so
    rejected: list[Row]
    deleted: list[int]
    at: int = 0  # bytes of the file read by its end

    @property
    def size(self) -> int:
        """How many items these are."""
        return len(self.records) + len(self.held) + len(self.rejected) + len(self.deleted)


def gathered(items: Iterable[Item], at: Callable[[], int] = int) -> Iterator[Gathered]:
    """Cut a stream of items into batches; `at` tells how far the file was read."""
    batch, seen, size = Gathered(), set[int](), 0
    for item in items:
        again = isinstance(item, Record) and (item.pmid in seen or bool(batch.deleted))
        if again or size >= _LONG:
            batch.at = at()
            yield batch
            batch, seen, size = Gathered(), set(), 0
        size += _LONG // BATCH
        if isinstance(item, Record):
            batch.records.append(_whole(item))
            seen.add(item.pmid)
            size += len(item.abstract or "")
        elif isinstance(item, Deleted):
            batch.deleted.append(item.pmid)
        else:
            batch.rejected.append(tuple(item))
    if size:
        batch.at = at()
        yield batch


def _whole(record: Record) -> Whole:
    scalar, items = scalars(record), children(record)
    return Whole(record, scalar, items, digest(scalar, items))


class Preparer:
    """Turns records into rows with one tagger and one set of rules, which are made from the vocabulary's texts when first needed."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __reduce__(self) -> tuple[type[Preparer], tuple[Mapping[str, str]]]:
        """To a process that was not forked only the texts go."""
        return Preparer, (self._texts,)

    @cached_property
    def tagger(self) -> Tagger:
        """What tags records."""
        from litmap.vocabulary import Tagger, Vocabulary

        return Tagger(Vocabulary.from_texts(self._texts))

    @cached_property
    def rules(self) -> Rules:
        """What gives them their levels."""
        from litmap.evidence import Rules

        return Rules.load()

    def make(self) -> None:
        """Make both parts now."""
        _ = self.tagger, self.rules

    def prepare(self, batch: Gathered, held: Sequence[bool]) -> Batch:
        """Tag and assess the records of a batch but those that the map holds."""
        fresh = [one for one, known in zip(batch.records, held, strict=True) if not known]
        # Equal records alone need no tagger made.
        found = derived.derive([one.record for one in fresh], self.tagger, self.rules) if fresh else []
        return Batch(
            [(*one.scalar, one.digest, *item.columns) for one, item in zip(fresh, found, strict=True)],
            [indexing_words(one.record) for one in fresh],
            [[row for one in fresh for row in one.children[place]] for place in range(len(CHILDREN))],
            derived.tables(found),
            [one.record.pmid for one, known in zip(batch.records, held, strict=True) if known],
            batch.rejected,
            batch.deleted,
            batch.at,
        )

    def ready(
        self,
        items: Iterable[Item],
        holds: Holds = lambda keys: [False] * len(keys),
        at: Callable[[], int] = int,
    ) -> Iterator[Batch]:
        """Prepare all records but those that the map holds already; `at` tells how far their file was read."""
        for batch in gathered(items, at):
            yield self.prepare(batch, holds(batch.keys))
