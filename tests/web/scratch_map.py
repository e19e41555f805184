"""A small evidence map made by hand: every state that the pages must show, with text written for these tests."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from scratch_rows import CLAIMS, CONDITIONS, INTERVENTIONS, LEVELS, LINKS, PAGE, RECORDS, ROUTES

from litmap import store as stores


def insert(conn: sqlite3.Connection, table: str, **values: Any) -> int:
    """Insert one row and return its rowid."""
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" for _ in values)
    return int(conn.execute(f"insert into {table} ({columns}) values ({marks})", list(values.values())).lastrowid or 0)


def build(path: Path) -> Path:
    """Make the map at `path` and return the path."""
    with stores.create(path) as store, store.transaction() as conn:
        fill(conn)
    return path


def fill(conn: sqlite3.Connection) -> None:
    """Fill an empty map."""
    _vocabulary(conn)
    _claims(conn)
    for record in RECORDS:
        _record(conn, *record)
    _relations(conn)
    _links(conn)
    _people(conn)
    for key, value in (
        ("extractor", "claims/1"),
        ("vocabulary", "vocabulary/1"),
        ("ruleset", "rules/1"),
        ("ranker", "linking/1"),
    ):
        insert(conn, "meta", key=key, value=value)


def _vocabulary(conn: sqlite3.Connection) -> None:
    for place, (slug, label, parent, on_map) in enumerate(CONDITIONS):
        insert(conn, "conditions", slug=slug, label=label, parent=parent, on_map=on_map, position=place)
    for place, (slug, label) in enumerate(ROUTES):
        insert(conn, "routes", slug=slug, label=label, position=place)
    for place, (slug, label, parent) in enumerate(INTERVENTIONS):
        insert(conn, "interventions", slug=slug, label=label, parent=parent, position=place)
    for scheme, rank, label, description in LEVELS:
        insert(conn, "evidence_levels", scheme=scheme, rank=rank, label=label, description=description)


def _tags(
    conn: sqlite3.Connection, owner: str, key: int, slugs: tuple[list[str], list[str], list[str]], origin: str
) -> None:
    column = "claim_id" if owner == "claim" else "pmid"
    facets = (("condition", "indication"), ("route", "studied"), ("intervention", "studied"))
    for (facet, role), found in zip(facets, slugs, strict=True):
        for slug in found:
            word = slug.replace("-", " ").split()[0]
            insert(
                conn, f"{owner}_{facet}s", **{column: key, facet: slug, "role": role, "origin": origin, "matched": word}
            )


def _claims(conn: sqlite3.Connection) -> None:
    blocks = [["heading", 0, 22, 1]]
    document = insert(conn, "documents", source="https://clinic.example/ketamine", version=1, current=1, title="Ketamine at our clinic",
                      media_type="text/html", sha256="ab" * 32, extractor="html/1", retrieved_at="2026-01-05T10:00:00Z", text=PAGE,
                      blocks=json.dumps(blocks))  # fmt: skip
    for number, (text, kind, question, polarity, certainty, *slugs) in enumerate(CLAIMS, 1):
        start = PAGE.index(text)
        insert(conn, "claims", id=number, key=f"k{number:07d}", document_id=document, start=start, end=start + len(text), text=text,
               heading="Pain" if number == 3 else None, claim_type=kind, question=question, polarity=polarity, certainty=certainty)  # fmt: skip
        insert(conn, "claims_fts", rowid=number, text=text, heading=None)
        insert(conn, "claim_occurrences", claim_id=number, document_id=document, start=start, end=start + len(text))
        _tags(conn, "claim", number, (slugs[0], slugs[1], slugs[2]), "sentence")


def _record(conn: sqlite3.Connection, pmid: int, title: str, year: int, design: str, level: int | None, by_design: int | None,
            provisional: int, integrity: str | None, *slugs: list[str]) -> None:  # fmt: skip
    abstract = (
        f"{title} was studied. Doses were given by the {(slugs[1] or ['usual'])[0]} way. Scores fell in most patients."
    )
    insert(conn, "records", pmid=pmid, title=title + ".", abstract=abstract, journal="Journal of Invented Medicine", journal_abbrev="J Inv Med",
           pub_date=f"{year}-03", pub_year=year, volume="12", issue="3", pages="201-9", doi=f"10.5555/jim.{pmid}", pmcid=f"PMC{pmid}00", language="eng",
           digest=f"d{pmid}", date_revised="2024-02-01", design=design, subjects="animal" if design == "laboratory" else "human", level=level,
           level_by_design=by_design, level_rule="T1", level_basis="text" if provisional else "curated", provisional=provisional,
           integrity=integrity)  # fmt: skip
    insert(
        conn,
        "record_authors",
        pmid=pmid,
        position=0,
        last_name="Okafor",
        fore_name="Ada B",
        initials="AB",
        orcid="0000-0001-2345-6789",
    )
    insert(conn, "record_authors", pmid=pmid, position=1, collective_name="The Invented Study Group")
    insert(
        conn,
        "record_sections",
        pmid=pmid,
        position=0,
        label="RESULTS",
        category="RESULTS",
        text=abstract,
        kind="abstract",
    )
    insert(conn, "record_publication_types", pmid=pmid, position=0, ui="D016428", name="Journal Article")
    insert(
        conn,
        "record_mesh",
        pmid=pmid,
        position=0,
        ui="D007649",
        heading="Ketamine",
        major=1,
        qualifier="therapeutic use",
        qualifier_major=1,
    )
    insert(conn, "record_keywords", pmid=pmid, position=0, keyword="ketamine")
    inputs = [{"field": "publication-type", "matched": "Journal Article", "start": None, "end": None}]
    insert(conn, "record_levels", pmid=pmid, scheme="ocebm-benefit", ruleset="rules/1", rule="T1", design=design, rank=by_design,
           basis="text" if provisional else "curated", provisional=provisional, inputs=json.dumps(inputs))  # fmt: skip
    if integrity:
        notice = {"retracted": 106}.get(integrity)
        insert(
            conn,
            "record_integrity",
            pmid=pmid,
            kind=integrity,
            notice_pmid=notice,
            origin="relation",
            date="2015-01-10",
        )
    _tags(conn, "record", pmid, (slugs[0], slugs[1], slugs[2]), "title")
    insert(conn, "records_fts", rowid=pmid, title=title + ".", abstract=abstract, terms="Ketamine ; ketamine")


def _relations(conn: sqlite3.Connection) -> None:
    insert(
        conn,
        "record_relations",
        pmid=105,
        position=0,
        kind="RetractionIn",
        related_pmid=106,
        citation="J Inv Med. 2015;14:1",
    )
    insert(
        conn,
        "record_relations",
        pmid=104,
        position=0,
        kind="ErratumIn",
        related_pmid=None,
        citation="J Inv Med. 2017;16:9",
    )
    for pmid in (102, 108):
        insert(conn, "record_trials", pmid=pmid, position=0, registry="ClinicalTrials.gov", number="NCT00000001")
        insert(conn, "record_studies", pmid=pmid, study="NCT00000001", origin="registration")
    insert(
        conn, "record_facts", pmid=102, field="participants", position=0, value="73", place="abstract", start=0, end=2
    )


def _links(conn: sqlite3.Connection) -> None:
    for claim, pmid, rank, score, bears in LINKS:
        reasons = ["condition depression: exact", "words: ketamine"]
        insert(conn, "links", claim_id=claim, pmid=pmid, rank=rank, score=score, bears=bears, reasons=json.dumps(reasons), record_digest=f"d{pmid}",
               date_revised="2024-02-01", ranker="linking/1")  # fmt: skip
    rows = [
        (1, "depression", "reviewed", "exact", "same", 1, "systematic-review", 3, 3, {"supports": 1}, 1, 0),
        (2, "depression", "suggested", "exact", "same", 2, "randomized-trial", 1, 1, {}, 0, 1),
        (3, "crps", "suggested", "exact", "same", 4, "case-series", 1, 1, {}, 0, 0),
        (6, None, "suggested", None, "same", 3, "cohort", 1, 1, {}, 0, 1),
        (7, "ocd", "suggested", None, None, None, None, 0, 0, {}, 0, 0),
    ]
    names = (
        "claim_id",
        "condition",
        "basis",
        "condition_match",
        "route_match",
        "level",
        "design",
        "n_reports",
        "n_studies",
        "n_by_stance",
        "n_retracted",
        "n_provisional",
    )
    for row in rows:
        values = dict(zip(names, row, strict=True))
        values["n_by_stance"] = json.dumps(values["n_by_stance"])
        insert(conn, "claim_evidence", **values)


def _people(conn: sqlite3.Connection) -> None:
    insert(conn, "decisions", claim_key="k0000001", pmid=101, reviewer="A. Reader", verdict="include", stance="supports", directness="direct",
           note="checked the forest plot", record_digest="d101", decided_at="2026-02-01T09:00:00Z")  # fmt: skip
    insert(
        conn,
        "decisions",
        claim_key="k0000001",
        pmid=102,
        reviewer="A. Reader",
        verdict="include",
        stance="contradicts",
        decided_at="2026-02-01T09:05:00Z",
    )
    insert(conn, "claim_verdicts", claim_key="k0000001", reviewer="A. Reader", verdict="supported", rationale="several trials agree",
           as_of="2026-02-01", decided_at="2026-02-01T09:10:00Z")  # fmt: skip
    search = insert(
        conn, "searches", query="ketamine AND sublingual AND obsessive", ran_at="2026-01-10T08:00:00Z", count=0
    )
    insert(conn, "claim_searches", claim_id=7, search_id=search)
    wide = insert(
        conn,
        "searches",
        query="ketamine AND depression",
        translation='"ketamine"[MeSH Terms] AND depression',
        ran_at="2026-01-10T08:00:00Z",
        count=9,
        n_received=9,
    )
    for pmid in range(101, 110):
        insert(conn, "search_records", search_id=wide, pmid=pmid)
    insert(conn, "loads", name="pubmed.xml", sha256="cd" * 32, format="xml", n_read=11, n_new=11, n_updated=0, n_unchanged=0, n_rejected=0,
           loaded_at="2026-01-11T08:00:00Z")  # fmt: skip
