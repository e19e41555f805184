"""litmap review: from a pipe, and on a terminal of 80 x 24."""

from __future__ import annotations

import io
import os
import select
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from litmap.linking import link
from litmap.review.decisions import decide
from litmap.review.groups import groups
from litmap.review.queue import waiting
from litmap.store import open_store
from tests.conftest import Done, Litmap
from tests.support_maps import Map

Review = Callable[..., Done]


@pytest.fixture
def review(reviewed: Map, litmap: Litmap, monkeypatch: pytest.MonkeyPatch) -> Review:
    """Review with keys from a pipe."""

    def run(keys: str, *words: object, reviewer: str = "Ann") -> Done:
        monkeypatch.setattr("sys.stdin", io.StringIO(keys))
        return litmap("review", reviewed.store.path, "--reviewer", reviewer, *words)

    return run


def decided(made: Map) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for row in made.store.rows(
            "select claim_key, pmid, reviewer, kind, verdict, reason, stance from decisions order by id"
        )
    ]


def test_a_scripted_review_enters_what_it_says_and_is_resumed(reviewed: Map, review: Review) -> None:
    first, second, third = reviewed.ranked("one")
    done = review("s1i\n\ne3\n\nq\n")
    assert done.code == 0
    assert decided(reviewed) == [
        ("one", first, "Ann", "vote", "include", None, "supports"),
        ("one", second, "Ann", "vote", "exclude", "wrong route", None),
    ]
    assert "2 entries made by Ann; 4 of 6 records still open." in done.err
    review("u\n\n")
    assert decided(reviewed)[-1][:2] == ("one", third)
    review("i\n", reviewer="Ben")
    assert decided(reviewed)[-1][:3] == ("one", first, "Ben")


def test_undo_adds_a_withdrawal(reviewed: Map, review: Review) -> None:
    review("i\nn\nz\n")
    assert [row[3] for row in decided(reviewed)] == ["vote", "withdrawal"]
    assert len(waiting(reviewed.store, "Ann")) == 6


def test_claims_that_say_the_same_are_a_group_and_get_the_decision_when_asked(reviewed: Map, review: Review) -> None:
    reviewed.claim("no", "Ketamine does nothing for depression.", condition=["depression"], intervention=["lithium"])
    reviewed.claim("bare", "It works.")
    assert groups(reviewed.store.conn) == {"one": ("two",), "two": ("one",)}
    review("s1i\ny\n")
    assert [row[0] for row in decided(reviewed)] == ["one", "two"]


def test_the_evidence_follows_at_once(reviewed: Map, review: Review) -> None:
    review("iq")
    assert reviewed.evidence("one", "depression")["basis"] == "reviewed"


