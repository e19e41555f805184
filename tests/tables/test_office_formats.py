"""Word, Excel and HTML: what other programs read back from them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from PIL import Image
from tables_world import World

from litmap.resources import folder
from litmap.tables import cited, export, gapmap, png, provenance
from litmap.tables.table import View
from litmap.vocabulary import Vocabulary


def made(world: World, name: str, what: str = "evidence", **options: Any) -> Path:
    path = world.store.path.with_name(name)
    export.write(world.store, what, path, force=True, **options)
    return path


# ---------------------------------------------------------------- Excel


def test_excel_has_typed_columns_a_frozen_header_filters_and_widths(world: World) -> None:
    book = openpyxl.load_workbook(made(world, "out.xlsx", "records"))
    sheet = book["Records"]
    names = [cell.value for cell in sheet[1]]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.max_row) == ("B2", sheet.dimensions, 6)
    first = dict(zip(names, sheet[2], strict=True))
    assert (first["PMID"].value, first["Year"].value, first["Level"].value) == (101, 2020, 2)
    assert isinstance(first["Level"].value, int)
    assert first["PMID"].hyperlink.target == "https://pubmed.ncbi.nlm.nih.gov/101/"
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["E"].width


def test_excel_says_what_the_columns_are_and_where_they_come_from(world: World) -> None:
    book = openpyxl.load_workbook(made(world, "out.xlsx"))
    said = {row[0]: row[1] for row in book["Methods"].iter_rows(values_only=True)}
    assert said["Content of the map (SHA-256)"] == provenance.content_digest(world.conn)
    assert said["Level"].startswith("the level of that design")
    assert book.properties.creator == "litmap"
    assert book.properties.created == datetime(2025, 6, 15, 15, 6, 40)


@pytest.mark.parametrize(
    "awkward", ["=1+1", "+1", "-1", "@x", "#N/A", "007", "1e5", "\u202bعربي", 'a "b"\nc\td', "true", "<b>&amp;"]
)
def test_excel_keeps_text_as_text(empty: World, awkward: str) -> None:
    empty.claim(empty.document("p"), awkward)
    sheet = openpyxl.load_workbook(made(empty, "out.xlsx")).worksheets[0]
    cell = next(cell for head, cell in zip(sheet[1], sheet[2], strict=True) if head.value == "Claim")
    assert (cell.value, cell.data_type) == (awkward, "s")


def test_excel_cuts_what_is_too_long_for_a_cell_and_says_so(empty: World) -> None:
    empty.claim(empty.document("p"), "x" * 40_000 + "\x00")
    sheet = openpyxl.load_workbook(made(empty, "out.xlsx")).worksheets[0]
    text = next(cell.value for head, cell in zip(sheet[1], sheet[2], strict=True) if head.value == "Claim")
    assert len(text) == 32_767
    assert text.endswith("[cut: see another format]")


# ---------------------------------------------------------------- Word


def test_word_is_landscape_and_its_table_repeats_the_header_and_splits_no_row(world: World) -> None:
    document = docx.Document(str(made(world, "out.docx")))
    section, table = document.sections[0], document.tables[0]
    assert section.page_width > section.page_height
    rows = table._tbl.tr_lst
    assert len(rows) == 6
    assert [row.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for row in rows] == [True] + [False] * 5
    assert all(row.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in rows)
    assert table.cell(3, 1).text == "Intravenous ketamine relieves depression."
    assert "randomized trial, level 2 (rule T1); 1 supports" in table.cell(3, 6).text


def test_word_has_captions_notes_references_and_provenance(world: World) -> None:
    document = docx.Document(str(made(world, "out.docx")))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Table 1. Evidence for each claim" in text
    assert "Figure 1. Evidence map: condition by route" in text
    assert "a A level is that of the highest study design found. It is no appraisal" in text
    assert "1.\tTrial 104. J Trials. 2020. PubMed PMID: 104." in text
    assert provenance.content_digest(world.conn) in text
    assert document.core_properties.title == "Evidence for each claim"


def test_words_references_are_numbered_as_cited_and_lead_to_the_list(world: World) -> None:
    world.conn.execute("update records set doi = '10.1000/a b' where pmid = 101")
    document = docx.Document(str(made(world, "out.docx")))
    body = document.element.body
    marks = {node.get(qn("w:name")) for node in body.iter(qn("w:bookmarkStart"))}
    anchors = [node.get(qn("w:anchor")) for node in body.iter(qn("w:hyperlink")) if node.get(qn("w:anchor"))]
    assert anchors == ["ref1", "ref1", "ref2"]
    assert set(anchors) <= marks
    targets = [relation.target_ref for relation in document.part.rels.values() if relation.is_external]
    assert targets == ["https://pubmed.ncbi.nlm.nih.gov/104/", "https://doi.org/10.1000/a b"]


def test_words_map_has_a_description(world: World) -> None:
    document = docx.Document(str(made(world, "out.docx")))
    about = document.inline_shapes[0]._inline.docPr
    assert about.get("descr").startswith("Evidence map: condition by route. 4 claims")
    assert "Depression, Intravenous: reviewed" in about.get("descr")


def test_word_takes_what_xml_forbids(empty: World) -> None:
    empty.claim(empty.document("p"), "a\x00b\x0cc\nd <e> & f")
    assert docx.Document(str(made(empty, "out.docx"))).tables[0].cell(1, 1).text == "a\ufffdb\ufffdc\nd <e> & f"


def test_word_groups_have_their_own_tables(world: World) -> None:
    document = docx.Document(str(made(world, "out.docx", view=View(group_by="polarity"))))
    assert [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 2"][:2] == [
        "affirm",
        "deny",
    ]
    assert [len(table.rows) for table in document.tables] == [5, 2]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_the_word_file(world: World, tmp_path: Path) -> None:
    path = made(world, "out.docx")
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")


# ---------------------------------------------------------------- the map as PNG


def test_the_png_shows_every_cell_and_is_always_the_same(world: World) -> None:
    built = gapmap.build(world.store)
    data, width, height = png.render(built)
    assert Image.open(io.BytesIO(data)).size == (width, height)
    assert png.render(built)[0] == data
    assert len(png.alt(built)) <= 2000


# ---------------------------------------------------------------- HTML


class Page(HTMLParser):
    """Collects tags, and what is read aloud."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_html_needs_nothing_else(world: World) -> None:
    text = made(world, "out.html").read_text()
    page = Page(text)
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "img", "iframe")]
    assert "url(http" not in text
    assert page.all("html") == [{"lang": "en"}]


