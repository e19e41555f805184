"""PubMed XML: what a record says reaches the Record whole."""

from __future__ import annotations

import pytest

from litmap.model import Author, Chemical, Grant, Mesh, Record, Relation, Section, Supplementary, Trial
from litmap.pubmed import Deleted, Rejected, read_bytes

FULL = """<PubmedArticleSet><PubmedArticle>
<MedlineCitation Status="MEDLINE" Owner="NLM" IndexingMethod="Automated">
  <PMID Version="2">123</PMID>
  <DateCompleted><Year>2020</Year><Month>02</Month><Day>03</Day></DateCompleted>
  <DateRevised><Year>2021</Year><Month>04</Month><Day>05</Day></DateRevised>
  <Article PubModel="Print-Electronic">
    <Journal><ISSN IssnType="Print">1234-5678</ISSN>
      <JournalIssue CitedMedium="Internet"><Volume>12</Volume><Issue>3 Pt 1</Issue><PubDate><Year>2019</Year><Season>Spring</Season></PubDate></JournalIssue>
      <Title>Journal of Invented Tests</Title><ISOAbbreviation>J. Invent. Tests</ISOAbbreviation></Journal>
    <ArticleTitle>[Growth of <i>Escherichia</i> <i>coli</i> at 10<sup>6</sup>&#x2009;CFU &amp; more].</ArticleTitle>
    <Pagination><StartPage>11</StartPage><EndPage>19</EndPage><MedlinePgn>11-9</MedlinePgn></Pagination>
    <ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>
    <ELocationID EIdType="pii" ValidYN="Y">S0001</ELocationID>
    <Abstract>
      <AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">The value of <mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML">
        <mml:msub> <mml:mi>x</mml:mi> <mml:mn>2</mml:mn> </mml:msub> <mml:mo>=</mml:mo> <mml:mfrac><mml:mn>1</mml:mn><mml:mrow><mml:mi>a</mml:mi><mml:mo>+</mml:mo><mml:mi>b</mml:mi></mml:mrow></mml:mfrac>
        </mml:math> is small.</AbstractText>
      <AbstractText Label="UNLABELLED">No label here.</AbstractText>
      <CopyrightInformation>Not a part of it.</CopyrightInformation>
    </Abstract>
    <AuthorList CompleteYN="Y" Type="authors">
      <Author ValidYN="N"><LastName>Smiht</LastName><ForeName>Ann</ForeName></Author>
      <Author ValidYN="Y"><LastName>Smith</LastName><ForeName>Ann B</ForeName><Initials>AB</Initials><Suffix>Jr</Suffix>
        <Identifier Source="ORCID">https://orcid.org/000000021825009x</Identifier>
        <AffiliationInfo><Affiliation>First House.</Affiliation></AffiliationInfo><AffiliationInfo><Affiliation>Second House.</Affiliation></AffiliationInfo></Author>
      <Author ValidYN="Y"><CollectiveName>Test Group</CollectiveName></Author>
    </AuthorList>
    <Language>ger</Language><Language>eng</Language>
    <DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList><AccessionNumber>NCT00000001</AccessionNumber></AccessionNumberList></DataBank>
      <DataBank><DataBankName>GENBANK</DataBankName><AccessionNumberList><AccessionNumber>AB000001</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
    <GrantList><Grant><GrantID>G1</GrantID><Acronym>XX</Acronym><Agency>Agency</Agency><Country>Nowhere</Country></Grant></GrantList>
    <PublicationTypeList><PublicationType UI="D016449">Randomized Controlled Trial</PublicationType></PublicationTypeList>
    <VernacularTitle>Wachstum.</VernacularTitle>
    <ArticleDate DateType="Electronic"><Year>2019</Year><Month>01</Month><Day>09</Day></ArticleDate>
  </Article>
  <MedlineJournalInfo><Country>Germany</Country><MedlineTA>J Invent Tests</MedlineTA><NlmUniqueID>999</NlmUniqueID><ISSNLinking>8765-4321</ISSNLinking></MedlineJournalInfo>
  <ChemicalList><Chemical><RegistryNumber>690G0D6V8H</RegistryNumber><NameOfSubstance UI="D007649">Ketamine</NameOfSubstance></Chemical></ChemicalList>
  <SupplMeshList><SupplMeshName Type="Protocol" UI="C1">Plan X</SupplMeshName></SupplMeshList>
  <CommentsCorrectionsList>
    <CommentsCorrections RefType="RetractionIn"><RefSource>J Invent Tests. 2022;1:1</RefSource><PMID Version="1">456</PMID></CommentsCorrections>
    <CommentsCorrections RefType="CommentIn"><RefSource>Elsewhere. 2022</RefSource></CommentsCorrections></CommentsCorrectionsList>
  <MeshHeadingList>
    <MeshHeading><DescriptorName UI="D007649" MajorTopicYN="N">Ketamine</DescriptorName><QualifierName UI="Q1" MajorTopicYN="Y">therapeutic use</QualifierName><QualifierName UI="Q2" MajorTopicYN="N">toxicity</QualifierName></MeshHeading>
    <MeshHeading><DescriptorName UI="D003863" MajorTopicYN="Y">Depression</DescriptorName></MeshHeading></MeshHeadingList>
  <OtherID Source="NLM">PMC777 [Available on 01/01/20]</OtherID>
  <OtherAbstract Type="Publisher" Language="ger"><AbstractText>Auf Deutsch.</AbstractText></OtherAbstract>
  <KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">E. <i>coli</i></Keyword></KeywordList>
</MedlineCitation>
<PubmedData><PublicationStatus>ppublish</PublicationStatus>
  <ArticleIdList><ArticleId IdType="pubmed">123</ArticleId><ArticleId IdType="doi">https://doi.org/10.1000/own</ArticleId><ArticleId IdType="pmc">PMC888</ArticleId></ArticleIdList>
  <ReferenceList><Reference><Citation>Another.</Citation><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId><ArticleId IdType="pii">CITED</ArticleId></ArticleIdList></Reference>
  <ReferenceList><Title>More</Title><Reference><ArticleIdList><ArticleId IdType="pmc">PMC1</ArticleId></ArticleIdList></Reference></ReferenceList></ReferenceList>
</PubmedData></PubmedArticle></PubmedArticleSet>"""