def test_another_persons_vote_shows_after_ones_own(
    reviewed: Map, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    from litmap.review.desk import MapDesk
    from litmap.review.session import Session

    first = reviewed.ranked("one")[0]
    decide(reviewed.store, claim_key="one", pmid=first, reviewer="Ben", verdict="exclude")
    session = Session(MapDesk(reviewed.store, "Ann"), waiting(reviewed.store, "Ann"), today="2025-01-01")
    assert "Ben" not in session.message
    session.key("i")
    assert "Ben exclude" in session.message


def test_blind_votes_are_marked_and_the_order_does_not_tell_the_rank(reviewed: Map, review: Review) -> None:
    for pmid in range(20, 32):
        reviewed.record(
            pmid,
            f"Ketamine relieves depression {pmid}",
            "Depression.",
            condition=["depression"],
            intervention=["ketamine"],
        )
    link(reviewed.store)
    shuffled = [item.pmid for item in waiting(reviewed.store, "Ann", claim="one", blind=True)]
    assert shuffled != reviewed.ranked("one")
    assert sorted(shuffled) == sorted(reviewed.ranked("one"))
    assert shuffled == [item.pmid for item in waiting(reviewed.store, "Ben", claim="one", blind=True)]
    review("i", "--blind")
    assert reviewed.store.value("select blind from decisions") == 1
    assert review("i", "--blind", "--order", "best").code == 2


def test_full_text_is_a_stage_of_its_own_for_what_title_and_abstract_let_pass(reviewed: Map, review: Review) -> None:
    first, _, third = reviewed.ranked("one")
    nothing = review("i\n", "--stage", "full-text")
    assert (nothing.code, "no records for full text yet" in nothing.err) == (1, True)
    review("s1i\n\ne3\n\nu\n\nq\n")
    assert [item.pmid for item in waiting(reviewed.store, "Ann", stage="full-text")] == [first, third]
    done = review("i\ne0\n\nq\n", "--stage", "full-text")
    assert "0 of 2 records still open" in done.err
    rows = reviewed.store.rows("select pmid, stage, verdict, reason, stance from decisions order by id")
    assert [tuple(row) for row in rows[3:]] == [
        (first, "full-text", "include", None, "supports"),  # the stance given on title and abstract stands
        (third, "full-text", "exclude", "full text not retrieved", None),
    ]
    assert reviewed.evidence("one", "depression")["n_by_stance"] == '{"supports":1}'


def test_undo_at_full_text_leaves_the_vote_on_the_abstract(reviewed: Map, review: Review) -> None:
    first = reviewed.ranked("one")[0]
    review("i\n\nq\n")
    review("e1\nz\nq\n", "--stage", "full-text")
    assert [row["stage"] for row in reviewed.store.rows("select stage from decisions")] == [
        "title-abstract",
        "full-text",
        "full-text",
    ]
    assert waiting(reviewed.store, "Ann", stage="full-text")[0].pmid == first
    assert first not in [item.pmid for item in waiting(reviewed.store, "Ann", claim="one")]


def test_the_same_decision_is_not_offered_where_the_abstract_was_not_let_pass(reviewed: Map, review: Review) -> None:
    review("i\n\nq\n")
    review("iy\n", "--stage", "full-text")
    assert {row[0] for row in decided(reviewed)} == {"one"}


def test_a_second_reviewer_can_see_what_awaits_their_vote_alone(reviewed: Map, review: Review) -> None:
    last = reviewed.ranked("two")[-1]
    decide(reviewed.store, claim_key="two", pmid=last, reviewer="Ben", verdict="exclude")
    assert "Nothing awaits a second vote." in review("i\n", "--awaiting", reviewer="Ben").err
    review("i\n", "--awaiting")
    assert decided(reviewed)[-1][:3] == ("two", last, "Ann")
    assert "Nothing awaits a second vote." in review("i\n", "--awaiting").err


def test_conflicts_are_settled_in_a_sitting_of_their_own(reviewed: Map, review: Review) -> None:
    first, second, _ = reviewed.ranked("one")
    for reviewer, verdict in (("Ann", "include"), ("Ben", "exclude")):
        decide(reviewed.store, claim_key="one", pmid=second, reviewer=reviewer, verdict=verdict)
    decide(reviewed.store, claim_key="one", pmid=first, reviewer="Ann", verdict="include")
    done = review("e3\n", "--conflicts", reviewer="Cat")
    assert decided(reviewed)[-1] == ("one", second, "Cat", "resolution", "exclude", "wrong route", None)
    assert "0 of 1 record still open" in done.err
    assert "no conflicts to settle" in review("e3\n", "--conflicts", reviewer="Cat").err
    assert review("i\n", "--conflicts", "--blind").code == 2


def test_claims_that_need_another_source_come_last(reviewed: Map) -> None:
    with reviewed.store.transaction() as conn:
        conn.execute("update claims set question = 'official-record' where key = 'one'")
    assert list(dict.fromkeys(item.claim_key for item in waiting(reviewed.store, "Ann"))) == ["two", "one"]


def test_orders(reviewed: Map) -> None:
    with reviewed.store.transaction() as conn:
        conn.executemany(
            "update records set pub_date = ? where pmid = ?", [("2020-05", 11), ("2024", 12), ("2022-01-02", 13)]
        )
    assert [item.pmid for item in waiting(reviewed.store, "Ann", claim="one", order="newest")] == [12, 13, 11]
    with reviewed.store.transaction() as conn:
        conn.executemany(
            "update links set score = ?, words = ? where pmid = ?", [(0.9, 1, 11), (0.55, 0, 12), (0.1, 0, 13)]
        )
    assert waiting(reviewed.store, "Ann", claim="one", order="uncertain")[0].pmid == 12


def test_verdict_on_the_claim(reviewed: Map, review: Review) -> None:
    done = review("v2 short follow-up\n2024-05\nq\n", "--claim", "two")
    assert [tuple(row) for row in reviewed.store.rows("select claim_key, reviewer, verdict, rationale, as_of from claim_verdicts")] == [
        ("two", "Ann", "partly", "short follow-up", "2024-05")
    ]  # fmt: skip
    assert "verdict partly" in done.err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--claim", "nothing"), 1, "no claim has the key"),
        (("--sample", "0"), 1, "asks for no links"),
        (("--reviewer", "  "), 1, "name is empty"),
        (("--order", "worst"), 2, "worst"),
        (("--sample", "3", "--claim", "one"), 2, "goes with neither"),
    ],
)
def test_what_cannot_be_reviewed_is_refused(
    reviewed: Map, review: Review, words: tuple[str, ...], code: int, says: str
) -> None:
    done = review("i\n", *words)
    assert (done.code, decided(reviewed)) == (code, [])
    assert says in done.err


