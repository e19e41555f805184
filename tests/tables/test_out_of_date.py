"""Commands that show sums say when these are out of date, in one line."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from tables_world import World


@pytest.mark.parametrize(
    "words",
    ["query {} claims-by-level", "export {} evidence -o {}.csv", "map {}", "report {} p -o {}.md", "publish {} {}.d"],
)
def test_sums_of_claims_that_are_due_are_said_to_be_out_of_date(empty: World, litmap: Any, words: str) -> None:
    path: Path = empty.store.path
    claim = empty.claim(empty.document("p"), "Ketamine helps.")
    empty.record(1)
    empty.link(claim, 1)
    told = f"Out of date: links of 1 claim were made from other claims, records or tags than the map holds now: litmap link {path}\n"
    asked = [word.format(path) for word in shlex.split(words)]
    empty.add("meta", key="link_top", value="50")
    empty.add("meta", key="extractor", value="x")
    done = litmap(*asked)
    assert done.err.count(told) == 1, done.err
    empty.add("link_inputs", claim_id=claim, digest="x")
    done = litmap(*asked, *(["--force"] if words.startswith(("export", "report", "publish")) else []))
    assert told not in done.err