def one(xml: str) -> Record:
    (record,) = read_bytes(xml.encode(), "test")
    assert isinstance(record, Record)
    return record


def test_inline_markup_keeps_its_blanks_and_translated_titles_their_brackets() -> None:
    assert one(FULL).title == "[Growth of Escherichia coli at 106 CFU & more]."
    assert one(FULL).vernacular_title == "Wachstum."
    assert one(FULL).keywords == ("E. coli",)


def test_mathml_becomes_a_line_of_text() -> None:
    assert one(FULL).sections[0].text == "The value of x2=1/(a+b) is small."


def test_abstract_sections_are_kept_and_joined() -> None:
    record = one(FULL)
    assert record.sections[1:] == (
        Section("UNLABELLED", None, "No label here."),
        Section(None, None, "Auf Deutsch.", "other"),
    )
    assert record.abstract == "BACKGROUND: The value of x2=1/(a+b) is small.\nNo label here."


def test_a_season_has_no_month_and_the_electronic_date_stands_beside() -> None:
    record = one(FULL)
    assert (record.pub_date, record.pub_year, record.epub_date) == ("2019", 2019, "2019-01-09")
    assert (record.date_completed, record.date_revised) == ("2020-02-03", "2021-04-05")


def test_authors_with_everything_and_without_the_misprint() -> None:
    assert one(FULL).authors == (
        Author("Smith", "Ann B", "AB", "Jr", None, "0000-0002-1825-009X", ("First House.", "Second House.")),
        Author(None, None, None, None, "Test Group", None, ()),
    )


def test_identifiers_are_the_record_s_own() -> None:
    record = one(FULL)
    assert (record.doi, record.pmcid, record.pii) == ("10.1000/own", "PMC888", "S0001")


def test_all_lists() -> None:
    record = one(FULL)
    assert record.mesh == (
        Mesh("D007649", "Ketamine", False, "Q1", "therapeutic use", True),
        Mesh("D007649", "Ketamine", False, "Q2", "toxicity", False),
        Mesh("D003863", "Depression", True),
    )
    assert record.chemicals == (Chemical("690G0D6V8H", "Ketamine"),)
    assert record.supplementary == (Supplementary("C1", "Plan X", "Protocol"),)
    assert record.trials == (Trial("ClinicalTrials.gov", "NCT00000001"),)  # a sequence bank is no registry
    assert record.grants == (Grant("G1", "Agency", "Nowhere"),)
    assert record.relations == (
        Relation("RetractionIn", 456, "J Invent Tests. 2022;1:1"),
        Relation("CommentIn", None, "Elsewhere. 2022"),
    )
    assert [(kind.ui, kind.name) for kind in record.publication_types] == [("D016449", "Randomized Controlled Trial")]


def test_the_single_fields() -> None:
    record = one(FULL)
    assert (record.pmid, record.pmid_version, record.status, record.indexing_method, record.publication_status) == (
        123,
        2,
        "MEDLINE",
        "Automated",
        "ppublish",
    )
    assert (record.journal, record.journal_abbrev, record.medline_ta) == (
        "Journal of Invented Tests",
        "J. Invent. Tests",
        "J Invent Tests",
    )
    assert (record.nlm_unique_id, record.issn, record.issn_linking, record.country) == (
        "999",
        "1234-5678",
        "8765-4321",
        "Germany",
    )
    assert (record.volume, record.issue, record.pages, record.language) == ("12", "3 Pt 1", "11-9", "ger;eng")