def test_without_terminal_and_keys_it_says_so(reviewed: Map, review: Review) -> None:
    done = review("")
    assert done.code == 1
    assert "no terminal" in done.err
    assert "litmap review DATABASE" in done.err


def test_without_a_name_it_says_so(db: Path, litmap: Litmap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("i\n"))
    assert "--reviewer NAME" in litmap("review", db).err
    refused = litmap("review", db, "--reviewer", "Ann")
    assert (refused.code, "litmap link" in refused.err) == (1, True)


# ---------------------------------------------------------------- on a terminal


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_of_80_by_24(reviewed: Map) -> None:
    import fcntl
    import pty
    import termios

    path = reviewed.store.path
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    env = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    command = [sys.executable, "-m", "litmap", "review", str(path), "--reviewer", "Ann"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env={**env, "TERM": "xterm"}) as process:
        os.close(theirs)
        try:
            first = _until(ours, "q quit")
            os.write(ours, b"s1")
            _until(ours, "stance: supports")
            os.write(ours, b"n")
            _until(ours, "> ")
            os.write(ours, "a note, à la main\n".encode())
            _until(ours, "note: a note")
            os.write(ours, b"i")
            _until(ours, "Enter your decision there too?")
            os.write(ours, b"nq")  # typed ahead: neither key is lost
            last = _until(ours, "records still open")
            assert process.wait(20) == 0
        finally:
            process.kill()
            os.close(ours)
    lines = first.rpartition("\x1b[1;1H")[2].split("\r\n")
    assert len(lines) == 24
    assert "Ketamine relieves depression." in first
    assert "1 entry made by Ann" in last
    with open_store(path, read_only=True) as store:
        rows = store.rows("select verdict, stance, note from decisions")
    assert [tuple(row) for row in rows] == [("include", "supports", "a note, à la main")]


def _until(terminal: int, words: str) -> str:
    """Read what the program draws until these words are in it."""
    seen = b""
    while words.encode() not in seen:
        ready, _, _ = select.select([terminal], [], [], 30)
        assert ready, f"{words!r} never came; the screen: {seen.decode(errors='replace')}"
        try:
            data = os.read(terminal, 65536)
        except OSError:  # Linux: the other end is closed
            data = b""
        assert data, f"ended before {words!r}: {seen.decode(errors='replace')}"
        seen += data
    return seen.decode()
