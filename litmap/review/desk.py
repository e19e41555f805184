"""The desk that a session works at: enters what it is told into the map, and looks up what it asks for."""

from __future__ import annotations

from collections.abc import Sequence

from litmap.linking.standing import counting, entries
from litmap.review import decisions, verdicts
from litmap.review.groups import groups
from litmap.review.queue import own
from litmap.review.session import Draft, Item
from litmap.store import Store


class MapDesk:
    """One reviewer at one map. Every entry is a transaction of its own."""

    def __init__(self, store: Store, reviewer: str, *, blind: bool = False) -> None:
        self.store = store
        self.reviewer = decisions.check_reviewer(reviewer)
        self.blind = blind
        self._groups = groups(store.conn)
        self._decided = set(own(store.conn, self.reviewer))

    def vote(self, item: Item, verdict: str, draft: Draft) -> None:
        """Enter a vote and commit it."""
        decisions.decide(
            self.store, claim_key=item.claim_key, pmid=item.pmid, reviewer=self.reviewer, verdict=verdict, reason=draft.reason,
            stance=draft.stance, directness=draft.directness, note=draft.note, blind=self.blind,
        )  # fmt: skip
        self._decided.add(item)

    def take_back(self, item: Item) -> None:
        """Enter a withdrawal and commit it."""
        decisions.withdraw(self.store, claim_key=item.claim_key, pmid=item.pmid, reviewer=self.reviewer)
        self._decided.discard(item)

    def judge(self, claim_key: str, verdict: str, rationale: str | None, as_of: str) -> None:
        """Enter a verdict on a claim and commit it. Raises InputError for a date that is none."""
        verdicts.judge(
            self.store, claim_key=claim_key, reviewer=self.reviewer, verdict=verdict, rationale=rationale, as_of=as_of
        )

    def open(self, item: Item) -> bool:
        """Whether this reviewer has yet to decide on it."""
        return item not in self._decided and (None, item.pmid) not in self._decided

    def alike(self, item: Item) -> Sequence[Item]:
        """The same record where it is a candidate for claims that say the same, not yet decided by this reviewer."""
        found = [Item(key, item.pmid) for key in self._groups.get(item.claim_key, ())]
        return [other for other in found if self.open(other) and self._linked(other)]

    def others(self, item: Item) -> Sequence[str]:
        """What other people said of it: one line each."""
        found = entries(self.store.conn, [item.claim_key])
        made = [entry for entry in found if (entry.claim_key, entry.pmid) == item]
        return [f"{entry.reviewer} {entry.verdict}" for entry in counting(made) if entry.reviewer != self.reviewer]

    def tally(self, claim_key: str) -> list[str]:
        """What this reviewer decided for a claim: a line of counts, then the included records."""
        mine = {pmid: e for (key, pmid), e in own(self.store.conn, self.reviewer).items() if key == claim_key}
        said = [entry.verdict for entry in mine.values()]
        lines = [", ".join(f"{said.count(verdict)} {verdict}d" for verdict in ("include", "exclude"))]
        lines[0] += f", {said.count('unsure')} unsure"
        rows = self.store.rows(
            "select r.pmid, r.title, r.pub_year, r.level from records r join links l on l.pmid = r.pmid join claims c on c.id = l.claim_id"
            " where c.key = ? order by r.pub_year desc, r.pmid",
            claim_key,
        )
        for row in rows:
            entry = mine.get(row["pmid"])
            if entry and entry.verdict == "include":
                level = "" if self.blind else f" level {row['level']}," if row["level"] else " no level,"
                lines.append(f"{entry.stance or 'stance not given'},{level} {row['pub_year'] or '?'}: {row['title']}")
        return lines

    def _linked(self, item: Item) -> bool:
        sql = "select 1 from links l join claims c on c.id = l.claim_id where c.key = ? and l.pmid = ? and c.status = 'active'"
        return self.store.value(sql, item.claim_key, item.pmid) is not None
