"""What a reviewer is shown of one claim and one record."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from litmap.claims.sentences import sentences
from litmap.linking.words import STOP_WORDS, Stemmer, words_of
from litmap.model import ANOTHER_SOURCE
from litmap.resources import folder
from litmap.review.session import Item
from litmap.store import Store
from litmap.vocabulary.records import Places
from litmap.vocabulary.terms import plain
from litmap.wording import unmarked

FACETS = ("condition", "route", "intervention")
SEEN = {"publication-type": "publication type", "mesh": "MeSH", "title": "title", "abstract": "abstract"}
MOST_INPUTS = 3
BY_HAND = "reviewer"  # the ranker of a link that an inclusion made


@dataclass(frozen=True, slots=True)
class Page:
    """The texts of one screen, not yet cut to its size."""

    claim: str
    claim_about: str  # question, tags, where it stands
    pmid: int
    title: str
    journal: str
    year: str
    access: str  # where its full text is: DOI and PubMed Central
    rank: str | None  # None: hidden from the reviewer, or not linked
    level: str | None  # None: hidden
    rule: str  # what the rule that gave the level says; empty when hidden, or from other rules than these
    integrity: tuple[str, ...]
    reasons: tuple[str, ...]  # empty when hidden
    passages: tuple[tuple[str, bool], ...]  # the abstract; True where it is the conclusion
    marks: frozenset[str]  # words and phrases of the record, in lower case, that the claim has too


class Pages:
    """Reads pages from one map."""

    def __init__(self, store: Store, *, blind: bool = False) -> None:
        self.store = store
        self.blind = blind
        self.stemmer = Stemmer(store.conn)

    def page(self, item: Item) -> Page:
        """Return the page of one item, which must be in the map."""
        claim = self.claim(item.claim_key)
        record = self.store.rows("select * from records where pmid = ?", item.pmid)[0]
        link = self.store.rows("select * from links where claim_id = ? and pmid = ?", claim["id"], item.pmid)
        # A link that a decision made has no rank, and its reason would tell the vote.
        shown = bool(link) and link[0]["ranker"] != BY_HAND and not self.blind
        return Page(
            unmarked(claim["text"]), self.about(claim), item.pmid, record["title"],
            record["journal_abbrev"] or record["journal"] or "no journal", str(record["pub_year"] or "no year"), _access(record),
            f"rank {link[0]['rank']}" if shown else None,
            None if self.blind else self._level(record, claim["question"]),
            "" if self.blind else self._rule(item.pmid, claim["question"]),
            self._integrity(item.pmid),
            tuple(json.loads(link[0]["reasons"])) if shown else (),
            passages(record["abstract"] or ""),
            self._marks(claim, record),
        )  # fmt: skip

    def claim(self, key: str) -> sqlite3.Row:
        """Return a claim's row, with the title and source of its document."""
        row: sqlite3.Row = self.store.rows(
            "select c.*, d.source, d.title as document from claims c join documents d on d.id = c.document_id where c.key = ?",
            key,
        )[0]
        return row

    def about(self, claim: sqlite3.Row) -> str:
        """Say in one line what a claim is about and where it stands."""
        tags = [
            row[0]
            for facet in FACETS
            for row in self.store.rows(
                f"select distinct v.label from claim_{facet}s t join {facet}s v on v.slug = t.{facet} where t.claim_id = ? order by v.position",
                claim["id"],
            )
        ]
        source = claim["document"] or claim["source"].rstrip("/").rpartition("/")[2]
        denied = "denies; " if claim["polarity"] == "deny" else ""
        elsewhere = "; needs another source than PubMed" if claim["question"] in ANOTHER_SOURCE else ""
        return f"{denied}{claim['claim_type']}{elsewhere}: {', '.join(tags) or 'no tags'} ({source})"

    def _level(self, record: sqlite3.Row, question: str) -> str:
        scheme = _scheme(question)
        rows = self.store.rows("select * from record_levels where pmid = ? and scheme = ?", record["pmid"], scheme)
        if not rows:
            return f"Level {record['level'] or 'none'}, {record['design'] or 'design not known'}"
        row = rows[0]
        rank = f"Level {row['rank']}" if row["rank"] else "No level"
        if record["integrity"] in ("retracted", "notice"):
            rank = f"No level ({record['integrity']}; {rank.lower()} by design)"
        why = ", ".join(_seen(**seen) for seen in json.loads(row["inputs"])[:MOST_INPUTS]) or row["basis"]
        sure = ", provisional" if row["provisional"] else ""
        return f"{rank}, {row['design']}{sure}: {why} (rule {row['rule']})"

    def _rule(self, pmid: int, question: str) -> str:
        scheme = _scheme(question)
        rule = self.store.value("select rule from record_levels where pmid = ? and scheme = ?", pmid, scheme)
        return _sentences(scheme).get(str(rule).removeprefix("F."), "")  # F.: from text, by the same rule

    def _integrity(self, pmid: int) -> tuple[str, ...]:
        rows = self.store.rows(
            "select kind, max(notice_pmid) as notice, max(date) as date from record_integrity where pmid = ? group by kind order by kind",
            pmid,
        )
        return tuple(
            row["kind"].replace("-", " ").upper()
            + (f" {row['date']}" if row["date"] else "")
            + (f" (notice: PMID {row['notice']})" if row["notice"] else "")
            for row in rows
        )

    def _marks(self, claim: sqlite3.Row, record: sqlite3.Row) -> frozenset[str]:
        """Words that the index holds to be the same, and what the vocabulary matched for a tag that both have."""
        asked = [word for word in words_of(claim["text"]) if word not in STOP_WORDS]
        held = sorted({*words_of(record["title"]), *words_of(record["abstract"] or "")} - STOP_WORDS)
        wanted = set(self.stemmer.terms(asked))
        marks = {word for word, term in zip(held, self.stemmer.terms(held), strict=True) if term in wanted}
        for facet in FACETS:
            rows = self.store.rows(
                f"select r.matched from record_{facet}s r join claim_{facet}s c on c.{facet} = r.{facet} where r.pmid = ? and c.claim_id = ?",
                record["pmid"], claim["id"],
            )  # fmt: skip
            marks |= {row[0].lower() for row in rows if row[0]}
        return frozenset(marks)


