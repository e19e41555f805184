"""The report on one document: what a checker sends to the owner of a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from litmap.errors import QueryError
from litmap.escaping import markdown as escaped
from litmap.model import ANOTHER_SOURCE
from litmap.store import Store
from litmap.tables import docx, evidence, html, markdown, provenance, word
from litmap.tables.cited import Cited
from litmap.tables.files import target
from litmap.tables.listings import searches
from litmap.tables.provenance import Provenance
from litmap.tables.table import Condition, Table, View, public_source, shaped

FORMATS = ("docx", "html", "md")
LIMITS = (
    "Claims were found, and records chosen, by a program with written rules; both make mistakes. What a person decided is marked as reviewed.",
    "Records are read by title, abstract and indexing. The full text may say more, or something else.",
    "Risk of bias and the certainty of the evidence (GRADE) were not assessed.",
    "A claim for which nothing was found is not thereby wrong; a claim with a high level is not thereby right.",
)
_COLUMNS = ("claim", "condition", "route", "kind", "found", "studies", "integrity", "verdict", "references")
_HARMS = """
select distinct t.condition, (select label from conditions where slug = t.condition) from claims c join claim_conditions t on t.claim_id = c.id and t.role = 'indication'
where c.document_id = ? and c.status = 'active' and c.question = 'benefit' and not exists (
  select 1 from claims h left join claim_conditions x on x.claim_id = h.id and x.role = 'indication'
  where h.document_id = c.document_id and h.status = 'active' and h.question = 'harm' and (x.condition is null or x.condition = t.condition))
order by 1
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One chapter: paragraphs, then a table if there is one."""

    title: str
    text: tuple[str, ...]
    table: Table | None = None


def write(store: Store, document: str, path: Path, *, form: str | None = None, force: bool = False) -> int:
    """Write the report on a document (id, source or title) and return the number of its claims.

    Raises QueryError when there is no such document or format, InputError when the file cannot be written.
    """
    name = (form or path.suffix.lstrip(".")).casefold()
    if name not in FORMATS:
        raise QueryError(
            f"a report cannot be written as {name or 'a file without an extension'!r}",
            f"there are {', '.join(FORMATS)}",
        )
    found = find(store, document)
    whole = evidence.table(store)
    told = provenance.of(store, {"document": public_source(found["source"])})
    parts = _parts(store, found, whole)
    title = f"Report on {found['title'] or public_source(found['source'])}"
    with target(path, force) as out:
        {"docx": _docx, "html": _html, "md": _markdown}[name](title, parts, whole, told, out)
    return int(store.value("select count(*) from claims where document_id = ? and status = 'active'", found["id"]))


def find(store: Store, document: str) -> Any:
    """Return the current version of a document. Raises QueryError, naming what there is, when none or several match."""
    rows = store.rows(
        "select * from documents where current = 1 and (cast(id as text) = ?1 or source = ?1 or title = ?1) order by id",
        document,
    )
    rows = rows or store.rows("select * from documents where current = 1 and instr(source, ?) order by id", document)
    if len(rows) == 1:
        return rows[0]
    known = store.rows("select id, source from documents where current = 1 order by id limit 10")
    names = "; ".join(f"{row['id']}: {row['source']}" for row in rows or known)
    raise QueryError(
        f"{'several documents match' if rows else 'no document is called'} {document!r}",
        f"there are {names}" if names else "import one first",
    )


def _parts(store: Store, document: Any, whole: Table) -> list[Part]:
    asked, other = _claims(store, document, whole)
    columns = ("ran_at", "query", "count", "n_received", "limits")
    searched = _held(shaped(store, searches(store, document=document["id"]), View(columns=columns), reading=True))
    return [
        Part("The page", _about(store, document)),
        Part("Claims and what was found", ("One row for each claim and condition.",), asked),
        Part(
            "Claims that need another source",
            ("PubMed is the wrong place to check these.",) if other.rows else ("None.",),
            other if other.rows else None,
        ),
        Part("Harms that the page does not mention", (_silent(store, document),)),
        Part(
            "What was searched",
            () if searched.rows else ("No search was run for this map: what was not found was not looked for.",),
            searched if searched.rows else None,
        ),
        Part("Limits of the method", (*LIMITS, *evidence.NOTES)),
    ]


def _claims(store: Store, document: Any, whole: Table) -> tuple[Table, Table]:
    """The claims of a document that studies answer, and those that need another source."""
    mine = Condition("document_id", "=", (str(document["id"]),))
    answered = Condition("question", "!=", ANOTHER_SOURCE)
    asked = View(columns=_COLUMNS, where=(mine, answered))
    other = View(columns=("claim", "kind", "verdict"), where=(mine, answered._replace(operator="=")))
    return (
        _held(shaped(store, whole, asked, reading=True)),
        _held(shaped(store, evidence.table(store), other, reading=True)),
    )


def _silent(store: Store, document: Any) -> str:
    harms = [label for _, label in store.conn.execute(_HARMS, (document["id"],))]
    if not harms:
        return "For every condition with a claim of benefit the page says something about harm."
    return f"The page claims benefit, and says nothing about harm, for: {', '.join(harms)}."


def _about(store: Store, document: Any) -> tuple[str, ...]:
    counts = dict(
        store.conn.execute(
            "select question, count(*) from claims where document_id = ? and status = 'active' group by 1 order by 1",
            (document["id"],),
        ).fetchall()
    )
    return (
        f"Source: {public_source(document['source'])}, version {document['version']}, read {document['retrieved_at'][:10]}"
        + (f", dated {document['as_of']}." if document["as_of"] else "."),
        "Claims by question: "
        + (", ".join(f"{question.replace('-', ' ')} {count}" for question, count in counts.items()) or "none")
        + ".",
        f"SHA-256 of the page as read: {document['sha256']}",
    )


def _held(table: Table) -> Table:
    """Keep the rows, to look at them more than once."""
    return replace(table, rows=list(table.rows))


def _markdown(title: str, parts: list[Part], whole: Table, told: Provenance, out: BinaryIO) -> None:
    cited, lines = Cited(whole), [f"# {escaped(title)}", ""]
    for part in parts:
        lines += [f"## {part.title}", "", *(f"{escaped(text)}\n" for text in part.text)]
        lines += [*markdown.grid(part.table.columns, list(part.table.rows), cited), ""] if part.table else []
    out.write(("\n".join([*lines, *markdown.footer((), cited, told)]) + "\n").encode("utf-8", "replace"))


def _html(title: str, parts: list[Part], whole: Table, told: Provenance, out: BinaryIO) -> None:
    cited, body = Cited(whole), [f"<h1>{html.text(title)}</h1>"]
    for part in parts:
        body += [f"<h2>{html.text(part.title)}</h2>", *(f"<p>{html.text(text)}</p>" for text in part.text)]
        body += [html.grid(part.table.columns, list(part.table.rows), part.title, cited)] if part.table else []
    out.write(html.page(title, [*body, *html.footer((), cited, told)]))


def _docx(title: str, parts: list[Part], whole: Table, told: Provenance, out: BinaryIO) -> None:
    doc, cited, number = word.document(title, told), Cited(whole), 0
    doc.add_heading(word.clean(title), 1)
    for part in parts:
        doc.add_heading(part.title, 2)
        for text in part.text:
            doc.add_paragraph(word.clean(text))
        if part.table:
            number += 1
            docx.add_table(doc, part.table.columns, list(part.table.rows), number, part.title, cited, False)
    docx.finish(doc, replace(whole, notes=(), picture=None), cited, told)
    docx.save(doc, out)