def test_html_tables_have_captions_and_headers_and_its_citations_lead_somewhere(world: World) -> None:
    text = made(world, "out.html").read_text()
    page = Page(text)
    assert len(page.all("caption")) == 1
    assert {head.get("scope") for head in page.all("th")} == {"col", "row"}
    targets = {str(item["id"]) for item in page.all("li") if item.get("id")}
    cited_ids = {str(link["href"])[1:] for link in page.all("a") if str(link.get("href")).startswith("#ref-")}
    assert cited_ids == targets == {"ref-1", "ref-2"}
    assert len(page.all("svg")) == 1


def test_html_escapes_everything(empty: World) -> None:
    empty.claim(
        empty.document("javascript:alert(1)", title='<script>alert("x")</script>'),
        "<img src=x onerror=alert(1)> & \x00",
    )
    page = Page(made(empty, "out.html").read_text())
    assert not page.all("script")
    assert not page.all("img")
    assert not [link for link in page.all("a") if "javascript" in str(link.get("href"))]


# ---------------------------------------------------------------- numbering


@pytest.mark.parametrize(
    ("numbers", "text"), [([], ""), ([1], "[1]"), ([1, 2], "[1, 2]"), ([1, 2, 3, 5, 7, 8, 9, 10], "[1-3, 5, 7-10]")]
)
def test_runs_of_references_are_drawn_together(numbers: list[int], text: str) -> None:
    assert cited.bracketed(numbers) == text


def test_markdown_numbers_references_too(world: World) -> None:
    text = made(world, "out.md").read_text()
    assert re.search(r"\| \\\[1\\\] \|", text)
    assert "1. Trial 104. J Trials. 2020. PubMed PMID: 104. <https://pubmed.ncbi.nlm.nih.gov/104/>" in text


@pytest.mark.parametrize("what", list(export.WHATS))
@pytest.mark.parametrize("form", [name for name, form in export.FORMATS.items() if not form.citations])
def test_everything_can_be_written_in_every_format(world: World, what: str, form: str) -> None:
    for name, content in Vocabulary.from_folder(folder("db") / "vocabulary").texts.items():
        world.add("vocabulary_files", name=name, content=content)
    assert made(world, f"out.{form}", what).stat().st_size > 0
