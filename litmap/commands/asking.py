"""What the commands that ask PubMed share: their options, the client, progress, and how records are accounted for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from litmap.commands import options

if TYPE_CHECKING:
    from litmap.ingest.searching import Received
    from litmap.pubmed.entrez import Client

Command = TypeVar("Command", bound=Callable[..., Any])
SHOWN = 50  # PMIDs named in one line of talk


def asking(function: Command) -> Command:
    """Add --email, --api-key, --timeout and --no-cache."""
    for option in (
        click.option(
            "--no-cache",
            is_flag=True,
            help="Keep no raw replies in the cache folder for the case that this run is stopped.",
        ),
        click.option(
            "--timeout",
            envvar="LITMAP_TIMEOUT",
            type=click.FloatRange(min=0.01),
            metavar="SECONDS",
            help="Without a byte from PubMed: ask for less, then give up. Default: 30.",
        ),
        click.option(
            "--api-key",
            metavar="KEY",
            help="Your NCBI API key: 10 requests a second, not 3. Better in LITMAP_API_KEY or NCBI_API_KEY.",
        ),
        click.option("--email", metavar="ADDRESS", help="Whom NCBI may write to. Or in LITMAP_EMAIL or NCBI_EMAIL."),
    ):
        function = option(function)
    return function


@contextmanager
def client(email: str | None, api_key: str | None, timeout: float | None, no_cache: bool) -> Iterator[Client]:
    """The client for one command; says on the way out that a stopped run can go on."""
    from litmap.pubmed.entrez import AGAIN, Client, from_environment

    settings = from_environment(email, api_key, timeout)
    if not settings.email and settings.is_ncbi:
        options.say("NCBI asks who is asking: give --email, or set LITMAP_EMAIL.")
    one = Client(settings, cached=not no_cache, tell=_say)
    try:
        yield one
    except KeyboardInterrupt:
        raise KeyboardInterrupt(AGAIN) from None
    finally:
        _clear()
        if one.journal.problem:
            options.say(f"Raw replies were not cached: {one.journal.problem}")
        one.close()


def _clear() -> None:
    """Take the progress line away before something else is said."""
    if options.progress_wanted():
        sys.stderr.write("\r\033[K")


def _say(message: str) -> None:
    _clear()
    options.say(message)


class Progress:
    """Records done, the rate and the time left, on a terminal."""

    def __init__(self, label: str = "records") -> None:
        self.label = label
        self.wanted = options.progress_wanted()
        self.began: tuple[float, int] | None = None  # when, and how many were there already

    def __call__(self, done: int, of: int) -> None:
        """Draw the line anew."""
        if not self.wanted or not of:
            return
        now = time.monotonic()
        self.began = self.began or (now, done)
        line = f"{done:,} of {of:,} {self.label}"
        seconds, here = now - self.began[0], done - self.began[1]
        if seconds > 0 and here > 0:
            line += f", {here / seconds:,.0f}/s, {options.left((of - done) * seconds / here)}"
        sys.stderr.write(f"\r\033[K{line}" + ("\n" if done >= of else ""))
        sys.stderr.flush()


def named(pmids: Sequence[int]) -> str:
    """PMIDs in one line of talk."""
    more = len(pmids) - SHOWN
    return ", ".join(map(str, pmids[:SHOWN])) + (f" and {more:,} more" if more > 0 else "")


def account(received: Received) -> str:
    """What came, by kind."""
    kinds = (("new", received.new), ("updated", received.updated), ("unchanged", received.unchanged))
    return ", ".join(f"{len(pmids):,} {kind}" for kind, pmids in kinds)


def name_missing(received: Received) -> None:
    """Name every PMID that did not come, on stderr."""
    for pmid in received.missing:
        click.echo(f"Missing: PMID {pmid}: PubMed does not give this record", err=True)
    for pmid, why in sorted(received.rejected.items()):
        click.echo(f"Missing: PMID {pmid}: it arrived, but {why}", err=True)
