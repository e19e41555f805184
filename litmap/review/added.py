"""Claims that a person marked in a document: where they stand now, and writing them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from litmap.claims import split
from litmap.claims.finding import describe
from litmap.claims.keys import claim_key, normal
from litmap.errors import InputError
from litmap.model import Block, Claim, Document, Tag, Unit

if TYPE_CHECKING:
    from litmap.vocabulary import Tagger

_TABLES = {"condition": "conditions", "route": "routes", "intervention": "interventions"}


class Place(NamedTuple):
    """Where a marked claim stands, and the key it gets."""

    key: str
    source: str
    start: int
    end: int
    quote: str

    def as_json(self) -> str:
        """What a correction keeps of it."""
        kept = {"source": self.source, "start": self.start, "end": self.end, "quote": self.quote}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


class LazyTagger:
    """The map's own tagger, built when the first marked claim needs it."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._made: Tagger | None = None

    def tags(self, document: Document, units: Sequence[Unit], claim: Claim) -> tuple[Tag, ...]:
        """Return a claim's tags."""
        if self._made is None:
            from litmap.vocabulary import Tagger, Vocabulary

            rows = self._conn.execute("select name, content from vocabulary_files order by name")
            self._made = Tagger(Vocabulary.from_texts({row[0]: row[1] for row in rows}))
        return self._made.tag_claims(document, units, [claim])[0]


def current_document(conn: sqlite3.Connection, document: str) -> sqlite3.Row:
    """Return the current version of a document named by id or source. Raises InputError."""
    row = conn.execute("select * from documents where current = 1 and source = ?", (document,)).fetchone()
    if row is None and document.isdigit():
        row = conn.execute("select * from documents where id = ?", (int(document),)).fetchone()
        if row is not None and not row["current"]:
            raise InputError(
                f"document {document} is an older version of {row['source']}",
                "give the source, or the current version's id",
            )
    if row is None:
        raise InputError(f"no document is called {document}", "list them: litmap query DATABASE documents")
    found: sqlite3.Row = row
    return found


def place(conn: sqlite3.Connection, row: sqlite3.Row, start: int, end: int) -> Place:
    """Return where a stretch of a document stands, blanks at its ends left out. Raises InputError."""
    text: str = row["text"]
    if not 0 <= start < end <= len(text):
        raise InputError(
            f"{start} to {end} lies outside the text of {row['source']} (0 to {len(text)})",
            "give START and END as in the table claims",
        )
    quote = text[start:end].strip()
    if not any(char.isalnum() for char in quote):
        raise InputError(f"there is nothing between {start} and {end} in {row['source']}")
    start += text[start:end].index(quote)
    end = start + len(quote)
    same = conn.execute(
        'select key, status from claims where document_id = ? and start = ? and "end" = ?', (row["id"], start, end)
    ).fetchone()  # fmt: skip
    if same is not None and same["status"] != "gone":
        hint = f"bring it back: --restore {same['key']}" if same["status"] == "dismissed" else ""
        raise InputError(f"this is a claim already, {same['status']}: {same['key']}", hint)
    texts = conn.execute(
        "select c.text from claims c join documents d on d.id = c.document_id where d.source = ?", (row["source"],)
    )
    nth = 1 + sum(normal(other[0]) == normal(quote) for other in texts)
    return Place(claim_key(row["source"], quote, nth), row["source"], start, end, quote)


def write(conn: sqlite3.Connection, key: str, kept: Mapping[str, Any], tagger: LazyTagger) -> None:
    """Write a marked claim where its quote stands in the current version of its source; without it the claim is gone."""
    old = conn.execute("select * from claims where key = ?", (key,)).fetchone()
    if old is not None and old["status"] != "gone":
        return  # the machine finds it too, or it was written before
    row = conn.execute("select * from documents where source = ? and current = 1", (kept["source"],)).fetchone()
    start = _find(row["text"], kept["quote"], int(kept["start"])) if row is not None else -1
    if row is None or start < 0:
        return
    document, units = _rebuilt(row)
    end = start + len(kept["quote"])
    unit = max((n for n, u in enumerate(units) if u.start <= start), default=0)
    if not units:
        return
    claim = describe(document, units, unit, (start, end))
    claim_id = _store(conn, key, row["id"], claim, old)
    for table in _TABLES.values():
        conn.execute(f"delete from claim_{table} where claim_id = ?", (claim_id,))
    for tag in tagger.tags(document, units, claim):
        table = _TABLES[tag.facet]
        conn.execute(
            f"insert or ignore into claim_{table} (claim_id, {tag.facet}, role, origin, matched) values (?, ?, ?, ?, ?)",
            (claim_id, tag.slug, tag.role, tag.origin, tag.matched),
        )


def _find(text: str, quote: str, near: int) -> int:
    """Where the quote stands: where it stood, else at the place nearest to that; -1 when it is gone."""
    if text.startswith(quote, near):
        return near
    after, before = text.find(quote, near), text.rfind(quote, 0, near)
    found = [at for at in (before, after) if at >= 0]
    return min(found, key=lambda at: abs(at - near)) if found else -1


def _rebuilt(row: sqlite3.Row) -> tuple[Document, tuple[Unit, ...]]:
    blocks = tuple(Block(*block) for block in json.loads(row["blocks"]))
    document = Document(
        row["source"],
        row["text"],
        blocks,
        row["media_type"],
        row["sha256"],
        row["extractor"],
        row["title"],
        row["as_of"],
    )
    return document, split(document)


def _store(conn: sqlite3.Connection, key: str, document_id: int, claim: Claim, old: sqlite3.Row | None) -> int:
    cues = json.dumps(claim.cues, ensure_ascii=False, separators=(",", ":"))
    values = (
        document_id, claim.start, claim.end, claim.text, claim.heading, claim.claim_type, claim.question, claim.polarity, claim.certainty, cues,
    )  # fmt: skip
    if old is None:
        cursor = conn.execute(
            'insert into claims (document_id, start, "end", text, heading, claim_type, question, polarity, certainty, cues, key)'
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, key),
        )
        claim_id = int(cursor.lastrowid or 0)
    else:
        claim_id = int(old["id"])
        conn.execute(
            "insert into claims_fts (claims_fts, rowid, text, heading) values ('delete', ?, ?, ?)",
            (claim_id, old["text"], old["heading"]),
        )
        conn.execute(
            'update claims set document_id = ?, start = ?, "end" = ?, text = ?, heading = ?, claim_type = ?, question = ?, polarity = ?,'
            " certainty = ?, cues = ?, status = 'active' where id = ?",
            (*values, claim_id),
        )
    conn.execute(
        "insert into claims_fts (rowid, text, heading) values (?, ?, ?)", (claim_id, claim.text, claim.heading)
    )
    conn.execute(
        'insert or replace into claim_occurrences (claim_id, document_id, start, "end") values (?, ?, ?, ?)',
        (claim_id, document_id, claim.start, claim.end),
    )
    return claim_id
