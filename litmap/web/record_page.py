"""A PubMed record: what it is, how it got its level, what became of it, and the claims it bears on."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from litmap.evidence.integrity import KINDS
from litmap.ingest.said_integrity import later
from litmap.linking.evidence import PREPRINT
from litmap.review.entries import standing, successors
from litmap.tables import citations, references
from litmap.web import ours, shared
from litmap.web.shared import Row

RELATIONS = {
    "RetractionIn": "Retracted in", "RetractionOf": "Retraction of", "ErratumIn": "Corrected in", "ErratumFor": "Correction of",
    "ExpressionOfConcernIn": "Expression of concern in", "ExpressionOfConcernFor": "Expression of concern about", "CommentIn": "Comment in",
    "CommentOn": "Comment on", "UpdateIn": "Updated in", "UpdateOf": "Update of", "RetractedandRepublishedIn": "Retracted and republished in",
    "RetractedandRepublishedFrom": "Retracted and republished from", "CorrectedandRepublishedIn": "Corrected and republished in",
    "CorrectedandRepublishedFrom": "Corrected and republished from", "PartialRetractionIn": "Partly retracted in", "PartialRetractionOf": "Partial retraction of",
    "OriginalReportIn": "Original report in", "SummaryForPatientsIn": "Summary for patients in", "AssociatedDataset": "Associated dataset",
    "AssociatedPublication": "Associated publication", "ReprintIn": "Reprinted in", "ReprintOf": "Reprint of",
}  # fmt: skip
REGISTRIES = {
    "NCT": "https://clinicaltrials.gov/study/{}",
    "ISRCTN": "https://www.isrctn.com/{}",
    "ACTRN": "https://anzctr.org.au/{}.aspx",
}
_NUMBER = re.compile(r"(NCT|ISRCTN|ACTRN)\d{6,14}")


def find(conn: sqlite3.Connection, wanted: str) -> dict[str, Any] | None:
    """Everything the page shows, by PMID. None when there is no such record."""
    pmid = int(wanted)
    record = ours.first(conn, "select * from records where pmid = ?", pmid)
    if record is None:
        return None
    names = shared.labels(conn)
    tags = shared.tags(conn, "record", pmid, names)
    named: set[tuple[str, str, str]] = set()
    corrections = _corrections(conn, pmid, record)
    return {
        "record": record,
        "authors": ours.rows(conn, "select last_name, initials, suffix, collective_name from record_authors where pmid = ? order by position", pmid),
        "cite": _cited(conn, pmid),
        "title": highlight(record["title"], tags, named),
        "sections": _sections(conn, record, tags, named),
        "tags": tags,
        "levels": _levels(conn, pmid),
        "corrections": corrections,
        "types": ours.rows(conn, "select name from record_publication_types where pmid = ? order by position", pmid),
        "preprint": references.is_preprint(ours.store(conn), pmid),
        "mesh": _mesh(conn, pmid),
        "keywords": [row[0] for row in conn.execute("select keyword from record_keywords where pmid = ? order by position", (pmid,))],
        "integrity": _integrity(conn, pmid, corrections),
        "relations": _relations(conn, pmid),
        "trials": _trials(conn, pmid),
        "sisters": _sisters(conn, pmid),
        "facts": ours.rows(conn, "select field, group_concat(value, '; ') as value from record_facts where pmid = ? group by field order by field", pmid),
        "claims": _claims(conn, pmid),
        "decisions": ours.rows(conn, "select d.*, c.text from decisions d left join claims c on c.key = d.claim_key where d.pmid = ? order by d.id desc limit 50", pmid),
    }  # fmt: skip


def _cited(conn: sqlite3.Connection, pmid: int) -> dict[str, str]:
    """The record as a citation in each style, without its abstract."""
    ((whole, flag),) = references.flagged(ours.store(conn))([pmid])
    record = whole._replace(abstract=None, sections=())
    return {
        "NLM style": references.nlm(record) + flag,
        "RIS": citations.ris_entry(record, flag).replace("\r\n", "\n").strip(),
        "BibTeX": citations.bibtex(record, flag).strip(),
    }


def _sections(
    conn: sqlite3.Connection, record: Row, tags: dict[str, list[Row]], named: set[tuple[str, str, str]]
) -> list[Row]:
    rows = ours.rows(
        conn, "select label, text, kind from record_sections where pmid = ? order by position", record["pmid"]
    )
    if not rows and record.get("abstract"):
        rows = [{"label": None, "text": record["abstract"], "kind": "abstract"}]
    return [{**row, "pieces": highlight(row["text"], tags, named)} for row in rows if row["kind"] == "abstract"]


def highlight(text: str, tags: dict[str, list[Row]], named: set[tuple[str, str, str]]) -> list[Row]:
    """The text in pieces; words that gave a tag carry its facet, role and label.

    A role that maps do not count is to be named where the tag first stands; `named` remembers which were.
    """
    words: dict[str, tuple[str, Row]] = {}
    for facet, rows in tags.items():
        for tag in rows:
            for word in re.split(r"\s*[;|]\s*", tag["matched"] or ""):
                if len(word) > 1:
                    words.setdefault(word.casefold(), (facet, tag))
    if not words:
        return [{"text": text, "tag": None, "facet": None}]
    pattern = re.compile(
        r"(?<!\w)(" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + r")(?!\w)",
        re.IGNORECASE,
    )
    pieces: list[Row] = []
    at = 0
    for match in pattern.finditer(text):
        if match.start() > at:
            pieces.append({"text": text[at : match.start()], "tag": None, "facet": None})
        piece: Row = {"text": match[0], "tag": None, "facet": None}
        if match[0].casefold() in words:
            facet, tag = words[match[0].casefold()]
            mention = facet, tag["slug"], tag["role"]
            piece = {"text": match[0], "tag": tag, "facet": facet, "named": not tag["counted"] and mention not in named}
            named.add(mention)
        pieces.append(piece)
        at = match.end()
    if at < len(text):
        pieces.append({"text": text[at:], "tag": None, "facet": None})
    return pieces


def _levels(conn: sqlite3.Connection, pmid: int) -> list[Row]:
    rows = ours.rows(conn, "select * from record_levels where pmid = ? order by scheme", pmid)
    for row in rows:
        row["inputs"] = [item for item in shared.loads(row["inputs"], []) if item]
        row["inputs"] = [
            item if isinstance(item, dict) else {"field": item[0], "matched": item[1]} for item in row["inputs"]
        ]
        row["label"] = shared.level_names(conn, row["scheme"]).get(row["rank"], "")
    return rows


def _corrections(conn: sqlite3.Connection, pmid: int, record: Row) -> list[Row]:
    """What people say beside the machine's value. A published map knows the values, and not who said so and why."""
    machine = {
        row["field"]: row["value"]
        for row in ours.rows(conn, "select field, value from record_machine where pmid = ?", pmid)
    }
    machine["level"] = machine.get("ocebm-benefit")
    slugs = successors(conn)
    found: list[Row] = []
    for said in standing(conn.execute("select * from corrections where pmid = ? order by id", (pmid,))):
        row = dict(said)
        name = row["field"] or row["subject"]
        if row["subject"] == "tag":
            name = f"{name}:{slugs.get((row['field'], row['slug']), row['slug'])}"
        verb = {"add": "added", "remove": "removed"}.get(row["action"], "")
        person = " ".join(word for word in (verb, row["role"], row["value"]) if word)
        found.append({**row, "name": name, "machine": machine.get(name), "person": person})
    if not found:
        found = [
            {"name": name, "machine": value, "person": _in_force(record, name, value)}
            for name, value in machine.items()
            if name != "level"
        ]  # fmt: skip
    return found


