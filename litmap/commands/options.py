"""What the commands share: their common options, listings, and talk on stderr."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

database = click.argument("database", type=click.Path(path_type=Path))


def common(function: Command) -> Command:
    """Add -q/--quiet and --debug."""
    function = click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")(function)
    return click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=_set_quiet, help="Only data and errors.")(function)


def _set_quiet(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    ctx.meta["litmap.quiet"] = value


def say(message: str) -> None:
    """Talk to the user, on stderr, unless -q was given."""
    context = click.get_current_context(silent=True)
    if not (context and context.meta.get("litmap.quiet")):
        click.echo(message, err=True)


def listing(function: Command) -> Command:
    """Add --table (the default), --json and --csv; the function gets `form`."""
    for form, text in (("csv", "CSV with a header row."), ("json", "JSON: a list of objects."), ("table", "A table for people (the default).")):
        function = click.option(f"--{form}", "form", flag_value=form, default=None, help=text)(function)
    return function


def emit(form: str | None, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows to stdout in the form that `listing` gave."""
    if form == "json":
        click.echo(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], indent=2, ensure_ascii=False))
    elif form == "csv":
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_inert(cell) for cell in row] for row in rows)
        click.echo(buffer.getvalue(), nl=False)
    else:
        click.echo(_table(columns, rows))


def _inert(cell: Any) -> Any:
    """A cell that a spreadsheet would run as a formula becomes text (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    from tabulate import tabulate

    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not cells:
        return "(no rows)"
    terminal = shutil.get_terminal_size((100, 24)).columns
    share = max(12, terminal // len(columns))
    widths = [share if max(len(row[i]) for row in cells) > share else None for i in range(len(columns))]
    return str(tabulate(cells, list(columns), tablefmt="simple", maxcolwidths=widths, disable_numparse=True))


def progress_wanted() -> bool:
    """Long work shows progress on a terminal, and none in a pipe."""
    context = click.get_current_context(silent=True)
    return sys.stderr.isatty() and not (context and context.meta.get("litmap.quiet"))


def progress_stream() -> TextIO:
    """Where a progress bar may draw: the terminal, else nowhere."""
    return sys.stderr if progress_wanted() else io.StringIO()
