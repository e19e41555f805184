"""The named queries: right rows, checked parameters, reading only, and no scan of all links."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tables_world import World

from litmap.errors import QueryError
from litmap.tables import queries
from tests.conftest import Litmap

NEEDED = [
    "claims-by-level",
    "claims-without-evidence",
    "claims-needing-another-source",
    "evidence-for-claim",
    "evidence-for-condition",
    "evidence-for-route",
    "map-cells",
    "records-by-level",
    "retracted-in-use",
    "unlinked-records",
    "documents",
    "tag-origins",
    "searches",
]
REQUIRED = {"claim": "1", "condition": "depression", "route": "intravenous"}


def column(world: World, name: str, wanted: str, **params: str) -> list[object]:
    result = queries.get(name).run(world.conn, params)
    return [row[result.columns.index(wanted)] for row in result.rows]


def needed(query: queries.NamedQuery) -> dict[str, str]:
    return {p.name: REQUIRED[p.name] for p in query.parameters if p.required}


def test_all_the_promised_queries_are_there_and_described() -> None:
    found = queries.named()
    assert set(NEEDED) <= set(found)
    assert all(query.title and query.description for query in found.values())
    assert all(parameter.help for query in found.values() for parameter in query.parameters)


@pytest.mark.parametrize("name", sorted(queries.named()))
def test_every_query_runs_and_its_columns_are_distinct(world: World, name: str) -> None:
    query = queries.get(name)
    result = query.run(world.conn, needed(query))
    assert len(set(result.columns)) == len(result.columns)
    assert result == query.run(world.conn, needed(query))


@pytest.mark.parametrize("name", sorted(queries.named()))
def test_an_empty_parameter_means_its_default_as_datasette_sends_it(world: World, name: str) -> None:
    query = queries.get(name)
    filled = query.values(world.conn, needed(query))
    bare = {p.name: filled[p.name] if p.required else "" for p in query.parameters}
    assert query.run(world.conn, needed(query)).rows == [tuple(row) for row in world.conn.execute(query.sql, bare)]


@pytest.mark.parametrize("name", sorted(queries.named()))
def test_no_query_scans_all_links(world: World, name: str) -> None:
    query = queries.get(name)
    values = query.values(world.conn, needed(query))
    plan = [row[3] for row in world.conn.execute(f"explain query plan {query.sql}", values)]
    aliases = {"links", *re.findall(r"\blinks ([a-z]+)\b", query.sql)}
    assert not [step for step in plan if re.match(r"SCAN (\w+)", step) and re.match(r"SCAN (\w+)", step)[1] in aliases]  # type: ignore[index]


def test_claims_by_level_is_this_level_or_better_as_a_number(world: World) -> None:
    assert column(world, "claims-by-level", "highest_level", level="1") == [1, 1]
    assert column(world, "claims-by-level", "highest_level", level="2") == [1, 1, 2]
    assert column(world, "claims-by-level", "highest_level") == [1, 1, 2, None, None]
    assert column(world, "claims-by-level", "condition", condition="mood-disorders") == [
        "bipolar-disorder",
        "depression",
    ]
    assert column(world, "claims-by-level", "claim_id", route="intravenous") == [1]


def test_only_questions_for_the_literature_are_without_evidence(world: World) -> None:
    assert column(world, "claims-without-evidence", "claim_id") == [2]
    assert column(world, "claims-without-evidence", "condition") == ["ptsd"]
    assert column(world, "claims-without-evidence", "searched_at") == ["2026-01-05T00:00:00Z"]
    assert column(world, "claims-needing-another-source", "claim_id") == [3]


def test_evidence_for_a_claim_by_id_or_key(world: World) -> None:
    assert column(world, "evidence-for-claim", "pmid", claim="1") == [101, 102, 103]
    assert column(world, "evidence-for-claim", "pmid", claim="key0001", show="all") == [101, 102, 103, 106]
    assert column(world, "evidence-for-claim", "decided", claim="1") == ["AB: include (supports)", None, None]


def test_the_level_is_the_one_for_what_the_claim_asks(world: World) -> None:
    for pmid, rank in ((101, 4), (102, 3), (103, 4)):
        world.add(
            "record_levels", pmid=pmid, scheme="ocebm-harm", ruleset="r1", rule="H", design="cohort", rank=rank, basis="curated", provisional=1,
        )  # fmt: skip
    levels = {}
    for question in ("benefit", "harm", "mechanism"):
        world.store.conn.execute("update claims set question = ? where id = 1", (question,))
        found = zip(column(world, "evidence-for-claim", "pmid", claim="1"), column(world, "evidence-for-claim", "level", claim="1"), strict=True)
        levels[question] = dict(found)
    assert levels["benefit"][101] == 2
    assert (levels["harm"][101], levels["harm"][102]) == (4, 3)
    assert levels["harm"][103] is None, "it is retracted"
    assert set(levels["mechanism"].values()) == {None}


def test_a_withdrawn_decision_is_not_shown(world: World) -> None:
    world.decide(1, 101, verdict=None, kind="withdrawal")
    assert column(world, "evidence-for-claim", "decided", claim="1") == [None, None, None]


def test_a_condition_includes_the_narrower_ones(world: World) -> None:
    assert column(world, "evidence-for-condition", "pmid", condition="depression") == [101, 102, 103]
    assert column(world, "evidence-for-condition", "pmid", condition="mood-disorders") == [104, 101, 102, 103]
    assert column(world, "evidence-for-condition", "pmid", condition="mood-disorders", route="oral") == [104]
    assert column(world, "evidence-for-route", "pmid", route="oral") == [104, 106]


def test_a_replaced_slug_gives_its_successor(world: World) -> None:
    world.add(
        "conditions", slug="melancholia", label="Melancholia", status="replaced", replaced_by="depression", position=99
    )
    assert column(world, "evidence-for-condition", "pmid", condition="melancholia") == [101, 102, 103]


def test_retracted_records_in_use_name_claim_and_notice(world: World) -> None:
    assert column(world, "retracted-in-use", "pmid") == [103]
    assert column(world, "retracted-in-use", "notice_pmid") == [104]
    assert column(world, "retracted-in-use", "pmid", kind="concern") == []


def test_records_that_bear_on_nothing(world: World) -> None:
    assert column(world, "unlinked-records", "pmid") == [106, 105]
    assert column(world, "unlinked-records", "n_links") == [1, 0]


@pytest.mark.parametrize(
    ("name", "params", "says", "hint"),
    [
        ("claims-by-levl", {}, "no query is called 'claims-by-levl'", "claims-by-level"),
        ("claims-by-level", {"levle": "1"}, "has no parameter 'levle'", "did you mean level"),
        ("claims-by-level", {"level": "two"}, "level must be a whole number", ""),
        ("claims-by-level", {"question": "benfit"}, "question cannot be 'benfit'", "did you mean benefit"),
        ("claims-by-level", {"condition": "depresion"}, "no condition 'depresion'", "did you mean depression"),
        ("evidence-for-claim", {}, "needs claim", "-p claim="),
        ("evidence-for-claim", {"claim": "999"}, "no claim '999'", ""),
        ("documents", {"x": "1"}, "no parameter 'x'", "versions"),
    ],
)
def test_what_is_wrong_is_said_with_a_close_match(
    world: World, name: str, params: dict[str, str], says: str, hint: str
) -> None:
    with pytest.raises(QueryError) as caught:
        queries.get(name).run(world.conn, params)
    assert says in str(caught.value)
    assert hint in caught.value.hint


def test_a_users_own_queries_are_added(world: World, tmp_path: Path) -> None:
    (tmp_path / "mine.sql").write_text(
        "-- title: Mine\n-- parameter: n | integer | 2 | How many.\nselect pmid from records order by pmid limit cast(:n as integer);\n"
    )
    query = queries.get("mine", tmp_path)
    assert query.title == "Mine"
    assert query.run(world.conn).rows == [(101,), (102,)]


@pytest.mark.parametrize(
    ("name", "sql", "says"),
    [
        ("mine.sql", "delete from records", "is a SELECT"),
        ("mine.sql", "select 1; drop table records", "more than one statement"),
        ("mine.sql", "select :x", "x is used but not described"),
        ("mine.sql", "-- parameter: y | text | | h\nselect 1", "y is described but not used"),
        ("mine.sql", "-- parameter: y text\nselect :y", "line 1: not a parameter"),
        ("mine.sql", "-- parameter: y | txt | | h\nselect :y", "'txt' is not a type"),
        ("documents.sql", "select 1", "is taken"),
        ("My Query.sql", "select 1", "small letters"),
    ],
)
def test_a_users_query_with_a_mistake_is_refused_by_name(tmp_path: Path, name: str, sql: str, says: str) -> None:
    (tmp_path / name).write_text(sql)
    with pytest.raises(QueryError, match=re.escape(says)):
        queries.named(tmp_path)


@pytest.mark.parametrize(
    "sql", ["select * from nowhere", "with x as (select 1) delete from meta", "select load_extension('x')"]
)
def test_a_query_can_only_read(world: World, tmp_path: Path, sql: str) -> None:
    (tmp_path / "mine.sql").write_text(sql)
    with pytest.raises(QueryError, match=re.escape("mine.sql")):
        queries.get("mine", tmp_path).run(world.conn)
    world.add("meta", key="still", value="writable")


def test_full_text_search_works_in_a_users_query(world: World, tmp_path: Path) -> None:
    (tmp_path / "mine.sql").write_text("select rowid from records_fts where records_fts match 'trial'")
    assert queries.get("mine", tmp_path).run(world.conn).rows == []


def test_the_command_lists_prints_sql_and_rows(world: World) -> None:
    from litmap.commands.query import command

    def run(*args: str) -> str:
        outcome = CliRunner().invoke(command, [str(world.store.path), *args], catch_exceptions=False)
        assert outcome.exit_code == 0, outcome.output
        return outcome.stdout

    assert "claims-by-level" in run("--list")
    assert run("documents", "--sql").startswith("-- title: Documents")
    assert [row["source"] for row in json.loads(run("documents", "--json"))] == ["other.md", "page.html"]
    assert run("records-by-level", "-p", "level=1", "--csv").splitlines()[1].startswith("1,systematic-review,104")


def test_a_terminal_shows_the_start_of_a_digest_and_data_keep_it_whole(world: World, litmap: Litmap) -> None:
    digest = "f" * 64
    world.conn.execute("update documents set sha256 = ?", (digest,))
    world.claim(1, "**Bold** claims about approval.", question="official-record")
    shown, data = (litmap("query", world.store.path, "documents", *form).out for form in ((), ("--csv",)))
    assert (digest[:12] in shown, digest in shown, digest in data) == (True, False, True)
    assert "03:04" in shown.split()
    assert "2026-01-02T03:04:05Z" in data
    named = ("query", world.store.path, "claims-needing-another-source")
    assert ("**" in litmap(*named).out, "**Bold**" in litmap(*named, "--csv").out) == (False, True)
