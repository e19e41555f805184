import pytest

from litmap.errors import InputError
from litmap.evidence.retractions import read
from litmap.model import IntegrityNote
from litmap.store import open_store
from tests.support_records import article, write

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


@pytest.mark.parametrize(
    ("cells", "date", "why"),
    [
        ("34,2022-13-45", None, "unreadable date '2022-13-45', left out: no calendar has it"),
        ("34,2020-02-30", None, "unreadable date '2020-02-30', left out"),
        ("34,2/30/2021", None, "unreadable date '2/30/2021', left out"),
        ("34,13/45/2021 0:00", None, "unreadable date '13/45/2021 0:00', left out"),
        ("34,31.12.2020", None, "unreadable date '31.12.2020', left out: write YYYY-MM-DD"),
        ("34,2022-13", None, "unreadable date '2022-13', left out"),
        ("see PubMed,2022-02", "2022-02", "unreadable notice 'see PubMed', left out"),
    ],
)
def test_a_bad_date_or_notice_costs_no_mark_and_is_named(cells: str, date: str | None, why: str) -> None:
    found = read(f"pmid,notice,date\n11,,\n12,{cells}\n".encode())
    notice = 34 if cells.startswith("34") else None
    assert found.notes[1] == (12, IntegrityNote("retracted", notice, "retraction-list", date))
    assert found.rejected == ()
    [row] = found.unread
    assert (row.line, row.item, row.reason.startswith(why)) == (3, "12", True), row.reason


def test_a_leap_day_and_partial_dates_are_dates() -> None:
    found = read(b"pmid,notice,date\n1,,2/29/2020\n2,,2020-02-29\n3,,2021\n4,,2021-11\n")
    assert [note.date for _, note in found.notes] == ["2020-02-29", "2020-02-29", "2021", "2021-11"]
    assert found.unread == ()


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("before", ["", "sep={}\n"])
def test_columns_in_any_spelling_between_any_separator_in_any_unicode(sign: str, encoding: str, before: str) -> None:
    text = before.format(sign) + " PMID , Notice,Date \n12,34,2020\nx,,\n".replace(",", sign)
    found = read(text.encode(encoding))
    assert found.notes == ((12, IntegrityNote("retracted", 34, "retraction-list", "2020")),)
    assert [row.line for row in found.rejected] == [4 if before else 3]
    watch = WATCH.upper() + "1,A,1/7/2019 0:00,34,12,Retraction\n"
    assert read(watch.replace(",", sign).encode(encoding)).notes[0][0] == 12


def test_a_mark_of_utf_16_before_other_bytes_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be read as utf-16-le"):
        read("pmid".encode("utf-16-le").join((b"\xff\xfe", b"\n")))


def test_what_was_left_out_is_said_and_rejects_nothing(tmp_path, db, litmap) -> None:  # type: ignore[no-untyped-def]
    listed = tmp_path / "list.csv"
    listed.write_text("pmid,notice,date\n12,,2020-02-30\n")
    done = litmap("load", db, "--retractions", listed, "--strict", "-q")
    assert (done.code, done.err) == (
        0,
        "Warning: list.csv line 2: unreadable date '2020-02-30', left out: no calendar has it (write YYYY-MM-DD, or MM/DD/YYYY): 12\n",
    )


@pytest.mark.parametrize("row", ["x,,", "0,,", "12,,31.12.2020", "12,,2020-01-02,", "-3,,"])
def test_every_row_is_used_or_named(row: str) -> None:
    found = read(f"pmid,notice,date\n{row}\n".encode())
    assert len(found.notes) + len(found.rejected) == 1


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(InputError, match="neither a column"):
        read(b"a,b\n1,2\n")
    with pytest.raises(InputError, match="has no column RetractionNature"):
        read(b"OriginalPaperPubMedID,RetractionPubMedID,RetractionDate\n1,2,3\n")


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('1,,2020,"never ends\n2,,2021,b\n', 2),
        ('1,,2020,a\n2,,2021,"never ends', 3),
        ('1,,2020,"never ends\n2,,2021,"b"\n3,,2022,c\n', 2),
        ('1,,2020,"two\nlines"\n2,,2021,"never ends\n\n3,,2022,"c"\n', 4),
        ('1,,2020,"never ends' + "\n2,,2021,b" * 20_000, 2),
    ],
)
def test_a_quotation_mark_that_is_not_closed_swallows_no_rows(rows: str, line: int) -> None:
    with pytest.raises(InputError, match=f"line {line}: a quotation mark is not closed"):
        read(f"pmid,notice,date,title\n{rows}".encode())


def test_cells_may_hold_lines_quotes_and_much_text() -> None:
    rows = f'"1",,2020,"a ""q"", b\nnew line"\n2,,2021,{"x" * 200_000}\n3,,2021-13-01,"c"\n'
    found = read(f"\n \npmid,notice,date,title\n{rows}".encode())
    assert [paper for paper, _ in found.notes] == [1, 2, 3]
    assert [row.line for row in found.unread] == [7]


@pytest.mark.parametrize(
    ("first", "second", "kept", "filled"),
    [
        ("12,34,2023-02-30", "12,34,2023-05-05", [(34, "2023-05-05")], 1),
        ("12,,", "12,34,2023", [(34, "2023")], 1),
        ("12,34,2023", "12,,2023", [(34, "2023")], 0),
        ("12,34,2023", "12,34,2024", [(34, "2023")], 0),  # what stands is not changed
        ("12,34,2023", "12,,2024", [(34, "2023"), (None, "2024")], 0),
        ("12,,2023\n12,34,2023", "12,,2023", [(34, "2023")], 0),
    ],
)
def test_a_later_list_fills_what_was_empty(tmp_path, db, litmap, first, second, kept, filled) -> None:  # type: ignore[no-untyped-def]
    listed = tmp_path / "list.csv"
    litmap("load", db, write(tmp_path / "a.xml", article(12)))
    for rows in (first, second):
        listed.write_text(f"pmid,notice,date\n{rows}\n")
        done = litmap("load", db, "--retractions", listed)
    assert ("1 known mark got a date or notice that was empty." in done.err + done.out) == bool(filled)
    with open_store(db) as store:
        for table in ("retractions_listed", "record_integrity"):
            assert [tuple(row) for row in store.rows(f"select notice_pmid, date from {table} order by 2")] == kept, table
