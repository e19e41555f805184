"""litmap review."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from litmap.commands import options
from litmap.wording import counted, unmarked

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
    "--stage",
    type=click.Choice(["title-abstract", "full-text"]),
    default="title-abstract",
    show_default=True,
    help="full-text: the records that title and abstract let pass.",
)
@click.option("--awaiting", is_flag=True, help="Only what one other reviewer has voted on: it awaits a second vote.")
@click.option("--conflicts", is_flag=True, help="Settle what reviewers disagree on: their votes are shown.")
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
def command(database: Path, reviewer: str | None, seed: int, **asked: Any) -> None:
    """Decide, record by record, what bears on each claim.

    On a terminal: single keys, ? lists them. From a pipe: lines of keys, e.g. "s1 d i" or "e2"; a key that asks for text
    takes the rest of its line, or the next; a key of the next record declines what was offered. Every decision is kept at once; the next sitting goes on where you left.
    """
    from litmap.store import open_store

    plan = Plan(**asked)
    plan.check()
    if not reviewer and sys.stdin.isatty():
        reviewer = click.prompt("Your name, kept with each decision", err=True)
    if not reviewer:
        raise click.UsageError("a decision needs a name: --reviewer NAME, or the variable LITMAP_REVIEWER")
    keys = Keys()
    with open_store(database) as store:
        items = _items(store, reviewer, plan, seed, keys)
        if items:
            _sit(store, reviewer, items, plan, keys)
        elif plan.conflicts or plan.awaiting:
            options.say("There are no conflicts to settle." if plan.conflicts else "Nothing awaits a second vote.")
        else:
            options.say(f"{reviewer} has decided on all of it.")
        _share(store)


@dataclass(frozen=True)
class Plan:
    """What a sitting is about, as asked for."""

    claim: str | None
    blind: bool
    order: str | None
    stage: str
    awaiting: bool
    conflicts: bool
    sample: int | None

    def check(self) -> None:
        """Raise click.UsageError for options that contradict each other."""
        if self.blind and self.order in ("best", "uncertain"):
            raise click.UsageError(f"--order {self.order} would show the rank that --blind hides.")
        if self.sample is not None and (self.claim or self.order):
            raise click.UsageError("--sample draws its records: it goes with neither --claim nor --order.")
        if self.sample is not None and (self.conflicts or self.awaiting or self.stage == "full-text"):
            raise click.UsageError("--sample is of suggestions: not with --awaiting, --conflicts or --stage full-text.")
        if self.conflicts and (self.blind or self.order or self.awaiting):
            raise click.UsageError("--conflicts shows what was voted: not with --blind, --order or --awaiting.")


class Keys:
    """Where keys come from: a terminal, or the lines of a pipe."""

    def __init__(self) -> None:
        self.piped = not sys.stdin.isatty()
        self._first = ""

    def check(self) -> None:
        """Raise InputError where no key can come, before anything is written."""
        from litmap.errors import InputError

        if not self.piped and not sys.stdout.isatty():
            raise InputError("the review draws on a terminal, and its output goes elsewhere", "run it without > or |")
        if self.piped and not self._first:
            self._first = sys.stdin.readline()
            if not self._first:
                raise InputError(
                    "there is no terminal to review on, and no keys came in",
                    "run it in a terminal, or pipe keys: echo i | litmap review DATABASE",
                )

    def lines(self) -> Iterator[str]:
        """Yield the lines of the pipe."""
        yield self._first
        yield from sys.stdin


def _items(store: Store, reviewer: str, plan: Plan, seed: int, keys: Keys) -> list[Item]:
    from litmap.review import queue, sampling
    from litmap.review.decisions import check_reviewer
    from litmap.review.session import Item

    name = check_reviewer(reviewer)
    if plan.conflicts:
        return queue.conflicts(store, claim=plan.claim, stage=plan.stage)
    if plan.sample is None:
        order = plan.order or "best"
        items = queue.waiting(store, name, claim=plan.claim, order=order, blind=plan.blind, stage=plan.stage)
        return queue.second(store, name, items, stage=plan.stage) if plan.awaiting else items
    keys.check()  # a sample is kept once it is drawn
    drawn = sampling.draw(store, plan.sample, seed)
    options.say(
        f"Sample of {len(drawn.links)} from {counted(drawn.population, 'suggestion')}, seed {drawn.seed}, drawn {drawn.drawn_at}."
    )
    return queue.still_open([Item(*link) for link in drawn.links], queue.decided(store.conn, name, plan.stage))


def _sit(store: Store, reviewer: str, items: list[Item], plan: Plan, keys: Keys) -> None:
    from litmap import clock
    from litmap.review.desk import MapDesk
    from litmap.review.pages import Pages
    from litmap.review.session import Session

    desk = MapDesk(store, reviewer, blind=plan.blind, stage=plan.stage, resolving=plan.conflicts)
    session = Session(desk, items, today=clock.now()[:10], by_claim=plan.sample is None, stage=plan.stage)
    keys.check()
    if keys.piped:
        _from_lines(session, keys.lines())
    else:
        _from_keys(session, desk, Pages(store, blind=plan.blind))
    left = sum(desk.open(item) for item in items)
    options.say(
        f"{counted(len(session.log), 'entry', 'entries')} made by {desk.reviewer}; {left:,} of {counted(len(items), 'record')} still open."
    )


def _from_lines(session: Session, lines: Iterable[str]) -> None:
    for line in lines:
        told = len(session.log)
        session.line(line.rstrip("\r\n"))
        for entry in session.log[told:]:
            options.say(entry)
        if session.message and len(session.log) == told:
            options.say(session.message)
        if session.mode == "done":
            break


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
        more = [
            f"{number} “{unmarked(pages.claim(key)['text'])}”" for number, (key, _) in enumerate(session.offered, 1)
        ]
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
