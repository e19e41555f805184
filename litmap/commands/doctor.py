"""litmap doctor."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("doctor")
@options.database
@options.listing
@options.common
def command(database: Path, form: str | None) -> None:
    """Check a map: file, keys, full-text index, quotes, counts.

    Writes nothing. Exit 1 when something is wrong.
    """
    import os

    from litmap.errors import StoreError
    from litmap.ingest.checks import examine
    from litmap.store import open_store

    with open_store(database, read_only=not os.access(database, os.W_OK)) as store:
        checks = examine(store)
    options.emit(
        form, ("check", "looked_at", "result"), [(check.name, check.looked_at, check.result) for check in checks]
    )
    for check in checks:
        for example in check.examples:
            click.echo(f"{check.name}: {example}", err=True)
    wrong = sum(check.problems for check in checks)
    if wrong:
        raise StoreError(
            f"{options.counted(wrong, 'problem')} in {database}", "restore a backup, or load and tag again: litmap tag " + str(database)
        )
