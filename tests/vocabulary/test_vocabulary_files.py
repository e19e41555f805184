"""Reading and checking vocabulary folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from litmap.errors import VocabularyError
from litmap.model import Record
from litmap.resources import folder
from litmap.vocabulary import Tagger, Vocabulary, check, read_folder
from litmap.vocabulary.terms import BadTerm, plain, plain_bytes, plural, variants

HEADER = "slug,label,parent,status,replaced_by,on_map,mesh,terms,case_terms,weak_terms,exclusions,notes\n"
SHIPPED = {
    "condition": "mood-disorders depression treatment-resistant-depression postpartum-depression bipolar-disorder anxiety preoperative-anxiety ptsd ocd suicidal-ideation substance-use alcohol-use "
    "chronic-pain crps fibromyalgia neuropathic-pain acute-pain schizophrenia eating-disorders palliative-distress emergence-agitation anesthesia ect-anesthesia healthy-volunteers",
    "route": "intravenous intramuscular subcutaneous intranasal oral sublingual rectal topical inhaled neuraxial",
    "intervention": "ketamine racemic-ketamine esketamine arketamine midazolam ect psilocybin mdma lsd",
}  # fmt: skip


def texts(conditions: str, interventions: str = "") -> dict[str, str]:
    return {"conditions.csv": HEADER + conditions, "interventions.csv": HEADER + interventions}


@pytest.fixture(scope="module")
def shipped() -> Vocabulary:
    return Vocabulary.from_folder(folder("db") / "vocabulary")


@pytest.mark.parametrize("facet", SHIPPED)
def test_shipped_slugs_stay(shipped: Vocabulary, facet: str) -> None:
    assert set(SHIPPED[facet].split()) <= {entry.slug for entry in shipped.entries(facet)}


def test_parents(shipped: Vocabulary) -> None:
    assert shipped.ancestors("condition", "treatment-resistant-depression") == ("depression", "mood-disorders")
    assert "crps" in shipped.descendants("condition", "chronic-pain")
    assert shipped.descendants("intervention", "ketamine") == ("racemic-ketamine", "esketamine", "arketamine")


def test_uses_and_populations_are_off_the_map(shipped: Vocabulary) -> None:
    off = {entry.slug for entry in shipped.entries("condition") if not entry.on_map}
    assert off == {"anesthesia", "ect-anesthesia", "healthy-volunteers"}


def test_shipped_folders_have_no_mistakes() -> None:
    assert check(read_folder(folder("db") / "vocabulary")) == []
    for topic in sorted((folder("examples") / "topics").iterdir()):
        assert check(read_folder(topic)) == []


def test_shipped_mesh_headings_have_identifiers(shipped: Vocabulary) -> None:
    entry = shipped.entry("condition", "ptsd")
    assert entry
    ui, heading = entry.mesh[0]
    assert (ui, heading) == ("D013313", "Stress Disorders, Post-Traumatic")


@pytest.mark.parametrize(
    ("conditions", "line", "words"),
    [
        ("gout,Gout,,,,,,gout,,,,\ngout,Gout again,,,,,,podagra,,,,\n", 3, "duplicate slug 'gout'"),
        ("gout,Gout,arthritis,,,,,gout,,,,\n", 2, "unknown parent 'arthritis'"),
        ("gout,Gout,,,,,,gout,,,,\npodagra,Podagra,,,,,,podagra | gout,,,,\n", 3, "also a term of 'gout' (line 2)"),
        ("gout,Gout,,,,,,gout | the,,,,\n", 2, "would match almost everything"),
        ("gout,Gout,,,,,,[acute],,,,\n", 2, "would match almost everything"),
        ("gout,Gout,,,,,,a,,,,\n", 2, "would match almost everything"),
        ("gout,Gout,,,,,,(gout,,,,\n", 2, "a bracket is not closed"),
        ("Gout Disease,Gout,,,,,,gout,,,,\n", 2, "a slug is lower-case"),
        ("gout,Gout,,retired,,,,gout,,,,\n", 2, "nothing replaces it"),
        ("gout,Gout,,,,maybe,,gout,,,,\n", 2, "on_map is yes or no"),
        ("a1,A,b1,,,,,alpha,,,,\nb1,B,a1,,,,,beta,,,,\n", 2, "its own ancestor"),
        ("gout,Gout,,,,,,gout,,,,,extra\n", 2, "more cells than columns"),
    ],
)
def test_mistakes_are_named_by_file_and_line(conditions: str, line: int, words: str) -> None:
    problems = check(texts(conditions))
    assert any(words in p.message and p.line == line for p in problems), problems
    with pytest.raises(VocabularyError, match=r"conditions\.csv, line"):
        Vocabulary.from_texts(texts(conditions))


def test_narrowing_terms_need_a_parent() -> None:
    files = {
        "conditions.csv": "slug,label,parent,terms,narrowing_terms\ngout,Gout,,gout,stubborn\nacute-gout,Acute gout,gout,acute gout,sudden\n",
        "interventions.csv": HEADER,
    }
    (problem,) = check(files)
    assert str(problem) == "conditions.csv, line 2: 'gout' has narrowing_terms but no parent that they could narrow"


def test_headings_of_harm_are_cues() -> None:
    files = {
        **texts("gout,Gout,,,,,,gout,,,,\n"),
        "cues.csv": "facet,role,where,words,reach,notes\nsection,adverse-effect,heading,harms,,\nsection,indication,heading,uses,,\n",
    }
    (problem,) = check(files)
    assert problem.file == "cues.csv"
    assert problem.line == 3
    assert Vocabulary(files).sections == {"harms": "adverse-effect"}


def test_an_abbreviation_may_have_several_letter_cases() -> None:
    tagger = Tagger(
        Vocabulary.from_texts(
            {
                "conditions.csv": "slug,label,terms,case_terms\ngout,Gout,podagra,GT | gt\n",
                "interventions.csv": "slug,label,terms\ndiet,Diet,diet\n",
            }
        )
    )
    for title, expected in (("GT in adults", 1), ("gt in adults", 1), ("Gt in adults", 0)):
        assert len(tagger.tag_record(Record(1, title))) == expected


def test_letters_outside_ascii_are_told_apart_where_terms_have_them() -> None:
    tagger = Tagger(
        Vocabulary.from_texts(
            {
                "conditions.csv": "slug,label,terms\ngout,Gout,\u03b2-gout | \u043f\u043e\u0434\u0430\u0433\u0440\u0430\n",
                "interventions.csv": "slug,label,terms\ndiet,Diet,di\u00e8te\n",
            }
        )
    )
    assert [tag.slug for tag in tagger.tag_record(Record(1, "\u03b2-gout and diete"))] == ["gout", "diet"]
    assert not tagger.tag_record(Record(1, "\u03b3-gout"))
    assert [tag.matched for tag in tagger.tag_record(Record(1, "\u041f\u043e\u0434\u0430\u0433\u0440\u0430"))] == [
        "\u041f\u043e\u0434\u0430\u0433\u0440\u0430"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Z\u00fcrich\u2019s \u201cIV\u2011only\u201d \u0130",
        "caf\u00e9 \u03b2 5 \u00b5g",
        "\ud800 lone",
        "plain text",
        "",
    ],
)
def test_the_fast_plain_form_agrees_with_the_other(text: str) -> None:
    slow, fast = plain(text), plain_bytes(text).decode("ascii")
    assert len(slow) == len(fast) == len(text)
    assert all(a == b or not a.isascii() for a, b in zip(slow, fast, strict=True))


def test_a_folder_without_interventions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "conditions.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"interventions\.csv, line 1: the file is missing"):
        Vocabulary.from_folder(tmp_path)
    with pytest.raises(VocabularyError, match="is not a folder"):
        Vocabulary.from_folder(tmp_path / "nowhere")


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "conditions.csv").write_bytes(b"slug,label,terms\ngout,Gout,gr\xf6\xdfe\n")
    with pytest.raises(VocabularyError, match="not UTF-8"):
        Vocabulary.from_folder(tmp_path)


def test_a_spreadsheet_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    for name, text in texts("gout,Gout,,,,,,gout,,,,\n").items():
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
    assert Vocabulary.from_folder(tmp_path).entry("condition", "gout")


def test_the_version_follows_the_content() -> None:
    one = Vocabulary.from_texts(texts("gout,Gout,,,,,,gout,,,,\n"))
    same = Vocabulary.from_texts(texts("gout,Gout,,,,,,gout,,,,\n"))
    other = Vocabulary.from_texts(texts("gout,Gout,,,,,,gout | podagra,,,,\n"))
    assert one.version == same.version != other.version


def test_a_topic_without_routes_uses_the_shared_ones() -> None:
    vocabulary = Vocabulary.from_texts(texts("gout,Gout,,,,,,gout,,,,\n"))
    assert vocabulary.entry("route", "oral")
    assert set(vocabulary.texts) == {"conditions.csv", "interventions.csv", "routes.csv", "cues.csv"}


def test_terms_stand_for_their_variants() -> None:
    assert variants("post[-]traumatic (stress|strain)") == [
        "post-traumatic stress",
        "post-traumatic strain",
        "posttraumatic stress",
        "posttraumatic strain",
    ]
    assert variants("low [back ]pain") == ["low back pain", "low pain"]
    assert variants("an(ae|e)sthesia") == ["anaesthesia", "anesthesia"]
    assert variants(r"\(R,S\)-ketamine") == ["(R,S)-ketamine"]
    with pytest.raises(BadTerm):
        variants("(" + "|".join("abcdefgh") + ")" + "[x|y|z]" * 8)


def test_the_plain_form_keeps_its_length() -> None:
    text = "Zürich’s “IV‑only” İ Ketamine\u00a0trial"
    assert len(plain(text)) == len(text)
    assert plain("Crème-brûlée") == "creme brulee"


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("nerve injury", "nerve injuries"),
        ("drug", "drugs"),
        ("ketamine rash", "ketamine rashes"),
        ("IV", None),
        ("status", None),
    ],
)
def test_plurals(one: str, many: str | None) -> None:
    assert plural(one) == many
