"""More hits than ESearch hands out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from eutils_server import Article, Server

from litmap.errors import InputError, ServiceError
from litmap.pubmed.entrez import Client, Settings, search


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    one = Client(Settings(endpoint=server.address, tries=2), sleep=lambda _: None)
    yield one
    one.close()


@pytest.mark.parametrize("count", [0, 1, 9_998, 9_999, 10_000, 10_001])
def test_every_pmid_arrives_around_the_limit(server: Server, client: Client, count: int) -> None:
    pmids = server.fill(count, step=3_000)
    server.lossy_at = 10_000  # PubMed: of exactly 10,000 one is lost without a word
    found = search(client, "ketamine")
    assert list(found.pmids) == pmids
    assert found.count == count
    assert (len(server.asked) == 1) == (count <= 9_999)


def test_many_parts_in_one_thick_place(server: Server, client: Client) -> None:
    pmids = server.fill(25_000, first=40_000_000, step=1)
    server.add(*(Article(pmid, "ketamine, long ago") for pmid in range(5, 5_000)))
    assert list(search(client, "ketamine").pmids) == [*range(5, 5_000), *pmids]


def test_the_query_stays_whole_in_each_part(server: Server, client: Client) -> None:
    server.fill(10_500, "ketamine")
    server.fill(10, "placebo", first=90)
    found = search(client, "ketamine OR placebo")
    assert found.count == 10_510
    assert all(asked.params["term"].startswith("(ketamine OR placebo) AND ") for asked in server.asked[1:])


def test_a_server_that_gives_less_than_asked_is_asked_for_the_next_page(server: Server, client: Client) -> None:
    pmids = server.fill(2_500)
    server.page = 1_000
    assert list(search(client, "ketamine").pmids) == pmids


def test_when_pmid_ranges_do_not_add_up_days_of_creation_are_tried(server: Server, client: Client) -> None:
    pmids = server.fill(10_100)
    for number, pmid in enumerate(pmids):
        server.articles[pmid].created = f"20{10 + number % 10}/0{1 + number % 7}/11"
    server.broken_axis = "uid"
    assert list(search(client, "ketamine").pmids) == pmids
    assert any("[crdt]" in asked.params["term"] for asked in server.asked)


def test_parts_that_never_add_up_are_an_error_not_a_smaller_answer(server: Server, client: Client) -> None:
    server.fill(10_100)  # all created on one day
    server.broken_axis = "uid"
    with pytest.raises(ServiceError, match="do not add up"):
        search(client, "ketamine")


def test_a_limit_takes_the_first_in_the_chosen_order(server: Server, client: Client) -> None:
    pmids = server.fill(12_000)
    assert list(search(client, "ketamine", limit=5).pmids) == pmids[-5:]
    assert list(search(client, "ketamine", limit=5, sort="relevance").pmids) == pmids[:5]
    assert len(server.asked) == 2
    assert list(search(client, "ketamine", limit=11_000).pmids) == pmids[-11_000:]
    with pytest.raises(InputError, match="sorts only the first"):
        search(client, "ketamine", limit=11_000, sort="relevance")


def test_what_pubmed_made_of_the_query(server: Server, client: Client) -> None:
    server.fill(3)
    found = search(client, "ketamine OR zzyzxine")
    assert found.phrases_not_found == ("zzyzxine",)
    assert "[All Fields]" in found.translation
    assert search(client, "zzyzxine").remarks == ("No items found.",)
    with pytest.raises(InputError, match="empty"):
        search(client, "  ")
