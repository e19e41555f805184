"""Citations of PubMed records: RIS, BibTeX, and the style of the National Library of Medicine.

RIS tags after the RefMan specification (2001, updated 2011); NLM style after Citing Medicine, 2nd edition, chapter 1.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from litmap.web import ours

Row = dict[str, Any]

_COLUMNS = "pmid, title, abstract, journal, journal_abbrev, pub_date, pub_year, volume, issue, pages, doi, pmcid, issn, language, integrity"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}  # fmt: skip


def fetch(conn: sqlite3.Connection, pmids: Iterable[int]) -> list[Row]:
    """The records with their authors, in the order given; unknown PMIDs are left out."""
    found = []
    columns = {row[1] for row in conn.execute("pragma table_info(records)")}
    wanted = ", ".join(name if name in columns else f"null as {name}" for name in _COLUMNS.split(", "))
    for pmid in pmids:
        record = ours.first(conn, f"select {wanted} from records where pmid = ?", pmid)
        if record:
            record["authors"] = ours.rows(
                conn,
                "select last_name, fore_name, initials, suffix, collective_name from record_authors where pmid = ? order by position",
                pmid,
            )
            found.append(record)
    return found


def _line(text: Any) -> str:
    """One line of text, whatever came in."""
    return re.sub(r"\s+", " ", str(text)).strip()


def _pages(pages: str) -> tuple[str, str]:
    """First and last page, the last completed: 201-9 means 201 to 209."""
    start, _, end = pages.partition("-")
    start, end = start.strip(), end.strip()
    if start.isdigit() and end.isdigit() and len(end) < len(start):
        end = start[: len(start) - len(end)] + end
    return start, end


def ris(record: Row, *, abstract: bool = False) -> str:
    """One RIS entry, lines ended by CRLF as the specification wants."""
    lines = [("TY", "JOUR"), ("TI", record["title"])]
    for author in record["authors"]:
        name = author["collective_name"] or ", ".join(
            part for part in (author["last_name"], author["fore_name"] or author["initials"], author["suffix"]) if part
        )
        lines.append(("AU", name))
    first, last = _pages(record["pages"] or "")
    year, *rest = (record["pub_date"] or "").split("-")
    date = "/".join([year, *rest]) + "/" * (3 - len(rest)) if year else ""
    lines += [
        ("PY", record["pub_year"]), ("DA", date), ("JO", record["journal"]), ("JA", record["journal_abbrev"]), ("VL", record["volume"]),
        ("IS", record["issue"]), ("SP", first), ("EP", last), ("SN", record["issn"]), ("DO", record["doi"]), ("C2", record["pmcid"]),
        ("LA", record["language"]), ("AN", record["pmid"]), ("DB", "PubMed"), ("UR", f"https://pubmed.ncbi.nlm.nih.gov/{record['pmid']}/"),
    ]  # fmt: skip
    if record["integrity"]:
        lines.append(("N1", f"PubMed marks this record: {record['integrity']}"))
    if abstract and record["abstract"]:
        lines.append(("AB", record["abstract"]))
    body = "".join(f"{tag}  - {_line(text)}\r\n" for tag, text in lines if text not in (None, ""))
    return body + "ER  - \r\n"


def _tex(text: Any) -> str:
    return "".join(_TEX.get(char, char) for char in _line(text))


def bibtex(record: Row) -> str:
    """One BibTeX entry, UTF-8 with TeX's own characters escaped."""
    names = []
    for author in record["authors"]:
        if author["collective_name"]:
            names.append("{" + _tex(author["collective_name"]) + "}")
        else:
            names.append(
                ", ".join(
                    _tex(part)
                    for part in (author["last_name"], author["suffix"], author["fore_name"] or author["initials"])
                    if part
                )
            )
    first, last = _pages(record["pages"] or "")
    fields = [
        ("title", "{" + _tex(record["title"]).rstrip(".") + "}"), ("author", " and ".join(names)), ("journal", _tex(record["journal"] or "")),
        ("year", record["pub_year"]), ("volume", _tex(record["volume"] or "")), ("number", _tex(record["issue"] or "")),
        ("pages", f"{_tex(first)}--{_tex(last)}" if last else _tex(first)), ("doi", _line(record["doi"] or "")), ("pmid", record["pmid"]),
    ]  # fmt: skip
    if record["integrity"]:
        fields.append(("note", f"PubMed marks this record: {record['integrity']}"))
    body = ",\n".join(f"  {name} = {{{text}}}" for name, text in fields if text not in (None, ""))
    return f"@article{{pmid{record['pmid']},\n{body}\n}}\n"


def _nlm_author(author: Row) -> str:
    if author["collective_name"]:
        return _line(author["collective_name"])
    return _line(" ".join(part for part in (author["last_name"], author["initials"], author["suffix"]) if part))


def _nlm_date(record: Row) -> str:
    year, *rest = (record["pub_date"] or str(record["pub_year"] or "")).split("-")
    month = _MONTHS[int(rest[0]) - 1] if rest and rest[0].isdigit() and 1 <= int(rest[0]) <= 12 else ""
    day = str(int(rest[1])) if month and len(rest) > 1 and rest[1].isdigit() else ""
    return " ".join(part for part in (year, month, day) if part)


def nlm(record: Row, most: int = 6) -> str:
    """One reference in NLM style; `et al.` after the sixth author."""
    names = [_nlm_author(author) for author in record["authors"]]
    shown = ", ".join(names[:most]) + (", et al" if len(names) > most else "")
    issue = f"({record['issue']})" if record["issue"] else ""
    where = ":".join(part for part in (f"{record['volume'] or ''}{issue}", record["pages"]) if part)
    parts = [
        f"{shown}. " if shown else "",
        f"{_line(record['title']).rstrip('.')}. ",
        f"{_line(record['journal_abbrev'] or record['journal'] or '[journal not stated]').rstrip('.')}. ",
        f"{_nlm_date(record) or '[date unknown]'}{';' + where if where else ''}. ",
        f"doi: {record['doi']}. " if record["doi"] else "",
        f"PubMed PMID: {record['pmid']}",
        f"; PMCID: {record['pmcid']}" if record["pmcid"] else "",
        ".",
    ]
    warning = {"retracted": " [Retracted]", "concern": " [Expression of concern]"}.get(record["integrity"] or "", "")
    return "".join(parts) + warning


def entries(records: Sequence[Row]) -> str:
    """A RIS file."""
    return "\r\n".join(ris(record) for record in records)
