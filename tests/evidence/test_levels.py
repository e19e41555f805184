"""Records indexed by NLM: publication types and MeSH decide."""

import pytest

from litmap.evidence import Rules
from litmap.model import Mesh, PublicationType, Record, Tag

RULES = Rules.load()
HUMANS = Mesh("D006801", "Humans")
ANIMALS = Mesh("D000818", "Animals")


def record(
    *types: str,
    title: str = "Ketamine for depression.",
    abstract: str | None = "We gave ketamine.",
    mesh: tuple[Mesh, ...] = (HUMANS,),
) -> Record:
    return Record(
        pmid=1,
        title=title,
        abstract=abstract,
        publication_types=tuple(PublicationType(None, name) for name in types),
        mesh=mesh,
    )


def mesh(*headings: str) -> tuple[Mesh, ...]:
    return (HUMANS, *(Mesh(None, heading) for heading in headings))


def test_a_preprint_has_its_level_provisionally() -> None:
    found = RULES.assess(record("Randomized Controlled Trial", "Preprint")).levels[0]
    assert (found.rank, found.provisional) == (2, True)


@pytest.mark.parametrize(
    ("types", "design", "rank"),
    [
        (("Randomized Controlled Trial",), "randomized-trial", 2),
        (("Equivalence Trial", "Journal Article"), "randomized-trial", 2),
        (("Pragmatic Clinical Trial",), "randomized-trial", 2),
        (("Controlled Clinical Trial",), "controlled-trial", 3),
        (("Clinical Trial", "Multicenter Study"), "single-arm-trial", 4),
        (("Clinical Trial, Phase II", "Comparative Study"), "single-arm-trial", 4),
        (("Observational Study",), "cohort", 4),
        (("Case Reports",), "case-report", 4),
        (("Practice Guideline", "Review"), "guideline", None),
        (("Clinical Trial Protocol", "Randomized Controlled Trial"), "protocol", None),
        (("Scoping Review", "Systematic Review"), "scoping-review", None),
        (("Review", "Journal Article"), "narrative-review", None),
        (("Letter", "Comment"), "opinion", None),
        (("Editorial",), "opinion", None),
        (("Published Erratum",), "notice", None),
        (("Retraction of Publication",), "notice", None),
        (("Expression of Concern",), "notice", None),
    ],
)
def test_the_table_of_publication_types(types: tuple[str, ...], design: str, rank: int | None) -> None:
    found = RULES.assess(record(*types))
    assert (found.design, found.levels[0].rank, found.levels[0].basis) == (design, rank, "curated")


def test_multicenter_and_comparative_never_change_a_level() -> None:
    plain = RULES.assess(record("Journal Article"))
    more = RULES.assess(
        record(
            "Journal Article",
            "Multicenter Study",
            "Comparative Study",
            "Evaluation Study",
            "Research Support, Non-U.S. Gov't",
        )
    )
    assert (more.design, more.levels[0].rank) == (plain.design, plain.levels[0].rank)


def test_a_clinical_trial_is_level_2_with_random_allocation_3_with_a_comparator_and_4_alone() -> None:
    by_text = {
        2: "Forty patients were randomly assigned to ketamine or midazolam.",
        3: "Twenty patients received ketamine and the control group received usual care.",
        4: "Twenty patients received ketamine.",
    }
    for rank, abstract in by_text.items():
        level = RULES.assess(record("Clinical Trial", abstract=abstract)).levels[0]
        assert level.rank == rank
        assert level.provisional is (rank < 4)


def test_animals_are_level_5_whatever_the_design() -> None:
    found = RULES.assess(record("Randomized Controlled Trial", mesh=(ANIMALS, Mesh(None, "Rats"))))
    assert (found.subjects, found.levels[0].rank, found.levels[0].rule) == ("animal", 5, "A1")
    assert RULES.assess(record("Randomized Controlled Trial", mesh=(ANIMALS, HUMANS))).levels[0].rank == 2
    assert RULES.assess(record("Clinical Trial, Veterinary", mesh=())).subjects == "animal"


def test_what_is_indexed_under_animals_alone_is_curated_laboratory_work() -> None:
    found = RULES.assess(record("Journal Article", title="Ketamine and stress.", mesh=(ANIMALS,)))
    level = found.levels[0]
    assert (found.design, level.rank, level.rule, level.basis, level.provisional) == (
        "laboratory",
        5,
        "A1",
        "curated",
        False,
    )


def test_headings_give_a_cohort_only_a_comparator_makes_it_level_3() -> None:
    alone = RULES.assess(
        record("Journal Article", mesh=mesh("Retrospective Studies"), abstract="We reviewed patients given ketamine.")
    )
    compared = RULES.assess(
        record(
            "Journal Article",
            mesh=mesh("Cohort Studies"),
            abstract="Patients given ketamine were compared with matched controls.",
        )
    )
    assert [(found.design, found.levels[0].rank) for found in (alone, compared)] == [("cohort", 4), ("cohort", 3)]


