"""The desk that a session works at: enters what it is told into the map, and looks up what it asks for."""

from __future__ import annotations

from collections.abc import Sequence

from litmap.linking.evidence import SCHEME
from litmap.linking.standing import Entry, counting, entries, split
from litmap.review import decisions, verdicts
from litmap.review.groups import groups
from litmap.review.queue import decided, own, passed
from litmap.review.session import Draft, Item
from litmap.store import Store


class MapDesk:
    """One reviewer at one map, at one stage. Every entry is a transaction of its own.

    `resolving`: the entries settle what others disagree on, so these votes are shown.
    """

    def __init__(
        self,
        store: Store,
        reviewer: str,
        *,
        blind: bool = False,
        stage: str = decisions.TITLE_ABSTRACT,
        resolving: bool = False,
    ) -> None:
        self.store = store
        self.reviewer = decisions.check_reviewer(reviewer)
        self.blind = blind
        self.stage = stage
        self.resolving = resolving
        full_text = stage == decisions.FULL_TEXT
        self._groups = {} if resolving else groups(store.conn)
        self._decided = set() if resolving else set(decided(store.conn, self.reviewer, stage))
        self._earlier = own(store.conn, self.reviewer, decisions.TITLE_ABSTRACT) if full_text and not resolving else {}
        self._ready = passed(store.conn) if full_text else None

    def begin(self, item: Item) -> Draft:
        """What this reviewer said of it on title and abstract, to be confirmed or changed by its full text."""
        said = self._earlier.get(item)
        return Draft(None, said.stance, said.directness) if said else Draft()

    def vote(self, item: Item, verdict: str, draft: Draft) -> None:
        """Enter a vote, or a resolution, and commit it."""
        decisions.decide(
            self.store, claim_key=item.claim_key, pmid=item.pmid, reviewer=self.reviewer, verdict=verdict, stage=self.stage,
            kind="resolution" if self.resolving else "vote", reason=draft.reason, stance=draft.stance,
            directness=draft.directness, note=draft.note, blind=self.blind,
        )  # fmt: skip
        self._decided.add(item)

    def take_back(self, item: Item) -> None:
        """Enter a withdrawal and commit it."""
        decisions.withdraw(
            self.store, claim_key=item.claim_key, pmid=item.pmid, reviewer=self.reviewer, stage=self.stage
        )
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
        """What other people said of it at this stage: one line each. Who resolves has seen it already."""
        if self.resolving:
            return []
        counted = counting(self._made(item))
        return [f"{entry.reviewer} {entry.verdict}" for entry in counted if entry.reviewer != self.reviewer]

    def disputed(self, item: Item) -> list[str]:
        """What each reviewer voted, and why: for whoever resolves."""
        return [_said(entry) for entry in split(self._made(item))[0]] if self.resolving else []

    def tally(self, claim_key: str) -> list[str]:
        """What this reviewer decided for a claim: a line of counts, verdicts, then the included records."""
        mine = {pmid: e for (key, pmid), e in own(self.store.conn, self.reviewer).items() if key == claim_key}
        said = [entry.verdict for entry in mine.values()]
        lines = [", ".join(f"{said.count(verdict)} {verdict}d" for verdict in ("include", "exclude"))]
        lines[0] += f", {said.count('unsure')} unsure"
        lines += self._verdicts(claim_key)
        question = str(self.store.value("select question from claims where key = ?", claim_key))
        rows = self.store.rows(
            "select r.pmid, r.title, r.pub_year, r.integrity, case when ?2 = 'ocebm-harm' and r.integrity is not 'retracted' then h.rank else r.level end as level"
            " from links l join claims c on c.id = l.claim_id join records r on r.pmid = l.pmid"
            " left join record_levels h on h.pmid = r.pmid and h.scheme = ?2 where c.key = ?1 order by r.pub_year desc, r.pmid",
            claim_key, SCHEME.get(question),
        )  # fmt: skip
        for row in rows:
            entry = mine.get(row["pmid"])
            if entry and entry.verdict == "include":
                level = "" if self.blind else f" level {row['level']}," if row["level"] else " no level,"
                year = row["pub_year"] or "no year"
                gone = "retracted; " if row["integrity"] == "retracted" else ""
                lines.append(f"{gone}{entry.stance or 'stance not given'},{level} {year}, PMID {row['pmid']}: {row['title']}")
        return lines

    def _verdicts(self, claim_key: str) -> list[str]:
        """Everybody's verdicts on a claim, once this reviewer has given one."""
        found = verdicts.latest(self.store.conn, claim_key)
        if all(one.reviewer != self.reviewer for one in found):
            return []
        return [
            f"{one.reviewer}: {one.verdict}, as of {one.as_of or one.decided_at[:10]}"
            + (f" ({one.rationale})" if one.rationale else "")
            for one in found
        ]

    def _made(self, item: Item) -> list[Entry]:
        made = entries(self.store.conn, [item.claim_key])
        return [entry for entry in made if (entry.claim_key, entry.pmid) == item and entry.stage == self.stage]

    def _linked(self, item: Item) -> bool:
        if self._ready is not None and item not in self._ready:
            return False
        sql = "select 1 from links l join claims c on c.id = l.claim_id where c.key = ? and l.pmid = ? and c.status = 'active'"
        return self.store.value(sql, item.claim_key, item.pmid) is not None


def _said(entry: Entry) -> str:
    about = ", ".join(filter(None, (entry.reason, entry.stance, entry.directness, entry.note)))
    return f"{entry.reviewer}: {entry.verdict}" + (f" ({about})" if about else "")
