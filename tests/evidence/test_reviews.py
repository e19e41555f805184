"""A systematic review has the level of what it includes."""

import pytest

from litmap.evidence import Rules
from litmap.model import Level, PublicationType, Record

RULES = Rules.load()
TYPES = (PublicationType("D000078182", "Systematic Review"),)


def assessed(abstract: str, title: str) -> tuple[Level, ...]:
    found = RULES.assess(Record(pmid=1, title=title, abstract=abstract, publication_types=TYPES))
    assert found.design == "systematic-review"
    return found.levels


def level(abstract: str, title: str = "Ketamine for depression: a systematic review.") -> tuple[int | None, str, bool]:
    benefit = assessed(abstract, title)[0]
    return benefit.rank, benefit.rule, benefit.provisional


@pytest.mark.parametrize(
    ("abstract", "rank", "rule"),
    [
        ("Nine randomized controlled trials (n = 300) were included.", 1, "S2.randomized"),
        ("Included were randomised trials: 0 of them in children, 12 in adults.", 1, "S2.randomized"),
        ("None of the included randomized trials reported deaths.", 1, "S2.randomized"),
        ("None of the included studies was a randomized trial.", None, "S2.unstated"),
        ("The number of RCTs was 0. The number of controlled studies was 4.", 3, "S2.nonrandomized"),
        ("RCT (n=0), prospective cohort (n=3) and retrospective cohort (n=9).", 3, "S2.nonrandomized"),
        (
            "With data from nine eligible RCTs the effect was large. No RCTs of the oral route were identified.",
            1,
            "S2.randomized",
        ),
        ("SELECTION CRITERIA: Randomised trials comparing ketamine with placebo.", 1, "S2.randomized"),
        ("We included six randomized trials and four open-label studies.", 1, "S2.mixed"),
        ("Twelve cohort studies met the inclusion criteria.", 3, "S2.nonrandomized"),
        ("We identified 14 case reports of cystitis.", 4, "S2.cases"),
        ("Twenty animal studies were included.", 5, "S2.animal"),
        ("No randomized controlled trials were found.", None, "S2.unstated"),
        (
            "Fourteen studies were included; the evidence is limited by a lack of randomized trials.",
            None,
            "S2.unstated",
        ),
        ("Fourteen studies were included. Randomized trials are needed.", None, "S2.unstated"),
        ("No studies met the inclusion criteria.", None, "S2.none"),
        ("Fourteen studies with 551 participants were included.", None, "S2.unstated"),
        (
            "Three databases were searched for randomised trials of oral magnesium. No trials met the inclusion criteria.",
            None,
            "S2.none",
        ),
        ("Randomised trials of oral magnesium were eligible. No trials met the inclusion criteria.", None, "S2.empty"),
        ("We searched two databases for randomized trials comparing magnesium with placebo.", None, "S2.unstated"),
        ("We searched for randomized trials. Twelve RCTs were included.", 1, "S2.randomized"),
        ("Randomized trials of oral magnesium were eligible.", 1, "S2.randomized"),
        ("Of 90 non-randomised studies eight were pooled.", 3, "S2.nonrandomized"),
        (
            "Seven randomized trials were included. No trials were found for the oral route.",
            1,
            "S2.randomized",
        ),
    ],
)
def test_what_a_review_includes(abstract: str, rank: int | None, rule: str) -> None:
    assert level(abstract)[:2] == (rank, rule)


def test_mixed_designs_are_provisional_randomized_alone_are_not() -> None:
    assert level("We included six randomized trials and four cohort studies.")[2]
    assert not level("Six randomized trials were included.")[2]


NOTHING_FOUND = (
    "No randomized trials were found.",
    "None were found.",
    "None of them met our criteria.",
    "We identified no eligible randomized trials.",
    "The search returned none.",
    "Zero randomized trials were retrieved.",
    "Not a single randomized trial was available.",
    "Randomized trials were not identified.",
    "None of the reports was a randomized trial.",
    "There were no randomized or placebo-controlled trials.",
)


@pytest.mark.parametrize("denial", NOTHING_FOUND)
def test_a_denial_overrules_a_search(denial: str) -> None:
    for sought in ("We searched for randomized trials of magnesium.", "Randomized trials of magnesium were eligible."):
        told = f"{sought} {denial} Eight cohort studies were included."
        assert level(told)[:2] == (3, "S2.nonrandomized"), told


