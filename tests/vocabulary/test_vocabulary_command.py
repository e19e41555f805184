"""litmap vocabulary: check, export, replace."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from litmap.resources import folder

TOPIC = folder("examples") / "topics" / "magnetic-stimulation"
Litmap = Callable[..., Any]


def rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(db) as conn:
        return conn.execute(sql).fetchall()


def write(db: Path, sql: str, *values: object) -> None:
    conn = sqlite3.connect(db)
    conn.execute(sql, values)
    conn.commit()
    conn.close()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(
        "Ketamine infusions relieve chronic pain.\n\nMagnetic stimulation relieves depression.\n", encoding="utf-8"
    )
    return path


def test_it_lists_the_vocabulary(litmap: Litmap, db: Path) -> None:
    listed = json.loads(litmap("vocabulary", db, "--json").out)
    assert {
        "facet": "condition",
        "slug": "ptsd",
        "label": "Post-traumatic stress disorder",
        "parent": None,
        "on_map": "yes",
        "replaced_by": None,
    } in listed


def test_check_lists_mistakes_and_refuses(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    done = litmap("vocabulary", db, "--check", TOPIC)
    assert (done.code, done.out) == (0, "")
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "conditions.csv").write_text(
        "slug,label,parent,terms\ngout,Gout,joints,gout\ngout,Gout,,podagra\n", encoding="utf-8"
    )
    (bad / "interventions.csv").write_text("slug,label,terms\ndiet,Diet,diet\n", encoding="utf-8")
    done = litmap("vocabulary", db, "--check", bad)
    assert done.code == 1
    assert done.out.splitlines() == [
        "conditions.csv, line 2: unknown parent 'joints' of 'gout'",
        "conditions.csv, line 3: duplicate slug 'gout' (first on line 2)",
    ]


def test_export_gives_what_replace_takes(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    assert litmap("vocabulary", db, "--export", target).code == 0
    before = rows(db, "select name, content from vocabulary_files order by name")
    assert litmap("vocabulary", db, "--replace", target).code == 0
    assert rows(db, "select name, content from vocabulary_files order by name") == before
    assert litmap("vocabulary", db, "--export", target).code == 1


def test_replace_tags_again(litmap: Litmap, db: Path, page: Path) -> None:
    assert litmap("import", db, page).code == 0
    assert ("chronic-pain",) in rows(db, "select condition from claim_conditions")
    done = litmap("vocabulary", db, "--replace", TOPIC)
    assert done.code == 0, done.err
    assert rows(db, "select distinct intervention from claim_interventions") == [("tms",)]
    assert rows(db, "select distinct condition from claim_conditions") == [("depression",)]
    assert rows(db, "select count(*) from conditions where slug = 'chronic-pain'") == [(0,)]
    assert rows(db, "pragma foreign_key_check") == []


def test_a_slug_that_people_used_is_mapped(litmap: Litmap, db: Path, page: Path, tmp_path: Path) -> None:
    litmap("import", db, page)
    key = rows(db, "select key from claims limit 1")[0][0]
    write(
        db,
        "insert into corrections (subject, claim_key, field, slug, role, action, reviewer, made_at) values ('tag', ?, 'condition', 'postpartum-depression', 'indication', 'add', 'ana', '2025-01-01T00:00:00Z')",
        key,
    )
    done = litmap("vocabulary", db, "--replace", TOPIC)
    assert done.code == 0, done.err
    assert "postpartum-depression: kept for people's entries, replaced by depression" in done.err
    assert rows(db, "select status, replaced_by from conditions where slug = 'postpartum-depression'") == [
        ("retired", "depression")
    ]
    assert litmap("vocabulary", db, "--replace", TOPIC).code == 0  # and it stays mapped


def test_a_used_slug_without_a_successor_stops_it(litmap: Litmap, db: Path, page: Path) -> None:
    litmap("import", db, page)
    key = rows(db, "select key from claims limit 1")[0][0]
    write(
        db,
        "insert into corrections (subject, claim_key, field, slug, role, action, reviewer, made_at) values ('tag', ?, 'condition', 'crps', 'indication', 'add', 'ana', '2025-01-01T00:00:00Z')",
        key,
    )
    before = rows(db, "select count(*) from conditions")
    done = litmap("vocabulary", db, "--replace", TOPIC)
    assert done.code == 1
    assert "'crps'" in done.err
    assert "replaced_by" in done.err
    assert rows(db, "select count(*) from conditions") == before


def test_a_mistake_changes_nothing(litmap: Litmap, db: Path, tmp_path: Path) -> None:
    before = rows(db, "select slug from conditions order by slug")
    (tmp_path / "conditions.csv").write_text("slug,label,terms\ngout,Gout,the\n", encoding="utf-8")
    done = litmap("vocabulary", db, "--replace", tmp_path)
    assert done.code == 1
    assert "conditions.csv, line 2" in done.err
    assert rows(db, "select slug from conditions order by slug") == before


def test_one_thing_at_a_time(litmap: Litmap, db: Path) -> None:
    assert litmap("vocabulary", db, "--check", TOPIC, "--replace", TOPIC).code == 2
