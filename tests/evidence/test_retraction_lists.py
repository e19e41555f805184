import pytest

from litmap.errors import InputError
from litmap.evidence.retractions import read
from litmap.model import IntegrityNote

WATCH = "Record ID,Title,RetractionDate,RetractionPubMedID,OriginalPaperPubMedID,RetractionNature\n"


def test_a_plain_list() -> None:
    found = read(b"pmid,notice,date\n12,34,2020-01-02\n13,,2019\n")
    assert found.notes == (
        (12, IntegrityNote("retracted", 34, "retraction-list", "2020-01-02")),
        (13, IntegrityNote("retracted", None, "retraction-list", "2019")),
    )
    assert found.rejected == ()


def test_retraction_watch() -> None:
    rows = "1,A,1/7/2019 0:00,34,12,Retraction\n2,B,2/3/2020 0:00,0,13,Expression of concern\n3,C,2/3/2020 0:00,0,0,Retraction\n4,D,2/3/2020 0:00,0,14,Reinstatement\n"
    found = read((WATCH + rows).encode())
    assert found.notes == (
        (12, IntegrityNote("retracted", 34, "retraction-list", "2019-01-07")),
        (13, IntegrityNote("concern", None, "retraction-list", "2020-02-03")),
    )
    assert [(row.line, row.item, row.reason) for row in found.rejected] == [
        (4, "C", "neither a PMID nor a DOI"),
        (5, "14", "nature Reinstatement marks no record"),
    ]


def test_a_paper_without_a_pmid_is_named_by_its_doi() -> None:
    rows = "1,A,1/7/2019 0:00,34,12,Retraction,10.1000/A\n2,B,1/7/2019 0:00,0,0,Retraction,https://doi.org/10.1000/B.1\n3,C,,,,Retraction,10.1000/c\n4,D,,0,0,Retraction,unavailable\n"
    found = read((WATCH.strip() + ",OriginalPaperDOI\n" + rows).encode())
    assert [paper for paper, _ in found.notes] == [12, "10.1000/b.1", "10.1000/c"]
    assert [(row.line, row.item, row.reason) for row in found.rejected] == [(5, "D", "neither a PMID nor a DOI")]
    assert [paper for paper, _ in read(b"pmid,doi\n,doi:10.1000/X\n7,10.1000/y\n").notes] == [7, "10.1000/x"]


@pytest.mark.parametrize("row", ["x,,", "0,,", "12,,31.12.2020", "12,,2020-01-02,", "-3,,"])
def test_every_row_is_used_or_named(row: str) -> None:
    found = read(f"pmid,notice,date\n{row}\n".encode())
    assert len(found.notes) + len(found.rejected) == 1


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(InputError, match="neither a column"):
        read(b"a,b\n1,2\n")
    with pytest.raises(InputError, match="has no column RetractionNature"):
        read(b"OriginalPaperPubMedID,RetractionPubMedID,RetractionDate\n1,2,3\n")
