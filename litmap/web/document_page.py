"""A whole document with every claim marked by the state of its evidence."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from markupsafe import Markup

from litmap.linking.evidence import BEARING
from litmap.model import ANOTHER_SOURCE
from litmap.web import map_cells, ours, shared
from litmap.web.shared import Row
from litmap.wording import counted, doubts, nothing_left

STATES = {
    "reviewed": "evidence reviewed",
    "suggested": "evidence suggested, not reviewed",
    "no-level": "records found, none with a level",
    "none-found": "searched, none found",
    "not-searched": "no evidence found yet, not searched",
    "other-source": "needs another kind of source",
}


def find(conn: sqlite3.Connection, wanted: str) -> dict[str, Any] | None:
    """Everything the page shows, by the document's id. None when there is no such document."""
    document = ours.first(conn, "select * from documents where id = ?", int(wanted))
    if document is None:
        return None
    claims = _claims(conn, document["id"])
    counts = {state: sum(1 for claim in claims if claim["state"] == state) for state in STATES}
    return {
        "document": document,
        "claims": claims,
        "blocks": _blocks(document, claims),
        "legend": [
            {"state": state, "label": label, "count": counts[state]} for state, label in STATES.items() if counts[state]
        ],
        "versions": ours.rows(
            conn,
            "select id, version, current, retrieved_at from documents where source = ? order by version desc",
            document["source"],
        ),
        "gone": _gone(conn, document),
    }


def _gone(conn: sqlite3.Connection, document: Row) -> int:
    if not document["current"]:
        return 0
    sql = """select count(*) from claims c join documents d on d.id = c.document_id where d.source = ? and c.status = 'gone'"""
    return int(ours.value(conn, sql, document["source"]))


def _claims(conn: sqlite3.Connection, document: int) -> list[Row]:
    claims = ours.rows(
        conn,
        f"""select o.start, o."end", c.id, c.key, c.text, c.question, c.polarity, c.claim_type, c.status, {BEARING},
             (select max(e.basis = 'reviewed') from claim_evidence e where e.claim_id = c.id) as reviewed,
             (select max(e.level) from claim_evidence e where e.claim_id = c.id and not exists
                (select 1 from claim_evidence x where x.claim_id = c.id and x.level is null)) as worst,
             exists (select 1 from claim_searches s join searches on searches.id = s.search_id where s.claim_id = c.id and complete = 1) as searched
           from claim_occurrences o join claims c on c.id = o.claim_id
           where o.document_id = ? and c.status <> 'dismissed' order by o.start, c.id""",
        document,
    )
    for number, claim in enumerate(claims, 1):
        claim["number"] = number
        claim["state"] = _state(claim)
        claim["mark"], claim["said"] = _margin(claim)
    return claims


def _margin(claim: Row) -> tuple[Markup, str]:
    """The mark in the margin, and what is said of the claim's records."""
    state, retracted = claim["state"], claim["n_retracted"]
    bearing = claim["n_bearing"] + retracted
    if state == "other-source":
        return map_cells.badge(None, map_cells.SIGNS["other-source"], True), STATES[state]
    if not bearing and state != "reviewed":
        return map_cells.badge(None, "0" if state == "none-found" else "?", True), STATES[state]
    level = None if claim["question"] == "mechanism" else claim["worst"]
    if bearing == retracted:
        return map_cells.badge(None, map_cells.SIGNS["no-design"], True), str(nothing_left(state, retracted))
    said = [counted(bearing, "record"), *([f"{retracted} retracted"] if retracted else [])]
    said += doubts(claim["n_concern"], claim["n_corrected"], claim["n_preprints"])
    return map_cells.badge(level, map_cells.SIGNS["no-design"], state == "reviewed"), ", ".join(said)


def _state(claim: Row) -> str:
    if claim["question"] in ANOTHER_SOURCE:
        return "other-source"
    if claim["reviewed"]:
        return "reviewed"
    if claim["n_bearing"] or claim["n_retracted"]:
        return "suggested" if claim["worst"] or claim["question"] == "mechanism" else "no-level"
    return "none-found" if claim["searched"] else "not-searched"


BETWEEN = "between"  # what stands between two blocks
_MARKS = re.compile(r"[\W\d_]*")  # of headings and list items, which the page shows by their form


def _blocks(document: Row, claims: list[Row]) -> list[Row]:
    """The text as blocks of pieces; a piece with a claim is marked. Overlapping claims: the first one is marked."""
    text = document["text"]
    if not text:
        return []
    spans = [
        (block[0], block[1], block[2], block[3] if len(block) > 3 else 0)
        for block in shared.loads(document["blocks"], [])
    ]
    return [
        {"kind": "paragraph" if kind == BETWEEN else kind, "level": level, "pieces": _pieces(text, start, end, claims)}
        for kind, start, end, level in _covering(text, spans)
        if not (kind == BETWEEN and document["media_type"] == "text/markdown" and _MARKS.fullmatch(text[start:end]))
    ]


def _covering(text: str, spans: list[tuple[str, int, int, int]]) -> list[tuple[str, int, int, int]]:
    """The blocks, with whatever lies between them as paragraphs of its own: nothing is lost."""
    found, at = [], 0
    for kind, start, end, level in [*spans, ("", len(text), len(text), 0)]:
        if start > at and text[at:start].strip():
            offset = at
            for part in text[at:start].split("\n\n"):
                if part.strip():
                    found.append((BETWEEN, offset, offset + len(part), 0))
                offset += len(part) + 2
        if end > start:
            found.append((kind, start, end, level))
        at = max(at, end)
    return found


def _pieces(text: str, start: int, end: int, claims: list[Row]) -> list[Row]:
    pieces: list[Row] = []
    at = start
    for claim in claims:
        first, last = max(claim["start"], at), min(claim["end"], end)
        if claim["start"] >= end or last <= at or first >= last:
            continue
        if first > at:
            pieces.append({"text": text[at:first], "claim": None})
        pieces.append({"text": text[first:last], "claim": claim})
        at = last
    if at < end:
        pieces.append({"text": text[at:end], "claim": None})
    return pieces
