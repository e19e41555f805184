"""litmap publish: what goes out, what stays, and that visitors can do nothing but read."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scratch_map
from site_client import Site

from litmap.cli import run
from litmap.store import Store, open_store
from litmap.tables import gapmap
from litmap.web import allowed, publishing, stored

SECRETS = (
    "Dr. Secret Name",
    "a remark between us",
    "/home/secret/folder",
    "user:password",
    "secret affiliation",
    "an excluded reference",
)


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A map with things in it that concern nobody else."""
    path = scratch_map.build(tmp_path_factory.mktemp("private") / "secret-name.db")
    with open_store(path) as store, store.transaction() as conn:
        scratch_map.insert(conn, "decisions", claim_key="k0000002", pmid=103, reviewer=SECRETS[0], verdict="exclude", reason=SECRETS[1], note=SECRETS[1],
                           decided_at="2026-02-02T00:00:00Z")  # fmt: skip
        scratch_map.insert(conn, "claim_verdicts", claim_key="k0000002", reviewer=SECRETS[0], verdict="unsupported", rationale=SECRETS[1],
                           decided_at="2026-02-02T00:00:00Z")  # fmt: skip
        scratch_map.insert(conn, "corrections", subject="claim", claim_key="k0000002", action="set", reason=SECRETS[1], reviewer=SECRETS[0],
                           made_at="2026-02-02T00:00:00Z")  # fmt: skip
        conn.execute("update documents set source = ?", (f"{SECRETS[2]}/page.html",))
        conn.execute("update loads set name = ?, source = ?", (f"{SECRETS[2]}/pubmed.xml", SECRETS[2]))
        conn.execute("update record_authors set affiliations = ?", (json.dumps([SECRETS[4]]),))
        scratch_map.insert(conn, "references_in", raw=SECRETS[5], status="unmatched")
        scratch_map.insert(conn, "meta", key="api_key", value=SECRETS[3])
    return path


@pytest.fixture(scope="module")
def folder(private: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its publication, with the defaults."""
    target = tmp_path_factory.mktemp("out") / "site"
    assert run(["publish", str(private), str(target), "-q"]) == 0
    return target


@pytest.fixture(scope="module")
def public(folder: Path) -> Iterator[Site]:
    """The publication as `datasette FOLDER` serves it."""
    from datasette.app import Datasette

    found = Site(Datasette(config_dir=folder))
    yield found
    found.close()


def everything(folder: Path) -> bytes:
    """All bytes of a publication, the wheel unpacked."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as archive:
                found += [archive.read(name) for name in archive.namelist()]
        elif path.is_file():
            found.append(path.read_bytes())
    return b"\n".join(found)


def test_nothing_private_goes_out(folder: Path, private: Path) -> None:
    found = everything(folder)
    for secret in (*SECRETS, str(private.parent), str(folder.parent), private.stem, "checked the forest plot"):
        assert secret.encode() not in found, secret


def test_texts_of_others_stay_unless_asked_for(private: Path, folder: Path, tmp_path: Path) -> None:
    kept = everything(folder)
    assert b"Ketamine infusions lift depression within a day." in kept
    assert b"Swallowed" in kept
    assert b"Ketamine at our clinic\n\nKetamine infusions" not in kept
    assert b"Scores fell in most patients" not in kept
    publishing.publish(
        private, tmp_path / "full", publishing.Options("full", abstracts=True, reviewers=True, notes=True)
    )
    full = everything(tmp_path / "full")
    for text in (
        b"Ketamine at our clinic\n\nKetamine infusions",
        b"Scores fell in most patients",
        SECRETS[0].encode(),
        SECRETS[1].encode(),
    ):
        assert text in full
    assert SECRETS[2].encode() not in full
    publishing.publish(private, tmp_path / "none", publishing.Options("none"))
    assert b"lift depression within a day" not in everything(tmp_path / "none")


def test_the_allow_list_names_columns_that_are_there(private: Path) -> None:
    with open_store(private, read_only=True) as store:
        for table, columns in allowed.TABLES.items():
            present = {row[1] for row in store.conn.execute(f"pragma table_info({table})")}
            assert set(columns.split()) <= present, table


def test_the_file_is_whole_plain_and_inspected(folder: Path) -> None:
    conn = sqlite3.connect(folder / "evidence.db")
    try:
        assert conn.execute("pragma journal_mode").fetchone()[0] == "delete"
        assert conn.execute("pragma integrity_check").fetchone()[0] == "ok"
        assert conn.execute("select count(*) from records_fts where records_fts match 'midazolam'").fetchone()[0] == 1
        inspected = json.loads((folder / "inspect-data.json").read_text())["evidence"]
        assert inspected["size"] == (folder / "evidence.db").stat().st_size
        assert (
            inspected["tables"]["records"]["count"] == conn.execute("select count(*) from records").fetchone()[0] == 11
        )
    finally:
        conn.close()
    assert sorted(path.name for path in folder.iterdir()) == [
        "Dockerfile", "METHODS.md", "README.md", "datasette.json", "evidence.db", "fly.toml", "inspect-data.json", "metadata.json", "plugin",
        "settings.json", "static",
    ]  # fmt: skip


def test_the_methods_state_searches_dates_rules_and_counts(folder: Path, public: Site) -> None:
    text = (folder / "METHODS.md").read_text(encoding="utf-8")
    for stated in (
        "ketamine AND sublingual AND obsessive",
        "2026-01-10",
        '"ketamine"[MeSH Terms]',
        "rules/1",
        "PubMed records: 11",
        "not assessed",
    ):
        assert stated in text
    assert public.get("/static/methods.txt").text == text


@pytest.mark.parametrize(
    "path",
    ["", "/records?_condition=depression", "/claims", "/claims-by-level", "/-/map", "/-/map.csv", "/-/claim/k0000001", "/-/document/1", "/-/record/105",
     "/records.ris", "/claims.md"],
)  # fmt: skip
def test_every_page_of_the_publication_works(public: Site, path: str) -> None:
    answer = public.get(f"/evidence{path}")
    assert answer.status_code == 200
    assert "secret" not in answer.text.lower()


def test_a_visitor_can_only_read(public: Site) -> None:
    for path in ("?sql=select+1", "/-/query?sql=select+1", "/records?_where=1", ".db", "/records.csv?_stream=1"):
        assert public.get(f"/evidence{path}", follow_redirects=True).status_code in (400, 403, 404), path
    for path in (
        "/evidence/records/-/insert",
        "/evidence/-/create",
        "/evidence/claims/1/-/update",
        "/evidence/claims/1/-/delete",
    ):
        answer = public.loop.run_until_complete(
            public.datasette.client.post(path, content="{}", headers={"content-type": "application/json"})
        )
        assert answer.status_code in (400, 403, 404, 405), path
    for name, value in (("max_returned_rows", 1000), ("sql_time_limit_ms", 3000), ("allow_download", False)):
        assert public.datasette.setting(name) == value


@pytest.mark.parametrize(
    "path", ["/evidence/records.json?_size=1", "/evidence/claims-by-level.json", "/evidence/records"]
)
def test_tables_and_queries_work_without_the_plugin(folder: Path, path: str) -> None:
    command = [sys.executable, "-m", "datasette", str(folder), "--get", path]
    done = subprocess.run(
        command, env={**os.environ, "DATASETTE_LOAD_PLUGINS": ""}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "midazolam" in done.stdout or "Ketamine" in done.stdout or "rows" in done.stdout


def test_the_plugin_in_the_folder_is_a_complete_wheel(folder: Path, tmp_path: Path) -> None:
    (package,) = (folder / "plugin").iterdir()
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path)
        names = set(archive.namelist())
    for needed in (
        "litmap/web/templates/litmap_map.html",
        "litmap/web/static/litmap.css",
        "litmap/db/migrations/0001_initial.sql",
        "litmap/queries/claims-by-level.sql",
    ):
        assert needed in names
    asked = "import litmap, litmap.resources as r, importlib.metadata as m; print(litmap.__file__, r.folder('queries'), m.entry_points(group='datasette'))"
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    ).stdout
    assert said.count(str(tmp_path)) == 2
    assert "litmap.web" in said
    assert package.name in (folder / "README.md").read_text()


