"""litmap decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from litmap.commands import options

if TYPE_CHECKING:
    from litmap.store import Store


@click.command("decisions")
@options.database
@click.option(
    "--export",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a sheet (.csv or .xlsx) of all suggestions, to fill in.",
)
@click.option(
    "--import",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Enter the decisions of a filled-in sheet: all, or none.",
)
@click.option(
    "--reviewer",
    metavar="NAME",
    help="Whose decisions they are; with --export, fill in what this reviewer said; in lists, what this reviewer may see.",
)
@click.option("--claim", "claim_key", metavar="KEY", help="In lists and with --export: this claim alone.")
@click.option(
    "--stage",
    type=click.Choice(["title-abstract", "full-text"]),
    default="title-abstract",
    show_default=True,
    help="With --export: at full-text, what title and abstract let pass. With --import: the stage of rows that name none.",
)
@click.option(
    "--blind",
    is_flag=True,
    help="With --export: neither rank nor level, and shuffled. With --import: the reviewer saw neither.",
)
@click.option("--resolve", is_flag=True, help="With --import: these settle what reviewers disagree on.")
@click.option("--force", is_flag=True, help="With --export: replace FILE if it exists.")
@click.option(
    "--awaiting",
    "state",
    flag_value="awaiting",
    default=None,
    help="What one reviewer alone has voted on: list it, or --export it.",
)
@click.option(
    "--conflicts",
    "state",
    flag_value="conflict",
    help="What reviewers disagree on and nobody resolved: list it, or --export it with the votes.",
)
@click.option("--resolved", "state", flag_value="resolved", help="List what a further entry resolved.")
@options.listing
@options.common
def command(database: Path, **asked: Any) -> None:
    """List, export or import people's decisions.

    Without --export or --import: what the decisions come to for each claim and record, and in the last column whether the record
    is retracted, of concern or corrected. In a sheet, the columns stage, verdict (include,
    exclude, unsure), reason, stance, directness and note are to be filled in; rows left empty are passed over.
    """
    from litmap.store import open_store

    wish = Wish(**asked)
    wish.check()
    with open_store(database, read_only=not wish.source) as store:
        if wish.target:
            _export(store, wish, wish.target)
        elif wish.source:
            _import(store, wish, wish.source)
        else:
            _list(store, wish)


@dataclass(frozen=True)
class Wish:
    """What was asked for."""

    target: Path | None
    source: Path | None
    reviewer: str | None
    claim_key: str | None
    stage: str
    blind: bool
    resolve: bool
    force: bool
    state: str | None
    form: str | None

    def check(self) -> None:
        """Raise click.UsageError for options that contradict each other."""
        if self.target and self.source:
            raise click.UsageError("--export and --import do not go together.")
        if self.state and self.source:
            raise click.UsageError("--awaiting, --conflicts and --resolved choose rows; they do not go with --import.")
        if self.source and not self.reviewer:
            raise click.UsageError("--import needs --reviewer NAME: every decision is somebody's.")


def _export(store: Store, wish: Wish, target: Path) -> None:
    from litmap.errors import InputError
    from litmap.review import sheet, sheet_files

    if target.exists() and not wish.force:
        raise InputError(f"{target} exists already", "choose another name, or add --force")
    rows = sheet.rows(store, wish.reviewer, wish.claim_key, stage=wish.stage, blind=wish.blind, state=wish.state)
    count = sheet_files.write(target, sheet.COLUMNS, rows)
    options.say(f"{target}: {options.counted(count, 'row')} to decide on.")


def _import(store: Store, wish: Wish, source: Path) -> None:
    from litmap.review import sheet, sheet_files

    kind = "resolution" if wish.resolve else "vote"
    found = sheet_files.read(source)
    report = sheet.take(store, found, wish.reviewer or "", blind=wish.blind, kind=kind, stage=wish.stage)
    options.say(
        f"{source}: {options.counted(report.rows, 'row')} = {report.written} entered + {report.unchanged} as they were + {report.empty} without a verdict."
    )


def _list(store: Store, wish: Wish) -> None:
    from litmap.review import reviewers, reviewers_text
    from litmap.review.corrections import resolve

    key = resolve(store.conn, wish.claim_key) if wish.claim_key is not None else None
    if wish.state:
        noted = reviewers.integrity(store.conn)
        found = reviewers_text.open_rows(reviewers.open_items(store.conn), wish.state, wish.reviewer, key, noted)
        options.emit(wish.form, reviewers_text.OPEN_COLUMNS, found)
    else:
        options.emit(wish.form, OUTCOMES, _outcomes(store, wish.reviewer, key))


OUTCOMES = ("claim_key", "pmid", "verdict", "stance", "reviewers", "stage", "integrity")


def _outcomes(store: Store, reviewer: str | None, wanted: str | None) -> Iterator[tuple[Any, ...]]:
    """What decisions come to; of a reviewer named, where that reviewer has decided: others' votes stay hidden before."""
    from litmap.linking.standing import standings
    from litmap.review.decisions import check_reviewer
    from litmap.review.queue import own
    from litmap.review.reviewers import integrity
    from litmap.review.sheet import WHOLE_MAP

    noted = integrity(store.conn)
    mine = own(store.conn, check_reviewer(reviewer)) if reviewer is not None else None
    for (key, pmid), outcome in sorted(standings(store.conn).items(), key=lambda item: (item[0][0] or "", item[0][1])):
        if wanted in (None, key) and (mine is None or (key, pmid) in mine):
            names = ", ".join(sorted(entry.reviewer for entry in outcome.entries))
            yield key or WHOLE_MAP, pmid, outcome.verdict, outcome.stance, names, outcome.entries[0].stage, noted.get(pmid)
