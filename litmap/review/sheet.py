"""Decisions by spreadsheet: every suggestion as a row, written out to be filled in, read back whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litmap.errors import InputError
from litmap.escaping import inert
from litmap.linking.evidence import refresh_evidence
from litmap.linking.standing import Entry, entries
from litmap.review.decisions import check_claim, check_record, check_reviewer, check_words, decide
from litmap.store import Store

ABOUT = (
    *(
        "map",
        "claim_key",
        "pmid",
        "claim",
        "heading",
        "rank",
        "title",
        "journal",
        "year",
        "level",
        "design",
        "integrity",
    ),
    *("conclusion_of_machine", "reasons", "abstract"),
)
FILLED = ("stage", "verdict", "reason", "stance", "directness", "note")
COLUMNS = (*ABOUT, *FILLED)
NAMED = 10  # how many faulty rows a message names
WHOLE_MAP = "*"  # in the column claim_key: the record's eligibility for the whole map


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What an import did. rows = written + unchanged + empty."""

    rows: int
    written: int
    unchanged: int
    empty: int


def map_mark(conn: sqlite3.Connection) -> str:
    """Return a short word that tells this map from others: made from its first document, which is kept for ever."""
    row = conn.execute("select source, sha256, retrieved_at from documents order by id limit 1").fetchone()
    return hashlib.sha256(repr(tuple(row or ())).encode()).hexdigest()[:12]


def rows(store: Store, reviewer: str | None = None, claim_key: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield a row for each suggested record of each active claim, best ranked first, filled in with what `reviewer` said.

    Without a reviewer the columns to fill in are empty: other people's votes stay hidden. Raises InputError for an
    unknown claim.
    """
    check_claim(store.conn, claim_key)
    mark = map_mark(store.conn)
    mine = _latest(store.conn, reviewer) if reviewer else {}
    found = store.conn.execute(
        """select c.key as claim_key, l.pmid, c.text as claim, c.heading, l.rank, r.title, r.journal, r.pub_year as year,
             r.level, r.design, r.integrity, case l.bears when 1 then 'bears on the claim' else '' end as conclusion_of_machine,
             l.reasons, r.abstract
           from links l join claims c on c.id = l.claim_id join records r on r.pmid = l.pmid
           where c.status = 'active' and (? is null or c.key = ?) order by c.id, l.rank""",
        (claim_key, claim_key),
    )
    for row in found:
        said = mine.get((row["claim_key"], row["pmid"]))
        filled = {name: getattr(said, name) if said else None for name in FILLED}
        reasons = "; ".join(json.loads(row["reasons"]))
        yield {"map": mark, **dict(row), "reasons": reasons, **filled}


def _latest(conn: sqlite3.Connection, reviewer: str) -> dict[tuple[str | None, int], Entry]:
    name = check_reviewer(reviewer)
    found = {(e.claim_key, e.pmid): e for e in entries(conn) if e.reviewer == name}
    return {key: entry for key, entry in found.items() if entry.kind != "withdrawal"}


def write(path: Path, found: Iterable[Mapping[str, Any]]) -> int:
    """Write rows to a .csv or .xlsx file and return how many. Raises InputError for another kind of file."""
    table = [[inert(row[name]) for name in COLUMNS] for row in found]
    if path.suffix.lower() == ".xlsx":
        _write_xlsx(path, table)
    elif path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(table)
    else:
        raise InputError(f"{path.name} is neither .csv nor .xlsx", "end the file's name in .csv or .xlsx")
    return len(table)


def _write_xlsx(path: Path, table: Sequence[Sequence[Any]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet("decisions")
    page.freeze_panes = "A2"
    page.append(COLUMNS)
    for row in table:
        page.append(
            [
                "".join(c for c in cell if c.isprintable() or c == "\n") if isinstance(cell, str) else cell
                for cell in row
            ]
        )
    book.save(path)


def read(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read a sheet as (line, row) pairs; cells are text. Raises InputError for a file that is no such sheet."""
    try:
        table = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    header = [cell.strip().lower() for cell in table[0]] if table else []
    missing = [name for name in ("claim_key", "pmid", "verdict") if name not in header]
    if missing:
        raise InputError(
            f"{path.name} has no column {', '.join(missing)}",
            "start from: litmap decisions DATABASE --export sheet.csv",
        )
    found = []
    for line, cells in enumerate(table[1:], 2):
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        if any(row.values()):
            found.append((line, row))
    return found


def _read_csv(path: Path) -> list[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name} is not UTF-8 text (byte {error.start})", "save it as CSV UTF-8, or as .xlsx"
        ) from error
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(f"{path.name} is not a CSV file: {error}") from error


