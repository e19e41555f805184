"""The client over real HTTP, against a server that misbehaves on demand. No test waits: clock and sleep are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from eutils_server import Article, Server

from litmap.errors import InputError, ServiceError
from litmap.pubmed.entrez import Client, Journal, Settings, from_environment, search

KEY = "s3cret0key"


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


Make = Callable[..., Client]


@pytest.fixture
def client(server: Server, time: Time) -> Iterator[Make]:
    made: list[Client] = []

    def make(journal: Journal | None = None, **settings: object) -> Client:
        chosen = Settings(endpoint=server.address, **{"email": "me@example.org", "timeout": 5.0, **settings})  # type: ignore[arg-type]
        made.append(Client(chosen, journal, clock=time.clock, sleep=time.sleep, tell=lambda said: told.append(said)))
        made[-1].told = told
        return made[-1]

    told: list[str] = []
    yield make
    for one in made:
        one.close()


def fetched(client: Client, pmids: list[int]) -> list[int]:
    return [pmid for batch in client.fetch(pmids) for pmid in batch.pmids]


# ---------------------------------------------------------------- what is asked, and how


def test_records_are_asked_for_200_at_a_time_by_post(server: Server, client: Make) -> None:
    pmids = server.fill(450)
    assert fetched(client(), pmids) == pmids
    assert [len(asked.ids) for asked in server.of("efetch")] == [200, 200, 50]
    assert {asked.method for asked in server.asked} == {"POST"}
    assert server.asked[0].params["tool"] == "litmap"
    assert server.asked[0].params["email"] == "me@example.org"


@pytest.mark.parametrize(("key", "per_second"), [(None, 3), (KEY, 10)])
def test_the_pace_stays_under_what_ncbi_allows(
    server: Server, client: Make, time: Time, key: str | None, per_second: int
) -> None:
    server.fill(3)
    one = client(api_key=key)
    for _ in range(per_second * 4):
        search(one, "ketamine")
    assert len(server.asked) / (time.now + 1 / per_second) <= per_second


def test_repeated_requests_count_towards_the_pace(server: Server, client: Make, time: Time) -> None:
    server.fill(3)
    server.trouble("esearch", "429", 2, Retry_After="0")
    search(client(), "ketamine")
    assert len(time.slept) >= 4
    assert time.now >= 2 / 3


def test_bio_entrez_is_left_as_it_was(server: Server, client: Make) -> None:
    from Bio import Entrez

    before = (Entrez.urlopen, Entrez.max_tries, Entrez.email, Entrez.api_key)
    server.fill(3)
    search(client(api_key=KEY), "ketamine")
    assert (Entrez.urlopen, Entrez.max_tries, Entrez.email, Entrez.api_key) == before


def test_the_address_and_the_person_come_from_the_environment() -> None:
    settings = from_environment(
        environ={"LITMAP_EUTILS_URL": "http://127.0.0.1:1/x/", "NCBI_API_KEY": KEY, "NCBI_EMAIL": "a@b.org"}
    )
    assert (settings.endpoint, settings.api_key, settings.email, settings.per_second) == (
        "http://127.0.0.1:1/x",
        KEY,
        "a@b.org",
        10,
    )
    assert KEY not in repr(settings)
    assert from_environment("c@d.org", "other", environ={"NCBI_API_KEY": KEY}).api_key == "other"
    with pytest.raises(InputError, match="LITMAP_EUTILS_URL"):
        from_environment(environ={"LITMAP_EUTILS_URL": "ftp://x/"})


# ---------------------------------------------------------------- the key stays here


@pytest.mark.parametrize("kind", ["json", "bad-key", "bug", "html", "drop", "cut", "503"])
def test_the_key_is_in_no_message(server: Server, client: Make, kind: str, tmp_path: Path) -> None:
    server.fill(3)
    server.trouble("esearch", kind, -1)
    one = client(Journal(tmp_path / "run"), api_key=KEY)
    with pytest.raises((ServiceError, InputError)) as caught:
        search(one, "ketamine")
    chain = [
        caught.value,
        caught.value.__cause__,
        caught.value.__context__ if not caught.value.__suppress_context__ else None,
    ]
    assert KEY not in " ".join([*map(str, chain), caught.value.hint, *one.told])
    assert all(KEY not in asked.path for asked in server.asked)
    assert all(KEY.encode() not in path.read_bytes() for path in tmp_path.rglob("*.z"))


def test_a_key_that_ncbi_does_not_know_is_said_at_once(server: Server, client: Make) -> None:
    server.trouble("esearch", "bad-key", -1)
    with pytest.raises(InputError, match="does not accept the API key"):
        search(client(api_key=KEY), "ketamine")
    assert len(server.asked) == 1


# ---------------------------------------------------------------- trouble that passes

PASSING = [
    "429",
    "json",
    "500",
    "502",
    "503",
    "error",
    "empty",
    "proxied",
    "html",
    "nothing",
    "cut",
    "cut-whole",
    "drop",
    "expired",
]


@pytest.mark.parametrize("kind", PASSING)
def test_records_arrive_in_spite_of_trouble_that_passes(server: Server, client: Make, kind: str) -> None:
    pmids = server.fill(401)
    server.trouble("efetch", kind, 2, skip=1)
    assert sorted(fetched(client(), pmids)) == pmids


@pytest.mark.parametrize("kind", [kind for kind in PASSING if kind != "empty"])
def test_a_search_succeeds_in_spite_of_trouble_that_passes(server: Server, client: Make, kind: str) -> None:
    pmids = server.fill(30)
    server.trouble("esearch", kind, 2)
    assert list(search(client(), "ketamine").pmids) == pmids


@pytest.mark.parametrize("kind", [kind for kind in PASSING if kind != "empty"])
def test_trouble_that_stays_is_a_clear_error_after_few_tries(server: Server, client: Make, kind: str) -> None:
    pmids = server.fill(401)
    server.trouble("efetch", kind, -1, skip=1)
    one, got = client(), []
    with pytest.raises(ServiceError) as caught:
        for batch in one.fetch(pmids):
            got.extend(batch.pmids)
    assert got == pmids[:200]
    assert len(server.of("efetch")) <= 7
    assert "run the same command again" in caught.value.hint
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 4


def test_retry_after_is_obeyed_and_without_it_the_wait_doubles(server: Server, client: Make, time: Time) -> None:
    server.fill(3)
    server.trouble("esearch", "429", 1, Retry_After="17")
    server.trouble("esearch", "429", 3)
    search(client(), "ketamine")
    assert [wait for wait in time.slept if wait >= 1] == [17, 2, 4, 8]


def test_a_retry_after_of_hours_is_not_waited_for(server: Server, client: Make, time: Time) -> None:
    server.trouble("esearch", "429", -1, Retry_After="7200")
    with pytest.raises(ServiceError, match="wait 7200 s"):
        search(client(), "ketamine")
    assert max(time.slept, default=0) < 10


def test_a_request_that_is_wrong_is_not_repeated(server: Server, client: Make) -> None:
    server.fill(3)
    with pytest.raises(InputError, match=r"does not accept this search: .*syntax error"):
        search(client(), "ketamine AND (depression")
    assert len(server.asked) == 1


def test_who_is_barred_is_told_so_at_once_and_not_to_mend_the_query(server: Server, client: Make) -> None:
    server.trouble("esearch", "barred", -1)
    with pytest.raises(ServiceError, match=r"does not let us in: .*HTTP 403") as caught:
        search(client(), "ketamine")
    assert "LITMAP_EUTILS_URL" in caught.value.hint
    assert len(server.asked) == 1


def test_nobody_listens(client: Make, server: Server, time: Time) -> None:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/entrez"
    lonely = Client(Settings(endpoint=address), clock=time.clock, sleep=time.sleep)
    with pytest.raises(ServiceError, match=r"no connection to 127\.0\.0\.1"):
        search(lonely, "ketamine")


# ---------------------------------------------------------------- too slow: ask for less


@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_a_batch_that_does_not_come_in_time_is_halved(server: Server, client: Make, kind: str) -> None:
    pmids = server.fill(200)
    server.trouble("efetch", kind, -1, larger_than=60)
    one = Client(Settings(endpoint=server.address, timeout=0.05), sleep=lambda _: None)
    assert sorted(fetched(one, pmids)) == pmids
    assert [len(asked.ids) for asked in server.of("efetch")][:3] == [200, 100, 50]
    one.close()


@pytest.mark.parametrize("kind", ["hang", "drip", "cut"])
def test_a_service_that_never_answers_is_given_up(server: Server, kind: str) -> None:
    pmids = server.fill(200)
    server.trouble("efetch", kind, -1)
    one = Client(Settings(endpoint=server.address, timeout=0.05), sleep=lambda _: None)
    with pytest.raises(ServiceError):
        fetched(one, pmids)
    assert len(server.of("efetch")) == 5
    one.close()


def test_after_calm_the_batches_grow_again(server: Server, client: Make) -> None:
    pmids = server.fill(2_000)
    server.trouble("efetch", "cut", 1)
    assert sorted(fetched(client(), pmids)) == pmids
    assert [len(asked.ids) for asked in server.of("efetch")] == [
        200,
        100,
        100,
        100,
        100,
        200,
        200,
        200,
        200,
        200,
        200,
        200,
        200,
    ]


# ---------------------------------------------------------------- what PubMed does not have


def test_pmids_that_do_not_come_are_asked_for_again_and_then_left(server: Server, client: Make) -> None:
    pmids = server.fill(250)
    server.unfetchable = {pmids[3], pmids[240]}
    got = fetched(client(), pmids)
    assert sorted(set(pmids) - set(got)) == [pmids[3], pmids[240]]
    assert server.of("efetch")[-1].ids == [pmids[3], pmids[240]]


def test_pmids_that_pubmed_never_gave_out(server: Server, client: Make) -> None:
    assert fetched(client(), [77, 78]) == []
    assert len(server.of("efetch")) == 1


def test_empty_response_singles_out_what_is_missing(server: Server, client: Make, time: Time) -> None:
    """HTTP 400 "Empty Response" for a whole batch is believed of single PMIDs only."""
    pmids = server.fill(8)
    server.trouble("efetch", "empty", -1, larger_than=2)
    assert sorted(fetched(client(), pmids)) == pmids
    assert time.now < 20


def test_books_among_articles_and_duplicates(server: Server, client: Make) -> None:
    pmids = server.fill(5)
    server.add(Article(31643176, "Ketamine, a chapter", book=True))
    server.doubled = {pmids[0]}
    assert fetched(client(), [*pmids, 31643176, pmids[1]]) == [*pmids, 31643176]


# ---------------------------------------------------------------- a run that was stopped


def test_a_stopped_run_goes_on_without_asking_again(server: Server, client: Make, tmp_path: Path) -> None:
    pmids = server.fill(600)
    journal = Journal(tmp_path / "run")
    first = client(journal)
    search(first, "ketamine")
    batches = first.fetch(pmids)
    next(batches), next(batches)
    asked = len(server.asked)
    again = client(Journal(tmp_path / "run"))
    assert list(search(again, "ketamine").pmids) == pmids
    assert sorted(fetched(again, pmids)) == pmids
    assert [one.ids for one in server.asked[asked:]] == [pmids[400:]]
    journal.finish()
    assert not (tmp_path / "run").exists()


def test_what_is_a_day_old_is_asked_for_again(server: Server, client: Make, tmp_path: Path) -> None:
    import time as real

    pmids = server.fill(5)
    fetched(client(Journal(tmp_path / "run")), pmids)
    later = Journal(tmp_path / "run", now=lambda: real.time() + 90_000)
    assert fetched(client(later), pmids) == pmids
    assert len(server.of("efetch")) == 2


def test_a_cache_that_cannot_be_written_does_not_stop_the_run(server: Server, client: Make, tmp_path: Path) -> None:
    pmids = server.fill(5)
    (tmp_path / "taken").write_text("a file, not a folder")
    journal = Journal(tmp_path / "taken" / "run")
    assert fetched(client(journal), pmids) == pmids
    assert journal.problem


def test_empty_response_for_everything_is_an_outage(server: Server, client: Make) -> None:
    pmids = server.fill(40)
    server.trouble("efetch", "empty", -1)
    with pytest.raises(ServiceError, match="Empty Response"):
        fetched(client(), pmids)
    assert len(server.of("efetch")) < 25