def test_case_control_and_cross_sectional_headings() -> None:
    assert RULES.assess(record("Journal Article", mesh=mesh("Case-Control Studies"))).levels[0].rank == 4
    found = RULES.assess(record("Journal Article", mesh=mesh("Cross-Sectional Studies")))
    assert (found.design, found.levels[0].rank, found.levels[1].rank) == ("cross-sectional", None, 4)


def test_cases_and_controls_looked_up_in_records_are_no_cohort() -> None:
    looked_back = record(
        title="Ketamine and cystitis.",
        abstract="Charts of people with cystitis and of controls were reviewed.",
        mesh=mesh("Case-Control Studies", "Retrospective Studies"),
    )
    assert [level.rank for level in RULES.assess(looked_back).levels] == [4, 4]
    assert RULES.assess(looked_back).design == "case-control"
    nested = record(
        title="Ketamine and cystitis: a nested case-control study.",
        abstract="In a cohort each case of cystitis was matched with four controls.",
        mesh=mesh("Case-Control Studies", "Cohort Studies"),
    )
    assert RULES.assess(nested).design == "case-control"


def test_a_secondary_analysis_keeps_the_design_and_is_provisional() -> None:
    found = RULES.assess(
        record(
            "Randomized Controlled Trial", title="Predictors of response to ketamine: a secondary analysis of a trial."
        )
    )
    assert (found.design, found.secondary, found.levels[0].rank, found.levels[0].provisional) == (
        "randomized-trial",
        True,
        2,
        True,
    )
    assert not RULES.assess(record("Randomized Controlled Trial")).secondary


@pytest.mark.parametrize(
    ("text", "secondary"),
    [
        ("This secondary analysis derived from an open-label study included 22 patients.", True),
        ("In a post hoc analysis of a naturalistic study, 35 patients were followed.", True),
        ("This study was a secondary analysis of genes and outcomes.", True),
        ("We followed 40 patients to find predictors of response.", False),
        ("Secondary analyses showed the same. We followed 40 patients.", False),
        ("Ferritin was measured as a secondary analysis. We followed 40 patients.", False),
        ("In a post hoc analysis of the subgroup aged 65, risk was higher. We followed 40 patients.", False),
    ],
)
def test_an_observational_study_that_calls_itself_a_secondary_analysis_is_one(text: str, secondary: bool) -> None:
    found = RULES.assess(record("Observational Study", title="Predictors of response to ketamine.", abstract=text))
    assert (found.design, found.secondary) == ("cohort", secondary)


def test_a_trial_says_in_many_words_that_it_is_a_secondary_analysis() -> None:
    texts = (
        "In this secondary analysis, we ask whether dissociation explains the effect. Forty adults were randomized.",
        "Samples came from 22 people who had participated in a placebo-controlled crossover study.",
    )
    for text in texts:
        assert RULES.assess(record("Randomized Controlled Trial", abstract=text)).secondary
    own = "Two hundred children were enrolled in a randomized trial of ketamine. They had been enrolled in a trial before in 3 % of cases."
    assert not RULES.assess(record("Randomized Controlled Trial", abstract=own)).secondary


def test_healthy_volunteers_and_models_carry_no_benefit_level() -> None:
    trial = record("Randomized Controlled Trial")
    volunteers = Tag("condition", "healthy-volunteers", "population", "title", "healthy volunteers")
    model = Tag("condition", "schizophrenia", "model", "title", "model of schizophrenia")
    patients = Tag("condition", "depression", "indication", "title", "depression")
    assert RULES.assess(trial, [volunteers]).levels[0].rank is None
    assert RULES.assess(trial, [model]).levels[0].rank is None
    assert RULES.assess(trial, [volunteers, patients]).levels[0].rank == 2
    assert RULES.assess(trial, [volunteers]).levels[1].rank == 2  # harms


