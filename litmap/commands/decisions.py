"""litmap decisions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from litmap.commands import options


@click.command("decisions")
@options.database
@click.option(
    "--export",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a sheet (.csv or .xlsx) of all suggestions, to fill in.",
)
@click.option(
    "--import",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Enter the decisions of a filled-in sheet: all, or none.",
)
@click.option(
    "--reviewer", metavar="NAME", help="Whose decisions they are; with --export, fill in what this reviewer said."
)
@click.option("--claim", "claim_key", metavar="KEY", help="With --export: this claim alone.")
@click.option("--blind", is_flag=True, help="With --import: the reviewer saw neither rank nor level.")
@click.option("--resolve", is_flag=True, help="With --import: these settle what reviewers disagree on.")
@click.option("--force", is_flag=True, help="With --export: replace FILE if it exists.")
@click.option(
    "--awaiting", "state", flag_value="awaiting", default=None, help="List what one reviewer alone has voted on."
)
@click.option(
    "--conflicts", "state", flag_value="conflict", help="List what reviewers disagree on and nobody resolved."
)
@click.option("--resolved", "state", flag_value="resolved", help="List what a further entry resolved.")
@options.listing
@options.common
def command(
    database: Path,
    target: Path | None,
    source: Path | None,
    reviewer: str | None,
    claim_key: str | None,
    blind: bool,
    resolve: bool,
    force: bool,
    state: str | None,
    form: str | None,
) -> None:
    """List, export or import people's decisions.

    Without --export or --import: what the decisions come to for each claim and record. In a sheet, the columns stage, verdict (include,
    exclude, unsure), reason, stance, directness and note are to be filled in; rows without a verdict are passed over.
    """
    from litmap.errors import InputError
    from litmap.review import sheet
    from litmap.store import open_store

    if target and source:
        raise click.UsageError("--export and --import do not go together.")
    if state and (target or source):
        raise click.UsageError("--awaiting, --conflicts and --resolved list; they do not go with --export or --import.")
    if source and not reviewer:
        raise click.UsageError("--import needs --reviewer NAME: every decision is somebody's.")
    with open_store(database, read_only=not source) as store:
        if target:
            if target.exists() and not force:
                raise InputError(f"{target} exists already", "choose another name, or add --force")
            count = sheet.write(target, sheet.rows(store, reviewer, claim_key))
            options.say(f"{target}: {count} rows to decide on.")
        elif source:
            report = sheet.take(
                store, sheet.read(source), reviewer or "", blind=blind, kind="resolution" if resolve else "vote"
            )
            options.say(
                f"{source}: {report.rows} rows = {report.written} entered + {report.unchanged} as they were + {report.empty} without a verdict."
            )
        elif state:
            from litmap.review import reviewers, reviewers_text

            found = reviewers_text.open_rows(reviewers.open_items(store.conn), state, reviewer, claim_key)
            options.emit(form, reviewers_text.OPEN_COLUMNS, found)
        else:
            options.emit(form, ("claim_key", "pmid", "verdict", "stance", "reviewers", "stage"), _outcomes(store.conn))


def _outcomes(conn: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    from litmap.linking.standing import standings
    from litmap.review.sheet import WHOLE_MAP

    for (key, pmid), outcome in sorted(standings(conn).items(), key=lambda item: (item[0][0] or "", item[0][1])):
        names = ", ".join(sorted(entry.reviewer for entry in outcome.entries))
        yield key or WHOLE_MAP, pmid, outcome.verdict, outcome.stance, names, outcome.entries[0].stage
