"""Lists of references: told apart by content, identifiers found where programs hide them, nothing taken from elsewhere."""

from __future__ import annotations

import pytest

from litmap.errors import RecordError
from litmap.pubmed import lists
from litmap.pubmed.lists import Reference, Rejected


def one(text: str) -> Reference:
    (found,) = lists.read(text.encode(), "list")
    assert isinstance(found, Reference)
    return found


def ris(*lines: str) -> Reference:
    return one("\n".join(["TY  - JOUR", "TI  - A study of tests", *lines, "ER  - ", ""]))


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"TY  - JOUR\r\nTI  - A\r\nER  - \r\n", "ris"),
        (b"\xef\xbb\xbfProvider: Somebody\nContent: text\n\nTY  - JOUR\n", "ris"),
        ("TY  - JOUR\nTI  - A\n".encode("utf-16"), "ris"),
        (b"%0 Journal Article\n%T A\n", "endnote"),
        (b"% made by hand\n@article{a,\n title={A}}\n", "bibtex"),
        (b"Title,Authors,DOI\nA,B,\n", "csv"),
        (b"sep=;\ntitle;doi\nA;10.1000/1\n", "csv"),
        (b"pmid\n123\n", "csv"),
        (b"PMID- 1\nTI  - A title\nAB  - Given as\n  @article{a}\n", None),
        (b"<?xml version='1.0'?><a/>", None),
        (b"Title\n\nA page about something.\n", None),
        (b"Ketamine, midazolam and placebo were compared.\n", None),
        (b"\x89PNG\r\n\x1a\n\0\0", None),
        (b"", None),
    ],
)
def test_told_apart_by_content(data: bytes, form: str | None) -> None:
    assert lists.recognised(data) == form


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(RecordError, match="notes is not a list of references"):
        list(lists.read(b"some words", "notes"))
    with pytest.raises(RecordError, match="list of retractions"):
        list(lists.read(b"Record ID,Title,RetractionDOI\n1,A,10.1/2\n", "rw.csv"))


@pytest.mark.parametrize(
    "line",
    [
        "AN  - 123456\nDB  - PubMed",
        "AN  - 123456\nDP  - NLM",
        "AN  - MEDLINE:123456",
        "AN  - PMID: 123456",
        "N1  - Journal Article\nPMID:123456",
        "N1  - PMID- 123456",
        "C1  - pmid=123456",
        "UR  - https://pubmed.ncbi.nlm.nih.gov/123456/",
        "L2  - http://www.ncbi.nlm.nih.gov/pubmed/123456",
        "UR  - https://www.ncbi.nlm.nih.gov/entrez/query.fcgi?cmd=Retrieve&db=PubMed&list_uids=123456",
        "M1  - PubMed ID: 123456",
        "U1  - 31[PMID 123456]",
    ],
)
def test_a_pmid_is_found_where_programs_put_it(line: str) -> None:
    assert ris(line).pmids == (123456,)


@pytest.mark.parametrize(
    "line",
    [
        "AB  - As we reported (PMID: 123456).",
        "N1  - Comment in: J Tests 2020. PMID: 123456",
        "N1  - Erratum in: J Tests. PMID 123456",
        "AN  - 2019-12345-001\nDB  - PsycInfo",
        "AN  - 123456\nDB  - CINAHL",
        "AN  - L2001234567\nDB  - Embase",
        "ID  - rayyan-123456",
        "SP  - 123456",
        "N1  - Found in PubMed 2019",
        "N1  - PMID: 12345-678",
    ],
)
def test_other_numbers_are_no_pmid(line: str) -> None:
    assert ris(line).pmids == ()


def test_an_accession_number_of_no_named_database_is_only_a_guess() -> None:
    assert (ris("AN  - 123456").pmids, ris("AN  - 123456").guess) == ((), 123456)
    assert ris("AN  - 123456", "DB  - Scopus").guess is None


def test_the_surest_place_wins_and_a_contradiction_in_it_is_kept() -> None:
    assert one("title,pmid,notes\nA study,12,PMID: 99\n").pmids == (12,)
    assert one("title,notes\nA study,PMID: 98 or PMID: 99\n").pmids == (98, 99)


@pytest.mark.parametrize(
    ("line", "doi"),
    [
        ("DO  - 10.1000/ABC", "10.1000/abc"),
        ("DO  - https://doi.org/10.1000/abc", "10.1000/abc"),
        ("DO  - 10.1002/(SICI)1-2(1998)1:2<3::AID-X4>3.0.CO;2-#", "10.1002/(sici)1-2(1998)1:2<3::aid-x4>3.0.co;2-#"),
        ("M3  - doi: 10.1000/abc.", "10.1000/abc"),
        ("UR  - https://example.org/doi/10.1000/abc/full?x=1", "10.1000/abc"),
        ("N1  - (see doi:10.1016/S0140-6736(05)12345-6).", "10.1016/s0140-6736(05)12345-6"),
        ("L3  - http://dx.doi.org/10.1000%2Fabc", "10.1000/abc"),
    ],
)
def test_a_doi_is_found_where_programs_put_it(line: str, doi: str) -> None:
    assert ris(line).dois == (doi,)


