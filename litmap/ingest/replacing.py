"""Replace a map's vocabulary by another one, keeping what people entered under the old slugs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from litmap.errors import VocabularyError
from litmap.ingest.derive import Changes, retag
from litmap.ingest.new import FACETS, stored_vocabulary, write_vocabulary
from litmap.store import Store
from litmap.vocabulary import Vocabulary
from litmap.vocabulary.entries import FILES


@dataclass(frozen=True)
class Replaced:
    """What replacing did: slugs that went, slugs kept as retired (old -> new), and what tagging again changed."""

    dropped: tuple[tuple[str, str], ...]
    mapped: tuple[tuple[str, str, str], ...]
    changes: Changes


def replace_vocabulary(
    store: Store, texts: Mapping[str, str], *, progress: Callable[[int], None] = lambda _: None
) -> Replaced:
    """Put the vocabulary of `texts` (CSV by file name) in the place of the map's own, then tag everything again.

    One transaction: on an error nothing has changed. A slug that a person's entry uses and the new vocabulary lacks stays,
    retired, replaced by its nearest old ancestor that the new one has. Raises VocabularyError for a mistake in the new
    vocabulary, or for such a slug without such an ancestor.
    """
    old, new = stored_vocabulary(store), Vocabulary.from_texts(texts)
    mapped = tuple(_mapped(old, new, used_slugs(store)))
    complete = Vocabulary.from_texts(_with_retired(old, new.texts, mapped)) if mapped else new
    dropped = tuple(
        (facet, entry.slug) for facet in FACETS for entry in old.entries(facet) if complete.entry(facet, entry.slug) is None
    )  # fmt: skip
    with store.transaction():
        _forget(store, dropped)
        write_vocabulary(store.conn, complete)
        for facet, slug in dropped:
            store.conn.execute(f"delete from {FACETS[facet]} where slug = ?", (slug,))
        changes = retag(store, vocabulary=complete, progress=progress)
    return Replaced(dropped, mapped, changes)


def used_slugs(store: Store) -> list[tuple[str, str]]:
    """Return the (facet, slug) pairs that people's entries use: corrections of tags, and tags given with claims."""
    used = {
        (row["field"], row["slug"])
        for row in store.rows("select distinct field, slug from corrections where subject = 'tag' and slug is not null")
    }
    for row in store.rows("select given from documents where given <> '[]'"):
        used |= {(facet, slug) for claim in json.loads(row["given"]) for facet, slug in claim["tags"] or ()}
    return sorted(pair for pair in used if pair[0] in FACETS)


def _mapped(old: Vocabulary, new: Vocabulary, used: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str, str]]:
    for facet, slug in used:
        if new.entry(facet, slug) is not None or old.entry(facet, slug) is None:
            continue
        entry = old.entry(facet, slug)
        candidates = [entry.replaced_by] if entry and entry.replaced_by else []
        target = next((other for other in (*candidates, *old.ancestors(facet, slug)) if new.entry(facet, other)), None)
        if target is None:
            raise VocabularyError(
                f"people's entries use the {facet} {slug!r}, which the new vocabulary lacks",
                f"add a row to {FILES[facet]}: {slug} with status retired and the slug that replaces it in replaced_by",
            )
        yield facet, slug, target


def _with_retired(old: Vocabulary, texts: Mapping[str, str], mapped: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Add a retired row for each mapped slug to the CSV texts."""
    complete = dict(texts)
    for facet, slug, target in mapped:
        name = FILES[facet]
        columns = next(csv.reader(io.StringIO(complete[name].removeprefix("\ufeff"))))
        columns += [column for column in ("status", "replaced_by") if column not in columns]
        rows = list(csv.DictReader(io.StringIO(complete[name].removeprefix("\ufeff"), newline="")))
        entry = old.entry(facet, slug)
        rows.append(
            {
                "slug": slug,
                "label": entry.label if entry else slug,
                "status": "retired",
                "replaced_by": target,
                "on_map": "no",
            }
        )
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(buffer, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        complete[name] = buffer.getvalue()
    return complete


def _forget(store: Store, dropped: Iterable[tuple[str, str]]) -> None:
    """Remove what was derived with slugs that go. Tagging again makes it anew."""
    for facet, slug in dropped:
        for who in ("claim", "record"):
            store.conn.execute(f"delete from {who}_{FACETS[facet]} where {facet} = ?", (slug,))
        if facet == "condition":
            store.conn.execute("delete from claim_evidence where condition = ?", (slug,))
        store.conn.execute(f"update {FACETS[facet]} set parent = null where parent = ?", (slug,))
