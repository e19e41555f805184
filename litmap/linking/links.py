"""Fills the table links: for each claim the records that may bear on it, best first."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from litmap.cycles import no_search_for_cycles
from litmap.errors import InputError
from litmap.linking import ranking
from litmap.linking.candidates import how_many, retrieve
from litmap.linking.corpus import Corpus
from litmap.linking.evidence import ADDED, refresh_evidence
from litmap.linking.facets import FACETS, Tree, raw_tags
from litmap.linking.fitting import Fittings
from litmap.linking.reasons import reasons
from litmap.linking.signs import read_signs, table
from litmap.linking.standing import standings
from litmap.linking.subjects import Subjects
from litmap.linking.wanted import Asking, Wanted, wanted
from litmap.store import Store

VERSION = "bm25f-subject/4"
ASKED_FOR_SUBJECT = 8  # times as many as for other claims
LEAST_KEPT = 300
Progress = Callable[[int, int], None]
# collection, terms wanted (term -> word), how many, terms of the treatment
Ask = Callable[[Corpus, Mapping[str, str], int, "Mapping[str, str] | None"], list[int]]
LinkRow = tuple[int, int, int, float, float, str, str | None, str | None, str]
_RANKED = f"select pmid from links where claim_id = ? and rank <= ? and ranker <> '{ADDED}'"
COLUMNS = "claim_id, pmid, rank, score, words, reasons, record_digest, date_revised, ranker"


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What linking did. claims = linked + without + unchanged."""

    claims: int
    linked: int  # linked anew, with at least one record
    without: int  # looked at anew, no record found
    unchanged: int  # nothing changed since they were linked
    links: int  # rows now in the table
    written: int  # rows added, changed or removed
    bearing: int  # links that bear on their claim


@dataclass(frozen=True, slots=True)
class ActiveClaim:
    """A claim that stands in the current version of its page."""

    id: int
    key: str
    asking: Asking
    kept: tuple[int, ...]  # records a reviewer included: linked whatever their rank

    def digest(self, state: str, top: int, ranked: Collection[int]) -> str:
        """Digest what its links follow from; `ranked` are the records that the program itself puts among the best."""
        one = self.asking
        beyond = [pmid for pmid in self.kept if pmid not in ranked]
        parts = (state, top, one.text, one.question, one.raw, one.heading, one.denies, one.kind, beyond)
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def link(store: Store, *, top: int = 50, progress: Progress | None = None) -> LinkReport:
    """Link each active claim to its best `top` records; write what differs from what is stored.

    Claims whose text, tags and records are as they were are left alone. `progress` gets (done, of).
    Raises InputError when `top` is less than 1.
    """
    if top < 1:
        raise InputError(f"--top {top} asks for no records", "give a number of 1 or more")
    conn = store.conn
    claims = active_claims(conn)
    state = _state(conn)
    due = _due(conn, claims, state, top)
    made: dict[int, list[LinkRow]] = {}
    digests: dict[int, str] = {}
    with no_search_for_cycles():
        linker = Linker(conn, top) if due else None
        for number, claim in enumerate(due, 1):
            made[claim.id] = rows = linker.rows(claim) if linker else []
            digests[claim.id] = claim.digest(state, top, {row[1] for row in rows if row[2] <= top and row[-1] != ADDED})
            if progress:
                progress(number, len(due))
    written = _store(store, {claim.id for claim in claims}, made, digests, top)
    linked = sum(bool(rows) for rows in made.values())
    return LinkReport(
        len(claims), linked, len(due) - linked, len(claims) - len(due),
        store.value("select count(*) from links"), written, store.value("select count(*) from links where bears = 1"),
    )  # fmt: skip


def due(store: Store) -> int:
    """Count the claims whose links no longer follow from what the map holds. 0 when nothing was ever linked."""
    top = store.meta("link_top")
    if top is None:
        return 0
    return len(_due(store.conn, active_claims(store.conn), _state(store.conn), int(top)))


def _due(conn: sqlite3.Connection, claims: Sequence[ActiveClaim], state: str, top: int) -> list[ActiveClaim]:
    """The claims whose links do not follow from what the map holds."""
    held = {row[0]: row[1] for row in conn.execute("select claim_id, digest from link_inputs")}
    ranked: dict[int, set[int]] = {claim.id: set() for claim in claims if claim.kept}
    for claim_id in ranked:
        ranked[claim_id].update(row[0] for row in conn.execute(_RANKED, (claim_id, top)))
    return [claim for claim in claims if held.get(claim.id) != claim.digest(state, top, ranked.get(claim.id, ()))]


