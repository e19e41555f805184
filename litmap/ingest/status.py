"""What is in a map, what is out of date, and what to run next."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from litmap import claims, linking
from litmap import due as due_links
from litmap.evidence import Rules, Types
from litmap.ingest.new import stored_vocabulary
from litmap.model import PublicationType
from litmap.review import sampling
from litmap.store import Store

COUNTS = (
    ("documents", "select count(*) from documents where current = 1", "select 'versions in all: ' || count(*) from documents"),
    ("claims", "select count(*) from claims where status = 'active'", "select count(*) filter (where status = 'dismissed') || ' dismissed, ' || count(*) filter (where status = 'gone') || ' gone' from claims"),
    ("claims the literature can answer", "select count(*) from claims where status = 'active' and question in ('benefit', 'harm', 'mechanism')", "select 'benefit, harm or mechanism'"),
    ("claims needing another source", "select count(*) from claims where status = 'active' and question in ('official-record', 'prevalence')", "select 'official records, surveys'"),
    ("other claims", "select count(*) from claims where status = 'active' and question = 'other'", "select 'neither of the two above'"),
    ("records", "select count(*) from records", "select count(abstract) || ' with an abstract' from records"),
    ("records with a level", "select count(*) from records where level is not null", "select count(*) filter (where provisional = 1) || ' of them provisional' from records where level is not null"),
    ("records retracted", "select count(*) from records where integrity = 'retracted'", "select 'links to them that bear: ' || coalesce(sum(links.bears), 0) from links join records using (pmid) where integrity = 'retracted'"),
    ("rows of lists without a record", "select count(*) from references_in where matched_pmid is null", "select count(*) || ' to fetch' from references_in where status = 'to-fetch'"),
    ("searches", "select count(*) from searches", "select coalesce('last on ' || max(ran_at) || iif(sum(not complete), ', ' || sum(not complete) || ' stopped before the end: run again', ''), 'no search was run: an empty cell means not searched') from searches"),
    ("links", "select count(*) from links", "select 'claims with links: ' || count(distinct claim_id) from links"),
    ("links that bear on a claim", "select count(*) from links where bears = 1", "select 'claims with such links: ' || count(distinct claim_id) from links where bears = 1"),
    ("decisions", "select count(*) from decisions", "select 'reviewers: ' || count(distinct reviewer) from decisions"),
    ("verdicts on claims", "select count(*) from claim_verdicts", "select 'claims with a verdict: ' || count(distinct claim_key) from claim_verdicts"),
)  # fmt: skip


@dataclass(frozen=True)
class StatusRow:
    """One line of the overview."""

    what: str
    count: int
    note: str


def overview(store: Store) -> list[StatusRow]:
    """Count what the map holds."""
    rows = [StatusRow(what, int(store.value(count)), str(store.value(note) or "")) for what, count, note in COUNTS]
    return [*rows, _confirmed(store)]


def _confirmed(store: Store) -> StatusRow:
    """The one figure that says how far to trust suggestions nobody has looked at."""
    found = sampling.share(store.conn)
    what = "suggestions confirmed in a random sample"
    if found is None:
        drawn = sum(len(sample.links) for sample in sampling.samples(store.conn))
        return StatusRow(what, 0, f"{drawn} drawn, none decided" if drawn else "no sample was drawn")
    return StatusRow(what, found.confirmed, f"{found.sentence()}; {len(found.sample.links)} drawn with seed {found.sample.seed}")


def outdated(store: Store) -> list[tuple[str, str]]:
    """Say what no longer follows from the map's input: (sentence, the command that mends it)."""
    found = []
    name = shlex.quote(str(store.path))
    for key, now, what in (
        ("extractor", claims.VERSION, "claims were found by"),
        ("vocabulary", stored_vocabulary(store).version, "tags were given by vocabulary"),
        ("ruleset", Rules.load().version, "levels were given by rule set"),
    ):
        made_with = store.meta(key)
        if made_with is not None and made_with != now:
            found.append((f"{what} {made_with}, this is {now}", f"litmap tag {name}"))
    due = linking.due(store)
    if due:
        found.append(due_links.told(store, due))
    return found


def unknown_types(store: Store) -> list[tuple[str, int]]:
    """Return the publication types that NLM's list does not hold, with how many records have each: no rule knows them."""
    known = Types.load()
    held = store.conn.execute("select ui, name, count(distinct pmid) from record_publication_types group by name, ui order by name")
    return [(name, count) for ui, name, count in held if known.name(PublicationType(ui, name)) is None]


def next_step(store: Store) -> str:
    """The one command that brings the map further."""
    name = shlex.quote(str(store.path))
    if not store.value("select count(*) from documents"):
        return f"litmap import {name} PAGE..."
    if not store.value("select count(*) from records"):
        return f"litmap load {name} RECORDS.xml, or litmap search {name} 'QUERY'"
    late = outdated(store)
    if late:
        return late[0][1]
    if not store.value("select count(*) from links"):
        return f"litmap link {name}"
    return f"litmap map {name}, litmap serve {name} --open"
