"""Reviewing as a machine that takes keys: what is shown, what a key means there, what is entered when.

Nothing here draws or reads the database: a Desk does that, so that a test can feed keys. Every verdict is handed to the
desk at once; the session keeps no more than the place in the list and what is still unsaid about the record shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, TypeVar

from litmap.errors import InputError
from litmap.review.decisions import STANCES, TITLE_ABSTRACT, reasons
from litmap.review.verdicts import VERDICTS as CLAIM_VERDICTS

Chosen = TypeVar("Chosen")
ENTER = "\r"
VOTES = {"i": "include", "u": "unsure"}
NUMBERS = "1234567890"
DIRECTNESS = {None: "direct", "direct": "indirect", "indirect": None}
DECLINES = (ENTER, "\n", " ", "n", "\x1b")  # no to an offer, not now to a verdict; ESC is the key itself, not an arrow
ASKS_TEXT = ("note", "other", "rationale", "as-of")


class Item(NamedTuple):
    """One thing to decide on: does this record bear on this claim?"""

    claim_key: str
    pmid: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What the reviewer has said of the record shown, before the verdict that enters it."""

    reason: str | None = None
    stance: str | None = None
    directness: str | None = None
    note: str | None = None


class Desk(Protocol):
    """Where a session's entries go, and what it must know of the map."""

    def begin(self, item: Item) -> Draft:
        """What this reviewer said of it before, at an earlier stage."""

    def vote(self, item: Item, verdict: str, draft: Draft) -> None:
        """Enter a vote and commit it."""

    def take_back(self, item: Item) -> None:
        """Enter a withdrawal and commit it."""

    def judge(self, claim_key: str, verdict: str, rationale: str | None, as_of: str) -> None:
        """Enter a verdict on a claim. Raises InputError for a date that is none."""

    def open(self, item: Item) -> bool:
        """Whether this reviewer has yet to decide on it."""

    def alike(self, item: Item) -> Sequence[Item]:
        """The same record for claims that say the same, not yet decided by this reviewer."""

    def others(self, item: Item) -> Sequence[str]:
        """What other people said of it. Only asked once one's own vote is cast."""

    def disputed(self, item: Item) -> Sequence[str]:
        """What reviewers voted on it, when this sitting settles their conflicts; nothing otherwise."""


class Step(NamedTuple):
    """One thing that undo takes back."""

    at: int
    voted: tuple[Item, ...]
    draft: Draft


