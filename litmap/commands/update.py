"""litmap update."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from litmap.commands import asking, options

if TYPE_CHECKING:
    from litmap.ingest.updating import SearchUpdate, UpdateReport


@click.command("update")
@options.database
@click.option("--link/--no-link", default=True, show_default=True, help="Link again where the map has links.")
@asking.asking
@options.common
def command(database: Path, link: bool, **who: Any) -> None:
    """Search again, and look again at every record in use.

    Runs the stored searches for records that are new, newly indexed or revised, and fetches every record that
    bears on a claim or was decided upon: a retraction reaches the map the day it is run. Prints what changed
    for each claim.
    """
    from litmap.ingest.updating import update
    from litmap.store import open_store

    with open_store(database) as store, asking.client(**who) as client:
        report = update(store, client, link=link, searching=asking.Progress("searches"), progress=asking.Progress())
    _tell(report)
    if not report.searches and not report.checked:
        options.say(
            f"There is nothing to update: no search is stored and no record is in use. Next: litmap search {database} 'QUERY'"
        )
    elif not report.linked:
        options.say(f"Next: litmap link {database}")


def _tell(report: UpdateReport) -> None:
    for one in report.searches:
        _tell_search(one)
    received = report.received
    lost = len(received.missing) + len(received.rejected)
    options.say(f"{report.checked:,} records in use were looked at again")
    click.echo(
        f"{received.wanted:,} expected = {received.here:,} received ({asking.account(received)}) + {lost:,} missing"
    )
    asking.name_missing(received)
    for pmid, said in report.records.items():
        click.echo(f"PMID {pmid}: {', '.join(said)}")
    for change in report.claims:
        click.echo(f"{change.key} {change.text}")
        for note in change.notes:
            click.echo(f"  {note}")
    if not report.claims:
        click.echo("nothing changed for any claim")


def _tell_search(one: SearchUpdate) -> None:
    limits = ", ".join(f"{name} {value}" for name, value in one.limits._asdict().items() if value is not None)
    options.say(f"search: {one.query}" + (f" ({limits})" if limits else ""))
    for phrase in one.found.phrases_not_found:
        click.echo(f"Warning: not found in PubMed: {phrase}", err=True)
    parts = f"{len(one.entered)} new in PubMed, {len(one.matching)} newly matching, {len(one.gone)} no longer, {len(one.revised)} revised or newly indexed"
    asked = f", {len(one.found.pmids):,} asked for (--limit)" if len(one.found.pmids) != one.found.count else ""
    click.echo(f"{one.found.count:,} found{asked}, {one.before:,} before: {parts}")
