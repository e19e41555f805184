"""A CSV of ready claims: verbatim, with their tags, and rejected rows by name."""

from __future__ import annotations

import pytest

from litmap.errors import DocumentError
from litmap.ingest import claims_csv

SLUGS = {"condition": {"anxiety", "ptsd"}, "route": {"oral"}, "intervention": {"cannabidiol"}}


def test_claims_are_taken_verbatim() -> None:
    given = claims_csv.read(
        'claim\n"Does ""it"" help, really?"\n  Call us today! \n'.encode("utf-8-sig"), "c.csv", SLUGS
    )
    ((document, units, claims),) = given.documents
    assert [claim.text for claim in claims] == ['Does "it" help, really?', "Call us today!"]
    assert document.text == 'Does "it" help, really?\n\nCall us today!'
    assert document.source == "c.csv"
    assert all(document.text[claim.start : claim.end] == claim.text for claim in claims)
    assert [unit.kind for unit in units] == ["given", "given"]
    assert given.rejected == ()


def test_one_document_for_each_source_in_order() -> None:
    given = claims_csv.read(
        b"source,claim\nb.html,One helps.\na.html,Two helps.\nb.html,Three helps.\n", "c.csv", SLUGS
    )
    assert [(document.source, [claim.text for claim in claims]) for document, _, claims in given.documents] == [
        ("b.html", ["One helps.", "Three helps."]),
        ("a.html", ["Two helps."]),
    ]


def test_tags_and_types_come_with_the_claims() -> None:
    given = claims_csv.read(
        b"claim;condition;route;intervention;claim_type\nIt helps.;anxiety,;;cannabidiol;onset\n".replace(
            b"anxiety,", b'"Anxiety; ptsd"'
        ),
        "c.csv",
        SLUGS,
    )
    (claim,) = given.documents[0][2]
    assert claim.claim_type == "onset"
    assert claim.question == "benefit"
    assert [(tag.facet, tag.slug, tag.role, tag.origin) for tag in claim.given] == [
        ("condition", "anxiety", "indication", "given"),
        ("condition", "ptsd", "indication", "given"),
        ("intervention", "cannabidiol", "studied", "given"),
    ]


def test_rows_are_rejected_by_name_and_line() -> None:
    given = claims_csv.read(
        b"claim,condition,claim_type\nOne helps.,gout,\n,anxiety,\nTwo helps.,,magic\n\nThree helps.,ptsd,safety\n",
        "c.csv",
        SLUGS,
    )
    assert [(row.line, row.item) for row in given.rejected] == [(2, "One helps."), (3, "(empty)"), (4, "Two helps.")]
    assert "gout" in given.rejected[0].reason
    assert "magic" in given.rejected[2].reason
    assert len(given.documents[0][2]) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"text,source\nx,y\n", "no column claim"),
        (b"claim\n", "no rows"),
        (b"\n", "no column claim"),
        (b"claim,Claim ,source\nIt helps.,It harms.,x\n", "2 columns named claim"),
        (b'claim,source\nIt helps.,x\n"It lasts., x\nIt works.,x\n', "line 3: a quotation mark is never closed"),
    ],
)
def test_files_that_are_no_claims_csv(data: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words) as refused:
        claims_csv.read(data, "c.csv", SLUGS)
    assert refused.value.hint


def test_a_claim_of_many_lines() -> None:
    given = claims_csv.read(b'claim\n"It helps.\r\nIt lasts."\n', "c.csv", SLUGS)
    assert given.documents[0][2][0].text == "It helps.\r\nIt lasts."


def test_a_claim_cut_at_its_comma_is_not_taken() -> None:
    given = claims_csv.read(b"claim,source\nIt helps, and it lasts,a.html\nIt works.,a.html,,\n", "c.csv", SLUGS)
    ((line, item, reason),) = given.rejected
    assert (line, item) == (2, "It helps")
    assert "3 cells, but 2 columns" in reason
    assert [claim.text for claim in given.documents[0][2]] == ["It works."]


def test_a_row_of_many_lines_is_named_by_its_first() -> None:
    given = claims_csv.read(b'claim,condition\n"It helps.\nIt lasts.",\n"It\nworks.",gout\n', "c.csv", SLUGS)
    assert [row.line for row in given.rejected] == [4]
