"""litmap review."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from litmap.commands import options

if TYPE_CHECKING:
    from litmap.review.desk import MapDesk
    from litmap.review.pages import Pages
    from litmap.review.session import Item, Session
    from litmap.store import Store


@click.command("review")
@options.database
@click.option("--claim", metavar="KEY", help="Only this claim; the key may be shortened.")
@click.option("--reviewer", envvar="LITMAP_REVIEWER", help="Your name, kept with each decision (or LITMAP_REVIEWER).")
@click.option("--blind", is_flag=True, help="Show neither rank nor level, and shuffle the records of a claim.")
@click.option(
    "--order",
    type=click.Choice(["best", "uncertain", "newest"]),
    help="Records of a claim: best ranked first (the default), least certain, newest.",
)
@click.option(
    "--sample",
    type=int,
    metavar="N",
    help="Review a random sample of N suggestions: the share confirmed tells how far to trust the rest.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="With --sample: another number draws another sample."
)
@options.common
def command(
    database: Path,
    claim: str | None,
    reviewer: str | None,
    blind: bool,
    order: str | None,
    sample: int | None,
    seed: int,
) -> None:
    """Decide, record by record, what bears on each claim.

    On a terminal: single keys, ? lists them. From a pipe: lines of keys, e.g. "s1 d i" or "e2"; a key that asks for text
    takes the rest of its line, or the next. Every decision is kept at once; the next sitting goes on where you left.
    """
    from litmap.store import open_store

    if blind and order in ("best", "uncertain"):
        raise click.UsageError(f"--order {order} would show the rank that --blind hides.")
    if sample is not None and (claim or order):
        raise click.UsageError("--sample draws its records: it goes with neither --claim nor --order.")
    if not reviewer and sys.stdin.isatty():
        reviewer = click.prompt("Your name, kept with each decision", err=True)
    if not reviewer:
        raise click.UsageError("a decision needs a name: --reviewer NAME, or the variable LITMAP_REVIEWER")
    with open_store(database) as store:
        items = _items(store, reviewer, claim, order, blind, sample, seed)
        if items:
            _sit(store, reviewer, items, blind=blind, by_claim=sample is None)
        else:
            options.say(f"{reviewer} has decided on all of it.")
        _share(store)


def _items(
    store: Store, reviewer: str, claim: str | None, order: str | None, blind: bool, sample: int | None, seed: int
) -> list[Item]:
    from litmap.review import queue, sampling
    from litmap.review.decisions import check_reviewer
    from litmap.review.session import Item

    name = check_reviewer(reviewer)
    if sample is None:
        return queue.waiting(store, name, claim=claim, order=order or "best", blind=blind)
    drawn = sampling.draw(store, sample, seed)
    options.say(
        f"Sample of {len(drawn.links)} from {drawn.population} suggestions, seed {drawn.seed}, drawn {drawn.drawn_at}."
    )
    return queue.still_open([Item(*link) for link in drawn.links], queue.own(store.conn, name))


def _sit(store: Store, reviewer: str, items: list[Item], *, blind: bool, by_claim: bool) -> None:
    from litmap import clock
    from litmap.errors import InputError
    from litmap.review.desk import MapDesk
    from litmap.review.pages import Pages
    from litmap.review.session import Session

    desk = MapDesk(store, reviewer, blind=blind)
    session = Session(desk, items, today=clock.now()[:10], by_claim=by_claim)
    if not sys.stdin.isatty():
        _from_lines(session)
    elif sys.stdout.isatty():
        _from_keys(session, desk, Pages(store, blind=blind))
    else:
        raise InputError("the review draws on a terminal, and its output goes elsewhere", "run it without > or |")
    left = sum(desk.open(item) for item in items)
    made = "1 entry" if len(session.log) == 1 else f"{len(session.log)} entries"
    options.say(f"{made} made by {desk.reviewer}; {left} of {len(items)} records still open.")


def _from_lines(session: Session) -> None:
    from litmap.errors import InputError

    none = True
    for line in sys.stdin:
        none, told = False, len(session.log)
        session.line(line.rstrip("\r\n"))
        for entry in session.log[told:]:
            options.say(entry)
        if session.message and len(session.log) == told:
            options.say(session.message)
        if session.mode == "done":
            break
    if none:
        raise InputError(
            "there is no terminal to review on, and no keys came in",
            "run it in a terminal, or pipe keys: echo i | litmap review DATABASE",
        )


def _from_keys(session: Session, desk: MapDesk, pages: Pages) -> None:
    from litmap.review.terminal import single_keys, whole_lines

    with single_keys() as keys, suppress(EOFError, KeyboardInterrupt):
        while session.mode != "done":
            _draw(session, desk, pages)
            if session.asks_text:
                try:
                    with whole_lines():
                        session.text(input("> "))
                except (EOFError, KeyboardInterrupt):
                    session.cancel()
            else:
                session.key(keys.read())
    click.clear()


def _draw(session: Session, desk: MapDesk, pages: Pages) -> None:
    from litmap.review import screen
    from litmap.review.session import Item

    columns, rows = shutil.get_terminal_size((80, 24))
    item = session.item
    if session.verdict_on and (item is None or item.claim_key != session.verdict_on):
        item = next(Item(*other) for other in session.items if other.claim_key == session.verdict_on)
    more = desk.tally(session.verdict_on) if session.verdict_on else ()
    if session.mode == "offer":
        more = [f"{number} “{pages.claim(key)['text']}”" for number, (key, _) in enumerate(session.offered, 1)]
    style = screen.PLAIN if os.environ.get("TERM") == "dumb" else screen.ANSI
    size = (columns, rows - session.asks_text)
    lines = screen.render(session, pages.page(item) if item else None, more, desk.reviewer, size, style)
    click.clear()
    click.echo("\n".join(lines), nl=session.asks_text)


def _share(store: Store) -> None:
    from litmap.review import sampling

    found = sampling.share(store.conn)
    if found:
        options.say(f"Confirmed of the random sample: {found.sentence()}.")
