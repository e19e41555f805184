"""The report on one document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from tables_world import World

from litmap.errors import QueryError
from litmap.tables import provenance, report


def written(world: World, tmp_path: Path, form: str = "md", document: str = "page.html") -> str:
    path = tmp_path / f"report.{form}"
    report.write(world.store, document, path, force=True)
    return path.read_text()


def test_it_has_the_claims_of_its_document_only(world: World, tmp_path: Path) -> None:
    text = written(world, tmp_path)
    assert "Intravenous ketamine relieves depression." in text
    assert "randomized trial, level 2 (rule T1); 1 supports" in text
    assert "Ketamine helps mood and pain." not in text


def test_it_says_what_needs_another_source_what_was_searched_and_what_is_not_said(world: World, tmp_path: Path) -> None:
    text = written(world, tmp_path)
    other = text[text.index("## Claims that need another source") : text.index("## Harms")]
    assert "It was approved in 1970." in other
    assert "relieves" not in other
    assert "says nothing about harm, for: Depression, PTSD." in text
    assert "ketamine AND ptsd" in text[text.index("## What was searched") :]
    assert "GRADE" in text[text.index("## Limits of the method") :]
    assert provenance.content_digest(world.conn) in text


def test_a_claim_about_harm_ends_the_silence_for_its_condition(world: World, tmp_path: Path) -> None:
    page = world.store.value("select id from documents where source = 'page.html'")
    world.claim(page, "It can raise blood pressure.", ("ptsd",), claim_type="safety", question="harm")
    assert "says nothing about harm, for: Depression." in written(world, tmp_path)


def test_searches_for_other_documents_are_left_out(world: World, tmp_path: Path) -> None:
    for number, query in enumerate(("for the other page", "for no claim in particular"), 50):
        world.add("searches", id=number, query=query, translation="", ran_at="2026-01-06T00:00:00Z", count=0)
    other = world.store.value(
        "select min(c.id) from claims c join documents d on d.id = c.document_id where d.source = 'other.md'"
    )
    world.add("claim_searches", claim_id=other, search_id=50)
    text = written(world, tmp_path)
    assert "ketamine AND ptsd" in text
    assert "for no claim in particular" in text
    assert "for the other page" not in text
    assert "for the other page" in written(world, tmp_path, document="other.md")


def test_word_and_html(world: World, tmp_path: Path) -> None:
    report.write(world.store, "1", tmp_path / "report.docx")
    document = docx.Document(str(tmp_path / "report.docx"))
    assert [len(table.rows) for table in document.tables] == [3, 2, 2]
    assert document.paragraphs[0].text == "Report on Page.Html"
    assert "<h1>Report on Page.Html</h1>" in written(world, tmp_path, "html")


@pytest.mark.parametrize(("name", "says"), [("nowhere", "no document is called"), (".", "several documents match")])
def test_a_document_that_is_none_or_several(world: World, tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        written(world, tmp_path, document=name)
    assert "1: page.html; 2: other.md" in caught.value.hint


def test_the_command(world: World, tmp_path: Path, litmap: Callable[..., Any]) -> None:
    path = tmp_path / "report.md"
    assert litmap("report", world.store.path, "page.html", "-o", path).err.endswith("a report on 3 claims\n")
    assert litmap("report", world.store.path, "page.html", "-o", path).code == 1
    assert litmap("report", world.store.path, "page.html", "-o", tmp_path / "x.pdf").code == 1
