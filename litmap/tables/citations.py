"""RIS, BibTeX and PubMed's own nbib: written record by record, in memory that does not grow."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, BinaryIO

from litmap.model import Author, Grant, Record
from litmap.pubmed.medline_fields import RELATIONS
from litmap.tables.provenance import Provenance
from litmap.tables.references import PUBMED, author_name
from litmap.tables.references import date as in_words
from litmap.tables.table import Table

Lines = list[tuple[str, Any]]
_TAGS = {kind: tag for tag, kind in RELATIONS.items()}
_TEX = {
    **{char: f"\\{char}" for char in "{}%&#_$"},
    **{"\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}"},
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WIDTH = 82  # of a value in nbib, where PubMed breaks lines


def write_ris(table: Table, _provenance: Provenance, out: BinaryIO) -> int:
    """Write RIS (RefMan, 2011), one entry for each record, lines ended by CRLF."""
    return _each(table, out, ris_entry)


def write_nbib(table: Table, _provenance: Provenance, out: BinaryIO) -> int:
    """Write the MEDLINE format of PubMed's "Send to: Citation manager"."""
    return _each(
        table, out, lambda record, _flag: "\n".join(_wrapped(tag, value) for tag, value in nbib(record)) + "\n\n"
    )


def write_bib(table: Table, provenance: Provenance, out: BinaryIO) -> int:
    """Write BibTeX in UTF-8, provenance as a comment first."""
    told = (
        "\n".join(f"  {label}: {value}" for label, value in provenance.rows())
        .replace("{", "(")
        .replace("}", ")")
        .replace("@", "(at)")
    )
    out.write(f"@comment{{\n{told}\n}}\n\n".encode())
    return _each(table, out, bibtex)


def _each(table: Table, out: BinaryIO, form: Any) -> int:
    assert table.records is not None
    count = 0
    for record, flag in table.records(_pmids(table)):
        out.write(form(record, flag).encode("utf-8", "replace"))
        count += 1
    return count


def _pmids(table: Table) -> Iterator[int]:
    place = next(at for at, column in enumerate(table.columns) if column.kind in ("pmid", "pmids"))
    for row in table.rows:
        yield from (int(part) for part in str(row[place]).split("; "))


def one_line(value: Any) -> str:
    """Return a value without line ends."""
    return " ".join(str(value).split())


# ---------------------------------------------------------------- RIS


def ris_entry(record: Record, flag: str) -> str:
    """Return one entry as it stands in a file, with the empty line behind it."""
    return "".join(f"{tag}  - {one_line(value)}\r\n" for tag, value in ris(record, flag)) + "ER  - \r\n\r\n"


def ris(record: Record, flag: str) -> Lines:
    """Return the fields of one entry; empty ones are left out."""
    first, last = pages(record.pages)
    year, *rest = (record.pub_date or str(record.pub_year or "")).split("-")
    lines: Lines = [("TY", "JOUR"), ("TI", record.title), ("TT", record.vernacular_title)]
    lines += [("AU", _ris_name(author)) for author in record.authors]
    lines += [
        ("PY", record.pub_year), ("DA", "/".join([year, *rest]) + "/" * (3 - len(rest)) if year else None), ("JO", record.journal),
        ("T2", record.journal), ("JA", record.medline_ta or record.journal_abbrev), ("VL", record.volume), ("IS", record.issue), ("SP", first), ("EP", last),
        ("SN", record.issn), ("DO", record.doi), ("C2", record.pmcid), ("LA", record.language), ("AB", record.abstract),
    ]  # fmt: skip
    lines += [("KW", word) for word in dict.fromkeys([*record.keywords, *(mesh.heading for mesh in record.mesh)])]
    lines += [("M3", kind.name) for kind in record.publication_types[:1]]
    lines += [
        ("AN", record.pmid),
        ("DB", "PubMed"),
        ("UR", PUBMED.format(record.pmid)),
        ("N1", flag.strip(" []") or None),
    ]
    return [(tag, value) for tag, value in lines if value not in (None, "")]


def _ris_name(author: Author) -> str:
    if author.collective_name:
        return author.collective_name
    return ", ".join(part for part in (author.last_name, author.fore_name or author.initials, author.suffix) if part)


def pages(text: str | None) -> tuple[str, str]:
    """Return first and last page, the last one completed: 201-9 is 201 to 209."""
    first, _, last = (part.strip() for part in re.split(r"[,;]", text or "")[0].partition("-"))
    if first.isdigit() and last.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first, last


# ---------------------------------------------------------------- BibTeX


