"""litmap link."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from litmap.commands import options


@click.command("link")
@options.database
@click.option(
    "--top", type=click.IntRange(min=1), default=50, show_default=True, help="How many records to keep for each claim."
)
@options.common
def command(database: Path, top: int) -> None:
    """Rank the records that bear on each claim."""
    from litmap import linking
    from litmap.store import open_store

    with open_store(database) as store:
        if options.progress_wanted():
            with click.progressbar(length=1000, label="Linking claims", file=sys.stderr) as bar:

                def show(done: int, of: int) -> None:
                    bar.update(1000 * done // of - bar.pos)

                report = linking.link(store, top=top, progress=show)
        else:
            report = linking.link(store, top=top)
    parts = f"{report.linked} linked, {report.without} without a record, {report.unchanged} unchanged"
    options.say(f"{options.counted(report.claims, 'claim')}: {parts}.")
    bear = "of them bears" if report.bearing == 1 else "of them bear"
    links, rows = options.counted(report.links, "link"), options.counted(report.written, "row")
    options.say(f"{links}, {report.bearing:,} {bear} on the claim; {rows} written.")
