"""What can be exported, in which formats, and the one function that does it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from litmap.errors import InputError, QueryError
from litmap.store import Store
from litmap.tables import provenance
from litmap.tables.delimited import metadata
from litmap.tables.files import STDOUT, target
from litmap.tables.provenance import Provenance
from litmap.tables.table import Table, View, shaped


class What(NamedTuple):
    """One thing to export: `module` holds a function `function(store, include_retracted)` that returns a Table."""

    help: str
    module: str
    function: str = "table"
    citations: bool = False  # can also be written as a list of references


class Format(NamedTuple):
    """One format: `module.function(table, provenance, out)` writes it and returns the number of rows."""

    help: str
    module: str
    function: str
    reading: bool = False  # made for people: fewer columns, values in words
    beside: bool = False  # cannot hold its provenance: a file NAME-metadata.json stands beside it
    citations: bool = False


WHATS = {
    "evidence": What("each claim and condition with the evidence found for it", "litmap.tables.evidence"),
    "studies": What("characteristics of the studies that bear on a claim", "litmap.tables.studies", citations=True),
    "claims": What("every claim with its tags and verdicts", "litmap.tables.listings", "claims"),
    "records": What(
        "every PubMed record with its tags and level", "litmap.tables.references", "records", citations=True
    ),
    "map": What("every cell of the map, condition by route", "litmap.tables.listings", "cells"),
    "decisions": What("every decision of the reviewers", "litmap.tables.listings", "decisions"),
    "references": What(
        "the records that bear on a claim, as numbered references",
        "litmap.tables.references",
        "references",
        citations=True,
    ),
    "searches": What("every search, for the appendix that PRISMA-S asks for", "litmap.tables.listings", "searches"),
    "codebook": What("every code with its definition", "litmap.tables.codebook", "codes"),
    "coding-form": What("a blank form for coding the records by hand", "litmap.tables.codebook", "form"),
}
FORMATS = {
    "csv": Format("comma-separated values", "litmap.tables.delimited", "write_csv", beside=True),
    "tsv": Format("tab-separated values", "litmap.tables.delimited", "write_tsv", beside=True),
    "json": Format("one JSON object with provenance, columns and rows", "litmap.tables.delimited", "write_json"),
    "jsonl": Format("one JSON object on each line", "litmap.tables.delimited", "write_jsonl", beside=True),
    "md": Format("Markdown with GitHub's tables", "litmap.tables.markdown", "write", reading=True),
    "html": Format("one accessible HTML file that needs nothing else", "litmap.tables.html", "write", reading=True),
    "xlsx": Format("Excel workbook with a sheet on methods", "litmap.tables.xlsx", "write"),
    "docx": Format(
        "Word document, landscape, with references and the map", "litmap.tables.docx", "write", reading=True
    ),
    "ris": Format(
        "references for Zotero, EndNote and others", "litmap.tables.citations", "write_ris", beside=True, citations=True
    ),
    "nbib": Format(
        "references in PubMed's own format", "litmap.tables.citations", "write_nbib", beside=True, citations=True
    ),
    "bib": Format("references for BibTeX", "litmap.tables.citations", "write_bib", citations=True),
}
EXTENSIONS = {"markdown": "md", "htm": "html", "ndjson": "jsonl", "tab": "tsv", "bibtex": "bib", "medline": "nbib"}


class Done(NamedTuple):
    """What an export wrote."""

    rows: int
    format: str
    beside: Path | None  # the file with the provenance, for formats that cannot hold it
    left_out: int = 0  # retracted records


def write(
    store: Store,
    what: str,
    path: Path,
    *,
    form: str | None = None,
    view: View | None = None,
    force: bool = False,
    excel: bool = False,
    beside: bool = True,
) -> Done:
    """Export `what` to a file; `-` is stdout. The format comes from `form` or the file's extension.

    The file is written whole or not at all. Raises QueryError for an unknown thing, format, column or filter, and
    InputError for a path that cannot be used or exists while `force` is not given.
    """
    view = view or View()
    name = form_of(what, path, form)
    chosen = FORMATS[name]
    writer = _writer(chosen, excel)
    other = path.with_name(f"{path.name}-metadata.json") if chosen.beside and beside and path != STDOUT else None
    with nullcontext() if store.conn.in_transaction else _Snapshot(store), target(path, force) as out:
        table = load(store, what, view)
        shape = replace(view, columns=_pmid_column(table), group_by=None) if chosen.citations else view
        made = shaped(store, table, shape, reading=chosen.reading)
        told = provenance.of(store, view.described())
        count = writer(made, told, out)
    if other is not None:
        with target(other, force=True) as out:
            out.write(metadata(made, told, path.name, count))
    return Done(count, name, other, made.left_out)


def load(store: Store, what: str, view: View | None = None) -> Table:
    """Return one of WHATS as a table. Raises QueryError, naming close ones, when there is no such thing."""
    if what not in WHATS:
        close = get_close_matches(what, WHATS, n=3, cutoff=0.5)
        raise QueryError(
            f"there is no {what!r} to export",
            f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(WHATS)}",
        )
    chosen = WHATS[what]
    made: Table = getattr(importlib.import_module(chosen.module), chosen.function)(
        store, bool(view and view.include_retracted)
    )
    return made


def form_of(what: str, path: Path, form: str | None) -> str:
    """Return the name of the format: as given, or by the file's extension. Raises QueryError when it is none."""
    extension = path.suffix.lstrip(".").casefold()
    name = (form or EXTENSIONS.get(extension, extension)).casefold()
    if form is None and not extension:
        raise QueryError(
            "the name of the file does not say its format", f"add an extension or --format: {', '.join(FORMATS)}"
        )
    if name not in FORMATS:
        raise QueryError(f"{name!r} is not a format", f"there are {', '.join(FORMATS)}")
    if FORMATS[name].citations and what in WHATS and not WHATS[what].citations:
        fit = ", ".join(key for key, one in WHATS.items() if one.citations)
        raise QueryError(
            f"{what} cannot be written as {name}, which holds references only", f"export one of these: {fit}"
        )
    return name


def _pmid_column(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.kind in ("pmid", "pmids"))[:1]


def _writer(chosen: Format, excel: bool) -> Callable[[Table, Provenance, BinaryIO], int]:
    function: Callable[..., int] = getattr(importlib.import_module(chosen.module), chosen.function)
    if excel:
        if chosen.function != "write_csv":
            raise InputError("--excel is for CSV", "write .xlsx instead, which Excel opens as it is")
        return lambda table, told, out: function(table, told, out, excel=True)
    return function


class _Snapshot:
    """One read transaction, so that a table, its counts and its digest are of one moment."""

    def __init__(self, store: Store) -> None:
        self.conn = store.conn

    def __enter__(self) -> None:
        self.conn.execute("begin")

    def __exit__(self, *_: Any) -> None:
        self.conn.execute("rollback")