def _in_force(record: Row, name: str, machine: str | None) -> str | None:
    """What a person's correction led to. Where it led to nothing, a graver note came after it, or the same one."""
    if name == "integrity":
        return "corrected earlier" if record[name] == machine else record[name] or "none"
    return record.get(name) if name in ("design", "subjects") else None


def _integrity(conn: sqlite3.Connection, pmid: int, corrections: list[Row]) -> dict[str, list[Row]]:
    """Notes by kind, the gravest first. Only what names a notice, or where it is known from, is to be told of a notice."""
    sql = "select i.*, r.title from record_integrity i left join records r on r.pmid = i.notice_pmid where i.pmid = ? order by origin = 'reviewer', notice_pmid, origin"
    came_later = later(row for row in corrections if "field" in row)
    notes = [{**row, "later": row["kind"] in came_later} for row in ours.rows(conn, sql, pmid)]
    found = {kind: [note for note in notes if note["kind"] == kind] for kind in KINDS}
    return {kind: of_kind for kind, of_kind in found.items() if of_kind}


def _mesh(conn: sqlite3.Connection, pmid: int) -> list[Row]:
    rows = ours.rows(
        conn,
        """select heading, max(major) as major, group_concat(qualifier, ', ') as qualifiers, max(coalesce(qualifier_major, 0)) as qualifier_major
           from record_mesh where pmid = ? group by heading order by min(position)""",
        pmid,
    )
    for row in rows:
        row["starred"] = bool(row["major"] or row["qualifier_major"])
    return rows


def _relations(conn: sqlite3.Connection, pmid: int) -> list[Row]:
    rows = ours.rows(
        conn,
        """select x.kind, x.related_pmid, x.citation, r.title from record_relations x left join records r on r.pmid = x.related_pmid
           where x.pmid = ? order by x.kind, x.position""",
        pmid,
    )
    for row in rows:
        row["label"] = RELATIONS.get(row["kind"], row["kind"])
    return rows


def _trials(conn: sqlite3.Connection, pmid: int) -> list[Row]:
    rows = ours.rows(conn, "select registry, number from record_trials where pmid = ? order by position", pmid)
    for row in rows:
        match = _NUMBER.fullmatch(row["number"])
        row["url"] = REGISTRIES[match[1]].format(match[0]) if match else None
    return rows


def _sisters(conn: sqlite3.Connection, pmid: int) -> list[Row]:
    """Other reports of the same study."""
    return ours.rows(
        conn,
        f"""select distinct r.pmid, r.title, r.pub_year, r.design, r.level, r.integrity, {PREPRINT} as preprint, {shared.ALSO}, o.study from record_studies m
           join record_studies o on o.study = m.study and o.pmid <> m.pmid join records r on r.pmid = o.pmid
           where m.pmid = ? order by r.pub_year, r.pmid""",
        pmid,
    )


def _claims(conn: sqlite3.Connection, pmid: int) -> list[Row]:
    return ours.rows(
        conn,
        """select c.key, c.text, c.polarity, c.question, l.rank, l.score, l.bears, d.title as document, d.id as document_id
           from links l join claims c on c.id = l.claim_id join documents d on d.id = c.document_id
           where l.pmid = ? and c.status = 'active' order by l.bears desc, l.score desc, c.id limit 60""",
        pmid,
    )
