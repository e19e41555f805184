"""Records with PMIDs of their own that may be one publication: proposed, never merged unasked."""

from __future__ import annotations

from typing import Any

import pytest

from litmap.review.queue import waiting
from litmap.tables import queries
from tests.support_maps import Map

TITLE = "Ketamine infusions for depression in a rural hospital"


def proposed(made: Map) -> list[tuple[Any, ...]]:
    found = queries.get("duplicates").run(made.store.conn)
    at = [found.columns.index(name) for name in ("pmid", "duplicate_of", "why")]
    return [tuple(row[n] for n in at) for row in found.rows]


def write(made: Map, sql: str, *values: object) -> None:
    with made.store.transaction() as conn:
        conn.execute(sql, values)


def author(made: Map, pmid: int, name: str) -> None:
    write(made, "insert into record_authors (pmid, position, last_name) values (?, 1, ?)", pmid, name)


def preprint(made: Map, pmid: int) -> None:
    write(made, "insert into record_publication_types values (?, 1, 'D000076942', 'Preprint')", pmid)


def test_nothing_is_proposed_where_nothing_is_alike(reviewed: Map) -> None:
    assert proposed(reviewed) == []


def test_one_doi_is_one_publication(reviewed: Map) -> None:
    reviewed.record(21, "One", doi="10.1000/x")
    reviewed.record(22, "Another", doi="10.1000/x")
    assert proposed(reviewed) == [(22, 21, "same DOI")]


def test_a_preprint_is_proposed_as_the_duplicate_of_its_article(reviewed: Map) -> None:
    reviewed.record(21, TITLE + ".", pub_year=2021)
    reviewed.record(22, "Another title of what became the same article", pub_year=2022)
    preprint(reviewed, 21)
    write(reviewed, "insert into record_relations values (21, 1, 'UpdateIn', 22, null)")
    assert proposed(reviewed) == [(21, 22, "preprint and article")]


@pytest.mark.parametrize(
    ("other", "year", "name", "found"),
    [
        (TITLE.upper() + ".", 2021, "Okoye", True),
        (TITLE.replace("rural hospital", "rural-hospital"), 2022, "okoye", True),
        (TITLE, 2021, "Lind", False),
        (TITLE, 2026, "Okoye", False),
        (TITLE + " revisited", 2021, "Okoye", False),
    ],
)
def test_titles_are_compared_with_first_author_and_year(
    reviewed: Map, other: str, year: int, name: str, found: bool
) -> None:
    reviewed.record(21, TITLE, pub_year=2021)
    reviewed.record(22, other, pub_year=year)
    author(reviewed, 21, "Okoye")
    author(reviewed, 22, name)
    assert proposed(reviewed) == ([(22, 21, "same title")] if found else [])


def test_an_updated_review_is_no_duplicate(reviewed: Map) -> None:
    for pmid in (21, 22):
        reviewed.record(pmid, TITLE, pub_year=2020 + pmid - 21)
    write(reviewed, "insert into record_relations values (21, 1, 'UpdateIn', 22, null)")
    assert proposed(reviewed) == []


def test_a_pair_that_a_person_named_is_not_proposed_again_nor_reviewed(reviewed: Map) -> None:
    reviewed.record(21, "Ketamine relieves depression", doi="10.1000/x")
    write(reviewed, "update records set doi = '10.1000/x' where pmid = 11")
    write(reviewed, "insert into record_duplicates values (11, 21)")
    assert proposed(reviewed) == []
    assert 11 not in [item.pmid for item in waiting(reviewed.store, "Ann")]
