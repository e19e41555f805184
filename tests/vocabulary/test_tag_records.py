"""Tags of whole records."""

from __future__ import annotations

import pytest

from litmap.model import Mesh, Record, Tag
from litmap.resources import folder
from litmap.vocabulary import Tagger, Vocabulary

TAGGER = Tagger(Vocabulary.from_folder(folder("db") / "vocabulary"))


def tags(
    title: str, abstract: str | None = None, *, mesh: tuple[Mesh, ...] = (), keywords: tuple[str, ...] = ()
) -> dict[str, Tag]:
    found = TAGGER.tag_record(Record(1, title, abstract=abstract, mesh=mesh, keywords=keywords))
    assert len({tag[:3] for tag in found}) == len(found)
    return {f"{tag.slug}={tag.role}": tag for tag in found}


def test_the_title_says_what_a_record_is_about() -> None:
    found = tags("Subcutaneous esketamine for treatment-resistant depression: a case series")
    assert {"subcutaneous=studied", "esketamine=studied", "treatment-resistant-depression=indication"} == set(found)
    assert found["esketamine=studied"] == Tag("intervention", "esketamine", "studied", "title", "esketamine")


def test_the_background_is_not_studied() -> None:
    found = tags(
        "A survey of sleep in nurses",
        "BACKGROUND: Depression is often treated with intravenous ketamine. METHODS: Patients with insomnia kept diaries. RESULTS: Insomnia grew rarer.",
    )
    assert "insomnia=indication" in found
    assert "depression=not-studied" in found
    assert not {"intravenous=studied", "ketamine=studied", "depression=indication"} & set(found)


def test_the_indexer_names_route_and_condition() -> None:
    found = tags(
        "A trial in pain clinics",
        mesh=(
            Mesh("D009437", "Neuralgia"),
            Mesh("D007275", "Injections, Intravenous"),
            Mesh(None, "Ketamine"),
            Mesh("D001007", "Anxiety", False, None, "chemically induced"),
        ),
    )
    assert {"neuropathic-pain=indication", "intravenous=studied", "ketamine=studied", "anxiety=adverse-effect"} <= set(
        found
    )
    assert found["neuropathic-pain=indication"].origin == "mesh"


def test_the_route_belongs_to_the_treatment_in_the_title() -> None:
    abstract = "METHODS: Volunteers received ketamine (0.4 mg/kg i.m.), triazolam (0.25 mg p.o.) or placebo capsules. RESULTS: Both impaired memory."
    found = tags("Memory after ketamine in healthy volunteers", abstract)
    assert {"intramuscular=studied", "ketamine=studied", "healthy-volunteers=population"} <= set(found)
    assert "oral=studied" not in found


def test_an_indexed_route_of_the_comparator_is_not_the_treatments() -> None:
    mesh = (Mesh(None, "Administration, Oral"), Mesh(None, "Injections, Intramuscular"), Mesh(None, "Ketamine"))
    found = tags("Intramuscular ketamine and oral lorazepam in volunteers", mesh=mesh)
    assert "intramuscular=studied" in found
    assert "oral=studied" not in found


def test_two_forms_of_one_treatment_are_both_studied() -> None:
    found = tags("Intravenous racemic ketamine versus intranasal esketamine in depression: a randomized trial")
    assert {"intravenous=studied", "intranasal=studied"} <= set(found)


def test_a_combination_keeps_the_oral_route_apart() -> None:
    found = tags("Esketamine nasal spray plus a new oral antidepressant in late-life depression")
    assert {
        "intranasal=studied",
        "esketamine=studied",
        "oral=co-medication",
        "antidepressants=co-medication",
        "depression=indication",
    } <= set(found)


def test_routes_that_nobody_tried() -> None:
    found = tags(
        "Ketamine in migraine: a review",
        "We included nine trials of intravenous ketamine. No trials of oral ketamine were identified.",
    )
    assert {"intravenous=studied", "oral=not-studied"} <= set(found)


