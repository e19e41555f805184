"""MEDLINE (.nbib): the same model, with each author's own affiliations and ORCID."""

from __future__ import annotations

import pytest

from litmap.errors import RecordError
from litmap.model import Author, Chemical, Grant, Mesh, Record, Relation, Section, Trial
from litmap.pubmed import Rejected, read_bytes

FULL = """
PMID- 321
OWN - NLM
STAT- MEDLINE
DCOM- 20200203
LR  - 20210405
IS  - 1234-5678 (Print)
IS  - 8765-4321 (Linking)
VI  - 12
IP  - 3
DP  - 1998 Dec-1999 Jan
TI  - A title that goes on
      over two lines.
PG  - 11-9
LID - 10.1000/lid [doi]
LID - S0001 [pii]
AB  - BACKGROUND: First part (n = 3). METHODS AND AIMS: Second
      part: with a colon. CONCLUSION: Third.
CI  - (c) Nobody.
FAU - Smith, Ann B Jr
AU  - Smith AB Jr
AUID- ORCID: 0000-0002-1825-0097
AD  - First House.
AD  - Second House,
      on two lines.
FAU - Nardi, R V
AU  - Nardi RV
CN  - Test Group
FAU - Last, Cecil
AU  - Last C
AD  - Third House.
FIR - Helper, Hal
IR  - Helper H
IRAD- Nowhere.
AD  - Not an author's house.
LA  - ger
LA  - eng
SI  - ClinicalTrials.gov/NCT00000001
SI  - GENBANK/AB000001
GR  - R01 MH1/MH/NIMH NIH HHS/United States
GR  - Wellcome Trust/United Kingdom
PT  - Randomized Controlled Trial
DEP - 19981109
TT  - Ein Titel.
PL  - Germany
TA  - J Invent Tests
JT  - Journal of invented tests
JID - 999
RN  - 690G0D6V8H (Ketamine)
RN  - 0 (Drugs, (Mixed))
MH  - Ketamine/*therapeutic use/toxicity
MH  - *Depression
OT  - *rapid action
OAB - Publisher: Andere Worte.
PMC - PMC888
CRF - J Invent Tests. 1997;1(1):1. PMID: 300
RIN - J Invent Tests. 2000 Jan;2(2):2. doi: 10.1000/x. PMID: 400
CIN - Elsewhere. 2001.
AID - 10.1000/own [doi]
PST - ppublish
SO  - J Invent Tests. 1998.
"""


def one(text: str) -> Record:
    (record,) = read_bytes(text.encode(), "test")
    assert isinstance(record, Record)
    return record


def test_every_author_keeps_what_is_theirs() -> None:
    assert one(FULL).authors == (
        Author(
            "Smith", "Ann B", "AB", "Jr", None, "0000-0002-1825-0097", ("First House.", "Second House, on two lines.")
        ),
        Author("Nardi", "R V", "RV", None, None, None, ()),
        Author(None, None, None, None, "Test Group", None, ()),
        Author("Last", "Cecil", "C", None, None, None, ("Third House.",)),
    )


def test_a_structured_abstract_is_cut_at_its_labels() -> None:
    assert one(FULL).sections[:3] == (
        Section("BACKGROUND", None, "First part (n = 3)."),
        Section("METHODS AND AIMS", None, "Second part: with a colon."),
        Section("CONCLUSION", None, "Third."),
    )
    assert (
        one(FULL).abstract
        == "BACKGROUND: First part (n = 3).\nMETHODS AND AIMS: Second part: with a colon.\nCONCLUSION: Third."
    )


def test_a_plain_abstract_stays_one() -> None:
    record = one(FULL.replace("BACKGROUND: First", "We found. DNA: First"))
    assert len([part for part in record.sections if part.kind == "abstract"]) == 1


def test_single_fields() -> None:
    record = one(FULL)
    assert (record.pmid, record.title, record.vernacular_title) == (
        321,
        "A title that goes on over two lines.",
        "Ein Titel.",
    )
    assert (record.pub_date, record.pub_year, record.epub_date, record.date_completed, record.date_revised) == (
        "1998-12",
        1998,
        "1998-11-09",
        "2020-02-03",
        "2021-04-05",
    )
    assert (record.doi, record.pmcid, record.pii) == ("10.1000/own", "PMC888", "S0001")
    assert (record.issn, record.issn_linking, record.language, record.country) == (
        "1234-5678",
        "8765-4321",
        "ger;eng",
        "Germany",
    )
    assert (record.volume, record.issue, record.pages, record.status, record.publication_status) == (
        "12",
        "3",
        "11-9",
        "MEDLINE",
        "ppublish",
    )
    assert (record.journal, record.medline_ta, record.nlm_unique_id, record.form) == (
        "Journal of invented tests",
        "J Invent Tests",
        "999",
        "nbib",
    )


