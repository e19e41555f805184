"""litmap import: versions, keys, exact quotes, rejected rows, and nothing written on failure."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from litmap.review.decisions import decide
from litmap.store import open_store
from tests.conftest import Litmap

PAGE = """Magnesium for migraine

Oral magnesium prevents migraine attacks. Intravenous magnesium relieves acute migraine within one hour. Side effects include diarrhoea.
"""
# the first claim moved, the second edited, the third removed, one added
EDITED = """Magnesium for migraine

Magnesium citrate was first made long ago. Intravenous magnesium relieves acute migraine within two hours. Oral magnesium prevents migraine attacks.
"""


def rows(db: Path, sql: str, *params: Any) -> list[dict[str, Any]]:
    with open_store(db, read_only=True) as store:
        return [dict(row) for row in store.rows(sql, *params)]


def keys(db: Path, status: str = "active") -> dict[str, str]:
    return {row["text"]: row["key"] for row in rows(db, "select text, key from claims where status = ?", status)}


def exact(db: Path) -> bool:
    """Every quote stands where it is said to stand, in every version."""
    found = rows(
        db,
        'select o.start, o."end" as stop, c.text, d.text as body from claim_occurrences o join claims c on c.id = o.claim_id join documents d on d.id = o.document_id',
    )
    return bool(found) and all(
        " ".join(row["body"][row["start"] : row["stop"]].split()).casefold() == " ".join(row["text"].split()).casefold()
        for row in found
    )


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(PAGE)
    return path


def test_a_page_becomes_claims_with_exact_quotes(litmap: Litmap, db: Path, page: Path) -> None:
    done = litmap("import", db, page)
    assert done.code == 0
    assert done.out == ""
    assert "documents: 1 read = 1 new, 0 updated, 0 unchanged" in done.err
    assert "Oral magnesium prevents migraine attacks." in keys(db)
    assert exact(db)
    (document,) = rows(db, "select * from documents")
    assert document["text"] == PAGE
    assert document["source"] == str(page)


def test_the_same_bytes_twice_write_nothing(litmap: Litmap, db: Path, page: Path) -> None:
    litmap("import", db, page)
    before = db.read_bytes()
    done = litmap("import", db, page)
    assert done.code == 0
    assert "1 unchanged" in done.err
    assert db.read_bytes() == before


def test_a_changed_page_is_a_new_version_and_decisions_stay_with_their_claim(
    litmap: Litmap, db: Path, page: Path
) -> None:
    litmap("import", db, page)
    before = keys(db)
    moved = before["Oral magnesium prevents migraine attacks."]
    with open_store(db) as store, store.transaction() as conn:
        conn.execute("insert into records (pmid, title, digest) values (123, 'Magnesium in migraine', 'd')")
    with open_store(db) as store:
        decide(store, claim_key=moved, pmid=123, reviewer="ann", verdict="include")
    page.write_text(EDITED)
    done = litmap("import", db, page)
    assert "version 2 (updated)" in done.err
    assert "+ Intravenous magnesium relieves acute migraine within two hours." in done.err
    assert "- Intravenous magnesium relieves acute migraine within one hour." in done.err
    after = keys(db)
    assert after["Oral magnesium prevents migraine attacks."] == moved
    assert set(keys(db, "gone")) == {
        "Intravenous magnesium relieves acute migraine within one hour.",
        "Side effects include diarrhoea.",
    }
    assert rows(
        db, "select d.claim_key from decisions d join claims c on c.key = d.claim_key where c.status = 'active'"
    ) == [{"claim_key": moved}]
    assert (
        len(rows(db, "select * from claim_occurrences o join claims c on c.id = o.claim_id where c.key = ?", moved))
        == 2
    )
    assert exact(db)
    page.write_text(PAGE)
    litmap("import", db, page)
    assert keys(db) == before


def test_a_sentence_that_stands_twice_is_two_claims(litmap: Litmap, db: Path, page: Path) -> None:
    page.write_text("Zinc shortens colds.\n\nVitamin C prevents scurvy.\n\nZinc shortens colds.\n")
    litmap("import", db, page)
    assert len(rows(db, "select distinct key from claims where text = 'Zinc shortens colds.'")) == 2


def test_ready_claims_keep_their_words_and_tags(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "claims.csv"
    sheet.write_text(
        "claim,source,condition,route,claim_type\nwhether it helps?,letter,ptsd;anxiety,oral,safety\nIt works,letter,,,\nIt cures,leaflet,no-such-thing,,\n"
    )
    done = litmap("import", db, sheet)
    assert done.code == 0
    assert "line 4" in done.err
    assert "no-such-thing" in done.err
    assert "3 read = 2 taken + 1 rejected" in done.err
    assert {row["text"]: row["claim_type"] for row in rows(db, "select text, claim_type from claims")}[
        "whether it helps?"
    ] == "safety"
    assert rows(db, "select text, source from documents") == [
        {"text": "whether it helps?\n\nIt works", "source": "letter"}
    ]
    given = rows(db, "select condition from claim_conditions where origin = 'given' order by 1")
    assert [row["condition"] for row in given] == ["anxiety", "ptsd"]
    assert litmap("import", db, sheet, "--strict").code == 3


def test_ready_claims_do_not_take_the_place_of_a_page_or_of_another_sheet(
    litmap: Litmap, db: Path, page: Path, tmp_path: Path
) -> None:
    litmap("import", db, page)
    sheet, other = tmp_path / "ann.csv", tmp_path / "ben.csv"
    sheet.write_text(f"claim,source\nMagnesium cures migraine.,{page}\n")
    before = db.read_bytes()
    done = litmap("import", db, sheet)
    assert done.code == 1
    assert "another source" in done.err
    assert db.read_bytes() == before
    sheet.write_text("claim,source\nMagnesium cures migraine.,letter\n")
    other.write_text("claim,source\nMagnesium harms nobody.,letter\n")
    assert litmap("import", db, sheet).code == 0
    assert litmap("import", db, other).code == 1
    sheet.write_text("claim,source\nMagnesium cures all migraine.,letter\n")
    assert "version 2" in litmap("import", db, sheet).err


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.txt", None, "does not exist"),
        ("empty.txt", b"", "is empty"),
        ("no-column.csv", b"sentence,source\nIt works.,letter\n", "claim"),
        ("bytes.txt", b"\xff\xfe\x00\xd8 broken \x81\x8d", ""),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(
    litmap: Litmap, db: Path, page: Path, name: str, content: bytes | None, says: str
) -> None:
    bad = page.parent / name
    if content is not None:
        bad.write_bytes(content)
    before = db.read_bytes()
    done = litmap("import", db, page, bad)
    assert done.code == 1
    assert done.err.startswith("Error: ")
    assert name in done.err
    assert says in done.err
    assert db.read_bytes() == before


def test_a_text_far_longer_than_a_page_is_refused(
    litmap: Litmap, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from litmap.ingest import importing

    long = tmp_path / "long.txt"
    long.write_text(PAGE)
    before = db.read_bytes()
    for limit in ("MOST_BYTES", "MOST_CHARACTERS"):
        with monkeypatch.context() as patch:
            patch.setattr(importing, limit, 20)
            done = litmap("import", db, long)
        assert done.code == 1
        assert "long.txt" in done.err
        assert "split it" in done.err.lower()
        assert db.read_bytes() == before


def test_a_folder_is_not_a_document(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    done = litmap("import", db, tmp_path)
    assert done.code == 1
    assert "is a folder" in done.err


def test_interrupting_an_import_leaves_the_map_as_it_was(
    litmap: Litmap, db: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from litmap.ingest import importing

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = db.read_bytes()
    monkeypatch.setattr(importing.settle, "claims_changed", interrupt)
    assert litmap("import", db, page).code == 130
    assert db.read_bytes() == before


def test_another_encoding_can_be_given(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    page = tmp_path / "alt.txt"
    page.write_bytes("Caf\u00e9s serve coffee, which reduces fatigue.".encode("utf-16-le"))
    assert litmap("import", db, page, "--encoding", "utf-16-le").code == 0
    assert rows(db, "select text from documents")[0]["text"].startswith("Caf\u00e9s")
    assert litmap("import", db, page, "--encoding", "no-such").code == 1


@pytest.fixture
def site() -> Iterator[str]:
    """A web server on loopback with one page."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<html><head><title>Zinc</title></head><body><nav>Home</nav><p>Zinc shortens the common cold.</p></body></html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/zinc"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_web_address_is_imported_under_its_url(litmap: Litmap, db: Path, site: str) -> None:
    assert litmap("import", db, site, "--allow-private").code == 0
    assert rows(db, "select source, media_type, title from documents") == [
        {"source": site, "media_type": "text/html", "title": "Zinc"}
    ]
    assert "Zinc shortens the common cold." in keys(db)


def test_an_address_on_this_machine_is_refused_unless_asked_for(litmap: Litmap, db: Path, site: str) -> None:
    before = db.read_bytes()
    done = litmap("import", db, site)
    assert done.code != 0
    assert "--allow-private" in done.err
    assert db.read_bytes() == before
