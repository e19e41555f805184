"""A document is read in pieces: nothing that it says depends on where it was cut or on how its records were parsed."""

from __future__ import annotations

from pathlib import Path

import pytest

from litmap.errors import RecordError
from litmap.model import Record
from litmap.pubmed import Deleted, Rejected, read
from tests.support_records import HEAD, article, deletion, write

MATHML = "http://www.w3.org/1998/Math/MathML"
BOOK = '<PubmedBookArticle><BookDocument><PMID Version="1">{}</PMID><Book><BookTitle>B</BookTitle></Book></BookDocument></PubmedBookArticle>'


def pmids(path: Path) -> list[int | str]:
    return [one.item if isinstance(one, Rejected) else one.pmid for one in read(path)]


def titles(path: Path) -> list[str]:
    return [one.title for one in read(path) if isinstance(one, Record)]


def test_articles_books_and_deletions_come_in_their_order(tmp_path: Path) -> None:
    items = [deletion(7), article(1), deletion(8, 9), BOOK.format(2), article(3), article(""), deletion(10)]
    found = list(read(write(tmp_path / "a.xml", *items)))
    assert [one.pmid if isinstance(one, Record | Deleted) else one for one in found] == [
        7, 1, 8, 9, 2, 3, Rejected(6, "Ketamine for depression: a randomized trial.", "no PMID of 1 to 9 digits"), 10,
    ]  # fmt: skip


def test_a_prefix_that_the_first_tag_declares_holds_in_every_record(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    record = article(1, "A power @").replace("@", "<m:math><m:msup><m:mi>x</m:mi><m:mn>2</m:mn></m:msup></m:math>")
    path.write_text(f'{HEAD}<PubmedArticleSet xmlns:m="{MATHML}">{record}</PubmedArticleSet>')
    assert titles(path) == ["A power x2"]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-8", "UTF-8", "utf-16"])
def test_the_declared_encoding_holds_in_every_record(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.xml"
    text = f'<?xml version="1.0" encoding="{encoding}"?><PubmedArticleSet>{article(1, "Thérapie")}{article(2, "à")}</PubmedArticleSet>'
    path.write_bytes(text.encode(encoding))
    assert titles(path) == ["Thérapie", "à"]


def test_records_in_comments_are_none(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", f"<!-- {article(1)} {article(2)} -->", article(3), f"<!-- {article(4)} -->")
    assert pmids(path) == [3]


def test_records_inside_another_element_are_found(tmp_path: Path) -> None:
    assert pmids(write(tmp_path / "a.xml", article(1), f"<Group>{article(2)}</Group>", article(3))) == [1, 2, 3]


def test_a_document_type_that_names_letters_is_no_reason_to_lose_a_record(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", article(1, "One"), article(2, "@").replace("@", "Caf&eacute;"), article(3, "Three"))
    assert titles(path) == ["One", "Café", "Three"]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda text: text.replace("<PMID Version=\"1\">800</PMID>", "<PMID Version=\"1\">800</PMD>"), "PMID .*and PMD"),
        (lambda text: text.replace("<PMID Version=\"1\">800</PMID>", "<PMID Version=\"1\">8&00</PMID>"), "."),
        (lambda text: text[: text.index(">800</PMID>")], "."),
        (lambda text: text.replace(article(800), "</Nothing>"), "PubmedArticleSet .*and Nothing"),
        (lambda text: text.replace(article(800), "</PubmedArticleSet>"), "."),
    ],
)  # fmt: skip
def test_what_stands_before_the_damage_is_read(tmp_path: Path, damage: object, reason: str) -> None:
    assert callable(damage)
    path = tmp_path / "a.xml"
    text = f"{HEAD}<PubmedArticleSet>{''.join(article(number) for number in range(1, 1500))}</PubmedArticleSet>"
    path.write_text(damage(text))
    found = []
    with pytest.raises(RecordError, match=f"not well-formed XML after PMID 799: .*{reason}"):
        for one in read(path):
            assert isinstance(one, Record)
            found.append(one.pmid)
    assert found == list(range(1, 800))


@pytest.mark.parametrize("where", ["http://localhost/x.dtd", "https://localhost/x.dtd", "x.dtd", "file:///{}/x.dtd"])
def test_no_document_type_is_loaded(tmp_path: Path, where: str) -> None:
    (tmp_path / "x.dtd").write_text("<!ENTITY loaded 'from the disk'><!-- never read: not < well-formed")
    path = tmp_path / "a.xml"
    where = where.format(tmp_path)
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet PUBLIC "x" "{where}"><PubmedArticleSet>{article(1)}</PubmedArticleSet>'
    )
    assert pmids(path) == [1]


LISTED = "<PubmedData><ReferenceList><Reference><Citation>{}</Citation></Reference></ReferenceList></PubmedData>"


@pytest.mark.parametrize("inside", ["<", "<!-- ", "<![CDATA[", "<? ", "<b>", "</b>"])
def test_damage_in_a_list_of_references_is_found(tmp_path: Path, inside: str) -> None:
    listed = [article(n).replace("</MedlineCitation>", "</MedlineCitation>" + LISTED.format("A." if n != 2 else inside)) for n in (1, 2, 3)]  # fmt: skip
    with pytest.raises(RecordError, match="not well-formed"):
        list(read(write(tmp_path / "a.xml", *listed)))


def test_what_stands_behind_the_end_or_behind_an_open_tag_is_not_read(tmp_path: Path) -> None:
    far = "\n" * 140_000  # more than is read at once
    for between in ("</PubmedArticleSet>", "<", "<Foo", "& "):
        found, path = [], write(tmp_path / "a.xml", article(1), article(2) + between + far + article(3))
        with pytest.raises(RecordError, match="not well-formed XML after PMID 2"):
            for one in read(path):
                assert isinstance(one, Record)
                found.append(one.pmid)
        assert found == [1, 2]


def test_a_record_in_a_processing_instruction_is_none(tmp_path: Path) -> None:
    assert pmids(write(tmp_path / "a.xml", f"<?x {article(1)} ?>", article(2))) == [2]


def test_a_record_inside_a_record_is_not_lost(tmp_path: Path) -> None:
    nested = article(1).replace("</PubmedArticle>", article(2) + "</PubmedArticle>")
    assert pmids(write(tmp_path / "a.xml", nested)) == [1, 2]


def test_nothing_may_follow_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(f"{HEAD}<PubmedArticleSet>{article(1)}</PubmedArticleSet><p>Sorry</p>")
    with pytest.raises(RecordError, match="not well-formed"):
        list(read(path))
