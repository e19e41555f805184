"""References come back whole from other people's readers, and nbib from our own."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy
from Bio import Medline
from tables_world import World, full_record

from litmap import pubmed
from litmap.errors import QueryError
from litmap.model import Author, Record
from litmap.tables import citations, export, references
from litmap.tables.provenance import Provenance
from litmap.tables.table import Column, Table, View, condition

TOLD = Provenance("c0ffee", {"litmap": "1"}, ("2026-01-05",))


def written(writer: Callable[[Table, Provenance, Any], int], *records: Record, flag: str = "") -> str:
    def read(pmids: Iterable[int]) -> Iterator[tuple[Record, str]]:
        known = {record.pmid: record for record in records}
        return ((known[pmid], flag) for pmid in pmids)

    rows = [(str(record.pmid),) for record in records]
    out = io.BytesIO()
    assert writer(
        Table("records", "R", "", (Column("pmid", "PMID", "", "pmid"),), rows, records=read), TOLD, out
    ) == len(records)
    return out.getvalue().decode()


def test_ris_by_rispy() -> None:
    text = written(citations.write_ris, full_record(), full_record(7000003), flag=" [Retracted]")
    assert text.count("\r\n") == text.count("\n")
    first, second = rispy.loads(text)
    assert (first["type_of_reference"], first["title"], first["year"]) == ("JOUR", full_record().title, "2021")
    assert first["authors"] == ["O'Brien-Müller, José Maria", "Smith, John, Jr", "The Pain Group"]
    assert (first["volume"], first["number"], first["start_page"], first["end_page"]) == (
        "12",
        "3 Suppl 1",
        "201",
        "209",
    )
    assert (first["doi"], first["accession_number"], first["issn"]) == ("10.1000/x_y(z)<1>", "7000001", "1234-5678")
    assert first["keywords"] == ["ketamine", "pain, chronic", "Chronic Pain", "Humans"]
    assert first["notes"] == ["Retracted"]
    assert second["accession_number"] == "7000003"


def test_bibtex_by_bibtexparser() -> None:
    text = written(citations.write_bib, full_record(), full_record(7000003), flag=" [Retracted]")
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == ["pmid7000001", "pmid7000003"]
    found = {field.key: field.value for field in library.entries[0].fields}
    assert found["title"] == r"{Oral \{ketamine\} \& pain: 50\% of µg\_doses – a trial?}"
    assert found["author"] == "O'Brien-Müller, José Maria and Smith, Jr, John and {The Pain Group}"
    assert (found["year"], found["pages"], found["doi"], found["note"]) == (
        "2021",
        "201--209",
        "10.1000/x_y(z)<1>",
        "Retracted",
    )
    assert "c0ffee" in library.comments[0].comment


def test_nbib_by_biopython() -> None:
    first, second = Medline.parse(io.StringIO(written(citations.write_nbib, full_record(), full_record(7000003))))
    assert (first["PMID"], first["TI"], first["DP"]) == ("7000001", full_record().title, "2021 Mar 5")
    assert first["FAU"] == ["O'Brien-Müller, José Maria", "Smith, John Jr"]
    assert first["AU"] == ["O'Brien-Müller JM", "Smith J Jr"]
    assert (first["CN"], first["JT"], first["MH"]) == (
        ["The Pain Group"],
        "Annals of Tests & Trials",
        ["Chronic Pain/*drug therapy", "Humans"],
    )
    assert first["AB"] == "BACKGROUND: Pain hurts. RESULTS: 5 < 7."
    assert second["PMID"] == "7000003"


def test_nbib_by_litmap_is_equal_in_every_field(tmp_path: Path) -> None:
    path = tmp_path / "out.nbib"
    path.write_text(written(citations.write_nbib, full_record()), encoding="utf-8")
    (back,) = pubmed.read(path)
    assert isinstance(back, Record)
    differ = {
        name: (getattr(full_record(), name), getattr(back, name))
        for name in Record._fields
        if name not in ("digest", "journal_abbrev")
    }
    assert {name: pair for name, pair in differ.items() if pair[0] != pair[1]} == {}


def test_a_record_with_hardly_anything_is_written_too() -> None:
    bare = Record(pmid=1, title="A title", authors=(Author(None, None, None, collective_name="Group, A"),))
    assert rispy.loads(written(citations.write_ris, bare))[0]["title"] == "A title"
    assert next(iter(Medline.parse(io.StringIO(written(citations.write_nbib, bare)))))["PMID"] == "1"
    assert bibtexparser.parse_string(written(citations.write_bib, bare)).entries[0].key == "pmid1"


def test_long_values_are_wrapped_as_pubmed_does() -> None:
    record = Record(pmid=1, title="word " * 60)
    lines = written(citations.write_nbib, record).splitlines()
    assert max(map(len, lines)) <= 88
    assert lines[2].startswith("      word")


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("201-9", ("201", "209")),
        ("1099-101", ("1099", "1101")),
        ("e12", ("e12", "")),
        ("12-20; discussion 21", ("12", "20")),
        (None, ("", "")),
    ],
)
def test_last_pages_are_completed(text: str | None, pair: tuple[str, str]) -> None:
    assert citations.pages(text) == pair


def test_nlm_style() -> None:
    assert references.nlm(full_record()) == (
        "O'Brien-Müller JM, Smith J Jr, The Pain Group. Oral {ketamine} & pain: 50% of µg_doses – a trial? Ann Tests. 2021 Mar 5;12(3 Suppl 1):201-9. "
        "doi: 10.1000/x_y(z)<1>. PubMed PMID: 7000001; PubMed Central PMCID: PMC7654321."
    )
    many = Record(
        pmid=2,
        title="T.",
        authors=tuple(Author(f"N{at}", None, "A") for at in range(8)),
        medline_ta="J.",
        pub_date="2020",
    )
    assert references.nlm(many) == "N0 A, N1 A, N2 A, N3 A, N4 A, N5 A, et al. T. J. 2020. PubMed PMID: 2."


def test_filters_reach_references_and_retracted_ones_are_left_out_unless_asked_for(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "out.ris"
    export.write(
        world.store,
        "records",
        path,
        view=View(where=(condition("condition=mood-disorders".replace("condition=", "conditions=")),)),
    )
    assert [entry["accession_number"] for entry in rispy.loads(path.read_text())] == ["101", "102", "104"]
    export.write(world.store, "records", path, view=View(include_retracted=True, sort=("-pmid",)), force=True)
    entries = rispy.loads(path.read_text())
    assert {entry["accession_number"]: entry.get("notes") for entry in entries}["103"] == ["Retracted"]
    export.write(world.store, "studies", path, force=True)
    assert {entry["accession_number"] for entry in rispy.loads(path.read_text())} == {"101", "102"}  # 104 is a review


def test_what_is_no_list_of_references_cannot_be_one(world: World, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="evidence cannot be written as ris"):
        export.write(world.store, "evidence", tmp_path / "out.ris")
