"""PDF and Word documents, made here."""

from __future__ import annotations

import io
import zipfile

import pytest

from litmap import claims
from litmap.documents import read
from litmap.documents.pdf import page_of
from litmap.errors import DocumentError
from litmap.model import Document


def pdf(*pages: list[str], info: str = "") -> bytes:
    """A PDF with these lines on its pages, 14 points apart; an empty line leaves a gap."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        stream = "BT /F1 11 Tf 14 TL 50 780 Td\n" + "".join(f"({line}) Tj T*\n" for line in lines) + "ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< {info} >>")
    body = "%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body.encode("latin-1")


def texts(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_lines_become_paragraphs_and_hyphens_are_joined() -> None:
    document = read(
        pdf(
            ["Yoga and sleep", "", "Yoga is an old practice that lowers the tension of the mus-", "cles in most people who try it. It is a well-known way to", "sleep better.", "",
             "- It is cheap.", "- It is safe."],
            info="/Title (A leaflet) /ModDate (D:20230405120000Z)",
        ),
        "leaflet.pdf",
    )  # fmt: skip
    assert texts(document) == [
        ("heading", "Yoga and sleep"),
        (
            "paragraph",
            "Yoga is an old practice that lowers the tension of the muscles in most people who try it. It is a well-known way to sleep better.",
        ),
        ("item", "It is cheap."),
        ("item", "It is safe."),
    ]
    assert (document.title, document.as_of, document.media_type) == ("A leaflet", "2023-04-05", "application/pdf")


def test_pages_are_known_and_running_heads_left_out() -> None:
    document = read(
        pdf(*[["The Yoga Leaflet", "", f"Yoga helps people number {n} a little.", "", f"Page {n}"] for n in (1, 2, 3)]),
        "leaflet.pdf",
    )
    assert [text for _, text in texts(document)] == [f"Yoga helps people number {n} a little." for n in (1, 2, 3)]
    found = claims.find(document, claims.split(document))
    assert [page_of(document.text, claim.start) for claim in found] == [1, 2, 3]


def test_a_page_without_text_is_named_and_a_scan_refused() -> None:
    assert "page 2 holds no text" in read(pdf(["It helps people."], []), "leaflet.pdf").warnings[0]
    with pytest.raises(DocumentError, match="scanned") as refused:
        read(pdf([], []), "scan.pdf")
    assert refused.value.hint


def test_an_encrypted_pdf_is_refused() -> None:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(pdf(["It helps people."])))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(DocumentError, match="encrypted"):
        read(buffer.getvalue(), "locked.pdf")


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\ntrailer << /Root 9 0 R >>", pdf(["It helps."])[:200]])
def test_a_damaged_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"cannot be read|no text"):
        read(data, "broken.pdf")


def word() -> bytes:
    import docx

    made = docx.Document()
    made.core_properties.title = ""
    made.add_heading("Yoga", 0)
    made.add_heading("Safety", 2)
    made.add_paragraph("Yoga is  safe. Falls are rare.")
    made.add_paragraph("Mild pain", style="List Bullet")
    made.add_paragraph("It is said to help.", style="Quote")
    made.add_paragraph("Table 1. Doses", style="Caption")
    table = made.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Both"
    table.cell(1, 0).text = "Day"
    table.cell(1, 1).text = "One"
    made.add_paragraph("The end is near.")
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_a_word_document() -> None:
    document = read(word(), "leaflet.docx")
    assert texts(document) == [
        ("heading", "Yoga"),
        ("heading", "Safety"),
        ("paragraph", "Yoga is safe. Falls are rare."),
        ("item", "Mild pain"),
        ("quote", "It is said to help."),
        ("caption", "Table 1. Doses"),
        ("cell", "Both"),
        ("cell", "Day"),
        ("cell", "One"),
        ("paragraph", "The end is near."),
    ]
    assert document.title == "Yoga"
    assert "Falls are rare." in [claim.text for claim in claims.find(document, claims.split(document))]


def test_other_zip_files_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("mimetype", "application/epub+zip")
    with pytest.raises(DocumentError, match="not a Word document"):
        read(buffer.getvalue(), "book.epub")
    with pytest.raises(DocumentError, match="damaged"):
        read(word()[:3000], "cut.docx")
