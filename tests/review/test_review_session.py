"""Reviewing, fed with keys: no terminal and no database."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from litmap.errors import InputError
from litmap.review.session import Draft, Item, Session

ONE, TWO, OTHER = Item("a", 1), Item("a", 2), Item("b", 1)


class Desk:
    """Keeps what it is told."""

    def __init__(self, alike: dict[Item, list[Item]] | None = None) -> None:
        self.entries: list[tuple[object, ...]] = []
        self.decided: set[Item] = set()
        self.same = alike or {}
        self.before: dict[Item, Draft] = {}
        self.asked_for_others: list[tuple[Item, bool]] = []

    def begin(self, item: Item) -> Draft:
        return self.before.get(item, Draft())

    def disputed(self, _item: Item) -> Sequence[str]:
        return ()

    def vote(self, item: Item, verdict: str, draft: Draft) -> None:
        self.entries.append((item, verdict, draft))
        self.decided.add(item)

    def take_back(self, item: Item) -> None:
        self.entries.append((item, "withdrawn"))
        self.decided.discard(item)

    def judge(self, claim_key: str, verdict: str, rationale: str | None, as_of: str) -> None:
        if not as_of.startswith("20"):
            raise InputError(f"{as_of!r} is not a date", "write it as 2024-05-31")
        self.entries.append((claim_key, verdict, rationale, as_of))

    def open(self, item: Item) -> bool:
        return item not in self.decided

    def alike(self, item: Item) -> Sequence[Item]:
        return [other for other in self.same.get(item, []) if other not in self.decided]

    def others(self, item: Item) -> Sequence[str]:
        self.asked_for_others.append((item, item in self.decided))
        return ["Ben exclude"]


def sit(*lines: str, desk: Desk | None = None, items: Sequence[Item] = (ONE, TWO, OTHER)) -> tuple[Session, Desk]:
    desk = desk or Desk()
    session = Session(desk, items, today="2025-06-15")
    for line in lines:
        session.line(line)
    return session, desk


@pytest.mark.parametrize(
    ("keys", "verdict", "draft"),
    [
        ("i", "include", Draft()),
        ("u", "unsure", Draft()),
        ("e1", "exclude", Draft("wrong population")),
        ("e3", "exclude", Draft("wrong route")),
        ("e 8", "exclude", Draft("retracted")),
        ("s2i", "include", Draft(stance="contradicts")),
        ("s2s0i", "include", Draft()),
        ("d i", "include", Draft(directness="direct")),
        ("ddi", "include", Draft(directness="indirect")),
        ("dddi", "include", Draft()),
        ("e9small and open", "exclude", Draft("other", note="small and open")),
        ("e0i", "include", Draft()),
    ],
)
def test_keys_enter_one_vote_with_what_was_said_before_it(keys: str, verdict: str, draft: Draft) -> None:
    session, desk = sit(keys)
    assert desk.entries == [(ONE, verdict, draft)]
    assert (session.item, session.draft) == (TWO, Draft())


def test_a_full_text_that_could_not_be_had_is_a_reason_of_that_stage_alone() -> None:
    for stage, entries in (
        ("full-text", [(ONE, "exclude", Draft("full text not retrieved"))]),
        ("title-abstract", []),
    ):
        session = Session(desk := Desk(), (ONE, TWO), today="2025-06-15", stage=stage)
        session.line("e0")
        assert desk.entries == entries


def test_what_was_said_of_the_abstract_is_there_to_be_confirmed_or_changed() -> None:
    desk = Desk()
    desk.before = {ONE: Draft(stance="supports"), TWO: Draft(stance="mixed", directness="direct")}
    session, _ = sit("i", "s2d i", desk=desk)
    assert [entry[2] for entry in desk.entries] == [
        Draft(stance="supports"),
        Draft(stance="contradicts", directness="indirect"),
    ]  # type: ignore[misc]
    assert session.draft == Draft()


def test_a_note_is_the_rest_of_its_line_or_the_next_line() -> None:
    _, desk = sit("n the dose differs", "i", "n", "eqz is text here", "e2", "")
    assert [(entry[1], entry[2].note) for entry in desk.entries] == [  # type: ignore[attr-defined]
        ("include", "the dose differs"),
        ("exclude", "eqz is text here"),
    ]


def test_undo_takes_back_what_was_entered_last_and_shows_it_again_with_what_was_said() -> None:
    session, desk = sit("s1i", "k", "", "zz")
    assert desk.entries[1:] == [(ONE, "withdrawn")]
    assert (session.item, session.draft.stance) == (ONE, "supports")
    session.key("z")
    assert "Nothing to undo" in session.message


def test_skipping_enters_nothing() -> None:
    session, desk = sit("kkk")
    assert (desk.entries, session.item, session.mode) == ([], None, "end")


def test_what_others_said_is_asked_for_only_after_the_vote() -> None:
    session, desk = sit("s1dkz", "i")
    assert desk.asked_for_others == [(ONE, True)]
    assert "Ben exclude" in session.message


def test_the_same_decision_is_offered_for_claims_that_say_the_same_and_never_applied_unasked() -> None:
    alike = {ONE: [OTHER]}
    session, desk = sit("s1i", desk=Desk(alike))
    assert (session.mode, session.offered) == ("offer", (OTHER,))
    assert [entry[0] for entry in desk.entries] == [ONE]
    session, desk = sit("i", "", "k", desk=Desk(alike))
    assert [entry[0] for entry in desk.entries] == [ONE]
    session, desk = sit("s1i", "y", desk=Desk(alike))
    assert desk.entries == [(ONE, "include", Draft(stance="supports")), (OTHER, "include", Draft(stance="supports"))]
    session.line("k")
    assert session.mode == "verdict"
    session.line("")
    assert session.item is None  # what was decided by the offer is not shown again


def test_at_an_offer_z_undoes_the_vote_q_ends_and_a_key_for_the_next_record_is_not_lost() -> None:
    for key, entries, mode in (("z", [(ONE, "withdrawn")], "record"), ("q", [], "done"), ("i", [], "offer"), ("\x1b[A", [], "offer")):
        session, desk = sit("i", desk=Desk({ONE: [OTHER]}))
        session.key(key)
        assert (desk.entries[1:], session.mode) == (entries, mode)
        assert session.item == ONE
    for no in ("\r", "n", " ", "\x1b"):
        session, desk = sit("i", desk=Desk({ONE: [OTHER]}))
        session.key(no)
        assert (len(desk.entries), session.mode, session.item) == (1, "record", TWO)


def test_where_a_verdict_is_asked_for_a_key_for_the_next_record_is_not_lost() -> None:
    session, desk = sit("i", "e2")
    session.key("i")
    assert (len(desk.entries), session.mode) == (2, "verdict")
    assert "a number, or Enter" in session.message


def test_a_script_that_goes_on_declines_offers_and_verdicts() -> None:
    _, desk = sit("i", "i", "e1", desk=Desk({ONE: [OTHER], TWO: [OTHER]}))
    assert [entry[:2] for entry in desk.entries] == [(ONE, "include"), (TWO, "include"), (OTHER, "exclude")]
    _, desk = sit("i i", "v2 small trials", "2024", "n a note", "i", desk=Desk({ONE: [OTHER]}))
    assert desk.entries[2:] == [("a", "partly", "small trials", "2024"), (OTHER, "include", Draft(note="a note"))]


def test_an_empty_note_takes_back_the_note() -> None:
    session, _ = sit("n wrong text")
    session.key("n")
    session.text("")
    assert session.draft.note is None


def test_undo_takes_back_an_offer_as_well() -> None:
    session, desk = sit("i", "y", "z", desk=Desk({ONE: [OTHER]}))
    assert desk.entries[2:] == [(ONE, "withdrawn"), (OTHER, "withdrawn")]
    assert session.item == ONE


def test_after_a_claims_last_record_a_verdict_can_be_given() -> None:
    session, desk = sit("i", "e2", "2 only short follow-up", "2024-05")
    assert desk.entries[-1] == ("a", "partly", "only short follow-up", "2024-05")
    assert (session.mode, session.item) == ("record", OTHER)


def test_a_verdict_is_of_today_unless_said_and_a_wrong_date_is_asked_for_again() -> None:
    session, desk = sit("v1", "", "yesterday")
    assert (session.mode, desk.entries) == ("as-of", [])
    assert "is not a date" in session.message
    session.line("")
    assert desk.entries == [("a", "supported", None, "2025-06-15")]
    assert session.item == ONE


def test_no_verdict_is_asked_for_a_claim_that_was_only_skipped() -> None:
    session, _ = sit("kk")
    assert (session.mode, session.item) == ("record", OTHER)


def test_a_cancelled_question_enters_nothing() -> None:
    session, desk = sit("e9")
    session.cancel()
    assert (session.mode, session.item, desk.entries) == ("record", ONE, [])


@pytest.mark.parametrize("key", ["x", "7", "\x1b[A", "\x07", "é"])
def test_a_key_without_meaning_changes_nothing_and_says_so(key: str) -> None:
    session, desk = sit()
    session.key(key)
    assert (session.item, desk.entries) == (ONE, [])
    assert "means nothing here" in session.message


def test_after_quitting_no_key_does_anything() -> None:
    session, desk = sit("i", "q", "i", "u")
    assert (len(desk.entries), session.mode) == (1, "done")
