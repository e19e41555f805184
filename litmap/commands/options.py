"""What the commands share: their common options, listings, and talk on stderr."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from litmap.escaping import inert
from litmap.wording import counted as counted

if TYPE_CHECKING:
    from litmap.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])

_NARROWEST = 12
# C0 and C1 controls but tab and line feed; the marks that embed, override or isolate a direction (Unicode TR 9)
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

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
        click.echo(tame(message), err=True)


@contextmanager
def reading(database: Path) -> Iterator[Store]:
    """Open a map whose sums are to be shown, and say when they are out of date (`litmap status` looks more closely)."""
    from litmap import due
    from litmap.store import open_store

    with open_store(database, read_only=True) as store:
        if claims := due.unsummed(store):
            click.echo(tame("Out of date: {}: {}".format(*due.told(store, claims))), err=True)
        yield store


def signed(function: Command) -> Command:
    """Add --reviewer (or LITMAP_REVIEWER) and --reason: whose a correction is, and why. See `signer`."""
    function = click.option("--reason", help="Why, kept with each correction.")(function)
    return click.option(
        "--reviewer", envvar="LITMAP_REVIEWER", help="Your name, kept with each correction (or LITMAP_REVIEWER)."
    )(function)


def signer(reviewer: str | None) -> str:
    """Return the name given with `signed`. Raises click.UsageError when there is none."""
    if not reviewer:
        raise click.UsageError("a correction needs a name: --reviewer NAME, or the variable LITMAP_REVIEWER")
    return reviewer


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
        writer.writerows([inert(cell) for cell in row] for row in rows)
        click.echo(buffer.getvalue(), nl=False)
    else:
        click.echo(_table(columns, rows))


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    from tabulate import tabulate

    cells = [["" if cell is None else tame(str(cell)) for cell in row] for row in rows]
    if not cells:
        return "(no rows)"
    natural = [max(len(column), *(max(map(len, row[i].split("\n"))) for row in cells)) for i, column in enumerate(columns)]
    room = shutil.get_terminal_size((100, 24)).columns - 2 * (len(columns) - 1)
    share = _share(natural, room)
    widths = [max(share, len(column)) if width > share else None for column, width in zip(columns, natural, strict=True)]
    return str(tabulate(cells, list(columns), tablefmt="simple", maxcolwidths=widths, disable_numparse=True))


def _share(natural: Sequence[int], room: int) -> int:
    """Return the width at which wide columns wrap: they share what narrow ones leave, but stay readable."""
    left, open_ = room, len(natural)
    for width in sorted(natural):
        if width * open_ > left:
            break
        left, open_ = left - width, open_ - 1
    return max(_NARROWEST, left // open_ if open_ else room)


def tame(text: str) -> str:
    """Text of a page for a terminal: what would move the cursor, set a colour or turn the writing round becomes "\N{REPLACEMENT CHARACTER}"."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def progress_wanted() -> bool:
    """Long work shows progress on a terminal, and none in a pipe."""
    context = click.get_current_context(silent=True)
    return sys.stderr.isatty() and not (context and context.meta.get("litmap.quiet"))


def say_unknown(types: Iterable[tuple[str, int]]) -> None:
    """Warn of publication types that no rule knows, with how many records have each."""
    for name, count in types:
        click.echo(f"Warning: publication type {tame(name)!r} ({counted(count, 'record')}) is not in NLM's list; no rule uses it", err=True)


def left(seconds: float) -> str:
    """The time that a long work still takes."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02} left"


def progress_stream() -> TextIO:
    """Where a progress bar may draw: the terminal, else nowhere."""
    return sys.stderr if progress_wanted() else io.StringIO()

