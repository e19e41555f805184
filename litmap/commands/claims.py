"""litmap claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from litmap.commands import options
from litmap.wording import unmarked

COLUMNS = ("key", "document", "start", "end", "type", "question", "polarity", "certainty", "status", "claim")
SHORT = ("key", "type", "polarity", "certainty", "claim")  # what a terminal has room for


@click.command("claims")
@options.database
@click.option("--document", help="Only the claims of this document: its id or source.")
@click.option("--type", "claim_type", help="Only claims of this type.")
@click.option(
    "--status",
    type=click.Choice(["active", "dismissed", "gone", "all"]),
    default="active",
    show_default=True,
    help="Which claims.",
)
@click.option("--dismiss", multiple=True, metavar="KEY", help="This is no claim.")
@click.option("--restore", multiple=True, metavar="KEY", help="A dismissed claim is one after all.")
@click.option(
    "--add",
    nargs=3,
    type=(str, int, int),
    multiple=True,
    metavar="DOC START END",
    help="This stretch of a document is a claim.",
)
@click.option(
    "--set",
    "change",
    nargs=2,
    multiple=True,
    metavar="KEY FIELD=VALUE",
    help="Set type, polarity or certainty of a claim.",
)
@options.signed
@options.listing
@options.common
def command(
    database: Path,
    document: str | None,
    claim_type: str | None,
    status: str,
    dismiss: tuple[str, ...],
    restore: tuple[str, ...],
    add: tuple[tuple[str, int, int], ...],
    change: tuple[tuple[str, str], ...],
    reviewer: str | None,
    reason: str | None,
    form: str | None,
) -> None:
    """List the claims, or correct them.

    Corrections are kept for ever, with name and time, and laid over whatever is found when a page is imported or the map is
    tagged again. A KEY may be shortened to its first letters.
    """
    from litmap.review import listing
    from litmap.store import open_store

    if not (dismiss or restore or add or change):
        with open_store(database, read_only=True) as store:
            rows = listing.claims(store, document=document, claim_type=claim_type, status=status)
        if form in ("json", "csv"):
            options.emit(form, COLUMNS, rows)
        else:
            places = [COLUMNS.index(name) for name in SHORT[:-1]]
            options.emit(form, SHORT, [[*(row[place] for place in places), unmarked(row[-1])] for row in rows])
        return
    done = _correct(database, dismiss, restore, add, change, options.signer(reviewer), reason)
    for words in done:
        options.say(words)


def _correct(
    database: Path,
    dismiss: tuple[str, ...],
    restore: tuple[str, ...],
    add: tuple[tuple[str, int, int], ...],
    change: tuple[tuple[str, str], ...],
    reviewer: str,
    reason: str | None,
) -> list[str]:
    """Enter all corrections in one transaction, or none."""
    from litmap.review import corrections
    from litmap.store import open_store

    who: dict[str, Any] = {"reviewer": reviewer, "reason": reason}
    with open_store(database) as store, store.transaction():
        done = [f"dismissed: {corrections.dismiss(store, key, **who)}" for key in dismiss]
        done += [f"active again: {corrections.restore(store, key, **who)}" for key in restore]
        done += [f"added: {corrections.add(store, name, start, end, **who)}" for name, start, end in add]
        for key, words in change:
            field, _, value = words.partition("=")
            done.append(f"{field} is {value}: {corrections.set_field(store, key, field, value, **who)}")
    return done