@pytest.mark.parametrize("denial", NOTHING_FOUND)
def test_a_count_overrules_a_denial(denial: str) -> None:
    told = f"We searched for randomized trials of magnesium by any route. {denial} Five randomized trials in adults were pooled."
    assert level(told)[:2] == (1, "S2.randomized"), told


@pytest.mark.parametrize(
    ("abstract", "rank", "rule"),
    [
        ("We sought randomized trials; in four registers only cohort studies were located.", 3, "S2.nonrandomized"),
        ("Randomized trials were eligible. Only two case reports were identified.", 4, "S2.cases"),
        ("Randomized trials and cohort studies were eligible. All included studies were case series.", 4, "S2.cases"),
        ("Zero randomized trials and six cohort studies were included.", 3, "S2.nonrandomized"),
        ("We found no randomized trials but seven open-label studies.", 3, "S2.nonrandomized"),
        ("We searched for randomized trials of magnesium and found none; four case series were included.", 4, "S2.cases"),
        ("We looked for randomized trials. Nine case reports were included.", 4, "S2.cases"),
        ("The search for randomized trials yielded no results, so six cohort studies were read.", 3, "S2.nonrandomized"),
        ("We failed to identify any randomized trials. Five case reports were found.", 4, "S2.cases"),
        ("Of 12 studies none was a randomized trial; all were cohort studies.", 3, "S2.nonrandomized"),
        ("We included 12 studies (0 randomized trials, 12 cohort studies).", 3, "S2.nonrandomized"),
        ("After excluding 30 duplicates, 12 randomized trials were included.", 1, "S2.randomized"),
        ("Nine case reports were included; all previous randomized trials included no one with gout.", 4, "S2.cases"),
        ("Six cohort studies were included. Meta-analyses of randomized trials in men have shown gains.", 3, "S2.nonrandomized"),
        ("Six cohort studies were included. Randomized trials have shown gains in men.", 3, "S2.nonrandomized"),
        ("Since the report of a randomized trial in men hopes are high. We included six cohort studies.", 3, "S2.nonrandomized"),
        ("We included six cohort studies. Two randomized trials are under way.", 3, "S2.nonrandomized"),
        ("We included meta-analyses of randomized trials.", 1, "S2.randomized"),
        ("We performed a systematic review with meta-analyses of randomized trials.", 1, "S2.randomized"),
        ("In eight randomized trials weight rose. It rose at first and then no more. The use of magnesium should be reviewed.", 1, "S2.randomized"),
        ("We included 11 randomized trials. No difference was found between the randomized trials.", 1, "S2.randomized"),
        ("Randomized trials comparing magnesium with placebo were pooled. No other randomized trials were found.", 1, "S2.randomized"),
        ("Only three randomized trials met the criteria.", 1, "S2.randomized"),
    ],
)  # fmt: skip
def test_denials_and_mentions(abstract: str, rank: int | None, rule: str) -> None:
    assert level(abstract)[:2] == (rank, rule)


@pytest.mark.parametrize(
    "zero",
    [
        "Of 15 included studies, 0 were randomized trials and 15 were case reports.",
        "We included 15 studies, of which 0 (0%) were randomized trials and 15 case reports.",
        "0/15 were randomized trials; 15 case reports were included.",
        "Of the 15 studies, 0 of 15 were randomized trials; all were case reports.",
        "Of the studies, zero (0%) were randomized trials and 15 were case reports.",
        "Not one of the studies was a randomized trial. Fifteen case reports were included.",
        "Studies were included as follows (randomized trials, n = 0; case reports, n = 15).",
        "We included randomized trials (n=0) and case reports (n=15).",
        "Randomized trials: 0; case reports: 15.",
        "The number of randomized trials was 0. Fifteen case reports were included.",
    ],
)
def test_a_count_of_zero_includes_nothing(zero: str) -> None:
    assert level(f"We searched PubMed. {zero}")[:2] == (4, "S2.cases")


@pytest.mark.parametrize("zero", ["We included randomized trials (0) and case reports (15).", "Studies included: randomized trials (none), case reports (15)."])
def test_a_zero_in_brackets_includes_nothing(zero: str) -> None:
    assert level(f"We searched PubMed. {zero}")[0] != 1