def test_the_pmcid_of_other_id_fills_in() -> None:
    assert one(FULL.replace('<ArticleId IdType="pmc">PMC888</ArticleId>', "")).pmcid == "PMC777"


def test_medline_date_and_pages_from_parts() -> None:
    record = one(
        FULL.replace(
            "<Year>2019</Year><Season>Spring</Season>", "<MedlineDate>1998 Dec-1999 Jan</MedlineDate>"
        ).replace("<MedlinePgn>11-9</MedlinePgn>", "")
    )
    assert (record.pub_date, record.pub_year, record.pages) == ("1998-12", 1998, "11-19")


def test_a_lone_affiliation_of_old_records_is_the_first_author_s() -> None:
    """The DTDs until 2013 put it in front of the authors."""
    old = "<MedlineCitationSet><MedlineCitation><PMID>5</PMID><Article><ArticleTitle>T</ArticleTitle><Affiliation>Old House.</Affiliation></Article></MedlineCitation></MedlineCitationSet>"
    authors = "<AuthorList><Author><LastName>A</LastName></Author><Author><LastName>B</LastName></Author></AuthorList>"
    for place in ("</Affiliation>", "<Affiliation>"):
        with_authors = old.replace(place, f"{place}{authors}" if "/" in place else f"{authors}{place}")
        assert [author.affiliations for author in one(with_authors).authors] == [("Old House.",), ()]
    assert one(old).authors == ()


def test_comments_and_corrections_of_old_records() -> None:
    """Until 2009 each kind was an element of its own; for a time after that, an attribute without a list."""
    inner = "<CommentOn><RefSource>J. 2001;1</RefSource><PMID>456</PMID></CommentOn><RetractionIn><RefSource>J. 2003</RefSource></RetractionIn>"
    start, end = FULL.index("<CommentsCorrectionsList>"), FULL.index("<MeshHeadingList>")
    old = FULL[:start] + f"<CommentsCorrections>{inner}</CommentsCorrections>" + FULL[end:]
    assert one(old).relations == (Relation("CommentOn", 456, "J. 2001;1"), Relation("RetractionIn", None, "J. 2003"))
    bare = FULL.replace("<CommentsCorrectionsList>", "").replace("</CommentsCorrectionsList>", "")
    assert one(bare).relations == one(FULL).relations


BOOK = """<PubmedArticleSet><PubmedBookArticle><BookDocument><PMID Version="1">77</PMID>
<ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId><ArticleId IdType="doi">10.1000/book</ArticleId></ArticleIdList>
<Book><Publisher><PublisherName>P</PublisherName></Publisher><BookTitle book="b">Handbook of <i>Tests</i></BookTitle><PubDate><Year>2011</Year><Month>Aug</Month></PubDate>
<AuthorList Type="editors"><Author><LastName>Editor</LastName></Author></AuthorList><Volume>2</Volume></Book>
<ArticleTitle book="b" part="p">A chapter</ArticleTitle><Language>eng</Language>
<AuthorList Type="authors"><Author><LastName>Writer</LastName><Initials>W</Initials></Author></AuthorList>
<PublicationType UI="D016454">Review</PublicationType><Abstract><AbstractText>Words.</AbstractText></Abstract>
<ContributionDate><Year>2012</Year></ContributionDate><DateRevised><Year>2020</Year><Month>1</Month><Day>2</Day></DateRevised>
<ReferenceList><Reference><Citation>C</Citation><ArticleIdList><ArticleId IdType="pmc">PMC5</ArticleId></ArticleIdList></Reference></ReferenceList>
</BookDocument><PubmedBookData><PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">77</ArticleId></ArticleIdList></PubmedBookData></PubmedBookArticle></PubmedArticleSet>"""


def test_a_chapter_has_its_book_as_journal() -> None:
    record = one(BOOK)
    assert (record.title, record.journal, record.volume, record.pub_date) == (
        "A chapter",
        "Handbook of Tests",
        "2",
        "2011-08",
    )
    assert [author.last_name for author in record.authors] == ["Writer"]
    assert (record.doi, record.pmcid, record.date_revised, record.abstract) == (
        "10.1000/book",
        None,
        "2020-01-02",
        "Words.",
    )


def test_a_whole_book_has_its_title_and_its_editors() -> None:
    book = BOOK.replace('<ArticleTitle book="b" part="p">A chapter</ArticleTitle>', "")
    book = book.replace(
        '<AuthorList Type="authors"><Author><LastName>Writer</LastName><Initials>W</Initials></Author></AuthorList>', ""
    )
    record = one(book)
    assert (record.title, record.journal, [author.last_name for author in record.authors]) == (
        "Handbook of Tests",
        None,
        ["Editor"],
    )


