"""Tags of whole records."""

from __future__ import annotations

import pytest

from litmap.model import Mesh, PublicationType, Record, Tag
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


REVIEWS = [
    ("Ketamine for depression: a systematic review", ()),
    ("Ketamine for depression: a meta-analysis", ()),
    ("Ketamine for depression: what is known?", ("D000078182",)),
    ("Ketamine for depression: an overview for nurses", ("D016454",)),
]
FOUND = "METHODS: Trials in adults were pooled. RESULTS: Nine trials gave intravenous ketamine (0.5 mg/kg), one gave oral ketamine."


@pytest.mark.parametrize(("title", "types"), REVIEWS)
def test_the_routes_that_a_review_found_are_not_its_own(title: str, types: tuple[str, ...]) -> None:
    kinds = tuple(PublicationType(ui, "") for ui in types)
    found = {tag.slug: tag.role for tag in TAGGER.tag_record(Record(1, title, abstract=FOUND, publication_types=kinds))}
    assert (found["intravenous"], found["oral"]) == ("not-studied", "not-studied")
    assert (found["depression"], found["ketamine"]) == ("indication", "studied")


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Oral ketamine for depression: a systematic review", FOUND),
        ("Ketamine by mouth", "OBJECTIVE: To sum up trials of oral ketamine. METHODS: We searched PubMed. RESULTS: Few were found."),
        ("Ketamine for tinnitus", "This systematic review asks whether oral ketamine helps. We found two trials. Both were small."),
        ("Ketamine for tinnitus: a chart review", "METHODS: We read charts. RESULTS: All took oral ketamine 50 mg."),
        ("Ketamine for tinnitus: case report and review", "A man took oral ketamine 50 mg for a year. His tinnitus grew fainter."),
        ("Ketamine for tinnitus: a trial", "BACKGROUND: A recent systematic review was empty. RESULTS: Oral ketamine 50 mg was of no use."),
    ],
)  # fmt: skip
def test_a_review_has_the_routes_that_it_asks_of(title: str, abstract: str) -> None:
    assert "oral=studied" in tags(title, abstract)


def test_an_indexed_route_of_a_review_stays() -> None:
    found = tags(REVIEWS[0][0], FOUND, mesh=(Mesh("D007262", "Infusions, Intravenous"),))
    assert found["intravenous=studied"].origin == "mesh"


def test_a_systematic_review_is_about_the_conditions_it_found() -> None:
    abstract = "BACKGROUND: Migraine is common. METHODS: We searched Embase for trials in depression, anxiety or PTSD. RESULTS: We found six."
    found = tags("MDMA in clinics: a systematic review", abstract)
    assert {"depression=indication", "anxiety=indication", "ptsd=indication", "migraine=not-studied"} <= set(found)
    asked = tags("MDMA for PTSD: a systematic review", abstract)
    assert "ptsd=indication" in asked
    assert not {"depression=indication", "anxiety=indication"} & set(asked)


def test_a_class_of_drugs_in_the_title_is_what_the_abstract_names() -> None:
    title = "Psychedelics in daily life"
    found = tags(title, "METHODS: An online survey. RESULTS: Most had taken psilocybin (n = 40) or LSD (n = 30).")
    assert {"psychedelics=studied", "psilocybin=studied", "lsd=studied"} <= set(found)
    assert "lsd=studied" not in tags(title, "METHODS: An online survey. RESULTS: One had taken LSD.")


@pytest.mark.parametrize(
    "given",
    [
        "ketamine (0.5 mg/kg) or midazolam (0.045 mg/kg) intravenously",
        "ketamine 0.25 mg/kg and midazolam 0.05 mg/kg i.v.",
        "ketamine (0.5 mg per kilogram of body weight over 40 minutes) once a week",
        "ketamine 0.5 mg/kg over 40 min or placebo",
    ],
)
def test_a_route_goes_for_treatments_joined_by_and(given: str) -> None:
    found = tags("Ketamine for depression: a trial", f"METHODS: Inpatients were randomized to {given}.")
    assert "intravenous=studied" in found


def test_a_route_right_behind_a_treatment_is_its_own() -> None:
    found = tags("Ketamine infusion with co-administered clonidine in depression")
    assert "intravenous=studied" in found


def test_a_route_before_the_comparator_is_the_comparators() -> None:
    found = tags("Ketamine for depression: a trial", "METHODS: Inpatients received ketamine and oral midazolam 7.5 mg.")
    assert "oral=studied" not in found


def test_the_route_of_a_drug_that_no_vocabulary_names() -> None:
    abstract = "METHODS: Volunteers took a single oral loading dose of ZZ-4711 (2 mg) or placebo. Ketamine was infused after five days."
    found = tags("ZZ-4711 before ketamine in volunteers", abstract)
    assert {"oral=co-medication", "intravenous=studied"} <= set(found)
    alone = tags("Safety of ZZ-4711", "METHODS: Adults took three oral ascending doses of ZZ-4711 (1, 2 and 4 mg).")
    assert "oral=studied" in alone


def test_oral_and_written_information_is_no_route() -> None:
    found = tags(
        "Psilocybin for alcohol use disorder", "Patients will be given oral and written information on psilocybin."
    )
    assert not [tag for tag in found.values() if tag.facet == "route"]


def test_a_trial_without_effect_is_about_its_condition() -> None:
    found = tags(
        "Absence of an analgesic effect of ketamine infusions in fibromyalgia",
        "We randomized 20 patients with fibromyalgia.",
    )
    assert {"fibromyalgia=indication", "ketamine=studied"} <= set(found)


def test_implications_of_a_study_of_volunteers() -> None:
    title = "Ketamine and attention: implications for the treatment of schizophrenia"
    mesh = (Mesh("D012559", "Schizophrenia"),)
    found = tags(title, "METHODS: Ketamine was given to twelve healthy volunteers.", mesh=mesh)
    assert {"schizophrenia=not-studied", "healthy-volunteers=population"} <= set(found)
    found = tags(title, "METHODS: Ketamine was given to twelve patients with schizophrenia.", mesh=mesh)
    assert "schizophrenia=indication" in found


def test_what_others_did_before_is_background() -> None:
    abstract = (
        "LSD has been given to healthy participants and to people suffering from depression in previous studies. "
        "Here, we gave ketanserin after LSD to see how long its effects last."
    )
    assert "depression=indication" not in tags("Ketanserin after LSD", abstract)


def test_people_named_by_their_condition() -> None:
    found = tags(
        "Ketamine in the emergency department", "This trial will enrol suicidal patients and depressed adults."
    )
    assert {"depression=indication", "suicidal-ideation=indication"} <= set(found)


def test_bipolar_depression_that_resists_treatment() -> None:
    found = tags("Ketamine infusions for treatment-resistant bipolar depression")
    assert {"treatment-resistant-depression=indication", "bipolar-disorder=indication"} <= set(found)


@pytest.mark.parametrize("form", ["infusion", "treatment", "therapy", "hydrochloride"])
def test_a_form_behind_a_name_leaves_the_name(form: str) -> None:
    assert "esketamine=studied" in tags(f"S-ketamine {form} in depression")


def test_indexed_treatment_of_a_condition_that_the_title_measures() -> None:
    title = "Ketamine in carers, and their anxiety as assessed with a questionnaire"
    mesh = Mesh("D001007", "Anxiety", False, None, "drug therapy")
    assert "anxiety=indication" in tags(title, mesh=(mesh,))
    assert "anxiety=indication" not in tags(title, mesh=(mesh._replace(qualifier="psychology"),))


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
