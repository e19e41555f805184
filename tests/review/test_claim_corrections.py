"""litmap claims: the list, and corrections that outlive importing and tagging again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from litmap.ingest.derive import retag
from litmap.review import corrections
from litmap.store import open_store
from tests.conftest import Litmap

TEXT = "Yoga\n\nYoga lowers anxiety. Yoga was first described in India. Calm breath, warm light.\n"


@pytest.fixture
def page(tmp_path: Path, litmap: Litmap, db: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(TEXT)
    assert litmap("import", db, path).code == 0
    return path


def listed(litmap: Litmap, db: Path, *words: object) -> dict[str, dict[str, Any]]:
    done = litmap("claims", db, "--json", *words)
    assert done.code == 0, done.err
    return {row["claim"]: row for row in json.loads(done.out)}


def key_of(litmap: Litmap, db: Path, text: str) -> str:
    return str(listed(litmap, db, "--status", "all")[text]["key"])


def again(db: Path, litmap: Litmap, page: Path) -> None:
    """Tag everything again, and import the page with a sentence put before the others."""
    with open_store(db) as store:
        retag(store)
    page.write_text(TEXT.replace("Yoga lowers", "Yoga is an old practice. Yoga lowers"))
    assert litmap("import", db, page).code == 0


def test_the_list_and_its_filters(litmap: Litmap, db: Path, page: Path) -> None:
    found = listed(litmap, db)
    assert list(found) == ["Yoga lowers anxiety.", "Yoga was first described in India."]
    row = found["Yoga lowers anxiety."]
    assert TEXT[row["start"] : row["end"]] == "Yoga lowers anxiety."
    assert list(listed(litmap, db, "--type", "history")) == ["Yoga was first described in India."]
    assert list(listed(litmap, db, "--document", page)) == list(found)
    assert listed(litmap, db, "--status", "dismissed") == {}


def test_a_dismissed_claim_stays_dismissed_until_it_is_restored(litmap: Litmap, db: Path, page: Path) -> None:
    key = key_of(litmap, db, "Yoga lowers anxiety.")
    assert litmap("claims", db, "--dismiss", key[:8], "--reviewer", "Ann", "--reason", "an aside").code == 0
    assert "Yoga lowers anxiety." not in listed(litmap, db)
    again(db, litmap, page)
    assert list(listed(litmap, db, "--status", "dismissed")) == ["Yoga lowers anxiety."]
    assert litmap("claims", db, "--restore", key, "--reviewer", "Ben").code == 0
    assert "Yoga lowers anxiety." in listed(litmap, db)
    with open_store(db, read_only=True) as store:
        kept = store.rows("select reviewer, reason, action from corrections order by id")
    assert [tuple(row) for row in kept] == [("Ann", "an aside", "remove"), ("Ben", None, "set")]


def test_what_a_person_set_outlives_deriving_again(litmap: Litmap, db: Path, page: Path) -> None:
    key = key_of(litmap, db, "Yoga lowers anxiety.")
    assert (
        litmap("claims", db, "--set", key, "type=safety", "--set", key, "polarity=deny", "--reviewer", "Ann").code == 0
    )
    again(db, litmap, page)
    row = listed(litmap, db)["Yoga lowers anxiety."]
    assert (row["type"], row["question"], row["polarity"]) == ("safety", "harm", "deny")


def test_an_added_claim_follows_its_words_and_goes_with_them(litmap: Litmap, db: Path, page: Path) -> None:
    start = TEXT.index("Calm breath")
    done = litmap("claims", db, "--add", page, start, start + 24, "--reviewer", "Ann")
    assert done.code == 0, done.err
    assert listed(litmap, db)["Calm breath, warm light."]["start"] == start
    again(db, litmap, page)
    row = listed(litmap, db)["Calm breath, warm light."]
    assert page.read_text()[row["start"] : row["end"]] == "Calm breath, warm light."
    page.write_text(TEXT.replace("Calm breath, warm light.", ""))
    assert litmap("import", db, page).code == 0
    assert "Calm breath, warm light." in listed(litmap, db, "--status", "gone")
    page.write_text(TEXT)
    assert litmap("import", db, page).code == 0
    assert "Calm breath, warm light." in listed(litmap, db)


def test_an_added_claim_is_tagged_and_can_be_searched(litmap: Litmap, db: Path, page: Path) -> None:
    page.write_text("Calm for PTSD and depression\n\nIt is an old practice.\n")
    litmap("import", db, page)
    assert litmap("claims", db, "--add", page, 0, 28, "--reviewer", "Ann").code == 0
    with open_store(db, read_only=True) as store:
        tags = store.rows(
            "select condition from claim_conditions c join claims on claims.id = c.claim_id where text like 'Calm%' order by 1"
        )
        assert [row[0] for row in tags] == ["depression", "ptsd"]
        assert store.value("select count(*) from claims_fts where claims_fts match 'text: calm'") == 1


def test_corrected_tags_outlive_deriving_again(litmap: Litmap, db: Path, page: Path) -> None:
    key = key_of(litmap, db, "Yoga lowers anxiety.")
    with open_store(db) as store, store.transaction() as conn:
        for slug, role, action in (("anxiety", None, "remove"), ("ptsd", "population", "add")):
            conn.execute(
                "insert into corrections (subject, claim_key, field, slug, role, action, reviewer, made_at) values ('tag', ?, 'condition', ?, ?, ?, 'Ann', '2024')",
                (key, slug, role, action),
            )
        corrections.apply_to_claims(conn)
    again(db, litmap, page)
    with open_store(db, read_only=True) as store:
        tags = store.rows(
            "select condition, role, origin from claim_conditions c join claims on claims.id = claim_id where key = ?",
            key,
        )
    assert [tuple(row) for row in tags] == [("ptsd", "population", "reviewer")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--dismiss", "nothing"), "no claim has the key"),
        (("--set", "KEY", "type=magic"), "is not a claim type"),
        (("--set", "KEY", "colour=red"), "nothing that can be set"),
        (("--add", "no.txt", 0, 5), "no document is called"),
        (("--add", "PAGE", 5, 5000), "lies outside"),
        (("--add", "PAGE", 4, 6), "nothing between"),
        (("--add", "PAGE", 6, 26), "a claim already"),
    ],
)
def test_refusals_write_nothing(litmap: Litmap, db: Path, page: Path, words: tuple[Any, ...], said: str) -> None:
    key = key_of(litmap, db, "Yoga lowers anxiety.")
    filled = [{"KEY": key, "PAGE": page}.get(word, word) for word in words]
    done = (
        litmap("claims", db, "--dismiss", key, *filled, "--reviewer", "Ann")
        if words[0] != "--add"
        else litmap("claims", db, *filled, "--reviewer", "Ann")
    )
    assert done.code == 1
    assert said in done.err
    with open_store(db, read_only=True) as store:
        assert store.value("select count(*) from corrections") == 0


def test_a_correction_needs_a_name(litmap: Litmap, db: Path, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of(litmap, db, "Yoga lowers anxiety.")
    assert litmap("claims", db, "--dismiss", key).code == 2
    assert litmap("claims", db, "--dismiss", key, "--reviewer", " ").code == 1
    monkeypatch.setenv("LITMAP_REVIEWER", "Ann")
    assert litmap("claims", db, "--dismiss", key).code == 0
