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


TRIAL = "Ketamine for depression: a randomized controlled trial"
ABSTRACT = "Sixty adults with depression were randomly assigned to ketamine or midazolam in a double-blind trial."


def titled(title: str, *types: str, abstract: str | None = ABSTRACT, relations: tuple[Relation, ...] = ()) -> Record:
    given = tuple(PublicationType(None, name) for name in types or ("Journal Article",))
    return Record(pmid=7, title=title, abstract=abstract, publication_types=given, relations=relations)


@pytest.mark.parametrize("types", [(), ("Journal Article", "Randomized Controlled Trial")])
@pytest.mark.parametrize(
    "title",
    ["RETRACTED ARTICLE: {}", "RETRACTED: {}.", "Retracted: {}.", "[Retracted] {}.", "[Retracted article: {}].", "RETRACTED \u2013 {}", "{} [Retracted].", "{} (Retracted)", "{} (retracted article).", "{} - RETRACTED", "[{} (Retracted).]"],
)  # fmt: skip
def test_a_title_says_that_its_paper_is_retracted(title: str, types: tuple[str, ...]) -> None:
    found = RULES.assess(titled(title.format(TRIAL), *types))
    assert found.integrity == (IntegrityNote("retracted", None, "title"),)
    assert (found.design, found.levels[0].rank) == ("randomized-trial", 2)


@pytest.mark.parametrize(
    "title",
    [
        "Retracted articles in anesthesiology: a survey.",
        "Retraction notices in PubMed: a survey.",
        "Retraction of publications in nursing research: a systematic review.",
        "Retraction of the liver during surgery: a randomized trial.",
        "Why retracted articles are still cited.",
        "Trials of ketamine that were later retracted.",
        "Reviews of ketamine with and without trials (one retracted).",
        "Trials published-retracted.",
        "Correction of anemia in adults: a randomized trial.",
        "Expression of concern in journals of surgery: a survey.",
    ],
)
def test_a_title_about_retractions_is_neither_retracted_nor_a_notice(title: str) -> None:
    found = RULES.assess(titled(title))
    assert found.integrity == ()
    assert found.design != "notice"


@pytest.mark.parametrize(
    "title",
    [
        "Retraction: {}.", "Retraction note to: {}.", 'Retraction notice to "{}".', "Notice of Retraction: {}.", "Statement of Retraction: {}.",
        "Retraction of \u201c{}\u201d.", "Correction: {}.", "Correction to: {}.", "Author Correction: {}.", "Erratum to {}.", "{}: Corrigendum.",
        "Expression of concern: {}.", "Editorial expression of concern: {}.", "Publisher\u2019s note: {}.", "Partial retraction: {}.", "Erratum.",
    ],
)  # fmt: skip
def test_a_notice_told_by_its_title_is_marked_as_one(title: str) -> None:
    found = RULES.assess(titled(title.format(TRIAL)))
    assert (found.design, found.levels[0].rank) == ("notice", None)
    assert found.integrity == (IntegrityNote("notice", None, "title"),)


def test_a_retraction_notice_under_the_type_of_its_paper_is_a_notice() -> None:
    found = RULES.assess(titled(f"Retraction note to: {TRIAL}", "Randomized Controlled Trial"))
    assert found.integrity == (IntegrityNote("notice", None, "title"),)


@pytest.mark.parametrize(
    "record",
    [
        titled(f"Retracted: {TRIAL}", abstract="[This retracts the article DOI: 10.1000/1.]."),
        titled(f"[Retracted] {TRIAL}", abstract="Following the publication of the above article, a reader wrote to us."),
        titled(f"{TRIAL} [Retracted]", abstract="[This retracts the article DOI: 10.1000/1.]."),
        titled(f"Retracted: {TRIAL}", "Retraction Notice"),
        titled(f"Retracted: {TRIAL}", relations=(Relation("RetractionOf", 9, None),)),
    ],
)  # fmt: skip
def test_a_notice_with_the_title_of_a_retracted_paper_is_a_notice(record: Record) -> None:
    found = RULES.assess(record)
    assert (found.design, [note.kind for note in found.integrity]) == ("notice", ["notice"])


def test_indexing_goes_before_the_title() -> None:
    found = RULES.assess(titled(f"RETRACTED: {TRIAL}", "Retracted Publication", "Randomized Controlled Trial"))
    assert found.integrity == (IntegrityNote("retracted", None, "publication-type"),)


def test_a_notice_of_partial_retraction_is_a_notice() -> None:
    found = RULES.assess(titled("On our paper of last year.", relations=(Relation("PartialRetractionOf", 9, None),)))
    assert (found.design, found.levels[0].rank, found.levels[0].provisional) == ("notice", None, False)
    assert found.integrity == (IntegrityNote("notice", None, "relation"),)
