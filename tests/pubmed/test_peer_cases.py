"""What other parsers' test suites assert. The cases are not a part of this project.

LITMAP_PEER_CASES names a folder with cases.json (a list `cases` of id, file, field, op, expected, and pmid or
record) and the files they speak of. peer_exempt.csv lists, by id, the cases that contradict others or state
their suite's own convention.
"""

from __future__ import annotations

import csv
import html
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from litmap.errors import LitmapError
from litmap.model import Record
from litmap.pubmed import read

FOLDER = os.environ.get("LITMAP_PEER_CASES")
LISTED = (Path(__file__).parent / "peer_exempt.csv").read_text(encoding="utf-8")
EXEMPT = {int(row["id"]): row["reason"] for row in csv.DictReader(LISTED.splitlines())}
SCALARS = {
    "pmid", "pmid_version", "doi", "pmcid", "title", "abstract", "journal", "journal_abbrev", "volume", "issue", "pages", "pub_year", "language", "status",
    "issn", "issn_linking", "country", "medline_ta", "nlm_unique_id", "publication_status", "pub_date", "indexing_method",
}  # fmt: skip
ITEMS = {
    "author.last": lambda r: [a.last_name for a in r.authors],
    "author.fore": lambda r: [a.fore_name for a in r.authors],
    "author.initials": lambda r: [a.initials for a in r.authors],
    "author.collective": lambda r: [a.collective_name for a in r.authors],
    "publication_type": lambda r: [p.name for p in r.publication_types],
    "publication_type_ui": lambda r: [p.ui for p in r.publication_types],
    "mesh": lambda r: list(dict.fromkeys(m.heading for m in r.mesh)),
    "keyword": lambda r: list(r.keywords),
    "chemical": lambda r: [c.name for c in r.chemicals],
    "abstract_section": lambda r: [s.text for s in r.sections if s.kind == "abstract"],
    "abstract_label": lambda r: [s.label for s in r.sections if s.kind == "abstract"],
    "language": lambda r: (r.language or "").split(";"),
}
COUNTS = {
    "author_count": lambda r: len(r.authors),
    "publication_type_count": lambda r: len(r.publication_types),
    "keyword_count": lambda r: len(r.keywords),
    "abstract_section_count": lambda r: len([s for s in r.sections if s.kind == "abstract"]),
}


def cases() -> list[dict[str, Any]]:
    if not FOLDER:
        return []
    found: list[dict[str, Any]] = json.loads((Path(FOLDER) / "cases.json").read_text(encoding="utf-8"))["cases"]
    return [case for case in found if case.get("file")]


@cache
def records(name: str) -> tuple[Record, ...]:
    assert FOLDER
    return tuple(item for item in read(Path(FOLDER) / "files" / name) if isinstance(item, Record))


def plain(value: object) -> str:
    """Letters and digits only: suites differ in markup, blanks and final full stops."""
    return "".join(c for c in re.sub(r"<[^>]+>", "", html.unescape(str(value))).casefold() if c.isalnum())


def value_of(case: dict[str, Any]) -> tuple[bool, Any]:
    """Whether litmap has such a field, and what it holds."""
    found, field = records(case["file"]), case["field"]
    if field == "record_count":
        return True, len(found)
    record = next((r for r in found if str(r.pmid) == str(case.get("pmid"))), None)
    if record is None:
        record = found[case.get("record") or 0]
    if field in SCALARS:
        return True, getattr(record, field)
    if field in COUNTS:
        return True, COUNTS[field](record)
    item = re.fullmatch(r"(\w+)\[(\d+)\](\.\w+)?", field)
    reader = ITEMS.get(item[1] + (item[3] or "")) if item else None
    if not (item and reader):
        return False, None
    values = reader(record)
    return True, values[int(item[2])] if int(item[2]) < len(values) else None


@pytest.mark.skipif(not FOLDER, reason="LITMAP_PEER_CASES is not set")
def test_peers_assertions_hold_but_for_those_listed() -> None:
    failed = {}
    checked = 0
    for case in cases():
        try:
            ours, value = value_of(case)
        except (LitmapError, IndexError) as error:  # a file that cannot be read fails its cases
            ours, value = True, error
        if not ours:
            continue
        checked += 1
        expected = case["expected"] if isinstance(case["expected"], list) else [case["expected"]]
        if case["op"] == "is_null":
            good = value in (None, "")
        elif case["op"].startswith(("equals", "set_equals")):
            good = plain(value) in {plain(one) for one in expected}
        else:
            good = plain(expected[0]) in plain(value)
        if not good:
            failed[case["id"]] = f"{case['file']} {case['field']}: {str(expected[0])[:60]!r}, not {str(value)[:60]!r}"
    assert checked > 100
    unexplained = {number: text for number, text in failed.items() if number not in EXEMPT}
    assert not unexplained, "\n".join(f"{number}: {text}" for number, text in unexplained.items())
    assert not set(EXEMPT) - set(failed), "listed as exempt, but they hold"
