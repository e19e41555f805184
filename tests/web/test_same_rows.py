"""A named query gives the same rows on the command line and in Datasette: they are the same file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from litmap.tables.queries import named
from litmap.web.canned import address
from tests.conftest import Litmap

TABLES = ("documents", "searches")
REQUIRED = {"claim": "1", "condition": "depression", "route": "intravenous", "intervention": "ketamine", "integer": "2"}


@pytest.mark.parametrize("name", sorted(named()))
def test_the_command_line_and_datasette_agree(litmap: Litmap, site: Any, evidence: Path, name: str) -> None:
    given = {p.name: REQUIRED[p.kind] for p in named()[name].parameters if p.required or p.kind == "condition"}
    done = litmap(
        "query", evidence, name, "--json", *(word for key, value in given.items() for word in ("-p", f"{key}={value}"))
    )
    assert done.code == 0, done.err
    shown = site.json(f"/evidence/{address(name, TABLES)}.json?{urlencode({**given, '_shape': 'array'})}")
    assert shown == json.loads(done.out)


@pytest.mark.parametrize("table", TABLES)
def test_a_query_does_not_hide_the_table_of_its_name(site: Any, table: str) -> None:
    (first, *_) = site.json(f"/evidence/{table}.json?_shape=array")
    assert "sha256" in first or "translation" in first
    assert {"n_claims", "n_characters"} & set(site.json(f"/evidence/{address(table, TABLES)}.json?_shape=array")[0])