def test_lists() -> None:
    record = one(FULL)
    assert record.mesh == (
        Mesh(None, "Ketamine", False, None, "therapeutic use", True),
        Mesh(None, "Ketamine", False, None, "toxicity", False),
        Mesh(None, "Depression", True),
    )
    assert record.chemicals == (Chemical("690G0D6V8H", "Ketamine"), Chemical("0", "Drugs, (Mixed)"))
    assert record.trials == (Trial("ClinicalTrials.gov", "NCT00000001"),)
    assert record.grants == (
        Grant("R01 MH1", "NIMH NIH HHS", "United States"),
        Grant(None, "Wellcome Trust", "United Kingdom"),
    )
    assert record.keywords == ("rapid action",)
    assert record.relations == (
        Relation("CorrectedandRepublishedFrom", 300, "J Invent Tests. 1997;1(1):1"),
        Relation("RetractionIn", 400, "J Invent Tests. 2000 Jan;2(2):2. doi: 10.1000/x"),
        Relation("CommentIn", None, "Elsewhere. 2001."),
    )


def test_records_follow_each_other_and_one_without_pmid_is_rejected() -> None:
    items = list(
        read_bytes((FULL + "\nTI  - Nobody's record.\nDP  - 2020\n\nPMID- 5\nTI  - Short.\n").encode(), "test")
    )
    assert [getattr(item, "pmid", None) for item in items] == [321, None, 5]
    assert isinstance(items[1], Rejected)
    assert (items[1].position, items[1].item) == (2, "Nobody's record.")


def test_windows_line_ends_a_bom_and_an_empty_line_inside_an_abstract() -> None:
    text = "\ufeff" + FULL.strip().replace("CONCLUSION: Third.", "CONCLUSION: Third.\n\n      And more.").replace(
        "\n", "\r\n"
    )
    record = one(text)
    assert record.sections[2].text == "Third. And more."
    assert record.pages == "11-9"


def test_a_book_s_chapter() -> None:
    record = one("PMID- 9\nBTI - Handbook\nTI  - Chapter\nFED - Editor, Ed\nED  - Editor E\n")
    assert (record.title, record.journal, record.authors[0].last_name) == ("Chapter", "Handbook", "Editor")
    book = one("PMID- 9\nBTI - Handbook\nCTI - A Series\nPL  - Bethesda (MD)\nDRDT- 20230921\n")
    assert (book.title, book.journal, book.country, book.date_revised) == ("Handbook", "A Series", None, "2023-09-21")


def test_the_number_of_an_enzyme_has_two_words() -> None:
    chemicals = one("PMID- 9\nTI  - T\nRN  - EC 1.1.1.1 (An Enzyme (old))\nRN  - 0 (Other)\n").chemicals
    assert chemicals == (Chemical("EC 1.1.1.1", "An Enzyme (old)"), Chemical("0", "Other"))


def test_old_records_have_short_names_only() -> None:
    assert one("PMID- 9\nTI  - T\nAU  - Van der Berg JW 3rd\nAU  - Plato\n").authors == (
        Author("Van der Berg", None, "JW", "3rd"),
        Author("Plato", None, None),
    )


def test_an_address_in_front_of_the_authors_is_the_first_one_s() -> None:
    """Until 2013 there was one, and it stood there."""
    record = one("PMID- 9\nTI  - T\nAD  - House,\n      on two lines.\nFAU - First, Ann\nAU  - First A\nAU  - Next B\n")
    assert [author.affiliations for author in record.authors] == [("House, on two lines.",), ()]


def test_initials_of_two_letters() -> None:
    record = one("PMID- 9\nTI  - T\nFAU - Ivanov, Iurii A\nAU  - Ivanov IuA\nAU  - Petrov Sh\n")
    assert [(author.last_name, author.initials) for author in record.authors] == [("Ivanov", "IuA"), ("Petrov", "Sh")]


def test_a_number_of_another_register_is_no_orcid() -> None:
    lines = "PMID- 9\nTI  - T\nFAU - First, Ann\nAUID- ISNI: 0000000218250097\n"
    assert one(lines).authors[0].orcid is None
    assert one(lines.replace("ISNI: ", "ORCID: ")).authors[0].orcid == "0000-0002-1825-0097"


def test_a_grant_of_the_years_without_a_country() -> None:
    assert one("PMID- 9\nTI  - T\nGR  - HL1/HL/NHLBI\n").grants == (Grant("HL1", "NHLBI", None),)


def test_files_as_windows_and_old_macs_write_them() -> None:
    text = "PMID- 9\r\nTI  - M\u00fcller\r\n"
    for data in (text.encode("utf-16"), text.replace("\r\n", "\r").encode()):
        (record,) = read_bytes(data, "test")
        assert isinstance(record, Record)
        assert (record.pmid, record.title) == (9, "M\u00fcller")


def test_lines_that_make_no_record_are_an_error() -> None:
    with pytest.raises(RecordError, match="holds no MEDLINE record"):
        list(read_bytes(b"Exported\nby hand\rPMID- 5\rTI  - T\r", "test"))
