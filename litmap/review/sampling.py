"""Random samples of suggestions: how many of what the program suggests do people confirm?"""

from __future__ import annotations

import math
import random
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from litmap import clock
from litmap.errors import InputError
from litmap.linking.standing import Standing, standings
from litmap.store import Store

SEED = 1
Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Sample:
    """One stored draw, in the order drawn: whoever stops half-way has still seen a random part of it."""

    id: int
    seed: int
    n: int  # as asked for; fewer are drawn when there are fewer suggestions
    population: int  # undecided suggestions at the time
    drawn_at: str
    links: tuple[tuple[str, int], ...]  # claim key, PMID


@dataclass(frozen=True, slots=True)
class Share:
    """What people made of a sample. Doubts and conflicts are neither confirmed nor refused."""

    sample: Sample
    confirmed: int
    decided: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """confirmed / decided, 0 to 1."""
        return self.confirmed / self.decided

    def sentence(self) -> str:
        """E.g. "80 % of 20 (95 % interval 58 to 92 %)"."""
        return f"{100 * self.share:.0f} % of {self.decided} (95 % interval {100 * self.low:.0f} to {100 * self.high:.0f} %)"


def wilson(successes: int, of: int) -> tuple[float, float]:
    """Return the 95 % score interval of a proportion (Wilson 1927). Raises ValueError unless of > 0."""
    if of <= 0:
        raise ValueError("a proportion of nothing")
    share, square = successes / of, Z * Z
    middle = share + square / (2 * of)
    spread = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, (middle - spread) / (1 + square / of)), min(1.0, (middle + spread) / (1 + square / of))


def draw(store: Store, n: int, seed: int = SEED) -> Sample:
    """Return the sample of this size and seed, drawing and storing it when there is none yet.

    Drawn without replacement from the suggestions (links that bear) nobody has decided on. Uses a transaction of its
    own. Raises InputError when n is less than 1 or nothing is left to draw from.
    """
    if n < 1:
        raise InputError(f"--sample {n} asks for no links", "give a number of 1 or more")
    held = find(store.conn, n, seed)
    if held is not None:
        return held
    population = undecided(store.conn)
    if not population:
        raise InputError("there are no suggestions left that nobody has decided on", "link the map first: litmap link")
    chosen = random.Random(seed).sample(population, min(n, len(population)))
    with store.transaction() as conn:
        cursor = conn.execute(
            "insert into samples (seed, n, population, drawn_at) values (?, ?, ?, ?)",
            (seed, n, len(population), clock.now()),
        )
        number = int(cursor.lastrowid or 0)
        rows = [(number, position, *link) for position, link in enumerate(chosen, 1)]
        conn.executemany("insert into sample_links (sample_id, position, claim_key, pmid) values (?, ?, ?, ?)", rows)
    return _sample(store.conn, number)


def undecided(conn: sqlite3.Connection) -> list[tuple[str, int]]:
    """Return the suggestions without any decision, by claim key and PMID."""
    decided = standings(conn)
    rows = conn.execute(
        "select c.key, l.pmid from links l join claims c on c.id = l.claim_id where l.bears = 1 and c.status = 'active' order by 1, 2"
    )
    return [(key, pmid) for key, pmid in rows if (key, pmid) not in decided and (None, pmid) not in decided]


def find(conn: sqlite3.Connection, n: int, seed: int) -> Sample | None:
    """Return the stored sample of this size and seed, or None."""
    row = conn.execute("select id from samples where n = ? and seed = ?", (n, seed)).fetchone()
    return None if row is None else _sample(conn, row[0])


def _sample(conn: sqlite3.Connection, number: int) -> Sample:
    row = conn.execute("select id, seed, n, population, drawn_at from samples where id = ?", (number,)).fetchone()
    links = conn.execute("select claim_key, pmid from sample_links where sample_id = ? order by position", (number,))
    return Sample(row[0], row[1], row[2], row[3], row[4], tuple((link[0], link[1]) for link in links))


def samples(conn: sqlite3.Connection) -> list[Sample]:
    """Return all samples, the oldest first."""
    return [_sample(conn, row[0]) for row in conn.execute("select id from samples order by id").fetchall()]


def _verdict(decided: Mapping[tuple[str | None, int], Standing], key: str, pmid: int) -> str | None:
    """What people say of a link: a record that they excluded from the whole map bears on no claim."""
    whole, own = decided.get((None, pmid)), decided.get((key, pmid))
    if whole is not None and whole.verdict == "exclude":
        return "exclude"
    return own.verdict if own else None


def share(conn: sqlite3.Connection) -> Share | None:
    """Return what people confirmed of the latest sample they decided on; None before that."""
    decided = None
    for sample in reversed(samples(conn)):
        decided = standings(conn) if decided is None else decided
        verdicts = [_verdict(decided, *link) for link in sample.links]
        included, n = verdicts.count("include"), verdicts.count("include") + verdicts.count("exclude")
        if n:
            return Share(sample, included, n, *wilson(included, n))
    return None