def test_zotero_csv() -> None:
    found = one(
        'Key,Item Type,Publication Year,Author,Title,Publication Title,DOI,Url,Abstract Note,Pages,Volume,Extra\n'
        'AB1,journalArticle,2019,"Smith, Ann; Poe, B","A ""new"" test",J Tests,10.1000/x,,PMID: 5,11-19,4,"PMID: 77\nPMCID: PMC1234"\n'
    )  # fmt: skip
    assert (found.pmids, found.dois, found.pmcids, found.year) == ((77,), ("10.1000/x",), ("PMC1234",), 2019)
    assert (found.title, found.author, found.page, found.volume) == ('A "new" test', "Smith, Ann", "11", "4")


def test_rayyan_and_covidence_csv() -> None:
    rayyan = one(
        "key,title,year,journal,volume,pages,authors,url,notes,pubmed_id,pmc_id\nr-1,A,2020,J,1,2,B,,,55,PMC7712\n"
    )
    assert (rayyan.pmids, rayyan.pmcids) == ((55,), ("PMC7712",))
    text = "Title,Authors,Published Year,Journal,Accession Number,DOI,Ref,Covidence #,Study,Notes\n{}\n"
    assert one(text.format("A,B,2020,J,31000000,,1234567,#8,B 2020,")).guess == 31000000
    assert one(text.format("A,B,2020,J,,10.1000/y,1234567,#8,B 2020,")).dois == ("10.1000/y",)


def test_bibtex_with_accents_eprints_repeated_keys_and_a_broken_entry() -> None:
    text = r"""
@article{a, title = {The {K}etamine \'etude}, author = {M{\"u}ller, A and Poe, B}, year = 2020, note = {PMID: 12}}
@article{a, title = "Same key", eprint = {345}, eprinttype = {pubmed}}
@article{broken, title = {No end
@article{pmid678, title = {Key of TeXMed}}
@comment{nothing}
@article{empty}
"""
    first, second, broken, third, empty = lists.read(text.encode(), "x.bib")
    assert isinstance(first, Reference)
    assert (first.title, first.author, first.pmids) == ("The Ketamine étude", "Müller, A", (12,))
    assert isinstance(second, Reference)
    assert second.pmids == (345,)
    assert isinstance(broken, Rejected)
    assert isinstance(third, Reference)
    assert third.pmids == (678,)
    assert isinstance(empty, Rejected)


def test_ris_without_ends_with_long_lines_and_with_nothing_in_it() -> None:
    text = "TY  - JOUR\nTI  - A title\nthat goes on\nDO  - 10.1000/1\nTY  - JOUR\nER  -\nTY  - JOUR\nT1  - Last"
    first, empty, last = lists.read(text.encode(), "x.ris")
    assert isinstance(first, Reference)
    assert first.title == "A title that goes on"
    assert empty == Rejected(2, "(empty)", "no title, PMID, DOI or PMCID")
    assert isinstance(last, Reference)
    assert last.title == "Last"


def test_endnote_tagged() -> None:
    found = one("%0 Journal Article\n%A Smith, A\n%T A study\n%D 2018\n%M 123456\n%W NLM\n%R 10.1000/z\n")
    assert (found.pmids, found.dois, found.year) == ((123456,), ("10.1000/z",), 2018)


def test_a_row_of_csv_with_too_many_cells_is_rejected_and_blank_ones_are_not_counted() -> None:
    first, second = lists.read(b"Title;DOI\nA;10.1000/1;x\n;\nB;\n", "x")
    assert isinstance(first, Rejected)
    assert first.reason == "3 cells under a header of 2"
    assert isinstance(second, Reference)
    assert (second.position, second.title) == (2, "B")


def test_a_quotation_mark_that_is_not_closed_swallows_no_rows() -> None:
    with pytest.raises(RecordError, match="not closed"):
        list(lists.read(b'Title,DOI\n"A,10.1000/1\nB,10.1000/2\n', "x.csv"))
    (tube,) = lists.read(b'Title,DOI\nA 5" tube,10.1000/1\n', "x.csv")
    assert isinstance(tube, Reference)
    assert tube.title == 'A 5" tube'


def test_the_same_fields_give_the_same_reference() -> None:
    found = ris("AN  - 123456", "DB  - PubMed", "PY  - 2019//")
    assert lists.reference(found.position, found.fields) == found
