"""The codebook: what each code means, and the blank form in which a person codes records."""

from __future__ import annotations

from collections.abc import Iterator

from litmap.store import Store
from litmap.tables.table import Column, Row, Table
from litmap.vocabulary import Vocabulary
from litmap.vocabulary.entries import FILES, ROLES

CODES = (
    Column("field", "Field", "the column of the coding form", width=12),
    Column("code", "Code", "what to enter", width=26),
    Column("label", "Label", "what it is called", width=30),
    Column("parent", "Within", "the broader code", width=20),
    Column("definition", "Definition", "when it applies: MeSH headings, notes", width=60),
    Column("terms", "Said as", "some of the wordings that mean it", width=50, forms="data"),
)
FORM = (
    Column("pmid", "PMID", "the record", "pmid", 10),
    Column("title", "Title", "its title", width=60),
    Column("condition", "Condition", "slugs joined by semicolons; none where none applies; empty: not coded", width=24),
    Column("route", "Route", "likewise", width=18),
    Column("intervention", "Intervention", "likewise", width=18),
    Column("design", "Design", "one design", width=18),
    Column("level", "Level", "1 to 5, or none", width=8),
)
_DESIGNS = "systematic-review pooled-analysis randomized-trial controlled-trial single-arm-trial secondary-analysis cohort case-control cross-sectional case-series case-report qualitative narrative-review scoping-review guideline protocol opinion notice laboratory undetermined"
_ROLE_HELP = {
    "indication": "the condition that is treated or meant to be (the default)",
    "population": "the people studied have it, but it is not what is treated",
    "outcome": "it is measured only",
    "adverse-effect": "the treatment may cause it",
    "contraindication": "who has it should not get the treatment",
    "model": "it is induced, or stands for another condition",
    "studied": "what is examined (the default)",
    "comparator": "what it is compared with",
    "co-medication": "given besides",
    "not-studied": "mentioned, asked for or denied, but not examined",
}
_MOST_TERMS = 12


def codes(store: Store, _include_retracted: bool = False) -> Table:
    """Return every code with its definition: conditions, routes, interventions, roles, designs, levels."""
    texts = {
        row["name"]: row["content"] for row in store.rows("select name, content from vocabulary_files order by name")
    }
    vocabulary = Vocabulary.from_texts(texts)
    rows = [
        *_concepts(vocabulary),
        *_roles(),
        *(("design", design, design.replace("-", " "), None, None, None) for design in _DESIGNS.split()),
    ]
    rows += [
        ("level", str(row["rank"]), row["label"], None, row["description"], None)
        for row in store.rows(
            "select rank, label, description from evidence_levels where scheme = 'ocebm-benefit' order by rank"
        )
    ]
    return Table(
        "codebook",
        "Codebook",
        "What each code of the coding form means.",
        CODES,
        rows,
        (f"Vocabulary: {vocabulary.version}.",),
        group="field",
    )


def _concepts(vocabulary: Vocabulary) -> Iterator[Row]:
    said: dict[tuple[str, str], list[str]] = {}
    for term in vocabulary.terms:
        if term.kind != "excluded":
            said.setdefault((term.facet, term.slug), []).append(term.wording)
    for facet in FILES:
        for entry in vocabulary.entries(facet):
            if entry.status != "active":
                continue
            mesh = "; ".join(heading for _, heading in entry.mesh)
            definition = ". ".join(part for part in (f"MeSH: {mesh}" if mesh else "", entry.notes or "") if part)
            terms = "; ".join(said.get((facet, entry.slug), [])[:_MOST_TERMS])
            yield (facet, entry.slug, entry.label, entry.parent, definition or None, terms or None)


def _roles() -> Iterator[Row]:
    for kind, roles in ROLES.items():
        name = "role of a condition" if kind == "condition" else "role of a route or intervention"
        for role in roles:
            yield (name, role, role.replace("-", " "), None, _ROLE_HELP[role], None)


def form(store: Store, _include_retracted: bool = False) -> Table:
    """Return the blank coding form: one row for each record, to be filled by a person who has not seen the machine's tags."""
    rows = (
        (row["pmid"], row["title"], None, None, None, None, None)
        for row in store.conn.execute("select pmid, title from records order by pmid")
    )
    return Table(
        "coding-form",
        "Coding form",
        "One row for each record; the codes are in the codebook.",
        FORM,
        rows,
        ("Join several codes with semicolons; write none where none applies; leave empty what was not coded.",),
    )
