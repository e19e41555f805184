"""Which records stand behind each row of claim_evidence, and what must be said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from litmap.linking.evidence import NOTICE, PREPRINT, RETRACTED
from litmap.linking.facets import RawTags, Tree, pick, raw_tags, roles
from litmap.linking.standing import standings
from litmap.store import Store

SCHEMES = {"harm": "ocebm-harm"}  # every other question: ocebm-benefit


@dataclass(frozen=True, slots=True)
class Behind:
    """The records behind one row: `pmids` in order of their rank, with the rules of its level, and notices on them.

    A notice about another paper is no evidence, and stands behind no row.
    """

    pmids: tuple[int, ...] = ()
    rules: tuple[str, ...] = ()
    integrity: tuple[str, ...] = ()


class Bearing:
    """Finds the records behind a row. Reads one claim at a time; memory does not grow with the map."""

    def __init__(self, store: Store) -> None:
        self.conn = store.conn
        self.tree = Tree(store.conn)
        decided = standings(store.conn)
        self.included = {pair for pair, standing in decided.items() if standing.verdict == "include"}
        self._claim: tuple[int, list[int], dict[int, RawTags]] | None = None

    def behind(
        self,
        claim: int,
        key: str,
        question: str,
        condition: str | None,
        basis: str | None,
        level: int | None,
        design: str | None,
        rows: Sequence[str],
    ) -> Behind:
        """Return what stands behind the row of `condition`; `rows` are all conditions of the claim that have a row."""
        pmids, tags = self._links(claim)
        answers = roles(question)[1]
        held = {pmid: pick(tags[pmid], answers).condition for pmid in pmids}
        if basis == "reviewed":
            kept = [
                pmid for pmid in pmids if (key, pmid) in self.included and self._belongs(condition, rows, held[pmid])
            ]
        else:
            kept = [pmid for pmid in pmids if condition is None or self._meets(condition, held[pmid])]
        return Behind(tuple(kept), self._rules(kept, question, level, design), self._notices(kept))

    def _links(self, claim: int) -> tuple[list[int], dict[int, RawTags]]:
        if self._claim is None or self._claim[0] != claim:
            found = self.conn.execute(
                "select l.pmid from links l join records r on r.pmid = l.pmid"
                f" where l.claim_id = ? and l.bears = 1 and not {NOTICE} order by l.rank, l.pmid",
                (claim,),
            )
            pmids = [row[0] for row in found]
            self._claim = claim, pmids, raw_tags(self.conn, "record", pmids)
        return self._claim[1], self._claim[2]

    def _meets(self, condition: str, held: frozenset[str]) -> bool:
        return any(self.tree.match("condition", condition, slug) in ("exact", "narrower") for slug in held)

    def _belongs(self, condition: str | None, rows: Sequence[str], held: frozenset[str]) -> bool:
        """A record that a person included counts for the conditions it is tagged with, or for all when for none."""
        if condition is None or len(rows) == 1:
            return True
        met = {row for row in rows if self.tree.meet("condition", frozenset((row,)), held)}
        return condition in met or not met

    def _rules(self, pmids: list[int], question: str, level: int | None, design: str | None) -> tuple[str, ...]:
        """The rules of the records that give the level: published ones, preprints where there is none; no retracted one."""
        if level is None or not pmids:
            return ()
        scheme = SCHEMES.get(question, "ocebm-benefit")
        found: dict[bool, set[str]] = {}  # rules of preprints and of published reports
        for preprint, rule in self.conn.execute(
            f"select {PREPRINT}, l.rule from record_levels l join records r on r.pmid = l.pmid"
            f" where l.scheme = ? and l.rank = ? and l.design = ? and not {RETRACTED} and not {NOTICE}"
            f" and r.pmid in ({','.join('?' * len(pmids))})",
            (scheme, level, design, *pmids),
        ):
            found.setdefault(bool(preprint), set()).add(rule)
        return tuple(sorted(found.get(False) or found.get(True) or ()))

    def _notices(self, pmids: list[int]) -> tuple[str, ...]:
        if not pmids:
            return ()
        rows = self.conn.execute(
            "select distinct kind, pmid, notice_pmid from record_integrity"
            f" where pmid in ({','.join('?' * len(pmids))}) order by kind, pmid, notice_pmid",
            pmids,
        )
        noticed: dict[tuple[str, int], list[str]] = {}
        for kind, pmid, notice in rows:
            noticed.setdefault((kind, pmid), []).extend([str(notice)] if notice else [])
        return tuple(
            f"{kind}: {pmid}" + (f" (notice {', '.join(notices)})" if notices else "")
            for (kind, pmid), notices in noticed.items()
        )
