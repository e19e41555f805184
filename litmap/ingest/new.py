"""Make a new map: the schema, the vocabulary and the names of the levels."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from litmap import store as database
from litmap.errors import InputError
from litmap.evidence import Rules
from litmap.resources import folder
from litmap.store import Store
from litmap.vocabulary import Vocabulary

FACETS = {"condition": "conditions", "route": "routes", "intervention": "interventions"}


def create_map(path: Path, vocabulary_folder: Path | None = None) -> Store:
    """Create a map at `path` and return it open.

    Raises StoreError when the path is taken or cannot be written, VocabularyError for a mistake in
    the vocabulary (nothing is left behind in either case).
    """
    if vocabulary_folder is not None and not vocabulary_folder.is_dir():
        raise InputError(
            f"{vocabulary_folder} is not a folder",
            "give a folder with conditions.csv, routes.csv and interventions.csv",
        )
    vocabulary = Vocabulary.from_folder(vocabulary_folder or folder("db") / "vocabulary")
    rules = Rules.load()
    store = database.create(path)
    try:
        with store.transaction() as conn:
            write_vocabulary(conn, vocabulary)
            write_levels(conn, rules)
            store.set_meta("vocabulary", vocabulary.version)
            store.set_meta("ruleset", rules.version)
    except BaseException:
        store.close()
        path.unlink(missing_ok=True)
        raise
    return store


def write_vocabulary(conn: sqlite3.Connection, vocabulary: Vocabulary) -> None:
    """Write the vocabulary's files and its three tables. Slugs that vanish from it must be mapped before."""
    conn.execute("delete from vocabulary_files")
    conn.executemany("insert into vocabulary_files (name, content) values (?, ?)", sorted(vocabulary.texts.items()))
    for facet, table in FACETS.items():
        conn.executemany(
            f"insert into {table} (slug, label, parent, status, replaced_by, mesh, on_map, position, notes) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict (slug) do update set label = excluded.label, parent = excluded.parent, status = excluded.status,"
            " replaced_by = excluded.replaced_by, mesh = excluded.mesh, on_map = excluded.on_map, position = excluded.position, notes = excluded.notes",
            [
                (
                    entry.slug,
                    entry.label,
                    entry.parent or None,
                    entry.status,
                    entry.replaced_by or None,
                    "; ".join(heading for _ui, heading in entry.mesh) or None,
                    int(entry.on_map),
                    entry.position,
                    entry.notes or None,
                )
                for entry in vocabulary.entries(facet)
            ],
        )


def write_levels(conn: sqlite3.Connection, rules: Rules) -> None:
    """Write what each level of each scheme is called."""
    conn.execute("delete from evidence_levels")
    conn.executemany(
        "insert into evidence_levels (scheme, rank, label, description) values (?, ?, ?, ?)", rules.levels()
    )


def stored_vocabulary(store: Store) -> Vocabulary:
    """Return the vocabulary that this map holds."""
    return Vocabulary.from_texts(
        {row["name"]: row["content"] for row in store.rows("select name, content from vocabulary_files order by name")}
    )
