"""litmap search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from litmap.commands import asking, options

if TYPE_CHECKING:
    from litmap.ingest.claim_queries import Group, Plan
    from litmap.ingest.searching import Limits, SearchReport
    from litmap.pubmed.entrez import Client, Found
    from litmap.store import Store


@click.command("search")
@options.database
@click.argument("query", required=False)
@click.option(
    "--claims",
    is_flag=True,
    help="Search for the claims of the map: one query for each intervention, condition and question.",
)
@click.option("--dry-run", is_flag=True, help="With --claims: show the queries, ask nothing.")
@click.option(
    "--question",
    "questions",
    multiple=True,
    metavar="QUESTION",
    help="With --claims: only these (benefit, harm, mechanism, other, prevalence, official-record).",
)
@click.option("--broad", is_flag=True, help="With --claims: also for claims that name no condition.")
@click.option("--again", is_flag=True, help="With --claims: also what was searched before.")
@click.option("--count", is_flag=True, help="Say how many there are; fetch and store nothing.")
@click.option("--since", metavar="DATE", help="Only records that entered PubMed on DATE (YYYY-MM-DD) or later.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N.")
@click.option(
    "--sort",
    type=click.Choice(["relevance", "date", "author", "journal"]),
    help="The order that --limit cuts; PubMed's own is the newest first.",
)
@click.option("--strict", is_flag=True, help="Exit 3 when records are missing.")
@asking.asking
@options.common
def command(
    database: Path, query: str | None, claims: bool, dry_run: bool, questions: tuple[str, ...], broad: bool, again: bool, count: bool,
    since: str | None, limit: int | None, sort: str | None, strict: bool, **who: Any,
) -> None:  # fmt: skip
    """Search PubMed, fetch what is new.

    The search is stored with PubMed's reading of it. A search that was stopped goes on when it is run again.
    """
    from litmap.errors import StrictError
    from litmap.ingest.searching import Limits
    from litmap.store import open_store

    _check(query, claims, dry_run or again or broad or bool(questions))
    limits = Limits(since, limit, sort)
    with open_store(database, read_only=dry_run or count) as store:
        if claims:
            missing = _claims(
                store, limits, count=count, dry_run=dry_run, again=again, questions=questions, broad=broad, who=who
            )
        else:
            with asking.client(**who) as client:
                missing = _one(store, client, query or "", limits, count=count)
        following = f"litmap link {database}" if not (count or dry_run) else ""
    if following:
        options.say(f"Next: {following}")
    if missing and strict:
        raise StrictError(f"{options.counted(missing, 'record')} missing", "they are named above")


def _check(query: str | None, claims: bool, only_claims: bool) -> None:
    if claims == bool(query):
        raise click.UsageError(
            "Give a query, or --claims, not both."
            if claims
            else "Give a query, or --claims to search for the claims of the map."
        )
    if only_claims and not claims:
        raise click.UsageError("--dry-run, --question, --broad and --again go with --claims.")


def _one(store: Store, client: Client, query: str, limits: Limits, *, count: bool, claims: tuple[int, ...] = ()) -> int:
    from litmap.ingest.searching import search
    from litmap.pubmed import entrez

    if count:
        found = entrez.count(client, limits.term(query))
        _tell_reading(found)
        click.echo(str(found.count))
        return 0
    report = search(store, client, query, limits, claims=claims, progress=asking.Progress())
    _tell_reading(report.found, by_hand=not claims)
    _tell(report)
    return len(report.missing)


def _tell_reading(found: Found, *, by_hand: bool = True) -> None:
    """How PubMed read the query. Of a query we wrote, wordings that nobody uses are only counted."""
    if by_hand:
        options.say(f"PubMed read it as: {found.translation or '(nothing)'}")
        for phrase in found.phrases_not_found:
            click.echo(f"Warning: not found in PubMed: {phrase}", err=True)
    elif found.phrases_not_found:
        options.say(f"{options.counted(len(found.phrases_not_found), 'wording')} of the vocabulary not found in PubMed")
    for remark in found.remarks:
        options.say(f"PubMed says: {remark}")


def _tell(report: SearchReport) -> None:
    if report.resumed:
        options.say("An earlier run of this search was stopped; this one went on from there.")
    if report.found.count != report.expected:
        click.echo(f"{report.found.count:,} found, {report.expected:,} asked for (--limit)")
    else:
        click.echo(f"{report.found.count:,} found")
    received, missing = report.received, len(report.missing)
    came = f"{report.expected - missing:,} received ({asking.account(received)}, {report.already:,} in the map already)"
    click.echo(f"{report.expected:,} expected = {came} + {missing:,} missing")
    asking.name_missing(received)


# ---------------------------------------------------------------- for the claims


def _claims(
    store: Store,
    limits: Limits,
    *,
    count: bool,
    dry_run: bool,
    again: bool,
    questions: tuple[str, ...],
    broad: bool,
    who: dict[str, Any],
) -> int:
    from litmap.ingest.claim_queries import plan
    from litmap.ingest.new import stored_vocabulary
    from litmap.ingest.searching import already_searched

    made = plan(store, stored_vocabulary(store), questions=questions, broad=broad)
    missing = 0
    for group in made.groups if dry_run else ():
        _tell_group(group)
        click.echo(group.query)
    if not dry_run:
        with asking.client(**who) as client:
            for number, group in enumerate(made.groups, 1):
                options.say(f"[{number} of {len(made.groups)}]")
                _tell_group(group)
                when = None if again or count else already_searched(store, group.query, limits, group.claims)
                if when:
                    click.echo(f"searched on {when[:10]}; litmap update runs it again")
                    continue
                options.say(group.query)
                missing += _one(store, client, group.query, limits, count=count, claims=group.claims)
    _tell_left(made)
    if dry_run:
        _name_left(store, made)
    return missing


def _tell_group(group: Group) -> None:
    click.echo(f"# {group.name} ({options.counted(len(group.claims), 'claim')})")


def _tell_left(made: Plan) -> None:
    served = {claim for group in made.groups for claim in group.claims}
    options.say(f"{options.counted(len(made.groups), 'query', 'queries')} for {options.counted(len(served), 'claim')}.")
    for reason, claims in made.left.items():
        options.say(f"Not searched: {options.counted(len(claims), 'claim')} ({reason})")
    if any(reason.startswith(("official-record:", "prevalence:")) for reason in made.left):
        options.say("Search them nevertheless with --question official-record or --question prevalence.")


def _name_left(store: Store, made: Plan) -> None:
    """Which claims would not be searched, one by one."""
    for reason, claims in made.left.items():
        for number in claims:
            key, text = store.conn.execute("select key, text from claims where id = ?", (number,)).fetchone()
            options.say(f"Not searched: {key} {text} ({reason.split(':')[0]})")