def test_the_population_is_no_indication() -> None:
    found = tags(
        "Emergence agitation among PTSD patients undergoing laparoscopy",
        "We compared three ways to avoid emergence agitation in PTSD patients.",
    )
    assert {"emergence-agitation=indication", "ptsd=population"} <= set(found)
    assert "ptsd=indication" not in found


def test_a_challenge_is_no_treatment() -> None:
    found = tags(
        "Ketamine-induced exacerbation of psychotic symptoms in schizophrenia", mesh=(Mesh("D012559", "Schizophrenia"),)
    )
    assert "schizophrenia=model" in found
    assert "schizophrenia=indication" not in found


def test_measured_is_not_treated() -> None:
    found = tags(
        "Ketamine for fibromyalgia",
        "METHODS: Patients with fibromyalgia received infusions. Anxiety was assessed with a scale. RESULTS: Pain fell.",
    )
    assert {"fibromyalgia=indication", "anxiety=outcome", "intravenous=studied"} <= set(found)


def test_volunteers_do_not_have_what_is_hoped_for() -> None:
    found = tags(
        "LSD and sleep in healthy volunteers",
        "Psychedelics may treat patients with depression. We gave LSD to volunteers. The effect could matter for patients with depression.",
    )
    assert "depression=indication" not in found


