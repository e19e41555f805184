"""A small map made by hand: its tables are filled row by row, so these tests need no reader, tagger or ranker."""

from __future__ import annotations

import json

from litmap.model import Author, Chemical, Grant, Mesh, PublicationType, Record, Relation, Section, Supplementary, Trial
from litmap.store import Store

CONDITIONS = [  # slug, parent, on the map
    ("mood-disorders", None, 1),
    ("depression", "mood-disorders", 1),
    ("postpartum-depression", "depression", 1),
    ("bipolar-disorder", "mood-disorders", 1),
    ("ptsd", None, 1),
    ("chronic-pain", None, 1),
    ("eating-disorders", None, 1),
    ("anesthesia", None, 0),
]
ROUTES = ["intravenous", "intramuscular", "intranasal", "oral", "rectal"]
INTERVENTIONS = [("ketamine", None), ("esketamine", "ketamine"), ("midazolam", None)]
LABELS = {"ptsd": "PTSD"}


class World:
    """Writes rows into a new map. `claim` and `record` give ids back."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.conn = store.conn
        self.keys: dict[int, str] = {}
        for position, (slug, parent, on_map) in enumerate(CONDITIONS):
            self._entry("conditions", slug, parent, on_map, position)
        for position, slug in enumerate(ROUTES):
            self._entry("routes", slug, None, 1, position)
        for position, (slug, parent) in enumerate(INTERVENTIONS):
            self._entry("interventions", slug, parent, 1, position)
        for rank in range(1, 6):
            self.add("evidence_levels", scheme="ocebm-benefit", rank=rank, label=f"Level {rank}", description="")
        for key in ("vocabulary", "ruleset"):
            self.add("meta", key=key, value=f"{key}-1")

    def _entry(self, table: str, slug: str, parent: str | None, on_map: int, position: int) -> None:
        label = LABELS.get(slug, slug.replace("-", " ").capitalize())
        self.add(table, slug=slug, label=label, parent=parent, on_map=on_map, position=position)

    def add(self, table: str, **values: object) -> int:
        names = ", ".join(f'"{name}"' for name in values)
        cursor = self.conn.execute(
            f"insert into {table} ({names}) values ({', '.join('?' * len(values))})", tuple(values.values())
        )
        return int(cursor.lastrowid or 0)

    def document(self, source: str, text: str = "", **more: object) -> int:
        values = {
            "title": source.title(),
            "media_type": "text/plain",
            "sha256": source,
            "extractor": "text/1",
            "retrieved_at": "2026-01-02T03:04:05Z",
        }
        return self.add("documents", source=source, version=1, current=1, text=text, **{**values, **more})

    def claim(
        self,
        document: int,
        text: str,
        conditions: tuple[str, ...] = (),
        routes: tuple[str, ...] = (),
        claim_type: str = "efficacy",
        question: str = "benefit",
        polarity: str = "affirm",
        role: str = "indication",
        status: str = "active",
    ) -> int:
        start = self.store.value('select coalesce(max("end"), -2) + 2 from claims where document_id = ?', document)
        key = f"key{len(self.keys) + 1:04d}"
        claim = self.add(
            "claims", key=key, document_id=document, start=start, end=start + len(text), text=text, claim_type=claim_type,
            question=question, polarity=polarity, certainty="asserted", status=status,
        )  # fmt: skip
        self.keys[claim] = key
        self.add("claim_occurrences", claim_id=claim, document_id=document, start=start, end=start + len(text))
        for slug in conditions:
            self.add("claim_conditions", claim_id=claim, condition=slug, role=role, origin="sentence", matched=slug)
        for slug in routes:
            self.add("claim_routes", claim_id=claim, route=slug, role="studied", origin="sentence", matched=slug)
        self.add(
            "claim_interventions",
            claim_id=claim,
            intervention="ketamine",
            role="studied",
            origin="document",
            matched="ketamine",
        )
        return claim

    def record(
        self,
        pmid: int,
        conditions: tuple[str, ...] = (),
        routes: tuple[str, ...] = (),
        design: str = "randomized-trial",
        level: int | None = 2,
        integrity: str | None = None,
        rule: str = "T1",
        year: int = 2020,
        harm: int | None = None,
        **more: object,
    ) -> int:
        shown = None if integrity == "retracted" else level
        values = {
            "title": f"Trial {pmid}.",
            "journal": "Journal of Trials",
            "journal_abbrev": "J Trials",
            "digest": f"d{pmid}",
            "pub_date": str(year),
        }
        self.add(
            "records", pmid=pmid, pub_year=year, design=design, level=shown, level_by_design=level, level_rule=rule,
            level_basis="curated", provisional=0, integrity=integrity, subjects="human", **{**values, **more},
        )  # fmt: skip
        self.add(
            "record_levels", pmid=pmid, scheme="ocebm-benefit", ruleset="r1", rule=rule, design=design, rank=shown, basis="curated", provisional=0,
        )  # fmt: skip
        if harm:
            self.add(
                "record_levels", pmid=pmid, scheme="ocebm-harm", ruleset="r1", rule=f"H{harm}", design=design, rank=harm, basis="curated", provisional=1,
            )  # fmt: skip
        if integrity:
            self.add(
                "record_integrity", pmid=pmid, kind=integrity, notice_pmid=pmid + 1, origin="relation", date="2022"
            )
        for slug in conditions:
            self.add("record_conditions", pmid=pmid, condition=slug, role="indication", origin="title", matched=slug)
        for slug in routes:
            self.add("record_routes", pmid=pmid, route=slug, role="studied", origin="abstract", matched=slug)
        return pmid

    def link(self, claim: int, pmid: int, rank: int = 1, bears: int = 1) -> None:
        self.add(
            "links",
            claim_id=claim,
            pmid=pmid,
            rank=rank,
            score=10.0 - rank,
            bears=bears,
            ranker="1",
            reasons=json.dumps(["condition"]),
        )

    def evidence(
        self,
        claim: int,
        condition: str | None,
        level: int | None = None,
        n: int = 0,
        basis: str = "suggested",
        **more: object,
    ) -> None:
        self.add(
            "claim_evidence",
            claim_id=claim,
            condition=condition,
            basis=basis,
            level=level,
            n_reports=n,
            n_studies=n,
            **more,
        )

    def decide(
        self,
        claim: int | None,
        pmid: int,
        verdict: str | None = "include",
        stance: str | None = None,
        reviewer: str = "AB",
        **more: object,
    ) -> None:
        self.add(
            "decisions", claim_key=self.keys[claim] if claim else None, pmid=pmid, reviewer=reviewer, verdict=verdict, stance=stance,
            decided_at="2026-02-03T04:05:06Z", **more,
        )  # fmt: skip


def full_record(pmid: int = 7000001) -> Record:
    """A record with something in every field, and characters that formats trip over."""
    return Record(
        pmid=pmid, title="Oral {ketamine} & pain: 50% of \u00b5g_doses \u2013 a trial?", vernacular_title="K\u00e9tamine orale", journal="Annals of Tests & Trials",
        medline_ta="Ann Tests", nlm_unique_id="1234567", issn="1234-5678", issn_linking="8765-4321", country="Norway", pub_date="2021-03-05", pub_year=2021,
        epub_date="2021-02-01", volume="12", issue="3 Suppl 1", pages="201-9", doi="10.1000/x_y(z)<1>", pmcid="PMC7654321", pii="S1234-5678(21)00001-2",
        language="eng;nor", status="MEDLINE", publication_status="ppublish", date_completed="2021-06-01", date_revised="2022-07-02",
        authors=(
            Author("O'Brien-M\u00fcller", "Jos\u00e9 Maria", "JM", None, None, "0000-0002-1825-0097", ("Dept of Pain, Oslo.", "Clinic, Bergen.")),
            Author("Smith", "John", "J", "Jr"), Author(None, None, None, None, "The Pain Group"),
        ),
        abstract="BACKGROUND: Pain hurts.\nRESULTS: 5 < 7.",
        sections=(Section("BACKGROUND", None, "Pain hurts."), Section("RESULTS", None, "5 < 7.")),
        publication_types=(PublicationType(None, "Journal Article"), PublicationType(None, "Randomized Controlled Trial")),
        keywords=("ketamine", "pain, chronic"), mesh=(Mesh(None, "Chronic Pain", False, None, "drug therapy", True), Mesh(None, "Humans")),
        chemicals=(Chemical("690G0D6V8H", "Ketamine"),), supplementary=(Supplementary(None, "Complex regional pain", None),),
        trials=(Trial("ClinicalTrials.gov", "NCT00000001"),), grants=(Grant("R01 X", "NIH HHS", "United States"), Grant("A/1/2", "MRC", "United Kingdom")),
        relations=(Relation("RetractionIn", 7000002, "Ann Tests. 2022 Jul;13:1"),), form="nbib",
    )  # fmt: skip