def test_books_among_articles_and_deletions_come_in_order() -> None:
    mixed = FULL.replace(
        "</PubmedArticleSet>", BOOK.removeprefix("<PubmedArticleSet>").removesuffix("</PubmedArticleSet>")
    )
    mixed += "<DeleteCitation><PMID Version='1'>8</PMID><PMID>9</PMID></DeleteCitation></PubmedArticleSet>"
    items = list(read_bytes(mixed.encode(), "test"))
    assert [item.pmid if isinstance(item, Record) else item for item in items] == [123, 77, Deleted(8), Deleted(9)]


def test_a_book_with_references_in_front_of_an_article_with_references() -> None:
    """The lists of a book stand elsewhere than an article's, and nothing between the two is lost."""
    mixed = BOOK.removesuffix("</PubmedArticleSet>") + FULL.removeprefix("<PubmedArticleSet>")
    book = mixed.replace(  # as short as the DTD allows, so that tags on both sides are as many
        '<ArticleIdList><ArticleId IdType="pubmed">77</ArticleId></ArticleIdList></PubmedBookData>', "</PubmedBookData>"
    )
    for text in (mixed, book):
        assert [item.pmid for item in read_bytes(text.encode(), "test") if isinstance(item, Record)] == [77, 123]


def test_ids_between_two_lists_of_references_are_the_record_s_own() -> None:
    ids = FULL[FULL.index("<ArticleIdList>") : FULL.index("<ReferenceList>")]
    references = "<ReferenceList><Reference><Citation>C</Citation></Reference></ReferenceList>"
    moved = FULL.replace(ids, "").replace("</PubmedData>", f"{ids}{references}</PubmedData>")
    assert (one(moved).doi, one(moved).pmcid) == ("10.1000/own", "PMC888")


def test_a_deletion_without_a_pmid_is_rejected_by_name() -> None:
    wrong = "<PubmedArticleSet><DeleteCitation><PMID>8</PMID><PMID>none</PMID></DeleteCitation></PubmedArticleSet>"
    assert list(read_bytes(wrong.encode(), "test")) == [
        Deleted(8),
        Rejected(1, "deletion of 'none'", "no PMID of 1 to 9 digits"),
    ]


@pytest.mark.parametrize(
    "written",
    ["0000-0002-1825-009X", "000000021825009x", "http://orcid.org/0000-0002-1825-009X", "0000 0002 1825 009X"],
)
def test_an_orcid_in_any_form(written: str) -> None:
    record = one(FULL.replace("https://orcid.org/000000021825009x", written))
    assert record.authors[0].orcid == "0000-0002-1825-009X"


@pytest.mark.parametrize(
    "written", ["doi:10.1000.10/own", "DOI: https://doi.org/10.1000.10/own", "doi.org/10.1000.10/own"]
)
def test_a_doi_in_any_form(written: str) -> None:
    assert one(FULL.replace("https://doi.org/10.1000/own", written)).doi == "10.1000.10/own"


def test_a_record_without_a_pmid_is_rejected_by_name() -> None:
    for bad in ("", "0", "1234567890", "x1"):
        (item,) = read_bytes(FULL.replace(">123</PMID>", f">{bad}</PMID>").encode(), "test")
        assert isinstance(item, Rejected)
        assert "PMID" in item.reason
        assert item.position == 1


def test_references_and_comments_do_not_confuse_the_reader() -> None:
    odd = FULL.replace(
        "<ReferenceList><Reference><Citation>Another.",
        "<!-- </PubmedData> --><ReferenceList><Reference><Citation>1 &lt; 2 <![CDATA[</PubmedData>]]>",
    )
    record = one(odd)
    assert (record.doi, record.pmcid) == ("10.1000/own", "PMC888")


def test_other_encodings() -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        (record,) = read_bytes(FULL.encode(encoding), "test")
        assert isinstance(record, Record)
        assert record.pmid == 123


def test_an_empty_set_holds_nothing() -> None:
    assert list(read_bytes(b"<?xml version='1.0'?><PubmedArticleSet></PubmedArticleSet>", "test")) == []


def test_markup_nested_out_of_reason_rejects_that_record_alone() -> None:
    deep = "<i>" * 1500 + "x" + "</i>" * 1500
    items = list(
        read_bytes(
            FULL.replace("coli</i>", f"coli</i>{deep}", 1)
            .replace("</PubmedArticleSet>", BOOK.removeprefix("<PubmedArticleSet>"))
            .encode(),
            "test",
        )
    )
    assert [type(item) for item in items] == [Rejected, Record]


def test_a_version_that_is_no_number_counts_as_the_first() -> None:
    assert one(FULL.replace('Version="2"', 'Version="99999999999999999999"')).pmid_version == 1
    assert one(BOOK.replace('Version="1"', 'Version="x"')).pmid_version == 1