# Titles and headings of real records.
KNOWN = [
    (
        33360864, "The acute antisuicidal effects of single-dose intravenous ketamine and intranasal esketamine in individuals with major depression and bipolar disorders: "
        "A systematic review and meta-analysis.", (),
        "intravenous=studied intranasal=studied ketamine=studied esketamine=studied suicidal-ideation=indication depression=indication bipolar-disorder=indication", "",
    ),
    (
        31290965, "Efficacy and Safety of Fixed-Dose Esketamine Nasal Spray Combined With a New Oral Antidepressant in Treatment-Resistant Depression: Results of a Randomized, "
        "Double-Blind, Active-Controlled Study (TRANSFORM-1).", (),
        "intranasal=studied esketamine=studied oral=co-medication antidepressants=co-medication treatment-resistant-depression=indication", "oral=studied",
    ),
    (
        36375231, "Does route of administration affect antidepressant efficacy of ketamine? A meta-analysis of double-blind randomized controlled trials comparing intravenous "
        "and intranasal administration.", (), "intravenous=studied intranasal=studied ketamine=studied depression=indication", "",
    ),
    (
        8526975, "Subanesthetic doses of ketamine stimulate psychosis in schizophrenia.", ("Psychoses, Substance-Induced", "Schizophrenia", "Injections, Intravenous"),
        "schizophrenia=model intravenous=studied ketamine=studied", "schizophrenia=indication",
    ),
    (
        9272481, "Ketamine-induced exacerbation of psychotic symptoms and cognitive impairment in neuroleptic-free schizophrenics.", ("Schizophrenia", "Ketamine"),
        "schizophrenia=model ketamine=studied", "schizophrenia=indication",
    ),
    (
        23096769, "Cognitive effects of intramuscular ketamine and oral triazolam in healthy volunteers.", ("Administration, Oral", "Injections, Intramuscular", "Ketamine"),
        "intramuscular=studied ketamine=studied healthy-volunteers=population", "oral=studied",
    ),
    (
        22688444, "Comparison of the effects of intranasal midazolam versus different doses of intranasal ketamine on reducing preoperative pediatric anxiety: "
        "a prospective randomized clinical trial", (), "preoperative-anxiety=indication intranasal=studied ketamine=studied", "anxiety=indication",
    ),
    (
        38281929, "Effect of three modalities on emergence agitation among post-traumatic stress disorder patients undergoing laparoscopy: a randomized controlled study.", (),
        "emergence-agitation=indication ptsd=population", "ptsd=indication",
    ),
    (
        23676198, "Two cases of delayed-onset suicidal ideation, dysphoria and anxiety after ketamine infusion in patients with obsessive-compulsive disorder and a history of "
        "major depressive disorder.", ("Obsessive-Compulsive Disorder", "Suicidal Ideation"),
        "ocd=indication suicidal-ideation=adverse-effect anxiety=adverse-effect depression=population intravenous=studied", "suicidal-ideation=indication depression=indication",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("pmid", "title", "headings", "wanted", "unwanted"), KNOWN)
def test_known_records(pmid: int, title: str, headings: tuple[str, ...], wanted: str, unwanted: str) -> None:
    found = tags(title, mesh=tuple(Mesh(None, heading) for heading in headings))
    assert set(wanted.split()) <= set(found), (pmid, sorted(found))
    assert not set(unwanted.split()) & set(found), (pmid, sorted(found))


def test_the_route_of_the_title_goes_for_the_record() -> None:
    found = tags(
        "Oral ketamine for depression",
        "Patients with depression took oral ketamine daily. The effect was as large as in trials of intravenous ketamine.",
    )
    assert "oral=studied" in found
    assert "intravenous=studied" not in found
    found = tags(
        "Oral ketamine for depression",
        "Patients with depression took oral ketamine daily. Those who relapsed received 40 mg of intravenous ketamine.",
    )
    assert {"oral=studied", "intravenous=studied"} <= set(found)


def test_the_route_of_a_drug_that_only_the_title_names() -> None:
    found = tags("Effects of methylone in volunteers", "Volunteers received oral methylone or placebo.")
    assert "oral=studied" in found


def test_a_register_names_what_volunteers_do_not_have() -> None:
    found = tags(
        "A single dose of psilocybin in healthy volunteers",
        "INTERVENTION: 25 mg of psilocybin. CONDITION: Post-traumatic stress disorder PRIMARY OUTCOME: Plasma levels.",
    )
    assert "ptsd=indication" not in found
    assert "healthy-volunteers=population" in found


def test_what_users_of_a_drug_also_have_is_measured() -> None:
    found = tags(
        "A survey of cannabis users",
        "We asked 80 cannabis users about sleep. Insomnia was rated. Users reported insomnia.",
    )
    assert "insomnia=indication" not in found


def test_a_broader_condition_is_implied_by_the_titles() -> None:
    found = tags(
        "LSD for alcohol use disorder",
        "Substance use disorders are hard to treat. We gave LSD to patients with alcohol use disorder to test it as a treatment of substance use disorder.",
    )
    assert "alcohol-use=indication" in found
    assert "substance-use=indication" not in found


def test_an_abbreviation_defined_otherwise() -> None:
    found = tags(
        "Osteochondritis dissecans (OCD) of the elbow", "OCD is a joint disease. Athletes with OCD had surgery."
    )
    assert not [key for key in found if key.startswith("ocd=")]


@pytest.mark.parametrize("abstract", ["", "x" * 50, "METHODS:", "A. B. C.", "\n\n", "Ketamine " * 500])
def test_odd_abstracts(abstract: str) -> None:
    assert tags("Ketamine", abstract)["ketamine=studied"]


def test_same_record_same_tags() -> None:
    record = Record(1, "Oral ketamine in depression and PTSD", abstract="Patients with depression took oral ketamine.")
    assert Tagger(TAGGER.vocabulary).tag_record(record) == TAGGER.tag_record(record)


def test_another_topic_needs_no_code() -> None:
    tagger = Tagger(Vocabulary.from_folder(folder("examples") / "topics" / "magnetic-stimulation"))
    found = tagger.tag_record(
        Record(1, "Left prefrontal rTMS versus sham stimulation for obsessive-compulsive disorder", abstract=None)
    )
    assert {(tag.slug, tag.role) for tag in found} == {
        ("ocd", "indication"),
        ("left-prefrontal", "studied"),
        ("tms", "studied"),
        ("sham", "comparator"),
    }
