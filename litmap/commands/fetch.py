"""litmap fetch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from litmap.commands import asking, options

if TYPE_CHECKING:
    from litmap.pubmed.entrez import Client
    from litmap.store import Store


@click.command("fetch")
@options.database
@click.argument("pmids", nargs=-1, metavar="[PMID...|-|FILE]")
@click.option("--from-references", "listed", is_flag=True, help="The records that loaded lists name and the map lacks.")
@click.option("--resolve", is_flag=True, help="The same; before that, ask PubMed for the rows that were not matched.")
@click.option("--strict", is_flag=True, help="Exit 3 when records are missing.")
@asking.asking
@options.common
def command(database: Path, pmids: tuple[str, ...], listed: bool, resolve: bool, strict: bool, **who: Any) -> None:
    """Fetch PubMed records by PMID.

    Give PMIDs, the names of files that hold some, or - for the standard input. Records in the map
    are fetched again and replaced when PubMed has a newer one.
    """
    from litmap.errors import StrictError
    from litmap.ingest import references
    from litmap.ingest.searching import fetch
    from litmap.store import open_store

    listed = listed or resolve
    if not pmids and not listed:
        raise click.UsageError("Give PMIDs, --from-references or --resolve.")
    wanted = _pmids(pmids) if pmids else []
    with open_store(database) as store, asking.client(**who) as client:
        if resolve:
            _resolve(store, client)
        if listed:
            wanted = list(dict.fromkeys((*wanted, *references.to_fetch(store.conn))))
            if not wanted:
                options.say("No list names a record that the map lacks.")
                return
        received = fetch(store, client, wanted, progress=asking.Progress())
    lost = len(received.missing) + len(received.rejected)
    click.echo(
        f"{received.wanted:,} expected = {received.here:,} received ({asking.account(received)}) + {lost:,} missing"
    )
    asking.name_missing(received)
    if lost and strict:
        raise StrictError(f"{options.counted(lost, 'record')} missing", "they are named above")


def _resolve(store: Store, client: Client) -> None:
    """Ask for the unmatched rows of lists, and name those that stay so."""
    from litmap.ingest.resolving import resolve

    done = resolve(store, client, progress=asking.Progress("references"))
    for label in done.unmatched:
        click.echo(f"Unmatched: {label}", err=True)
    options.say(
        f"{done.asked} unmatched = {done.by_doi} found by DOI + {done.by_citation} by citation + {len(done.unmatched)} not found"
    )


def _pmids(words: tuple[str, ...]) -> list[int]:
    """The PMIDs meant. Raises InputError for a word that is neither a PMID nor a file of some."""
    from litmap.errors import InputError
    from litmap.ingest.searching import pmids_in

    found: list[int] = []
    for word in words:
        if word == "-":
            some, odd, where = *pmids_in(sys.stdin.read()), "the standard input"
        elif Path(word).is_file():
            try:
                some, odd, where = *pmids_in(Path(word).read_text(encoding="utf-8-sig")), word
            except UnicodeDecodeError:
                raise InputError(
                    f"{word} is not a text file of PMIDs", "give one PMID a line; litmap load reads files of records"
                ) from None
        else:
            some, odd, where = *pmids_in(word), ""
        if odd:
            raise InputError(
                f"{odd[0]!r} is not a PMID" + (f" ({where})" if where else " and not a file"),
                "a PMID has 1 to 9 digits",
            )
        found += some
    if not found:
        raise InputError("no PMID was given", "give PMIDs, a file of them, or - and some on the standard input")
    return list(dict.fromkeys(found))
