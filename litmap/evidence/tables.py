"""Read the rule files: CSV tables whose mistakes are named by file, line and rule."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from litmap.errors import RuleError as RuleError


@dataclass(frozen=True)
class Row:
    """One row of a rule file, knowing where it stands."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fail(self, reason: str, hint: str = "") -> NoReturn:
        """Raise RuleError naming file, line and rule."""
        name = next(iter(self.cells.values()), "")
        raise RuleError(
            f"{self.file}, line {self.line}, rule {name or '(unnamed)'}: {reason}",
            hint or "correct that line of the rule file",
        )

    def choice(self, column: str, allowed: Sequence[str]) -> str:
        """The cell, which must be one of `allowed`. Raises RuleError."""
        value = self[column]
        if value not in allowed:
            self.fail(f"{column} is {value!r}", f"use one of: {', '.join(word or '(empty)' for word in allowed)}")
        return value

    def number(self, column: str, low: int, high: int) -> int | None:
        """The cell as a whole number between `low` and `high`, or None when it is empty. Raises RuleError."""
        value = self[column]
        if not value:
            return None
        if not value.isdecimal() or not low <= int(value) <= high:
            self.fail(f"{column} is {value!r}, not a whole number from {low} to {high}")
        return int(value)

    def decimal(self, column: str) -> float:
        """The cell as a number; empty is 0. Raises RuleError."""
        value = self[column]
        try:
            found = float(value or 0)
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            self.fail(f"{column} is {value!r}, not a number")
        return found

    def regex(self, column: str, called: str = "") -> re.Pattern[str] | None:
        """The cell as a regular expression; empty is None. Raises RuleError, in which `called` stands for the column."""
        try:
            return re.compile(self[column]) if self[column] else None
        except re.error as error:
            self.fail(f"{called or column} is not a regular expression: {error}")

    def share(self, column: str) -> float:
        """The cell as a number from 0 to 1; it may not be empty. Raises RuleError."""
        found = self.decimal(column)
        if not self[column] or not 0 <= found <= 1:
            self.fail(f"{column} is {self[column]!r}, not a number from 0 to 1")
        return found


def read(where: Path, pattern: str = "*.csv") -> dict[str, str]:
    """The rule files of a folder, by name. Raises RuleError for a folder without one and for a file that is not UTF-8."""
    texts = {}
    for path in sorted(where.glob(pattern)):
        try:
            texts[path.name] = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise RuleError(
                f"{path.name} is not UTF-8 text: {error.reason} at byte {error.start}", "save it as UTF-8"
            ) from error
    if not texts:
        raise RuleError(f"{where} holds no rule files", "give a folder like litmap's own db/evidence")
    return texts


def rows(texts: Mapping[str, str], file: str, columns: Sequence[str], *, some: bool = False) -> Iterator[Row]:
    """Yield the rows of one rule file. Raises RuleError for a missing file, column or name, for a name used twice and,
    where there must be `some`, for a file without any."""
    if file not in texts:
        raise RuleError(f"the rule file {file} is missing", "copy it from litmap's own db/evidence")
    reader = csv.reader(io.StringIO(texts[file]), strict=True)
    seen: dict[str, int] = {}
    try:
        header = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in columns if column not in header]
        if missing:
            raise RuleError(
                f"{file}, line 1: the column {missing[0]} is missing", f"the columns are: {', '.join(columns)}"
            )
        for cells in reader:
            if cells and any(cell.strip() for cell in cells):
                yield _row(file, reader.line_num, header, cells, seen)
    except csv.Error as error:
        raise RuleError(
            f"{file}, line {reader.line_num}: {error}", "save the file as comma-separated UTF-8 text"
        ) from error
    if some and not seen:
        raise RuleError(f"{file}, line 1: no rule stands below the header", "copy it from litmap's own db/evidence")


def _row(file: str, line: int, header: Sequence[str], cells: Sequence[str], seen: dict[str, int]) -> Row:
    row = Row(file, line, dict(zip(header, (cell.strip() for cell in cells), strict=False)))
    if len(cells) != len(header):
        row.fail(
            f"{len(cells)} cells where the header has {len(header)}", "put quotes around a cell that holds a comma"
        )
    name = cells[0].strip()
    if not name:
        row.fail(f"no {header[0]}")
    if seen.setdefault(name, line) != line:
        row.fail(f"the same {header[0]} stands on line {seen[name]}")
    return row
