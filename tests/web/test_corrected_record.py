"""The page of a record that a person corrected, served and published."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import scratch_map

from litmap.cli import run
from litmap.ingest import integrity
from litmap.store import open_store


def corrected(path: Path) -> Path:
    """A map with one correction that stands and one that was withdrawn."""
    scratch_map.build(path)
    said = {"pmid": 101, "subject": "level", "reviewer": "Ann Example", "made_at": "2026-02-02T00:00:00Z"}
    with open_store(path) as store, store.transaction() as conn:
        scratch_map.insert(
            conn, "corrections", **said, field="design", action="set", value="cohort", reason="<i>not</i> random"
        )
        scratch_map.insert(conn, "corrections", **said, field="subjects", action="set", value="animal", reason="a slip")
        scratch_map.insert(conn, "corrections", **said, field="subjects", action="withdraw")
        scratch_map.insert(conn, "record_machine", pmid=101, field="design", value="randomized-trial")
        conn.execute("update records set design = 'cohort' where pmid = 101")
    return path


def row_of(site: Any) -> str:
    html = site.get("/evidence/-/record/101").text
    (table,) = re.findall(r"Corrected by reviewers</caption>.*?</table>", html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", table.partition("<tbody>")[2]).split())


def test_both_values_stand_side_by_side(tmp_path: Path, site_of: Any) -> None:
    site = site_of(corrected(tmp_path / "evidence.db"))
    assert row_of(site) == "design randomized-trial cohort Ann Example, 2026-02-02: &lt;i&gt;not&lt;/i&gt; random"
    assert "Corrected by reviewers" not in site.get("/evidence/-/record/102").text


def test_a_published_map_shows_the_values_and_not_who_said_so(tmp_path: Path, site_of: Any) -> None:
    folder = tmp_path / "out"
    assert run(["publish", str(corrected(tmp_path / "private.db")), str(folder), "-q"]) == 0
    assert row_of(site_of(folder / "evidence.db")) == "design randomized-trial cohort not published"


def overtaken(path: Path) -> Path:
    """A map with a correction of integrity after which a retraction came."""
    scratch_map.build(path)
    said = {"subject": "level", "field": "integrity", "action": "set", "value": "none", "machine_then": "corrected"}
    with open_store(path) as store, store.transaction() as conn:
        scratch_map.insert(conn, "corrections", pmid=101, reviewer="Ann", reason="a slip", made_at="2026-02-02", **said)
        scratch_map.insert(conn, "retractions_listed", pmid=101, kind="retracted", notice_pmid=900)
        integrity.settle(conn, [101])
    return path


def test_a_note_that_came_after_the_correction_says_so(tmp_path: Path, site_of: Any) -> None:
    site = site_of(overtaken(tmp_path / "evidence.db"))
    assert row_of(site).startswith("integrity retracted (then: corrected) none Ann, ")
    page = site.get("/evidence/-/record/101").text
    assert "<strong>Retracted.</strong>" in page
    assert "Later than the correction by a reviewer" in page
    published = tmp_path / "out"
    assert run(["publish", str(tmp_path / "evidence.db"), str(published), "-q"]) == 0
    assert row_of(site_of(published / "evidence.db")) == "integrity retracted corrected earlier not published"


def test_each_kind_says_what_it_is_known_from_the_gravest_first(tmp_path: Path, site_of: Any) -> None:
    path = scratch_map.build(tmp_path / "evidence.db")
    with open_store(path) as store, store.transaction() as conn:
        conn.execute("delete from record_integrity where pmid = 101")
        for kind, origin, notice in (("corrected", "relation", 900), ("concern", "reviewer", None), ("corrected", "retraction-list", None)):  # fmt: skip
            scratch_map.insert(conn, "record_integrity", pmid=101, kind=kind, origin=origin, notice_pmid=notice)
        conn.execute("update records set integrity = 'concern' where pmid = 101")
        key = conn.execute("select c.key from claims c join links l on l.claim_id = c.id where l.pmid = 101").fetchone()[0]
    site = site_of(path)
    text = " ".join(re.sub(r"<[^>]+>", " ", site.get("/evidence/-/record/101").text).replace("&#39;", "'").split())
    assert (
        "Expression of concern. Known from a reviewer. Corrected. Known from the retraction list. "
        "Notice: PMID 900 Known from PubMed's links between records."
    ) in text
    line = " ".join(re.sub(r"<[^>]+>", " ", site.get(f"/evidence/-/claim/{key}").text).split())
    assert "PMID 101 expression of concern corrected" in line
