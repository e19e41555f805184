"""What people confirmed of a random sample stands on the home page."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from litmap.review.decisions import decide
from litmap.review.sampling import draw
from litmap.store import open_store


def test_the_home_page_says_what_share_of_a_sample_was_confirmed(evidence: Path, tmp_path: Path, site_of: Any) -> None:
    path = shutil.copy(evidence, tmp_path / "evidence.db")
    with open_store(path) as store:
        (key, pmid), *_ = draw(store, 3).links
        decide(store, claim_key=key, pmid=pmid, reviewer="Ann", verdict="include")
    page = " ".join(site_of(path).get("/evidence").text.split())
    assert "of a random sample of suggestions, 100 % of 1 (95 % interval 21 to 100 %) confirmed; 3 were drawn" in page


def test_one_link_looked_at_is_no_share_of_links(evidence: Path, tmp_path: Path, site_of: Any) -> None:
    path = shutil.copy(evidence, tmp_path / "evidence.db")
    with open_store(path) as store, store.transaction() as conn:
        conn.execute("drop trigger decisions_no_delete")
        conn.execute("delete from decisions where pmid = 102")
    assert "the one link looked at was confirmed" in site_of(path).get("/evidence").text
