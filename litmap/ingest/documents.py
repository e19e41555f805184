"""Documents to claims to tags to store. The same bytes twice write nothing; a changed page is a new version."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from litmap import claims as claim_finder
from litmap.claims.keys import claim_key, normal
from litmap.clock import now
from litmap.errors import InputError
from litmap.ingest.new import FACETS
from litmap.model import Block, Claim, Document, Tag, Unit
from litmap.review import corrections
from litmap.store import Store
from litmap.vocabulary import Tagger

SHEET = "text/csv"


@dataclass(frozen=True)
class Parsed:
    """A document with what was found in it, ready to be written."""

    document: Document
    units: tuple[Unit, ...]
    claims: tuple[Claim, ...]
    given: bool = False  # claims came ready-made, from a CSV


@dataclass
class Outcome:
    """What importing one document did. new + unchanged claims = claims of this version."""

    source: str
    kind: str  # new | updated | unchanged
    version: int
    new: list[str] = field(default_factory=list)  # texts of claims this version adds
    gone: list[str] = field(default_factory=list)  # texts of claims this version no longer holds
    unchanged: int = 0
    warnings: tuple[str, ...] = ()


def parse(document: Document) -> Parsed:
    """Split a document and find its claims."""
    units = claim_finder.split(document)
    return Parsed(document, units, claim_finder.find(document, units))


def claim_keys(source: str, claims: Sequence[Claim]) -> list[str]:
    """Return each claim's key: a digest of source, normalised text and how often that text stood before.

    The same claim in the next version of a page has the same key, wherever it moved.
    """
    seen: Counter[str] = Counter()
    keys = []
    for claim in claims:
        text = normal(claim.text)
        seen[text] += 1
        keys.append(claim_key(source, claim.text, seen[text]))
    return keys


def save(store: Store, parsed: Iterable[Parsed], tagger: Tagger, *, retrieved_at: str | None = None, as_of: str | None = None) -> list[Outcome]:
    """Write documents with their claims and tags. Call inside a transaction."""
    return [_save_one(store, one, tagger, retrieved_at or now(), as_of) for one in parsed]


def _save_one(store: Store, parsed: Parsed, tagger: Tagger, retrieved_at: str, as_of: str | None) -> Outcome:
    document = parsed.document
    current = store.conn.execute("select * from documents where source = ? and current = 1", (document.source,)).fetchone()
    if current:
        _refuse_other(current, document)
    if current and current["sha256"] == document.sha256 and current["text"] == document.text:
        count = store.value("select count(*) from claims where document_id = ? and status <> 'gone'", current["id"])
        return Outcome(document.source, "unchanged", current["version"], unchanged=count, warnings=document.warnings)
    version = current["version"] + 1 if current else 1
    outcome = Outcome(document.source, "updated" if current else "new", version, warnings=document.warnings)
    store.conn.execute("update documents set current = 0 where source = ? and current = 1", (document.source,))
    document_id = store.conn.execute(
        "insert into documents (source, version, current, title, media_type, sha256, extractor, retrieved_at, as_of, text, blocks, given) values (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.source, version, document.title, document.media_type, document.sha256, document.extractor, retrieved_at,
            as_of or document.as_of, document.text, json.dumps(document.blocks, separators=(",", ":")), _given_json(parsed),
        ),
    ).lastrowid  # fmt: skip
    assert document_id is not None
    write_claims(store, document_id, parsed, tagger, outcome)
    return outcome


def _refuse_other(current: sqlite3.Row, document: Document) -> None:
    """A new version comes from the same page or the same sheet; anything else would make its claims look gone."""
    sheets = [current["media_type"] == SHEET, document.media_type == SHEET]
    if not any(sheets):
        return
    if all(sheets) and current["title"] == document.title:
        return
    kinds = [f"ready claims of {title}" if sheet else "a page" for sheet, title in zip(sheets, (current["title"], document.title), strict=True)]
    raise InputError(
        f"the map holds {document.source} as {kinds[0]}; {kinds[1]} cannot be its next version",
        f'give the rows another source, for example "{document.source} (second reader)"',
    )


def _given_json(parsed: Parsed) -> str:
    """What a CSV said of each claim, so that claims can be derived again without the file."""
    if not parsed.given:
        return "[]"
    rows = [{"type": claim.claim_type if "given" in claim.cues else None, "tags": [[tag.facet, tag.slug] for tag in claim.given]} for claim in parsed.claims]
    return json.dumps(rows, separators=(",", ":"))


def stored(row: sqlite3.Row) -> Parsed:
    """Rebuild a document from its row and find its claims again.

    `row` holds all columns of `documents`.
    """
    blocks = tuple(Block(*block) for block in json.loads(row["blocks"]))
    document = Document(row["source"], row["text"], blocks, row["media_type"], row["sha256"], row["extractor"], row["title"], row["as_of"])
    parsed = parse(document)
    given = json.loads(row["given"])
    if not given:
        return parsed
    claims = tuple(_as_given(claim, said) for claim, said in zip(parsed.claims, given, strict=True))
    return Parsed(document, parsed.units, claims, given=True)


def _as_given(claim: Claim, said: dict[str, Any]) -> Claim:
    tags = tuple(Tag(facet, slug, "indication" if facet == "condition" else "studied", "given", slug) for facet, slug in said["tags"] or ())
    if isinstance(said["type"], str):
        return replace(claim, claim_type=said["type"], question=claim_finder.question_of(said["type"]), cues=(*claim.cues, "given"), given=tags)
    return replace(claim, given=tags)


def write_claims(store: Store, document_id: int, parsed: Parsed, tagger: Tagger, outcome: Outcome) -> None:
    """Write the claims of the current version of a source, with tags; those that left the page become gone.

    What is new, unchanged and gone is noted in `outcome`. Call inside a transaction.
    """
    conn, source = store.conn, parsed.document.source
    before = {
        row["key"]: row
        for row in conn.execute("select c.* from claims c join documents d on d.id = c.document_id where d.source = ?", (source,))
    }
    keys = claim_keys(source, parsed.claims)
    tags = tagger.tag_claims(parsed.document, parsed.units, parsed.claims)
    for key, claim, claim_tags in zip(keys, parsed.claims, tags, strict=True):
        old = before.pop(key, None)
        if old is None:
            claim_id = _insert_claim(conn, key, document_id, claim)
        else:
            claim_id = _update_claim(conn, old, document_id, claim)
        if old is None or old["status"] == "gone":
            outcome.new.append(claim.text)
        else:
            outcome.unchanged += 1
        conn.execute("insert or replace into claim_occurrences (claim_id, document_id, start, \"end\") values (?, ?, ?, ?)", (claim_id, document_id, claim.start, claim.end))
        write_tags(conn, claim_id, claim_tags)
    marked = corrections.marked(conn)
    for key, old in before.items():
        if old["status"] != "gone":
            if key not in marked or old["text"] not in parsed.document.text:
                outcome.gone.append(old["text"])
            conn.execute("update claims set status = 'gone' where id = ?", (old["id"],))


def _insert_claim(conn: sqlite3.Connection, key: str, document_id: int, claim: Claim) -> int:
    claim_id = conn.execute(
        'insert into claims (key, document_id, start, "end", text, heading, claim_type, question, polarity, certainty, cues) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        (key, document_id, *_claim_values(claim)),
    ).lastrowid
    assert claim_id is not None
    conn.execute("insert into claims_fts (rowid, text, heading) values (?, ?, ?)", (claim_id, claim.text, claim.heading))
    return claim_id


def _update_claim(conn: sqlite3.Connection, old: sqlite3.Row, document_id: int, claim: Claim) -> int:
    claim_id = int(old["id"])
    if (old["text"], old["heading"]) != (claim.text, claim.heading):
        conn.execute("insert into claims_fts (claims_fts, rowid, text, heading) values ('delete', ?, ?, ?)", (claim_id, old["text"], old["heading"]))
        conn.execute("insert into claims_fts (rowid, text, heading) values (?, ?, ?)", (claim_id, claim.text, claim.heading))
    conn.execute(
        'update claims set document_id = ?, start = ?, "end" = ?, text = ?, heading = ?, claim_type = ?, question = ?, polarity = ?, certainty = ?, cues = ?, status = \'active\' where id = ?',
        (document_id, *_claim_values(claim), claim_id),
    )
    return claim_id


def _claim_values(claim: Claim) -> tuple[object, ...]:
    cues = json.dumps(claim.cues, ensure_ascii=False, separators=(",", ":"))
    return (claim.start, claim.end, claim.text, claim.heading, claim.claim_type, claim.question, claim.polarity, claim.certainty, cues)


def write_tags(conn: sqlite3.Connection, claim_id: int, tags: Sequence[Tag]) -> None:
    """Replace the tags of a claim by these."""
    for facet, plural in FACETS.items():
        conn.execute(f"delete from claim_{plural} where claim_id = ?", (claim_id,))
        conn.executemany(
            f"insert or ignore into claim_{plural} (claim_id, {facet}, role, origin, matched) values (?, ?, ?, ?, ?)",
            [(claim_id, tag.slug, tag.role, tag.origin, tag.matched) for tag in tags if tag.facet == facet],
        )