def bibtex(record: Record, flag: str) -> str:
    """Return one entry; its key is the PMID."""
    first, last = pages(record.pages)
    month = (record.pub_date or "").split("-")[1:2]
    fields: Lines = [
        ("author", " and ".join(_bib_name(author) for author in record.authors)), ("title", f"{{{tex(record.title.rstrip('.'))}}}"),
        ("journal", tex(record.journal or record.medline_ta or "")), ("year", record.pub_year), ("volume", tex(record.volume or "")), ("number", tex(record.issue or "")),
        ("pages", tex(f"{first}--{last}" if last else first)), ("issn", record.issn), ("doi", one_line(record.doi or "")), ("pmid", record.pmid), ("pmcid", record.pmcid),
        ("url", PUBMED.format(record.pmid)), ("language", tex(record.language or "")), ("keywords", tex(", ".join(record.keywords))),
        ("note", tex(flag.strip(" []"))), ("abstract", tex(record.abstract or "")),
    ]  # fmt: skip
    lines = [f"  {name} = {{{value}}}" for name, value in fields if value not in (None, "")]
    if month and month[0].isdigit():
        lines.insert(4, f"  month = {_MONTHS[int(month[0]) - 1]}")
    return f"@article{{pmid{record.pmid},\n" + ",\n".join(lines) + "\n}\n\n"


def _bib_name(author: Author) -> str:
    if author.collective_name:
        return f"{{{tex(author.collective_name)}}}"
    return ", ".join(
        tex(part) for part in (author.last_name, author.suffix, author.fore_name or author.initials) if part
    )


def tex(text: str) -> str:
    """Return one line with TeX's own characters escaped."""
    return "".join(_TEX.get(char, char) for char in one_line(text))


# ---------------------------------------------------------------- nbib


def nbib(record: Record) -> Lines:
    """Return the fields of one record, in PubMed's order. What MEDLINE has no field for is left out."""
    lines: Lines = [
        ("PMID", record.pmid), ("STAT", record.status), ("DCOM", _compact(record.date_completed)), ("LR", _compact(record.date_revised)), ("IS", record.issn),
        ("IS", record.issn_linking and f"{record.issn_linking} (Linking)"), ("VI", record.volume), ("IP", record.issue), ("DP", in_words(record)), ("TI", record.title),
        ("PG", record.pages), ("LID", record.pii and f"{record.pii} [pii]"), ("LID", record.doi and f"{record.doi} [doi]"),
        ("AB", _abstract(record, "abstract")), ("OAB", _abstract(record, "other")),
    ]  # fmt: skip
    for author in record.authors:
        lines += _author(author)
    lines += [("LA", language) for language in (record.language or "").split(";")]
    lines += [("SI", f"{trial.registry}/{trial.number}") for trial in record.trials if trial.registry]
    lines += [("GR", _grant(grant)) for grant in record.grants]
    lines += [("PT", kind.name) for kind in record.publication_types]
    lines += [
        ("TT", record.vernacular_title), ("DEP", _compact(record.epub_date)), ("PL", record.country), ("TA", record.medline_ta or record.journal_abbrev),
        ("JT", record.journal), ("JID", record.nlm_unique_id),
    ]  # fmt: skip
    lines += [
        ("RN", f"{one.registry_number} ({one.name})" if one.registry_number else one.name) for one in record.chemicals
    ]
    lines += [("NM", one.name) for one in record.supplementary]
    lines += [
        (
            _TAGS[one.kind],
            f"{one.citation or ''}. PMID: {one.related_pmid}".lstrip(". ") if one.related_pmid else one.citation,
        )
        for one in record.relations
        if one.kind in _TAGS
    ]
    lines += [("MH", _mesh(list(same))) for _, same in groupby(record.mesh, key=lambda mesh: (mesh.heading, mesh.ui))]
    lines += [("OT", keyword) for keyword in record.keywords]
    lines += [("PMC", record.pmcid), ("PST", record.publication_status)]
    return [(tag, value) for tag, value in lines if value not in (None, "")]


def _author(author: Author) -> Lines:
    if author.collective_name:
        lines: Lines = [("CN", author.collective_name)]
    else:
        fore = " ".join(part for part in (author.fore_name, author.suffix) if part)
        lines = [("FAU", ", ".join(part for part in (author.last_name, fore) if part)), ("AU", author_name(author))]
    lines += [("AUID", f"ORCID: {author.orcid}")] if author.orcid else []
    return lines + [("AD", affiliation) for affiliation in author.affiliations]


def _abstract(record: Record, kind: str) -> str:
    return " ".join(
        f"{part.label}: {part.text}" if part.label else part.text for part in record.sections if part.kind == kind
    )


def _grant(grant: Grant) -> str:
    number = f"{grant.grant_id}/" if grant.grant_id else ""
    acronym = "/" if "/" in number.removesuffix("/") else ""  # its field keeps a number with slashes whole
    return f"{number}{acronym}{grant.agency or ''}/{grant.country or ''}"


def _mesh(same: Iterable[Any]) -> str:
    rows = list(same)
    heading = f"{'*' if rows[0].major else ''}{rows[0].heading}"
    return heading + "".join(f"/{'*' if row.qualifier_major else ''}{row.qualifier}" for row in rows if row.qualifier)


def _compact(date: str | None) -> str | None:
    return date and date.replace("-", "")


def _wrapped(tag: str, value: Any) -> str:
    lines = textwrap.wrap(one_line(value), WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    return f"{tag:<4}- " + "\n      ".join(lines)
