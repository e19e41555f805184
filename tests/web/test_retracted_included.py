"""A retracted record that reviewers included: map, query, export and pages of one file say the same of it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from litmap.linking import link
from litmap.review.decisions import decide
from tests.conftest import Litmap
from tests.support_maps import Map

ABOUT: dict[str, Any] = {"condition": ["depression"], "intervention": ["ketamine"], "route": ["intravenous"]}
TRIAL = {"level": 2, "level_by_design": 2, "design": "randomized-trial"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two claims. For the first, a trial that supports it, and one that contradicts it; for the second, one trial."""
    made = Map(tmp_path / "evidence.db")
    for pmid in (11, 12, 13):
        made.record(pmid, f"Ketamine infusions and relief of depression: trial {pmid}", **TRIAL, **ABOUT)
    made.record(21, "Ketamine infusions in posttraumatic stress disorder", **TRIAL, **ABOUT | {"condition": ["ptsd"]})
    made.record(22, "Ketamine infusions in posttraumatic stress disorder again", **TRIAL, **ABOUT | {"condition": ["ptsd"]})
    made.claim("one", "Ketamine infusions relieve depression.", **ABOUT)
    made.claim("two", "Ketamine infusions relieve posttraumatic stress disorder.", **ABOUT | {"condition": ["ptsd"]})
    with made.store.transaction() as conn:
        conn.execute('insert into claim_occurrences select id, document_id, start, "end" from claims')
    link(made.store)
    for key, pmid, stance in (("one", 11, "supports"), ("one", 12, "contradicts"), ("two", 21, "supports")):
        decide(made.store, claim_key=key, pmid=pmid, reviewer="Ann", verdict="include", stance=stance)
    made.store.close()
    return tmp_path / "evidence.db"


def retract(litmap: Litmap, path: Path, *pmids: int) -> None:
    listed = path.with_name("list.csv")
    listed.write_text("pmid,notice,date\n" + "".join(f"{pmid},{pmid}9,2025-10-01\n" for pmid in pmids))
    assert litmap("load", path, "--retractions", listed).code == 0


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def said(litmap: Litmap, path: Path, site_of: Any) -> dict[str, dict[str, dict[str, int]]]:
    """The directions for each condition, as the map, the query, the export and the site's map have them."""
    cells = [row for row in rows(litmap("map", path, "--csv").out) if row["column"] == "intravenous"]
    asked = rows(litmap("query", path, "claims-by-level", "--csv").out)
    litmap("export", path, "evidence", "-o", path.with_name("e.csv"), "--force")
    exported = rows(path.with_name("e.csv").read_text(encoding="utf-8-sig"))
    served = rows(site_of(path).get("/evidence/-/map.csv").text)
    return {
        condition: {
            "map": next(json.loads(row["directions"]) for row in cells if row["row"] == condition),
            "site": next(
                json.loads(row["directions"])
                for row in served
                if (row["row"], row["column"]) == (condition, "intravenous")
            ),
            "query": next(json.loads(row["n_by_stance"]) for row in asked if row["condition"] == condition),
            "export": {
                stance: int(row[stance])
                for row in exported
                for stance in ("supports", "contradicts")
                if row["condition"] == condition and row[stance] not in ("", "0")
            },
        }
        for condition in ("depression", "ptsd")
    }


def words(site: Any, page: str) -> str:
    answer = site.get(f"/evidence/-/{page}")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("&nbsp;", " ").split())


def test_the_direction_of_a_retracted_record_counts_nowhere(litmap: Litmap, path: Path, site_of: Any) -> None:
    before = said(litmap, path, site_of)
    assert all(found == {"supports": 1, "contradicts": 1} for found in before["depression"].values())
    retract(litmap, path, 12, 21)
    now = said(litmap, path, site_of)
    assert all(found == {"supports": 1} for found in now["depression"].values()), now
    assert all(found == {} for found in now["ptsd"].values()), now
    text = litmap("map", path).out
    assert "+1 !1" in text
    assert "+1 !2" in text  # the total
    assert "-1" not in text.partition("3/12")[0]
    assert "1 for 1 retracted" in words(site_of(path), "map")
    litmap("map", path, "--svg", path.with_name("m.svg"))
    assert "directions: 1 supports; 1 retracted" in path.with_name("m.svg").read_text()


def test_where_all_that_was_included_is_retracted_it_is_said(litmap: Litmap, path: Path, site_of: Any) -> None:
    retract(litmap, path, 21)
    site = site_of(path)
    claim = words(site, "claim/two")
    assert "the only included record is retracted" in claim
    assert "no record bears" not in claim
    assert "not searched" not in claim
    assert "the only included record is retracted" in words(site, "document/1")
    assert "only retracted 1 claim 2 records 1 retracted" in words(site, "map")
    row = next(line for line in litmap("map", path).out.splitlines() if line.startswith("Ptsd"))
    assert "1/2 r " in f"{row} "
    litmap("map", path, "--svg", path.with_name("m.svg"))
    assert "all that was reviewed is retracted" in path.with_name("m.svg").read_text()
    litmap("report", path, "1", "-o", path.with_name("r.md"))
    assert "the only included record is retracted" in path.with_name("r.md").read_text()
    (bare,) = rows(litmap("query", path, "claims-without-evidence", "--csv").out)
    assert (bare["condition"], bare["n_retracted"]) == ("ptsd", "1")


def test_lists_of_decisions_mark_retracted_records(litmap: Litmap, path: Path) -> None:
    retract(litmap, path, 12)
    listed = {row["pmid"]: row["integrity"] for row in rows(litmap("decisions", path, "--csv").out)}
    assert listed == {"11": "", "12": "retracted", "21": ""}
    waiting = rows(litmap("decisions", path, "--awaiting", "--csv").out)
    assert {row["pmid"]: row["integrity"] for row in waiting} == listed
    litmap("export", path, "decisions", "-o", path.with_name("d.csv"))
    exported = rows(path.with_name("d.csv").read_text(encoding="utf-8-sig"))
    assert {row["pmid"]: row["integrity"] for row in exported} == listed