def _read_xlsx(path: Path) -> list[list[str]]:
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError) as error:
        raise InputError(f"{path.name} is not an .xlsx file", "save it again as .xlsx or .csv") from error
    page = book.worksheets[0]
    table = [["" if cell is None else _as_text(cell) for cell in row] for row in page.iter_rows(values_only=True)]
    book.close()
    return table


def _as_text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def take(
    store: Store,
    sheet: Sequence[tuple[int, dict[str, str]]],
    reviewer: str,
    *,
    blind: bool = False,
    kind: str = "vote",
) -> SheetReport:
    """Enter a sheet's decisions, all or none, in one transaction; `kind` is vote or resolution.

    A row without a verdict is skipped; one that says what the reviewer said last is left alone. Raises InputError,
    naming lines: unknown claims or PMIDs, words that are none of the allowed ones, rows that contradict each
    other, a sheet from another map.
    """
    name = check_reviewer(reviewer)
    given = [(line, row) for line, row in sheet if row.get("verdict")]
    with store.transaction() as conn:
        latest = _latest_by_stage(conn, name, kind)
        wanted = _checked(conn, given)
        new = {key: said for key, said in wanted.items() if latest.get(key) != said}
        for (claim_key, pmid, stage), (verdict, reason, stance, directness, note) in new.items():
            decide(store, claim_key=claim_key, pmid=pmid, reviewer=name, verdict=verdict, kind=kind, stage=stage, reason=reason,
                   stance=stance, directness=directness, note=note, blind=blind, refresh=False)  # fmt: skip
        if new:
            refresh_evidence(store)
    return SheetReport(len(sheet), len(new), len(given) - len(new), len(sheet) - len(given))


Place = tuple[str | None, int, str]  # claim key, PMID, stage
Said = tuple[str | None, ...]  # verdict, reason, stance, directness, note


def _latest_by_stage(conn: sqlite3.Connection, reviewer: str, kind: str) -> dict[Place, Said]:
    found = {
        (e.claim_key, e.pmid, e.stage): (e.verdict, e.reason, e.stance, e.directness, e.note) if e.kind == kind else ()
        for e in entries(conn)
        if e.reviewer == reviewer
    }
    return {place: said for place, said in found.items() if said}


def _checked(conn: sqlite3.Connection, given: Sequence[tuple[int, dict[str, str]]]) -> dict[Place, Said]:
    mark = map_mark(conn)
    if any(row.get("map") not in (None, "", mark) for _, row in given):
        line = next(line for line, row in given if row.get("map") not in (None, "", mark))
        raise InputError(
            f"the sheet was made from another map (line {line})", "import it into the map that it was exported from"
        )
    found: dict[Place, Said] = {}
    lines: dict[Place, int] = {}
    faults: list[str] = []
    for line, row in given:
        try:
            place, said = _parsed(conn, row)
        except InputError as error:
            faults.append(f"line {line}: {error}")
            continue
        if place in found and found[place] != said:
            faults.append(f"line {line}: contradicts line {lines[place]}")
        found.setdefault(place, said)
        lines.setdefault(place, line)
    if faults:
        more = f"; and {len(faults) - NAMED} more" if len(faults) > NAMED else ""
        raise InputError(
            f"nothing was imported: {'; '.join(faults[:NAMED])}{more}", "correct these lines and import the sheet again"
        )
    return found


def _parsed(conn: sqlite3.Connection, row: Mapping[str, str]) -> tuple[Place, Said]:
    words = {name: (row.get(name) or "").removeprefix("'") or None for name in FILLED}
    stage = (words["stage"] or "title-abstract").lower()
    verdict, stance, directness = (
        value.lower() if (value := words[name]) else None for name in ("verdict", "stance", "directness")
    )
    check_words(kind="vote", stage=stage, verdict=verdict, stance=stance, directness=directness)
    number = row.get("pmid", "")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise InputError(f"{number!r} is not a PMID")
    key = None if row.get("claim_key") == WHOLE_MAP else row.get("claim_key", "")
    check_claim(conn, key)
    check_record(conn, int(number))
    return (key, int(number), stage), (verdict, words["reason"], stance, directness, words["note"])