class Session:
    """One sitting of one reviewer. `key` and `text` move it on; `mode` says what it waits for."""

    def __init__(
        self,
        desk: Desk,
        items: Sequence[Item],
        *,
        today: str,
        by_claim: bool = True,
        stage: str = TITLE_ABSTRACT,
    ) -> None:
        self.desk = desk
        self.items = tuple(items)
        self.today = today
        self.stage = stage
        self.by_claim = by_claim  # ask for a verdict where a claim's records end
        self.at = 0
        self.mode = "record"  # record reason other stance note offer verdict rationale as-of help why end done
        self.draft = Draft()
        self.page = 0
        self.message = ""
        self.offered: tuple[Item, ...] = ()
        self._offer = ("", Draft())
        self.log: list[str] = []  # one line for each entry made
        self._history: list[Step] = []
        self._touched: set[str] = set()  # claims decided on in this sitting, not yet asked about
        self._verdict = ("", "", "")  # claim key, verdict, rationale
        self._after = "record"  # where a verdict goes on
        self._go()

    @property
    def item(self) -> Item | None:
        """What is shown; None when the list is at its end."""
        return self.items[self.at] if self.at < len(self.items) else None

    @property
    def disputed(self) -> Sequence[str]:
        """The votes to settle on the record shown; nothing when this is no sitting on conflicts."""
        return self.desk.disputed(self.item) if self.item else ()

    @property
    def verdict_on(self) -> str | None:
        """The key of the claim that a verdict is asked for."""
        return self._verdict[0] or None

    @property
    def asks_text(self) -> bool:
        """Whether a line of text is wanted, not a key."""
        return self.mode in ASKS_TEXT

    def line(self, text: str) -> None:
        """Take a line of a script: each character is a key, but what follows a key that asks for text is that text.

        Nobody sees the screen, so a key of the next record declines an offer, or a verdict, that it finds.
        """
        if self.asks_text:
            self.text(text)
        elif not text.strip():
            self.key(ENTER)
        else:
            for number, char in enumerate(text):
                rest = text[number:].strip()
                if self.asks_text and rest:
                    self.text(rest)
                    return
                if not char.isspace():
                    while self._declines(char, rest):
                        self.key(ENTER)
                    self.key(char)

    def _declines(self, key: str, rest: str) -> bool:
        """Whether a script goes on with a record where an offer or a verdict is asked for: n alone is a no, n with text a note."""
        if self.mode not in ("offer", "verdict") or (self.mode, key) == ("verdict", "v"):
            return False
        return key in RECORD_KEYS or (key == "n" and len(rest) > 1)

    def key(self, key: str) -> None:
        """Take one key."""
        if self.mode == "done":
            return
        self.message = ""
        getattr(self, f"_in_{self.mode.replace('-', '_')}")(key)

    def text(self, text: str) -> None:
        """Take a line of text where one is asked for; an empty one says nothing: it takes back a note."""
        said = " ".join(text.split())
        self.message = ""
        if self.mode == "note":
            self.draft = replace(self.draft, note=said or None)
            self.mode = "record"
        elif self.mode == "other":
            self.draft = replace(self.draft, note=said or self.draft.note)
            self._vote("exclude")
        elif self.mode == "rationale":
            self._verdict = (*self._verdict[:2], said)
            self.mode = "as-of"
        elif self.mode == "as-of":
            self._judge(said or self.today)

    def cancel(self) -> None:
        """Leave a question for text without an answer; nothing is entered."""
        if self.mode in ("rationale", "as-of"):
            self._leave_verdict()
        elif self.asks_text:
            self.mode = "record"

    def quit(self) -> None:
        """End the sitting; everything entered stays."""
        self.mode = "done"

    # ------------------------------------------------------------ a record is shown

    def _in_record(self, key: str) -> None:
        if key in VOTES:
            self._vote(VOTES[key])
        elif key == "d":
            self.draft = replace(self.draft, directness=DIRECTNESS[self.draft.directness])
        elif key == "k":
            self._history.append(Step(self.at, (), self.draft))
            self._next()
        elif key == "z":
            self._undo()
        elif key in (" ", ENTER, "\n", "m"):
            self.page += 1
        elif key == "b":
            self.page -= 1
        elif key == "v" and self.item:
            self._ask_verdict(self.item.claim_key, "record")
        elif key == "q":
            self.quit()
        elif key in MODES:
            self.mode = MODES[key]
        else:
            self.message = f"{_named(key)} means nothing here; ? lists the keys."

    def _in_end(self, key: str) -> None:
        if key == "z":
            self._undo()
        else:
            self.quit()

    def _in_help(self, _key: str) -> None:
        self.mode = "record"

    def _in_why(self, _key: str) -> None:
        self.mode = "record"

    def _in_reason(self, key: str) -> None:
        reason = _chosen(reasons(self.stage), key)
        if reason is None:
            self.mode, self.message = "record", "Not excluded: no reason given."
            return
        self.draft = replace(self.draft, reason=reason)
        if reason == "other" and not self.draft.note:
            self.mode = "other"
        else:
            self._vote("exclude")

    def _in_stance(self, key: str) -> None:
        self.mode = "record"
        stance = _chosen(STANCES, key)
        if stance or key == "0":
            self.draft = replace(self.draft, stance=stance)
        else:
            self.message = "The stance is as it was."

    # ------------------------------------------------------------ entering, and going on

    def _vote(self, verdict: str) -> None:
        item = self.item
        if item is None:
            return
        draft = self.draft if verdict == "exclude" else replace(self.draft, reason=None)
        self._enter(item, verdict, draft)
        self._history.append(Step(self.at, (item,), draft))
        others = self.desk.others(item)
        self.message = f"PMID {item.pmid}: {verdict} (z undoes it)." + (
            f" Others: {'; '.join(others)}." if others else ""
        )
        self.offered = tuple(self.desk.alike(item))
        self._offer = (verdict, draft)
        if self.offered:
            self.mode = "offer"
        else:
            self._next()

    def _enter(self, item: Item, verdict: str, draft: Draft) -> None:
        self.desk.vote(item, verdict, draft)
        self._touched.add(item.claim_key)
        about = "; ".join(filter(None, (draft.reason, draft.stance, draft.directness, draft.note)))
        self.log.append(f"{item.claim_key} PMID {item.pmid}: {verdict}" + (f" ({about})" if about else ""))

    def _in_offer(self, key: str) -> None:
        """y: the same for all; a number: for that claim alone. A key for the next record must not be lost as a no."""
        one = _chosen(self.offered[:9], key)
        if key in ("z", "q"):
            self.offered = ()
            self._undo() if key == "z" else self.quit()
            return
        if key != "y" and one is None and key not in DECLINES:
            self.message = f"{_named(key)} means nothing here: y, a number, or Enter for no."
            return
        chosen = self.offered if key == "y" else (one,) if one else ()
        verdict, draft = self._offer
        for item in chosen:
            self._enter(item, verdict, draft)
        if chosen:
            last = self._history.pop()
            self._history.append(last._replace(voted=(*last.voted, *chosen)))
            self.message = f"The same was entered for {len(chosen)} more."
        self.offered = ()
        self._next()

    def _next(self) -> None:
        left = self.item
        self.at += 1
        self._go()
        ended = left and self.by_claim and (self.item is None or self.item.claim_key != left.claim_key)
        if left and ended and left.claim_key in self._touched:
            self._ask_verdict(left.claim_key, self.mode)

    def _go(self) -> None:
        """Show the next item that is still open: an offer taken may have decided some of them."""
        while self.item and not self.desk.open(self.item):
            self.at += 1
        self.mode = "record" if self.item else "end" if self._history else "done"
        self.draft, self.page = self.desk.begin(self.item) if self.item else Draft(), 0

    def _undo(self) -> None:
        if not self._history:
            self.message = "Nothing to undo in this sitting."
            return
        step, self._verdict = self._history.pop(), ("", "", "")
        for item in step.voted:
            self.desk.take_back(item)
            self.log.append(f"{item.claim_key} PMID {item.pmid}: withdrawn")
        self.at, self.draft, self.page, self.mode = step.at, replace(step.draft, reason=None), 0, "record"
        self.message = "Withdrawn; decide again, or skip." if step.voted else "Back at the record skipped."

    # ------------------------------------------------------------ a verdict on the claim

    def _ask_verdict(self, claim_key: str, after: str) -> None:
        self._verdict, self._after, self.mode = (claim_key, "", ""), after, "verdict"

    def _in_verdict(self, key: str) -> None:
        verdict = _chosen(CLAIM_VERDICTS, key)
        if verdict:
            self._verdict = (self._verdict[0], verdict, "")
            self.mode = "rationale"
        elif key == "z" and self._history:
            self._undo()
        elif key == "q":
            self.quit()
        elif key in DECLINES:
            self._leave_verdict()
        elif key != "v":
            self.message = f"{_named(key)} means nothing here: a number, or Enter for not now."

    def _judge(self, as_of: str) -> None:
        claim_key, verdict, rationale = self._verdict
        try:
            self.desk.judge(claim_key, verdict, rationale or None, as_of)
        except InputError as error:
            self.message = f"{error}: {error.hint}"
            return
        self.log.append(f"{claim_key}: verdict {verdict}, as of {as_of}")
        self.message = f"Verdict: {verdict} (kept; v gives another)."
        self._leave_verdict()

    def _leave_verdict(self) -> None:
        self._touched.discard(self._verdict[0])
        self._verdict, self.mode = ("", "", ""), self._after


MODES = {"e": "reason", "s": "stance", "n": "note", "w": "why", "?": "help"}
RECORD_KEYS = frozenset("iuedskvwmb?")  # what a script's line can begin with where a record is shown, and not at an offer


def _named(key: str) -> str:
    return key if key.isprintable() else "That key"


def _chosen(options: Sequence[Chosen], key: str) -> Chosen | None:
    """Return the option with the number that `key` is; the tenth has 0."""
    at = NUMBERS.find(key) if len(key) == 1 else -1
    return options[at] if 0 <= at < len(options) else None
