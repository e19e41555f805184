"""litmap import: read everything first, write all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from litmap import claims as claim_finder
from litmap import documents
from litmap.errors import DocumentError, InputError
from litmap.ingest import claims_csv, settle
from litmap.ingest.documents import Outcome, Parsed, parse, save
from litmap.ingest.new import FACETS, stored_vocabulary
from litmap.model import Document
from litmap.store import Store
from litmap.vocabulary import Tagger, Vocabulary

MOST_BYTES = 30_000_000  # as for a URL
MOST_CHARACTERS = 5_000_000  # several long books: a longer text is no page but a mistake


@dataclass(frozen=True)
class Rejection:
    """One item of the input that was left out, by name."""

    place: str  # file and line
    item: str
    reason: str


@dataclass
class ImportReport:
    """Counts add up: documents read = new + updated + unchanged."""

    outcomes: list[Outcome] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    rows_read: int = 0  # rows of claims CSVs

    def count(self, kind: str) -> int:
        """How many documents came out as new, updated or unchanged."""
        return sum(outcome.kind == kind for outcome in self.outcomes)


def is_url(name: str) -> bool:
    """Whether a command-line word names a web address."""
    return name.startswith(("http://", "https://"))


def import_all(
    store: Store,
    names: Sequence[str],
    *,
    encoding: str | None = None,
    allow_private: bool = False,
    as_of: str | None = None,
    progress: Callable[[Iterable[str]], Iterable[str]] = lambda names: names,
) -> ImportReport:
    """Import files and URLs.

    Raises DocumentError (a file cannot be read), InputError (the same source twice), ServiceError (a
    URL did not answer); then nothing is written.
    """
    vocabulary = stored_vocabulary(store)
    report = ImportReport()
    parsed: list[Parsed] = []
    for name in progress(names):
        parsed.extend(_read(name, vocabulary, report, encoding, allow_private))
    _refuse_twice(parsed)
    with store.transaction():
        report.outcomes = save(store, parsed, Tagger(vocabulary), as_of=as_of)
        if any(outcome.kind != "unchanged" for outcome in report.outcomes):
            store.set_meta("extractor", claim_finder.VERSION)
            settle.claims_changed(store)
    return report


def _read(name: str, vocabulary: Vocabulary, report: ImportReport, encoding: str | None, allow_private: bool) -> list[Parsed]:
    if is_url(name):
        from litmap.documents import fetch  # requests is heavy, and most imports are files

        fetched = fetch.get(name, allow_private=allow_private)
        return [_parsed(documents.read(fetched.data, name, encoding=encoding or fetched.encoding, media_type=fetched.media_type))]
    data = _bytes(Path(name))
    if Path(name).suffix.lower() == ".csv":
        return _read_csv(data, name, vocabulary, report, encoding)
    return [_parsed(documents.read(data, name, encoding=encoding))]


def _parsed(document: Document) -> Parsed:
    if len(document.text) > MOST_CHARACTERS:
        raise DocumentError(f"{document.source} holds {len(document.text):,} characters of text, more than {MOST_CHARACTERS:,}", "split it into documents of their own")
    return parse(document)


def _read_csv(data: bytes, name: str, vocabulary: Vocabulary, report: ImportReport, encoding: str | None) -> list[Parsed]:
    slugs = {facet: {entry.slug for entry in vocabulary.entries(facet)} for facet in FACETS}
    given = claims_csv.read(data, name, slugs, encoding=encoding)
    report.rows_read += sum(len(claims) for _, _, claims in given.documents) + len(given.rejected)
    report.rejected.extend(Rejection(f"{name} line {row.line}", row.item, row.reason) for row in given.rejected)
    return [Parsed(document, units, claims, given=True) for document, units, claims in given.documents]


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise DocumentError(f"{path} is a folder", f"name the files in it: {path}/*")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DocumentError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB", "split it, or save its text alone")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DocumentError(f"{path} does not exist", "check the name; addresses begin with https://") from error
    except OSError as error:
        raise DocumentError(f"cannot read {path}: {error.strerror}") from error
    if not data.strip():
        raise DocumentError(f"{path} is empty", "give a page or a claims CSV with something in it")
    return data


def _refuse_twice(parsed: Sequence[Parsed]) -> None:
    seen: dict[str, Parsed] = {}
    for one in parsed:
        source = one.document.source
        if source in seen and seen[source].document.text != one.document.text:
            raise InputError(f"two inputs give different text for the same source {source}", "import them one after the other: each becomes a version")
        seen[source] = one