@pytest.mark.parametrize(
    ("taken", "said"),
    [(("meta where key = 'ruleset'",), "which rules"), (("claim_searches", "search_records", "searches", "loads"), "when its records were found")],
)  # fmt: skip
def test_it_refuses_to_leave_out_rules_and_dates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], taken: tuple[str, ...], said: str
) -> None:
    path = scratch_map.build(tmp_path / "map.db")
    with open_store(path) as store, store.transaction() as conn:
        for rows in taken:
            conn.execute(f"delete from {rows}")
    assert run(["publish", str(path), str(tmp_path / "site")]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "site").exists()
    assert [found.name for found in tmp_path.iterdir()] == ["map.db"]


def test_folders_of_other_people_are_safe(private: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "site"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    for words in ([], ["--force"]):
        assert run(["publish", str(private), str(target), *words]) == 1
        assert "not empty" in capsys.readouterr().err
    assert (target / "mine.txt").read_text() == "mine"
    assert run(["publish", str(private), str(tmp_path / "new"), "-q"]) == 0
    assert run(["publish", str(private), str(tmp_path / "new"), "-q"]) == 1
    assert run(["publish", str(private), str(tmp_path / "new"), "-q", "--force"]) == 0


@pytest.mark.parametrize(
    ("given", "shown"),
    [("https://clinic.example/a?b=1", "https://clinic.example/a?b=1"), ("https://user:password@clinic.example/a", "https://clinic.example/a"),
     ("/home/secret/folder/page.html", "page.html"), ("C:\\Users\\secret\\page.html", "page.html"), ("file:///home/secret/page.html", "page.html"),
     ("interview with a specialist", "interview with a specialist")],
)  # fmt: skip
def test_sources_lose_what_is_private(given: str, shown: str) -> None:
    assert publishing.public_source(given) == shown


def test_hidden_tables_stay_hidden(public: Site) -> None:
    tables = {table["name"]: table["hidden"] for table in public.json("/evidence.json")["tables"]}
    assert tables["corrections"]
    assert tables["references_in"]
    assert not tables["records"]


def test_the_published_map_is_the_map(public: Site, private: Path, site_of: Any) -> None:
    conn = sqlite3.connect(Path(public.datasette.databases["evidence"].path))
    conn.row_factory = sqlite3.Row
    try:
        kept, counted = stored.load(conn), gapmap.build(Store(private, conn, read_only=True))
        assert kept is not None
        assert (kept.rows, kept.columns) == (counted.rows, counted.columns)
        assert [repr(cell) for cell in kept] == [repr(cell) for cell in counted]
    finally:
        conn.close()
    live = site_of(private).get("/secret-name/-/map.csv").text
    assert public.get("/evidence/-/map.csv").text == live