def active_claims(conn: sqlite3.Connection) -> list[ActiveClaim]:
    """Read the claims to be linked, with their tags and what reviewers included for them."""
    rows = conn.execute(
        "select id, key, text, question, heading, polarity, claim_type from claims where status = 'active' order by id"
    ).fetchall()
    raw = raw_tags(conn, "claim", [row[0] for row in rows])
    kept: dict[str | None, list[int]] = {}
    for (key, pmid), standing in sorted(standings(conn).items(), key=lambda item: item[0][1]):
        if standing.verdict == "include":
            kept.setdefault(key, []).append(pmid)
    return [
        ActiveClaim(number, key, Asking(text, question, raw[number], heading or "", polarity == "deny", kind or ""), tuple(kept.get(key, ())))
        for number, key, text, question, heading, polarity, kind in rows
    ]  # fmt: skip


def _state(conn: sqlite3.Connection) -> str:
    """Digest everything outside the claim that its links depend on: records, their tags, the vocabulary, the signs."""
    sums = hashlib.sha256(VERSION.encode())
    sums.update(repr(table()).encode())
    queries = ["select pmid, digest, date_revised from records order by pmid"]
    queries += [f"select slug, label, parent, mesh from {facet}s order by slug" for facet in FACETS]
    queries += [
        f"select pmid, {facet}, role, origin from record_{facet}s order by pmid, {facet}, role" for facet in FACETS
    ]
    for sql in queries:
        for row in conn.execute(sql):
            sums.update(repr(tuple(row)).encode())
    return sums.hexdigest()


