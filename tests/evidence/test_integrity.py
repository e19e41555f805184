"""Retraction, concern, correction, update: in both directions."""

import pytest

from litmap.evidence import Rules
from litmap.evidence.integrity import worst
from litmap.model import IntegrityNote, PublicationType, Record, Relation

RULES = Rules.load()


def record(*relations: Relation, types: tuple[str, ...] = ("Randomized Controlled Trial",)) -> Record:
    return Record(
        pmid=7,
        title="Ketamine.",
        pub_date="2021-05",
        publication_types=tuple(PublicationType(None, name) for name in types),
        relations=relations,
    )


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ("RetractionIn", "retracted"),
        ("RetractedandRepublishedIn", "retracted"),
        ("PartialRetractionIn", "partly-retracted"),
        ("ExpressionOfConcernIn", "concern"),
        ("ErratumIn", "corrected"),
        ("CorrectedandRepublishedIn", "corrected"),
        ("UpdateIn", "superseded"),
    ],
)
def test_a_record_says_what_befell_it(kind: str, note: str) -> None:
    found = RULES.assess(record(Relation(kind, 9, None)))
    assert found.integrity == (IntegrityNote(note, 9, "relation"),)
    assert found.levels[0].rank == 2  # by design; the map shows none when retracted


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ("RetractionOf", "retracted"),
        ("RetractedandRepublishedFrom", "retracted"),
        ("PartialRetractionOf", "partly-retracted"),
        ("ExpressionOfConcernFor", "concern"),
        ("ErratumFor", "corrected"),
        ("UpdateOf", "superseded"),
    ],
)
def test_a_notice_says_what_befell_another(kind: str, note: str) -> None:
    assert RULES.notices(record(Relation(kind, 9, None), types=("Journal Article",))) == (
        (9, IntegrityNote(note, 7, "notice", "2021-05")),
    )


def test_a_republished_paper_is_no_notice() -> None:
    found = RULES.assess(record(Relation("RetractedandRepublishedFrom", 9, None)))
    assert (found.design, found.integrity) == ("randomized-trial", ())


def test_a_retracted_type_without_a_relation_counts() -> None:
    found = RULES.assess(record(types=("Randomized Controlled Trial", "Retracted Publication")))
    assert found.integrity == (IntegrityNote("retracted", None, "publication-type"),)
    assert RULES.assess(record(Relation("RetractionIn", 9, None), types=("Retracted Publication",))).integrity == (
        IntegrityNote("retracted", 9, "relation"),
    )


def test_a_notice_has_no_level() -> None:
    found = RULES.assess(record(Relation("RetractionOf", 9, None), types=("Retraction Notice",)))
    assert (found.design, found.levels[0].rank, worst(found.integrity)) == ("notice", None, "notice")


def test_the_gravest_note_comes_first() -> None:
    found = RULES.assess(record(Relation("ErratumIn", 3, None), Relation("RetractionIn", 9, None)))
    assert worst(found.integrity) == "retracted"
    assert worst(()) is None