def _scheme(question: str) -> str:
    return "ocebm-harm" if question == "harm" else "ocebm-benefit"


@cache
def _sentences(scheme: str) -> Mapping[str, str]:
    """What each rule of a scheme says, by its id."""
    with (folder("db") / "evidence" / f"{scheme}.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["sentence"] for row in csv.DictReader(file)}


def _access(record: sqlite3.Row) -> str:
    doi = f"https://doi.org/{record['doi']}" if record["doi"] else ""
    return " · ".join(filter(None, (doi, record["pmcid"]))) or "no DOI in the record: look in PubMed"


def _seen(field: str, matched: str, **_offsets: int) -> str:
    return f"no {matched}" if field == "missing" else f"{SEEN.get(field, field)} “{matched}”"


def passages(abstract: str) -> tuple[tuple[str, bool], ...]:
    """Split an abstract into its paragraphs, and these before and after a conclusion: (text, is it the conclusion).

    A labelled section, else the closing sentence of an abstract of four sentences or more.
    """
    spans = list(sentences(abstract))
    places = Places(abstract, plain(abstract), spans) if spans else None
    found: list[tuple[str, bool]] = []
    begin = 0
    for number, (start, _) in enumerate(spans):
        concludes = bool(places and places.at(start) == "conclusion")
        if not found or _breaks(abstract, spans, number) or concludes != found[-1][1]:
            begin = start
            found.append(("", concludes))
        found[-1] = (abstract[begin : spans[number][1]], concludes)
    return tuple(found)


def _breaks(abstract: str, spans: Sequence[tuple[int, int]], number: int) -> bool:
    return "\n" in abstract[spans[number - 1][1] : spans[number][0]]
