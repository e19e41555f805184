"""litmap agreement."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("agreement")
@options.database
@click.argument("coded", type=click.Path(path_type=Path), required=False)
@click.option("--reviewers", is_flag=True, help="Compare the reviewers' decisions with each other instead.")
@click.option("--disagreements", is_flag=True, help="List the values that only one of the two gave.")
@click.option("--strict", is_flag=True, help="Exit with 3 when a row of CODED cannot be used.")
@options.listing
@options.common
def command(
    database: Path, coded: Path | None, reviewers: bool, disagreements: bool, strict: bool, form: str | None
) -> None:
    """Compare the machine's tags, levels and claims with a person's coding.

    CODED is a CSV with a column pmid or claim_key and columns condition, route, intervention, and design, level (records) or claim_type,
    polarity, certainty (claims). Several slugs are joined by semicolons; "none" says that none applies; an empty cell is
    not coded. A blank form: litmap export DATABASE coding-form.

    With --reviewers: for each pair of reviewers and stage, the table of their votes cast before sight of the other's, kappa with its
    95 % interval (drawn by claim), and kappa adjusted for prevalence and bias; what awaits a second vote, conflicts, resolutions.
    """
    if reviewers == (coded is not None):
        raise click.UsageError("Give a file CODED, or --reviewers.")
    if coded is not None:
        _with_a_person(database, coded, disagreements, strict, form)
    else:
        _among_reviewers(database, form)


def _with_a_person(database: Path, coded: Path, disagreements: bool, strict: bool, form: str | None) -> None:
    from litmap.errors import StrictError
    from litmap.review import agreement, coding
    from litmap.store import open_store

    text = coded.read_bytes().decode("utf-8-sig", errors="replace")
    with open_store(database, read_only=True) as store:
        person = coding.read(text, coding.known(store), coding.items(store))
        found = agreement.compare(store, person)
    if disagreements:
        options.emit(form, agreement.Disagreement._fields, found.disagreements)
    else:
        options.emit(form, agreement.Row._fields, [[_short(value) for value in row] for row in found.rows])
        options.say(f"{len(found.disagreements)} disagreements; list them with --disagreements")
    for skipped in person.skipped:
        options.say(f"line {skipped.line}, {skipped.item}: {skipped.reason}")
    if strict and person.skipped:
        raise StrictError(f"cells or rows that could not be used: {len(person.skipped)}")


def _among_reviewers(database: Path, form: str | None) -> None:
    from litmap.review import reviewers, reviewers_text
    from litmap.store import open_store

    with open_store(database, read_only=True) as store:
        found, waiting = reviewers.compare(store.conn), reviewers.waiting(store.conn)
    if form == "json":
        click.echo(reviewers_text.as_json(found, waiting))
    elif form == "csv":
        options.emit(form, reviewers_text.COLUMNS, reviewers_text.flat(found))
    else:
        click.echo(reviewers_text.plain(found))
    for line in reviewers_text.left(waiting):
        options.say(line)


def _short(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value