def test_a_heading_alone_makes_no_patients_of_healthy_volunteers() -> None:
    volunteers = Tag("condition", "healthy-volunteers", "population", "abstract", "healthy volunteers")
    heading = Tag("condition", "schizophrenia", "indication", "mesh", "Schizophrenia")
    named = Tag("condition", "schizophrenia", "indication", "abstract", "schizophrenia")
    trial = record("Randomized Controlled Trial", abstract="Ketamine and placebo were given to healthy volunteers.")
    assert RULES.assess(trial, [volunteers, heading]).levels[0].rank is None
    assert RULES.assess(trial, [volunteers, named]).levels[0].rank == 2
    beside = record("Randomized Controlled Trial", abstract="Twenty patients with schizophrenia and twenty healthy volunteers took part.")
    assert RULES.assess(beside, [volunteers, heading]).levels[0].rank == 2


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("Gating is impaired in patients with schizophrenia. Startle was measured in 16 healthy male subjects after ketamine or placebo.", None),
        ("Thirty-three healthy, right-handed men had functional magnetic resonance imaging after ketamine and placebo.", None),
        ("N = 24 healthy, young subjects took part in a crossover study.", None),
        ("The pharmacokinetics of ketamine were studied in 24 healthy women.", None),
        ("Participants were healthy. Ketamine or placebo was given during a memory task.", None),
        ("Twenty unmedicated subjects with schizophrenia and 20 healthy controls received ketamine.", 2),
        ("Thirty-five patients and 25 healthy subjects received ketamine.", 2),
        ("Sixty healthy women scheduled for cesarean delivery received ketamine or saline.", 2),
        ("We allocated 22,071 healthy men to aspirin or placebo.", 2),
        ("Sixty healthy schoolchildren received fluoride varnish or none.", 2),
        ("Forty healthy nurses were allocated to mindfulness or a waiting list; attention to the task rose.", 2),
        ("Ninety healthy volunteers had a vaccine or placebo; antibodies rose. Half life was 20 days.", 2),
        ("Eighty healthy postmenopausal women took estradiol; bone density on radiographs rose.", 2),
        ("Thirty-four insomniacs and 17 healthy subjects did a memory task.", 2),
        ("Nineteen healthy women served as untreated controls; pharmacokinetics were measured.", 2),
    ],
)  # fmt: skip
def test_a_trial_in_healthy_people_alone_gives_no_benefit_level_whatever_condition_it_names(
    text: str, rank: int | None
) -> None:
    named = Tag("condition", "schizophrenia", "indication", "abstract", "schizophrenia")
    found = RULES.assess(record("Randomized Controlled Trial", title="Ketamine and gating.", abstract=text), [named])
    assert (found.levels[0].rank, found.levels[1].rank) == (rank, 2)


@pytest.mark.parametrize(
    ("title", "rank"),
    [
        ("Effects of ketamine on memory in healthy volunteers: relation to schizophrenia.", None),
        ("Effects of ketamine on memory in healthy volunteers and patients with schizophrenia.", 2),
        ("Effects of ketamine on memory in schizophrenia.", 2),
    ],
)
def test_a_title_that_names_healthy_people_gives_no_benefit_level(title: str, rank: int | None) -> None:
    patients = Tag("condition", "schizophrenia", "indication", "title", "schizophrenia")
    trial = record("Randomized Controlled Trial", title=title)
    assert RULES.assess(trial, [patients]).levels[0].rank == rank


def test_cases_of_what_a_drug_induced_are_no_volunteers() -> None:
    induced = Tag("condition", "bladder-damage", "model", "title", "ketamine-induced cystitis")
    found = RULES.assess(
        Record(pmid=1, title="Ketamine-induced cystitis: a case series.", abstract="We report eight patients with cystitis."), [induced]
    )
    assert (found.design, found.levels[0].rank) == ("case-series", 4)


def test_harm_keeps_signals_visible() -> None:
    found = RULES.assess(
        record("Observational Study", abstract="A disproportionality analysis of spontaneous reports in FAERS.")
    )
    assert (found.levels[1].scheme, found.levels[1].rank, found.levels[1].rule) == ("ocebm-harm", 4, "O2.signal")


def test_a_level_names_rule_version_and_what_it_saw() -> None:
    level = RULES.assess(record("Randomized Controlled Trial")).levels[0]
    assert (level.rule, level.ruleset, level.provisional, level.confidence) == ("T1", RULES.version, False, None)
    assert [(match.field, match.matched) for match in level.inputs] == [
        ("publication-type", "Randomized Controlled Trial")
    ]


def test_automatic_indexing_is_said() -> None:
    found = RULES.assess(
        Record(
            pmid=1,
            title="Ketamine.",
            indexing_method="Automated",
            publication_types=(PublicationType("D016449", "RCT"),),
        )
    )
    assert (found.design, found.levels[0].basis) == ("randomized-trial", "automated")


def test_types_go_by_ui_then_by_whole_name_and_unknown_ones_are_reported() -> None:
    odd = record("Randomised Controlled Trial", "Trial", "JOURNAL ARTICLE")
    assert RULES.unknown_types(odd) == ("Randomised Controlled Trial", "Trial")
    assert RULES.assess(odd).design != "randomized-trial"


def test_many_records_get_what_each_gets_alone() -> None:
    records = [
        record("Randomized Controlled Trial", abstract="Forty patients were randomized to ketamine or placebo."),
        record("Journal Article", title="", abstract=None, mesh=()),
        record("Journal Article", title="A cohort study of ketamine.", abstract="We followed 120 patients.", mesh=()),
        record("Journal Article", title="Ketamine in rats.", abstract="Rats were given ketamine.", mesh=(ANIMALS,)),
    ]
    tags = [(), (), (Tag("intervention", "ketamine", "studied", "title", "Ketamine"),), ()]
    assert RULES.assess_all(records, tags) == [RULES.assess(one, said) for one, said in zip(records, tags, strict=True)]
    with pytest.raises(ValueError, match="shorter"):
        RULES.assess_all(records, tags[:-1])