@pytest.mark.parametrize(
    "count",
    [
        "10 randomized trials were included.",
        "Of 15 included studies, 10 were randomized trials.",
        "Randomized trials (n = 20) were included.",
        "Randomized trials: 10; animal studies: 0.",
        "We included 12 randomized trials, 0 case reports.",
        "In 12 randomized trials 0 of 140 patients died.",
        "The difference was 0 in 12 randomized trials.",
        "Twelve randomized trials were included; none was at low risk of bias.",
    ],
)
def test_other_zeros_deny_no_trial(count: str) -> None:
    assert level(f"We searched PubMed. {count}")[:2] == (1, "S2.randomized")


def test_a_title_yields_to_a_whole_denial_only() -> None:
    title = "Magnesium for gout: a systematic review of randomized trials."
    assert level("No randomized trials were found. Six cohort studies were included.", title)[0] == 3
    assert level("Nine studies were pooled. No randomized trials in children were found.", title)[0] == 1


@pytest.mark.parametrize(
    "question",
    [
        "Blood biomarkers of response to ketamine", "Prevalence of ketamine use", "Mechanisms of ketamine", "Which EEG markers change with magnesium?",
        "Magnesium and peripheral BDNF", "Brain network changes after magnesium", "An fMRI account of magnesium in gout", "Who responds to magnesium?",
        "Factors associated with response to magnesium", "How common is gout among swimmers?", "The gut microbiome in gout", "Cytokines in gout",
        "Plasma metabolites and magnesium", "Neuroinflammation in gout", "Neurophysiological signatures of magnesium", "How does magnesium work in gout?",
        "Predictors of the efficacy of magnesium", "Cost of gout",
    ],
)  # fmt: skip
def test_other_questions_have_no_level(question: str) -> None:
    found = assessed("Nine randomized trials were included.", f"{question}: a systematic review.")
    assert [(one.rank, one.rule) for one in found] == [(None, "S2.question")] * 2


@pytest.mark.parametrize(
    "aim",
    [
        "We aimed to examine neural correlates of magnesium.",
        "This review examines blood biomarkers in gout.",
        "The objective of this study was to estimate the prevalence of gout.",
        "OBJECTIVE: To identify predictors of response.",
        "We conducted a systematic review of neuroimaging studies.",
    ],
)
def test_the_aim_is_asked_where_the_title_says_nothing(aim: str) -> None:
    abstract = f"{aim} Nine randomized trials were included."
    assert level(abstract, "Magnesium in gout: a systematic review.")[:2] == (None, "S2.question")
    assert level(abstract, "Efficacy of magnesium in gout: a systematic review.")[:2] == (1, "S2.randomized")


@pytest.mark.parametrize(
    ("title", "aim"),
    [
        ("Efficacy of magnesium in reducing the incidence of gout", ""),
        ("Effect of magnesium on the incidence of gout", ""),
        ("Magnesium for people with risk factors", ""),
        ("Effect of magnesium on growth and serum magnesium concentrations", ""),
        ("Association between magnesium infusions and pain", ""),
        ("Magnesium in gout", "We aimed to assess the outcomes of treatment and to explore mechanisms."),
        (
            "Magnesium in gout",
            "PURPOSE: Gout has a prevalence of 4 percent. This review aims to find whether magnesium is of use.",
        ),
        ("Magnesium in gout", "The mechanisms of gout are unknown. We aimed to evaluate the efficacy of magnesium."),
        ("Magnesium in gout", "We also rated bias with an assessment tool."),
        ("Magnesium in gout", "We aimed to study adults with a diagnosis of gout."),
    ],
)
def test_treatment_questions_keep_their_level(title: str, aim: str) -> None:
    assert level(f"{aim} Nine randomized trials were included.", f"{title}: a systematic review.")[0] == 1


@pytest.mark.parametrize(
    "title", ["Incidence of adverse events with magnesium", "Predictors of toxicity of magnesium", "Prevalence of cystitis after ketamine"]
)  # fmt: skip
def test_questions_of_harm_keep_their_level_of_harm(title: str) -> None:
    benefit, harm = assessed("Nine randomized trials were included.", f"{title}: a systematic review.")
    assert (benefit.rank, harm.rank, harm.rule) == (None, 1, "S2.randomized")
