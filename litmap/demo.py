"""Build a map from the bundled examples: what the README's first command shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from litmap import linking
from litmap.errors import InputError
from litmap.ingest import records
from litmap.ingest.importing import import_all
from litmap.ingest.new import create_map
from litmap.resources import folder
from litmap.store import Store
from litmap.wording import unmarked

PAGES = ("riverside-infusion-clinic.html", "nasal-spray-leaflet.txt", "ketamine-beyond-depression.md", "claims.csv")
RECORDS = "pubmed.xml"
DATABASE = "demo.db"
MADE = (DATABASE, "map.svg", "evidence.csv")

# The two ends of the claims for which something was found; a design that carries no level stands below level 5.
EXTREMES = """
with best as (
  select claim_id, condition, min(coalesce(level, 6)) as place, level, design, n_reports
  from claim_evidence where n_reports > 0 group by claim_id
)
select best.level, coalesce(best.design, 'none with a level') as design, best.n_reports as reports, coalesce(conditions.label, '') as condition, claims.text as claim
from best join claims on claims.id = best.claim_id left join conditions on conditions.slug = best.condition
where claims.status = 'active' and claims.question in ('benefit', 'harm')
order by best.place * ?, best.n_reports desc, claims.id limit 5
"""


@dataclass(frozen=True)
class Extremes:
    """The claims at one end of the evidence. Rows: level, design, reports, condition, claim."""

    title: str
    rows: list[tuple[object, ...]]


COLUMNS = ("level", "design", "reports", "condition", "claim")


def build(target: Path, *, force: bool = False, say: Callable[[str], None] = lambda _: None) -> Path:
    """Copy the examples to the folder `target`, build `demo.db` there and return its path.

    Raises InputError when there is a demo already and `force` is not given, or the target is a file.
    """
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file, not a folder", "name a folder for the demo")
    there = [name for name in (*MADE, *PAGES, RECORDS) if (target / name).exists()]
    if there and not force:
        raise InputError(
            f"{target} holds a demo already ({there[0]})", "add --force to make it anew, or name another folder"
        )
    target.mkdir(parents=True, exist_ok=True)
    for name in there:
        (target / name).unlink()
    for name in (*PAGES, RECORDS):
        shutil.copyfile(folder("examples") / name, target / name)
    database = target / DATABASE
    try:
        with create_map(database) as store:
            _fill(store, target, say)
    except BaseException:
        database.unlink(missing_ok=True)  # no half demo that looks like a whole one
        raise
    return database


def _fill(store: Store, target: Path, say: Callable[[str], None]) -> None:
    report = import_all(store, [str(target / name) for name in PAGES])
    claims = store.value("select count(*) from claims")
    say(f"{len(report.outcomes)} documents from {len(PAGES)} files, {claims} claims")
    records.load(store, [target / RECORDS])
    say(
        f"{store.value('select count(*) from records')} PubMed records, as bibliographic facts: their links rest on titles and MeSH only"
    )
    linking.link(store)
    say(
        f"{store.value('select count(*) from links where bears = 1')} links that bear on a claim, suggested, reviewed by nobody"
    )


def extremes(store: Store) -> list[Extremes]:
    """Return the claims with the highest and with the lowest study designs found; none stands at both ends."""
    ends: list[Extremes] = []
    shown: set[object] = set()
    for title, direction in (
        ("Claims with the highest designs found", 1),
        ("Claims with the lowest designs found", -1),
    ):
        rows = [
            tuple(row)
            for row in store.conn.execute(EXTREMES, (direction,))
            if (row["condition"], row["claim"]) not in shown
        ]
        shown.update((condition, claim) for *_, condition, claim in rows)
        ends.append(
            Extremes(title, [(*figures, condition, unmarked(str(claim))) for *figures, condition, claim in rows])
        )
    return [end for end in ends if end.rows]