class Linker:
    """Ranks the records of one database for one claim at a time."""

    def __init__(self, conn: sqlite3.Connection, top: int) -> None:
        self.conn = conn
        self.top = top
        self.corpus = Corpus(conn)
        self.tree = Tree(conn)
        self.signs = read_signs(self.corpus.stemmer)
        self.subjects = Subjects(conn, self.corpus, self.tree, self.signs)
        self.fittings = Fittings(self.tree, self.subjects)

    def read(self, claim: Asking) -> Wanted:
        """Read what a claim asks for."""
        return wanted(self.corpus, self.tree, self.signs, claim)

    def rows(self, claim: ActiveClaim) -> list[LinkRow]:
        """Return the rows of `links` for a claim, best first."""
        asked = self.read(claim.asking)
        best = self.rank(asked, claim.kept)
        texts = self.corpus.texts([one.pmid for one in best])
        facts = self._facts([one.pmid for one in best])
        return [
            (
                claim.id, one.pmid, number, one.score, one.words,
                json.dumps(reasons(self.tree, asked, texts[one.pmid], one), ensure_ascii=False, separators=(",", ":")),
                *facts[one.pmid], ADDED if one.added else VERSION,
            )
            for number, one in enumerate(best, 1)
        ]  # fmt: skip

    def rank(
        self, asked: Wanted, kept: Sequence[int] = (), candidates: Sequence[int] | None = None
    ) -> list[ranking.Scored]:
        """Return the best `top` records, and those of `kept` beyond them, by score; ties by PMID.

        `candidates` replaces those that the full-text index gives.
        """
        if candidates is None:
            candidates = self.candidates(asked)
        pmids = list(candidates)
        known = set(pmids)
        added = {pmid for pmid in kept if pmid not in known and self._exists(pmid)}
        found = self._scored(asked, [*pmids, *sorted(added)])
        found = [replace(one, added=True) if one.pmid in added else one for one in found] if added else found
        found.sort(key=lambda one: (-one.score, one.pmid))
        found = ranking.alternate(found, self.tree.narrowest(asked.tags.condition))
        best = {one.pmid for one in found[: self.top]}
        found = [one for one in found if one.pmid in best or one.pmid in kept]
        if not (asked.signs and ranking.subject_share(asked)):
            return found
        self.subjects.learn([one.pmid for one in found])  # what was read meanwhile may have taken their place
        return [replace(one, signs=self._signs(asked, one.pmid)) for one in found]

    def _signs(self, asked: Wanted, pmid: int) -> tuple[tuple[str, float], ...]:
        shown = self.subjects.signs(pmid)
        return tuple((sign.name, shown.get(sign.number, 0.0)) for sign in asked.signs)

    def candidates(self, asked: Wanted, ask: Ask = retrieve) -> list[int]:
        """Ask the index; where the subject decides much, ask for more and keep those whose tags fit best.

        `ask` replaces the query that the rarest words choose for.
        """
        limit = how_many(self.corpus.size, self.top)
        if not ranking.subject_share(asked):
            return ask(self.corpus, asked.sought, limit, None)
        pmids = ask(self.corpus, asked.sought, ASKED_FOR_SUBJECT * limit, asked.anchor)
        subjects = self.fittings.of(asked).standings(pmids)
        best = sorted(pmids, key=lambda pmid: -subjects[pmid])[: max(LEAST_KEPT, 3 * limit // 2)]  # a stable sort
        return list(dict.fromkeys((*best, *pmids[:limit])))

    def _scored(self, asked: Wanted, pmids: list[int]) -> list[ranking.Scored]:
        words = self._text_scores(asked, pmids)
        if not any(asked.tags):
            return [ranking.Scored(pmid, round(min(1.0, words[pmid]), 4), round(words[pmid], 4), {}) for pmid in pmids]
        fitting = self.fittings.of(asked)
        fits = fitting.fits(pmids)
        share = ranking.subject_share(asked)
        subjects = fitting.standings(pmids) if share else {}
        found = []
        for pmid in pmids:
            fit = fits[pmid]
            score = ranking.combine(asked, fit.meets, words[pmid], subjects.get(pmid, 0.0), share)
            found.append(ranking.Scored(pmid, score, round(words[pmid], 4), fit.meets, fit.conditions))
        return found

    def _text_scores(self, asked: Wanted, pmids: list[int]) -> dict[int, float]:
        """Score by words; `pmids` grows by what feedback brings in."""
        texts = self.corpus.texts(pmids)
        scores = ranking.text_scores(asked, self.signs, texts)
        share = ranking.feedback_share(asked)
        common = ranking.feedback(self.corpus, asked, scores, texts) if share >= ranking.LEAST_FEEDBACK else {}
        if not common:
            return scores
        words = {term: self.corpus.stemmer.word[term] for term in common}
        same = {term: term for term in common}
        more = [
            pmid for pmid in retrieve(self.corpus, words, how_many(self.corpus.size, self.top)) if pmid not in scores
        ]
        extra = self.corpus.texts(more)
        pmids += more
        scores.update(ranking.text_scores(asked, self.signs, extra))
        texts.update(extra)
        return {
            pmid: (scores[pmid] + share * ranking.words_score(common, same, texts[pmid])) / (1 + share)
            for pmid in pmids
        }

    def _exists(self, pmid: int) -> bool:
        return self.conn.execute("select 1 from records where pmid = ?", (pmid,)).fetchone() is not None

    def _facts(self, pmids: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
        marks = ",".join("?" * len(pmids))
        rows = self.conn.execute(
            f"select pmid, digest, date_revised from records where pmid in ({marks})", tuple(pmids)
        )
        return {row[0]: (row[1], row[2]) for row in rows}


def _store(store: Store, active: set[int], made: dict[int, list[LinkRow]], digests: dict[int, str], top: int) -> int:
    """Write links that differ, drop those of claims no longer active, and bring claim_evidence up to date."""
    conn = store.conn
    stale = {
        row[0]
        for row in conn.execute(
            "select claim_id from link_inputs union select claim_id from links union select claim_id from claim_evidence"
        )
    }
    changes = {
        claim_id: _difference(conn, claim_id, made.get(claim_id, []))
        for claim_id in sorted((stale - active) | made.keys())
    }
    if not changes:
        return refresh_evidence(store)
    with store.transaction():
        for claim_id, (gone, new) in changes.items():
            conn.executemany("delete from links where claim_id = ? and pmid = ?", [(claim_id, pmid) for pmid in gone])
            conn.executemany(
                f"insert into links ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (claim_id, pmid) do update set "
                "rank = excluded.rank, score = excluded.score, words = excluded.words, reasons = excluded.reasons, record_digest = excluded.record_digest, "
                "date_revised = excluded.date_revised, ranker = excluded.ranker",
                new,
            )
            if claim_id in active:
                conn.execute(
                    "insert or replace into link_inputs (claim_id, digest) values (?, ?)", (claim_id, digests[claim_id])
                )
            else:
                conn.execute("delete from link_inputs where claim_id = ?", (claim_id,))
        store.set_meta("ranker", VERSION)
        store.set_meta("link_top", str(top))
        refresh_evidence(store)
    return sum(len(gone) + len(new) for gone, new in changes.values())


def _difference(conn: sqlite3.Connection, claim_id: int, rows: Sequence[LinkRow]) -> tuple[list[int], list[LinkRow]]:
    """Return the PMIDs to drop and the rows to write."""
    held = {row[1]: tuple(row) for row in conn.execute(f"select {COLUMNS} from links where claim_id = ?", (claim_id,))}
    gone = sorted(held.keys() - {row[1] for row in rows})
    return gone, [row for row in rows if held.get(row[1]) != row]
