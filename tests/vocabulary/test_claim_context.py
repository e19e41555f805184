"""Tags that claims take from their surroundings."""

from __future__ import annotations

from litmap.model import Claim, Document, Tag, Unit
from litmap.resources import folder
from litmap.vocabulary import Tagger, Vocabulary

TAGGER = Tagger(Vocabulary.from_folder(folder("db") / "vocabulary"))


class Page:
    """A page written line by line."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.claims: list[Claim] = []
        self.text = ""
        self.heads: tuple[int, ...] = ()

    def add(self, text: str, kind: str = "sentence", *, lead_in: int | None = None, question: int | None = None) -> int:
        start = len(self.text)
        self.text += text + "\n"
        index = len(self.units)
        self.units.append(
            Unit(start, start + len(text), text, kind, 0, self.heads if kind != "heading" else (), lead_in, question)
        )
        if kind == "heading":
            self.heads = (index,)
        return index

    def claim(
        self,
        text: str,
        claim_type: str = "efficacy",
        *,
        given: tuple[Tag, ...] = (),
        kind: str = "sentence",
        lead_in: int | None = None,
        question: int | None = None,
    ) -> None:
        index = self.add(text, kind, lead_in=lead_in, question=question)
        unit = self.units[index]
        self.claims.append(
            Claim(unit.start, unit.end, text, index, None, claim_type, "", "affirm", "asserted", (), given)
        )

    def last(self) -> dict[str, str]:
        """Slug and origin of the last claim's subjects."""
        document = Document("page.md", self.text, (), "text/markdown", "0" * 64, "test/1")
        tags = TAGGER.tag_claims(document, self.units, self.claims)[-1]
        return {tag.slug: tag.origin for tag in tags if tag.role in ("indication", "studied", "population", "outcome")}


def test_it_is_what_the_sentence_before_was_about() -> None:
    page = Page()
    page.claim("IV ketamine relieves fibromyalgia.")
    page.claim("It works within hours.", "onset")
    assert page.last() == {"fibromyalgia": "previous", "intravenous": "previous", "ketamine": "previous"}


def test_a_heading_names_the_subject_of_its_section() -> None:
    page = Page()
    page.add("Nasal esketamine for depression", "heading")
    page.claim("Relief comes within hours.", "onset")
    assert page.last() == {"depression": "heading", "intranasal": "heading", "esketamine": "heading"}


def test_a_new_heading_ends_what_was_said_before() -> None:
    page = Page()
    page.add("Acupuncture", "heading")
    page.claim("Acupuncture eases migraine.")
    page.add("Cannabidiol for insomnia", "heading")
    page.claim("Rest comes sooner.")
    assert page.last() == {"insomnia": "heading", "cannabidiol": "heading"}


def test_list_items_take_their_lead_in() -> None:
    page = Page()
    page.add("Both", "heading")
    lead = page.add("Intramuscular ketamine helps people with:")
    page.claim("OCD that resists other care", kind="item", lead_in=lead)
    assert page.last() == {"ocd": "sentence", "intramuscular": "lead-in", "ketamine": "lead-in"}


def test_answers_take_their_question() -> None:
    page = Page()
    asked = page.add("Does oral ketamine help with PTSD?")
    page.claim("Yes, most people improve.", question=asked)
    assert page.last() == {"ptsd": "question", "oral": "question", "ketamine": "question"}


def test_epidemiology_and_history_inherit_no_route() -> None:
    for claim_type in ("epidemiology", "history"):
        page = Page()
        page.claim("Ketamine infusions treat depression.")
        page.claim("It affects millions of adults.", claim_type)
        assert "intravenous" not in page.last()
        assert page.last()["depression"] == "previous"


def test_these_routes_are_those_before() -> None:
    page = Page()
    page.claim("Ketamine comes as oral lozenges, nasal sprays and intramuscular injections.", "other")
    page.claim("None of these methods works like intravenous ketamine.", "comparative")
    assert {"oral": "previous", "intranasal": "previous", "intramuscular": "previous"}.items() <= page.last().items()
    assert page.last()["intravenous"] == "sentence"


def test_what_the_sentence_says_comes_first() -> None:
    page = Page()
    page.add("Ketamine for depression", "heading")
    page.claim("Subcutaneous ketamine eases cancer pain.")
    assert (
        page.last()
        == {"chronic-pain": "sentence", "cancer": "sentence", "subcutaneous": "sentence", "ketamine": "sentence"}
        or page.last()["chronic-pain"] == "sentence"
    )
    assert "depression" not in page.last()


def test_side_effects_are_not_passed_on() -> None:
    page = Page()
    page.add("Ketamine for depression", "heading")
    page.claim("It may cause nausea.", "safety")
    page.claim("Most people feel well again within an hour.", "safety")
    assert "nausea" not in page.last()
    assert page.last()["depression"] == "heading"


def test_the_document_has_a_main_subject() -> None:
    page = Page()
    page.add("Magnetic stimulation", "heading")
    page.claim("Magnetic stimulation relieves depression.")
    page.add("Our machines", "heading")
    page.claim("Sessions last twenty minutes and need no anaesthetist.", "dosing")
    assert page.last()["tms"] == "document"
    assert page.last()["depression"] == "document"


def test_given_tags_stand_alone() -> None:
    page = Page()
    page.claim(
        "Ketamine infusions relieve depression.", given=(Tag("condition", "anxiety", "indication", "given", "anxiety"),)
    )
    assert page.last() == {"anxiety": "given", "intravenous": "sentence", "ketamine": "sentence"}


def test_tags_come_one_list_for_each_claim() -> None:
    document = Document("page.md", "", (), "text/markdown", "0" * 64, "test/1")
    assert TAGGER.tag_claims(document, [], []) == []


def test_what_announces_a_list_is_about_its_items() -> None:
    page = Page()
    page.claim("Biofeedback can help with:")
    page.add("insomnia", "item", lead_in=0)
    page.add("tinnitus", "item", lead_in=0)
    assert {tag.slug for tag in TAGGER.tag_claims(page_of(page), page.units, page.claims)[0]} >= {
        "insomnia",
        "tinnitus",
    }


def test_a_page_with_several_subjects_has_no_main_one() -> None:
    page = Page()
    for text in (
        "Yoga eases tinnitus.",
        "Yoga helps with insomnia.",
        "Yoga may prevent migraine.",
        "Insomnia improves.",
    ):
        page.claim(text)
    page.add("Classes", "heading")
    page.claim("Most people feel better after a month.")
    assert page.last() == {"yoga": "document"}


def page_of(page: Page) -> Document:
    return Document("page.md", page.text, (), "text/markdown", "0" * 64, "test/1")
