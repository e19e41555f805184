"""litmap tag."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from litmap.commands import options


@click.command("tag")
@options.database
@click.option("--record", type=click.IntRange(1, 999_999_999), metavar="PMID", help="Correct the tags of this record instead.")
@click.option("--add", multiple=True, metavar="FACET=SLUG[:ROLE]", help="The record has this tag.")
@click.option("--remove", multiple=True, metavar="FACET=SLUG[:ROLE]", help="The record does not have this tag.")
@click.option("--set", "change", multiple=True, metavar="FACET=SLUG:ROLE", help="The tag has this role and no other.")
@click.option("--withdraw", multiple=True, metavar="FACET=SLUG", help="Take back what you said of this tag.")
@options.signed
@options.common
def command(
    database: Path,
    record: int | None,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    change: tuple[str, ...],
    withdraw: tuple[str, ...],
    reviewer: str | None,
    reason: str | None,
) -> None:
    """Find claims, tag and level everything again.

    People's entries are kept. Run it after litmap or the vocabulary changed; then run litmap link.

    With --record, correct the tags of one record: facets are condition, route and intervention. Corrections are kept for
    ever, with name and time, and laid over whatever is found when the record is revised or tagged again.
    """
    asked = [
        (action, words)
        for action, given in (("withdraw", withdraw), ("remove", remove), ("set", change), ("add", add))
        for words in given
    ]
    if record is None and not asked:
        _tag_again(database)
    elif record is None or not asked:
        raise click.UsageError("a correction of tags needs --record PMID, and one of --add, --remove, --set or --withdraw")
    else:
        _correct(database, record, asked, options.signer(reviewer), reason)


def _correct(database: Path, record: int, asked: Sequence[tuple[str, str]], reviewer: str, reason: str | None) -> None:
    """Enter all corrections in one transaction, or none."""
    from litmap.ingest import record_corrections as corrections
    from litmap.store import open_store

    with open_store(database) as store, store.transaction() as conn:
        entries = [entry for action, words in asked for entry in corrections.tagging(conn, record, action, words)]
        corrections.enter(store, entries, reviewer=reviewer, reason=reason)
    done = {"add": "added", "remove": "removed", "set": "set", "withdraw": "withdrawn"}
    for entry in entries:
        options.say(f"PMID {record}: {done[entry.action]}: {entry.field} {entry.slug}{f' as {entry.role}' if entry.role else ''}")


def _tag_again(database: Path) -> None:
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
