"""litmap tag."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("tag")
@options.database
@options.common
def command(database: Path) -> None:
    """Find claims, tag and level everything again.

    People's entries are kept. Run it after litmap or the vocabulary changed; then run litmap link.
    """
    from litmap.ingest.derive import retag
    from litmap.store import open_store

    with open_store(database) as store:
        total = store.value("select count(*) from records")
        with click.progressbar(length=total, label="records", file=options.progress_stream()) as bar:
            changes = retag(store, progress=bar.update)
    options.say(f"{changes.documents} documents: {len(changes.claims_new)} claims new, {len(changes.claims_gone)} gone")
    for what, tags in (("claims", changes.claim_tags), ("records", changes.record_tags)):
        options.say(f"tags of {what}: " + ", ".join(f"{facet} +{added} -{removed}" for facet, (added, removed) in tags.items()))
    options.say(f"{changes.records} records: design, level or rule changed for {changes.levels}")
