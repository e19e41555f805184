"""Where a preprint and a published report stand side by side, tables say of the published one what they say."""

from __future__ import annotations

from typing import Any

from tables_world import World

from litmap.tables import evidence, studies
from litmap.tables.table import Table


def rows(table: Table) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def preprint(world: World, pmid: int) -> None:
    world.add("record_publication_types", pmid=pmid, position=1, name="Preprint")


def one_study(world: World, *reports: tuple[int, str, int | None, int, str]) -> None:
    """A claim and one study: (PMID, design, level, provisional, participants) of each report."""
    claim = world.claim(world.document("p"), "Ketamine helps.")
    for pmid, design, level, provisional, people in reports:
        world.record(pmid, design=design, level=level)
        world.conn.execute("update records set provisional = ? where pmid = ?", (provisional, pmid))
        world.add("record_authors", pmid=pmid, position=1, last_name=f"Author{pmid}")
        world.add("record_studies", pmid=pmid, study="NCT01234567", origin="registration")
        world.add(
            "record_facts", pmid=pmid, field="participants", value=people, position=1, place="abstract", start=0, end=2
        )
        world.link(claim, pmid, pmid)


def test_a_study_is_told_by_its_published_report(empty: World) -> None:
    one_study(empty, (1, "randomized-trial", 2, 1, "30"), (2, "single-arm-trial", 4, 0, "40"))
    preprint(empty, 1)
    [row] = rows(studies.table(empty.store))
    told = ("study", "design", "level", "participants", "notes", "pmids")
    assert [row[name] for name in told] == ["Author2 2020", "single-arm-trial", 4, "40", "preprint: PMID 1", "2; 1"]


def test_a_level_and_its_design_are_of_one_report(empty: World) -> None:
    """A published report without a level names the study; design and level are the preprint's."""
    one_study(empty, (1, "randomized-trial", 2, 1, "30"), (2, "undetermined", None, 0, "40"))
    preprint(empty, 1)
    [row] = rows(studies.table(empty.store))
    told = [row[name] for name in ("study", "design", "level", "notes")]
    assert told == ["Author2 2020", "randomized-trial", 2, "level provisional; preprint: PMID 1"]


def test_secondary_reports_stand_last_also_when_published(empty: World) -> None:
    one_study(empty, (1, "randomized-trial", 2, 0, "30"), (2, "secondary-analysis", 3, 1, "12"))
    empty.conn.execute("update records set secondary = 1 where pmid = 2")
    preprint(empty, 1)
    [row] = rows(studies.table(empty.store))
    assert [row[name] for name in ("study", "level", "participants", "notes")] == ["Author1 2020", 2, "30", "preprint: PMID 1"]


def test_the_rules_named_are_those_of_the_records_that_give_the_level(empty: World) -> None:
    claim = empty.claim(empty.document("p"), "Ketamine helps.")
    for pmid, rule in ((1, "published"), (2, "preprint"), (3, "retracted"), (4, "notice")):
        empty.record(pmid, rule=rule)
        empty.link(claim, pmid, pmid)
    preprint(empty, 2)
    empty.add("record_integrity", pmid=3, kind="retracted", origin="relation")  # its level still stands in record_levels
    empty.add("record_integrity", pmid=4, kind="notice", origin="relation")
    empty.evidence(claim, None, 2, 1, "suggested", design="randomized-trial")
    assert [row["rule"] for row in rows(evidence.table(empty.store))] == ["published"]
    preprint(empty, 1)
    assert [row["rule"] for row in rows(evidence.table(empty.store))] == ["preprint; published"]
