"""The numbers of a flow diagram, from rows put into the map one by one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from litmap.errors import LitmapError
from litmap.review import flow, flow_forms
from litmap.review.decisions import decide, withdraw
from litmap.tables import flow_svg
from tests.conftest import Litmap
from tests.support_maps import Map


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Map]:
    """Records 1 to 6 and one claim; where they come from is for the test to say."""
    made = Map(tmp_path / "flow.db")
    for pmid in range(1, 7):
        made.record(pmid, f"Report {pmid}")
    made.claim("one", "Ketamine relieves depression.")
    yield made
    made.store.close()


def search(
    made: Map, *pmids: int, query: str = "ketamine", limits: str | None = None, count: int | None = None
) -> None:
    with made.store.transaction() as conn:
        cursor = conn.execute(
            "insert into searches (query, ran_at, count, n_received, limits) values (?, '2025-01-01T00:00:00Z', ?, ?, ?)",
            (query, count or len(pmids), len(pmids), limits),
        )
        conn.executemany("insert into search_records values (?, ?)", [(cursor.lastrowid, pmid) for pmid in pmids])


def load(
    made: Map, *pmids: int, rejected: int = 0, repeats: int = 0, source: str | None = None, query: str | None = None
) -> int:
    with made.store.transaction() as conn:
        number = conn.execute("select count(*) from loads").fetchone()[0]
        cursor = conn.execute(
            "insert into loads (name, sha256, format, n_read, n_new, n_updated, n_unchanged, n_rejected, source, query, loaded_at) "
            "values ('file.xml', ?, 'xml', ?, ?, 0, ?, ?, ?, ?, '2025-01-01T00:00:00Z')",
            (str(number), len(pmids) + rejected + repeats, len(pmids), repeats, rejected, source, query),
        )
        load_id = int(cursor.lastrowid or 0)
        conn.executemany("insert into load_records values (?, ?)", [(load_id, pmid) for pmid in pmids])
        conn.executemany(
            "insert into load_rejects values (?, ?, 'item', 'no PMID')", [(load_id, n) for n in range(rejected)]
        )
    return load_id


def say(made: Map, pmid: int, verdict: str, reviewer: str = "Ann", **more: str | None) -> None:
    decide(made.store, claim_key=more.pop("claim_key", "one"), pmid=pmid, reviewer=reviewer, verdict=verdict, **more)  # type: ignore[arg-type]


def test_a_file_loaded_with_its_search_is_a_database(scratch: Map) -> None:
    load(scratch, 1, 2, 3, rejected=2, repeats=1, source="Embase, Ovid", query="ketamine.mp.")
    load(scratch, 3, 4, 5, 6)
    found = flow.count(scratch.store)
    assert (found.databases.identified, found.databases.duplicates, found.databases.unusable) == (6, 1, 2)
    assert (found.other.identified, found.other.duplicates) == (4, 1)
    rows = {row[0]: row[7] for row in flow_forms.prisma_rows(found)}
    assert rows["database_specific_results"] == "Embase / Ovid, 6"
    assert rows["organisation_results"] == "4"


def test_what_is_no_study_is_included_as_a_report_alone(scratch: Map) -> None:
    search(scratch, 1, 2, 3, 4)
    with scratch.store.transaction() as conn:
        conn.execute("update records set design = 'guideline' where pmid = 2")
        conn.execute("update records set secondary = 1 where pmid = 3")
    for pmid in (1, 2, 3):
        say(scratch, pmid, "include")
    found = flow.count(scratch.store)
    assert (found.total.reports, found.total.studies) == (3, 1)
    assert any("reviews, guidelines, protocols): 2 of 3 included reports" in note for note in found.notes)


RIS = """TY  - JOUR
TI  - Report 3
AN  - 3
DB  - PubMed
ER  -
TY  - JOUR
TI  - A paper that PubMed does not have
ER  -
TY  - JOUR
TI  - Report 99
AN  - 99
DB  - PubMed
ER  -
"""


def test_references_without_a_record_are_counted(scratch: Map, litmap: Litmap, tmp_path: Path) -> None:
    load(scratch, *range(1, 7))
    (tmp_path / "list.ris").write_text(RIS)
    assert litmap("load", scratch.store.path, tmp_path / "list.ris").code == 0
    found = flow.count(scratch.store)
    assert (found.other.identified, found.other.unusable, found.other.duplicates) == (9, 2, 1)


def test_what_was_fetched_for_a_list_is_not_identified_twice(scratch: Map, litmap: Litmap, tmp_path: Path) -> None:
    (tmp_path / "list.ris").write_text(RIS)
    assert litmap("load", scratch.store.path, tmp_path / "list.ris").code == 0
    fetched = load(scratch, 3, 4)
    with scratch.store.transaction() as conn:
        conn.execute("update loads set format = 'pmids' where id = ?", (fetched,))
    numbers = flow_forms.by_name(flow.count(scratch.store), "other")
    assert numbers == {"files loaded without a search": 3, "origin not recorded": 4, "PMIDs given one by one": 1}


def test_a_duplicate_that_a_person_named_is_removed_with_its_decisions(scratch: Map) -> None:
    search(scratch, *range(1, 7))
    say(scratch, 1, "include")
    say(scratch, 2, "include")
    with scratch.store.transaction() as conn:
        conn.execute("insert into record_duplicates values (2, 1), (5, 6), (6, 5)")
    found = flow.count(scratch.store)
    assert (found.total.duplicates, found.total.screened, found.total.reports) == (2, 1, 1)


def test_reports_of_one_study_count_once(scratch: Map) -> None:
    search(scratch, 1, 2, 3)
    load(scratch, 4, 5, 6)
    with scratch.store.transaction() as conn:
        conn.execute(
            "insert into record_studies values (1, 'NCT1', 'registration'), (2, 'NCT1', 'registration'), (4, 'NCT1', 'registration')"
        )
    for pmid in (1, 2, 3, 4):
        say(scratch, pmid, "include")
    found = flow.count(scratch.store)
    assert (found.total.reports, found.total.studies) == (4, 2)
    assert (found.databases.studies, found.other.studies) == (2, 0)


def test_what_people_took_back_was_not_screened(scratch: Map) -> None:
    search(scratch, *range(1, 7))
    say(scratch, 1, "include")
    withdraw(scratch.store, claim_key="one", pmid=1, reviewer="Ann")
    found = flow.count(scratch.store)
    assert not found.screened
    assert found.total.automation == 6
    assert {box.n for box in flow_forms.prisma_boxes(found) if box.part == "included"} == {"not screened"}


def test_excluded_from_the_map_outweighs_included_for_a_claim(scratch: Map) -> None:
    search(scratch, *range(1, 7))
    say(scratch, 1, "include")
    say(scratch, 1, "exclude", reviewer="Bob", claim_key=None, reason="retracted")
    say(scratch, 2, "include")
    say(scratch, 2, "exclude", reviewer="Bob")
    say(scratch, 2, "exclude", reviewer="Cat", kind="resolution", reason="wrong; outcome")
    found = flow.count(scratch.store)
    assert (found.total.excluded, found.total.reports) == (2, 0)
    assert found.total.excluded_reasons == {"retracted": 1, "wrong; outcome": 1}


def test_a_limited_search_says_so(scratch: Map) -> None:
    search(scratch, *range(1, 7), limits='{"limit":6}', count=900)
    assert "The search 'ketamine' was limited: PubMed has 900, 6 were taken." in flow.count(scratch.store).notes


@pytest.mark.parametrize(
    ("change", "boxes"),
    [
        ({"screened": 9}, "records identified 6; removed before screening + screened 12"),
        ({"duplicates": 1, "automation": 2, "excluded": 5}, "records screened 3; records excluded + reports sought 7"),
        ({"automation": 3, "reports": 5}, "reports assessed 2; reports excluded + included 5"),
    ],
)
def test_boxes_that_do_not_add_up_are_named(scratch: Map, change: dict[str, int], boxes: str) -> None:
    search(scratch, *range(1, 7))
    for pmid, verdict in ((1, "include"), (2, "include"), (3, "exclude")):
        say(scratch, pmid, verdict)
    found = flow.count(scratch.store)
    wrong = dataclasses.replace(found, databases=dataclasses.replace(found.databases, **change))
    with pytest.raises(LitmapError, match="do not add up") as error:
        flow.check(wrong)
    assert boxes in str(error.value)


@pytest.mark.parametrize("kind", ["prisma", "roses"])
def test_the_diagram_is_sound_and_shows_the_numbers(scratch: Map, kind: str) -> None:
    from xml.etree import ElementTree

    search(scratch, *range(1, 7))
    say(scratch, 1, "include")
    say(scratch, 2, "exclude", reason="<wrong> & " + "verylong" * 9)
    drawn = flow_svg.render(flow.count(scratch.store), kind)
    text = " ".join(ElementTree.fromstring(drawn).itertext())
    assert "(n = 4)" in text
    assert "<wrong> &" in text
    assert ("other methods" in text) is False
    assert (
        max(len(line.text or "") for line in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}tspan"))
        < 90
    )


def test_a_reference_that_two_lists_hold_without_a_record_is_a_duplicate(scratch: Map, litmap: Litmap, tmp_path: Path) -> None:
    load(scratch, *range(1, 7))
    thesis = "TY  - THES\nTI  - Ketamine in a thesis that no database holds\nPY  - 2011\nER  - \n"
    short = "TY  - JOUR\nTI  - Ketamine\nER  - \n"
    (tmp_path / "one.ris").write_text(thesis + short)
    (tmp_path / "two.ris").write_text(short + thesis.replace("Ketamine in a", "KETAMINE: in a"))
    for name in ("one.ris", "two.ris"):
        assert litmap("load", scratch.store.path, tmp_path / name).code == 0
    found = flow.count(scratch.store)
    assert (found.other.identified, found.other.duplicates, found.other.unusable) == (6 + 4, 1, 3)


def test_included_for_a_dismissed_claim_alone_is_said(scratch: Map) -> None:
    search(scratch, *range(1, 7))
    say(scratch, 1, "include")
    assert not any("dismissed" in note for note in flow.count(scratch.store).notes)
    with scratch.store.transaction() as conn:
        conn.execute("update claims set status = 'dismissed' where key = 'one'")
    notes = flow.count(scratch.store).notes
    assert "Included only for claims that were dismissed or are gone from their pages: 1 of 1 included report." in notes


def test_the_prisma_table_is_one_that_its_diagram_tools_read(scratch: Map) -> None:
    search(scratch, *range(1, 7))
    say(scratch, 1, "exclude", stage="full-text", reason='not "ours", didn\'t fit')
    say(scratch, 2, "unsure")
    rows = flow_forms.prisma_rows(flow.count(scratch.store))
    told = {row[0]: row for row in rows}
    assert told["dbr_excluded"][7] == "awaiting a decision, 1; not ”ours” / didn’t fit, 1"
    assert told["dbr_excluded"][4] == "Reports excluded or awaiting a decision"
    # Tools give tooltips to boxes by their order: one for each box, none for its further rows.
    assert [row[5] == "NA" for row in rows] == [row[1] == "NA" for row in rows]
    assert sum(row[5] != "NA" for row in rows) == 23
