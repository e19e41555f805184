"""litmap init."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from litmap.commands import options


@click.command("init")
@options.database
@click.option("--vocabulary", type=click.Path(path_type=Path), help="A folder of CSV files for another topic.")
@options.common
def command(database: Path, vocabulary: Path | None) -> None:
    """Make a new, empty evidence map."""
    from litmap.ingest.new import create_map

    with create_map(database, vocabulary) as store:
        count = store.value("select count(*) from conditions")
    name = shlex.quote(str(database))
    options.say(f"{database}: a new map with {count} conditions. Next: litmap import {name} PAGE..., litmap load {name} RECORDS...")
