"""litmap status."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("status")
@options.database
@options.listing
@options.common
def command(database: Path, form: str | None) -> None:
    """Say what is in the map, what is out of date and what to run next."""
    from litmap.ingest import status
    from litmap.store import open_store

    with open_store(database, read_only=True) as store:
        options.emit(form, ("what", "count", "note"), [(row.what, row.count, row.note) for row in status.overview(store)])
        for sentence, command_line in status.outdated(store):
            click.echo(f"Out of date: {sentence}: {command_line}", err=True)
        options.say_unknown(status.unknown_types(store))
        options.say(f"Next: {status.next_step(store)}")
