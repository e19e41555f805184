"""Records that nobody has indexed: title and abstract decide, always provisionally."""

import pytest

from litmap.evidence import Rules
from litmap.evidence.rules import Table
from litmap.model import Assessment, Mesh, PublicationType, Record, Relation, Tag

RULES = Rules.load()
JOURNAL_ARTICLE = (PublicationType("D016428", "Journal Article"),)


def assess(title: str, abstract: str | None = None, **more: object) -> Assessment:
    return RULES.assess(Record(pmid=1, title=title, abstract=abstract, publication_types=JOURNAL_ARTICLE, **more))  # type: ignore[arg-type]


CASES = [
    (
        "randomized-trial",
        "Intranasal esketamine in late-life depression: a randomized controlled trial.",
        "Sixty patients were randomly assigned to esketamine or placebo for 4 weeks. Scores improved more with esketamine.",
    ),
    (
        "randomized-trial",
        "Ketamine augmentation of escitalopram.",
        "In a double-blind, placebo-controlled study, 40 patients with major depression received ketamine or placebo. Response was greater with ketamine (p < 0.05).",
    ),
    (
        "randomized-trial",
        "A crossover trial of oral ketamine for neuropathic pain.",
        "Twenty patients received oral ketamine and placebo in random order, each for two weeks. Pain did not differ between treatments.",
    ),
    (
        "controlled-trial",
        "Ketamine before electroconvulsive therapy: a non-randomized controlled trial.",
        "Patients were allocated by date of birth to ketamine or thiopental; 30 received each. Seizures were longer with ketamine.",
    ),
    (
        "single-arm-trial",
        "Repeated ketamine infusions in depression: an open-label, single-arm study.",
        "Fifteen patients with depression received six open-label infusions of ketamine. Depression scores fell from baseline to week 2.",
    ),
    (
        "cohort",
        "Outcomes after ketamine treatment in a community clinic: a retrospective cohort study.",
        "We retrospectively reviewed the records of 200 patients treated with ketamine. Follow-up was one year; half of the patients improved.",
    ),
    (
        "case-control",
        "Ketamine exposure and cystitis: a case-control study.",
        "Cases with cystitis were compared with matched controls. Use of ketamine was more frequent among cases (odds ratio 4).",
    ),
    (
        "cross-sectional",
        "Knowledge of esketamine among psychiatrists: a cross-sectional survey.",
        "An online survey was answered by 300 respondents; most had never prescribed esketamine.",
    ),
    (
        "case-series",
        "Ketamine for refractory status epilepticus: a case series.",
        "We report five patients treated with ketamine after other drugs had failed. Seizures stopped in three.",
    ),
    (
        "case-report",
        "Mania after ketamine infusion: a case report.",
        "A 45-year-old woman with depression was admitted and developed mania after her third infusion. She recovered.",
    ),
    (
        "systematic-review",
        "Ketamine for suicidal ideation: a systematic review and meta-analysis.",
        "We searched PubMed and Embase. Ten randomized controlled trials were included. The pooled effect was large.",
    ),
    (
        "systematic-review",
        "Esketamine for depression: a systematic review without meta-analysis.",
        "MEDLINE and PsycINFO were searched; twelve cohort studies met the inclusion criteria.",
    ),
    (
        "scoping-review",
        "Digital tools beside ketamine treatment: a scoping review.",
        "We searched four databases and charted 50 studies.",
    ),
    (
        "narrative-review",
        "The neurobiology of ketamine: an overview.",
        "In this article we review current knowledge of glutamate and discuss recent advances, controversies and future directions for clinicians.",
    ),
    (
        "guideline",
        "Clinical practice guideline for ketamine in acute pain.",
        "An expert panel makes recommendations for dosing and monitoring.",
    ),
    (
        "guideline",
        "Ketamine for mood disorders: a consensus statement.",
        "Experts agreed on recommendations by a Delphi process.",
    ),
    (
        "protocol",
        "Ketamine versus ECT: study protocol for a randomized trial.",
        "Patients will be randomized to ketamine or ECT. The primary outcome will be remission at week 4.",
    ),
    (
        "protocol",
        "Ketamine for chronic pain: protocol for a systematic review.",
        "We will search PubMed and Embase. Randomized trials will be included. Two reviewers will extract data.",
    ),
    (
        "pooled-analysis",
        "Early response to esketamine: pooled analysis of two randomized trials.",
        "Data of two phase 3 trials were pooled; 500 patients were randomized. Response at day 2 was higher with esketamine.",
    ),
    (
        "qualitative",
        "Patients' experiences of ketamine treatment: a qualitative study.",
        "Semi-structured interviews were held with 15 patients treated with ketamine and analysed by thematic analysis.",
    ),
    (
        "opinion",
        "Letter to the editor: more on ketamine and memory.",
        "We read with interest the article on ketamine. We argue that dose matters.",
    ),
]


@pytest.mark.parametrize(
    ("design", "title", "abstract"), CASES, ids=[f"{design}: {title[:30]}" for design, title, _ in CASES]
)
def test_designs_are_recognised(design: str, title: str, abstract: str) -> None:
    found = assess(title, abstract)
    level = found.levels[0]
    assert (found.design, found.subjects) == (design, "human")
    assert (level.provisional, level.basis, level.rule.startswith("F.")) == (True, "text", True)
    assert 0 < (level.confidence or 0) <= 1


TOLD_IN_OTHER_WORDS = [
    (
        "randomized-trial",
        2,
        "Magnesium before hip surgery: effect on shivering.",
        "Ninety patients were assigned to magnesium or saline; assignment followed a computer-generated sequence and was kept in sealed envelopes."
        " Shivering was seen in 6 patients of the magnesium group and in 17 of the control group.",
    ),
    (
        "randomized-trial",
        2,
        "Two splints for sprained ankles: crossover study.",
        "Thirty adults wore each splint for a week, in random order, with a week between. Pain was the outcome. Pain did not differ between the splints.",
    ),
    (
        "randomized-trial",
        2,
        "Singing lessons or breathing exercises for chronic bronchitis.",
        "Adults with bronchitis were assigned at random to singing lessons (n = 40) or breathing exercises (n = 40). Assessors were unaware of the"
        " assignment. After ten weeks breathlessness was less in both groups.",
    ),
    (
        "cohort",
        3,
        "Blood thinners and hip fracture: a nationwide cohort study.",
        "Users of two blood thinners were matched by propensity score and followed for five years. Fractures were rarer in users of the newer drug"
        " (hazard ratio 0.8). Randomised trials are unlikely to settle the question.",
    ),
    (
        "single-arm-trial",
        4,
        "Oral ketamine for nightmares: an open-label pilot study.",
        "Nine patients took oral ketamine for a month; nightmares became rarer in six. A randomized controlled trial is under way.",
    ),
    (
        "controlled-trial",
        3,
        "Non-randomised comparison of day care and ward care for anorexia.",
        "Patients chose day care (n = 30) or the ward (n = 33). Weight gain did not differ after six months.",
    ),
    (
        "pooled-analysis",
        2,
        "Magnesium for low mood: a pooled analysis of two randomized phase 3 trials.",
        "Data of two placebo-controlled trials were pooled; 400 patients had been randomized. Mood improved more with magnesium. (PsycInfo Database Record (c) 2020)",
    ),
    (
        "qualitative",
        None,
        "Why parents say no to a randomised trial of tonsil surgery: an interview study.",
        "Eighteen parents who had declined randomisation were interviewed. Thematic analysis showed that they wanted to choose.",
    ),
    (
        "guideline",
        None,
        "Consensus guidelines on the use of ketamine for headache.",
        "A panel of two societies graded its recommendations on dose, monitoring and follow-up.",
    ),
    (
        "protocol",
        None,
        "Magnesium for insomnia: a protocol of systematic review and meta-analysis.",
        "Eight databases will be searched for randomized controlled trials. Two reviewers will select and judge them.",
    ),
    (
        "scoping-review",
        None,
        "Ketamine and physiotherapy.",
        "This scoping review followed the steps of Arksey and O'Malley. We searched four databases and charted twelve papers.",
    ),
    (
        "opinion",
        None,
        "Ketamine on the ward: the authors' reply.",
        "We thank our colleague for reading our randomized trial. The nurses were blinded and the dose was fixed.",
    ),
    (
        "undetermined",
        None,
        "Iron stores and low mood: a two-sample Mendelian randomization study.",
        "Genetic variants served as instruments. Iron stores were not related to low mood (odds ratio 1.0).",
    ),
    (
        "undetermined",
        None,
        "Quality of reporting of randomised controlled trials in dentistry.",
        "We read 80 randomised controlled trials and compared them with the CONSORT checklist. Concealment was described in half.",
    ),
]


@pytest.mark.parametrize(
    ("design", "rank", "title", "abstract"),
    TOLD_IN_OTHER_WORDS,
    ids=[f"{design}: {title[:30]}" for design, _, title, _ in TOLD_IN_OTHER_WORDS],
)
def test_designs_told_in_other_words(design: str, rank: int | None, title: str, abstract: str) -> None:
    found = assess(title, abstract)
    assert (found.design, found.levels[0].rank) == (design, rank)


def test_a_double_blind_trial_against_placebo_need_not_say_random() -> None:
    found = assess(
        "Magnesium tablets for cramps at night.",
        "A double-blind, placebo-controlled, crossover trial compared magnesium with placebo in 60 patients with cramps, with four weeks on each and a"
        " washout between. Magnesium was superior to placebo (p < 0.05); side effects were mild.",
    )
    assert (found.design, found.levels[0].rank, found.levels[0].rule) == ("randomized-trial", 2, "F.T1.blind")
    assert found.levels[0].provisional


def test_what_is_told_in_focus_groups_about_a_treatment_is_qualitative() -> None:
    told = Record(
        pmid=1,
        title="Learning to live without ketamine.",
        abstract="Focus groups were held with 20 people who had stopped using ketamine. They spoke of boredom, pride and new friends.",
        publication_types=JOURNAL_ARTICLE,
    )
    assert (
        RULES.assess(told, (Tag("intervention", "ketamine", "studied", "title", "ketamine"),)).design == "qualitative"
    )


def test_people_of_a_trial_asked_another_question_are_no_further_study() -> None:
    found = assess(
        "Pain and sleep among participants in a randomized trial of magnesium.",
        "We asked whether poor sleep at baseline went with pain in 90 participants in a randomized trial of magnesium and placebo. It did.",
    )
    assert found.secondary


@pytest.mark.parametrize(
    ("abstract", "secondary"),
    [
        ("Interleukin 6 of 80 patients enrolled in a randomized trial of magnesium was compared with that of 40 healthy controls.", True),
        ("Patients taking part in a randomized, double-blind trial of magnesium were scanned before treatment and compared with 40 healthy controls.", True),
        ("Sleep at baseline of 60 participants of a randomized controlled trial was compared with that of 30 healthy controls.", True),
        ("Sixty patients were enrolled in a randomized trial of magnesium and rest. Sleep improved more with magnesium.", False),
        ("Patients enrolled in a randomized, double-blind trial received magnesium or placebo. Sleep improved more with magnesium.", False),
    ],
)  # fmt: skip
def test_people_named_by_their_trial_are_asked_something_else(abstract: str, secondary: bool) -> None:
    found = assess("Magnesium and cramps.", abstract)
    assert (found.design, found.secondary) == ("randomized-trial", secondary)
    assert found.levels[0].provisional


@pytest.mark.parametrize(
    "title",
    [
        "Sleep before treatment predicts response to magnesium in migraine.",
        "Prediction of response to magnesium in migraine.",
        "Clinical predictive factors of relief with magnesium in migraine.",
        "Brain correlates of response to magnesium in migraine.",
    ],
)
def test_a_title_that_predicts_response_is_no_further_study(title: str) -> None:
    found = assess(
        title,
        "Ninety patients with migraine were randomly assigned to magnesium or placebo. Sleep predicted response to both.",
    )
    assert found.secondary
    assert not assess(
        "Magnesium in moderate migraine.", "Ninety patients were randomly assigned to magnesium or placebo."
    ).secondary


def test_a_questionnaire_in_the_title_makes_no_survey() -> None:
    found = assess(
        "Ketamine and scores on the Patient Health Questionnaire in depression.",
        "Sixty patients with depression were randomly assigned to ketamine or placebo. Scores fell more with ketamine (p = 0.01).",
    )
    assert (found.design, found.levels[0].rank) == ("randomized-trial", 2)


@pytest.mark.parametrize(
    "abstract",
    [
        "Ten patients with depression received open-label ketamine. Scores improved. Randomized trials are needed.",
        "Ten patients with depression received open-label ketamine. Larger, randomized, placebo-controlled trials are warranted.",
        "Previous randomized trials were small. We treated ten patients openly with ketamine and followed them for a month.",
        "We randomly selected 200 records of patients treated with ketamine from the registry and reviewed them retrospectively.",
    ],
)
def test_words_of_randomization_that_report_no_trial(abstract: str) -> None:
    found = assess("Experience with ketamine for depression.", abstract)
    assert found.design != "randomized-trial"
    assert found.levels[0].rank not in (1, 2)


def test_a_letter_about_a_trial_is_no_trial() -> None:
    comment = (Relation("CommentOn", 5, None),)
    found = assess(
        "Re: Ketamine for depression, a randomized trial.",
        "The authors report a randomized trial of ketamine. We disagree.",
        relations=comment,
    )
    assert (found.design, found.levels[0].rank) == ("opinion", None)


ANSWERED = "We appreciate the interest of Dr Moss in our randomized trial of 80 patients. Patients were randomized 1:1."


@pytest.mark.parametrize(
    "title",
    [
        "Magnesium or rest for cramps: a randomized trial. Authors' response",
        "Authors’ response",
        "Magnesium for cramps: reply.",
        "Magnesium for cramps - Reply",
        "Magnesium for cramps [response]",
        "Magnesium for cramps--a comment.",
        "Magnesium for cramps: author response",
        "Magnesium for cramps: response from the authors",
        "Magnesium for cramps. The authors respond",
        "Response to 'Magnesium for cramps'",
        "A response to: Magnesium for cramps",
        "Response to Moss et al: magnesium for cramps",
        "Rebuttal: magnesium for cramps",
        "Magnesium for cramps: a rebuttal",
        "Comment: magnesium for cramps",
    ],
)
def test_an_answer_to_a_letter_about_a_trial_is_no_trial(title: str) -> None:
    for abstract in (ANSWERED, "In our trial 80 patients were randomly assigned to magnesium or rest."):
        found = assess(title, abstract)
        assert (found.design, found.levels[0].rank) == ("opinion", None)


@pytest.mark.parametrize(
    "abstract",
    [
        ANSWERED,
        "We thank our readers for their comments on our randomized trial, in which 80 patients were randomly assigned to magnesium or rest.",
        "We reply to the letter by our colleagues. Eighty patients were randomly assigned to magnesium or rest, and all were followed.",
    ],
)
def test_an_answer_to_a_letter_is_known_by_its_text_too(abstract: str) -> None:
    assert assess("Magnesium for cramps.", abstract).design == "opinion"


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Postal reminders for screening: a cluster randomised trial.", "Women who did not respond to the letter were telephoned."),
        ("Postal reminders for screening.", "Women who did not reply to the letter were telephoned."),
        ("A leaflet for back pain: a randomized trial.", "Patients gave us their comments on our leaflet."),
        ("A leaflet for back pain.", "Patients gave us their comments on our leaflet."),
        ("Magnesium for cramps: a randomized trial.", "We appreciate the comments of Dr Smith."),
        ("An invitation to screening: a randomized trial.", "Half of them were to receive a letter from Dr Smith. Another sentence stood in this letter."),
        ("Written feedback to prescribers: the letter.", "Prescribing fell."),
        ("Response to vaccination in patients with arthritis et al.: a randomized controlled trial.", "Titres rose."),
    ],
)
def test_letters_that_a_trial_sends_or_thanks_for_make_it_no_letter(title: str, told: str) -> None:
    found = assess(title, f"General practices with 900 patients were randomly assigned to this or to usual care. Pain did not differ. {told}")
    assert (found.design, benefit(found)) == ("randomized-trial", 2)


@pytest.mark.parametrize(
    ("title", "design"),
    [
        ("Magnesium and the stress response: a randomized trial.", "randomized-trial"),
        ("Magnesium and the speed of reply: a randomized trial.", "randomized-trial"),
        ("No room for comment: a randomized trial of magnesium.", "randomized-trial"),
        ("Does sleep predict a response to magnesium? A randomized trial.", "randomized-trial"),
        ("Correspondence between dose and relief: a randomized trial.", "randomized-trial"),
        ("Response to magnesium: a randomized trial.", "randomized-trial"),
        ("Magnesium for cramps: dose and response.", "randomized-trial"),
        ("Magnesium for cramps: early non-response.", "randomized-trial"),
        ("Biomarkers of response: a systematic review.", "systematic-review"),
        ("Trajectories of response: a retrospective cohort study.", "cohort"),
    ],
)
def test_the_response_of_a_patient_is_no_letter(title: str, design: str) -> None:
    told = {
        "randomized-trial": "Eighty patients were randomly assigned to magnesium or rest. Cramps became rarer with magnesium.",
        "systematic-review": "We searched PubMed and Embase. Fifteen randomized trials were included.",
        "cohort": "We retrospectively reviewed the records of 200 patients who had received magnesium.",
    }
    assert assess(title, told[design]).design == design


def test_rats_are_rats_and_ratios_are_not() -> None:
    rats = assess(
        "Ketamine and relapse: a preclinical randomized controlled trial.",
        "Male Wistar rats were randomly assigned to ketamine or vehicle (20 mg/kg, i.p.). Rats treated with ketamine drank less.",
    )
    assert (rats.subjects, rats.levels[0].rank) == ("animal", 5)
    ratio = assess(
        "Ketamine and the risk ratio of relapse: a randomized controlled trial.",
        "Eighty patients were randomly assigned to ketamine or placebo. The risk ratio was 0.7; the mean rating fell.",
    )
    assert (ratio.subjects, ratio.design) == ("human", "randomized-trial")


def test_cells_are_in_vitro() -> None:
    found = assess(
        "Ketamine induces apoptosis in SH-SY5Y cells in vitro.",
        "Cultured SH-SY5Y cells were treated with ketamine. Cell viability was measured by assay; western blot showed phosphorylation.",
    )
    assert (found.subjects, found.levels[0].rank) == ("in-vitro", 5)


def test_a_title_alone_is_levelled_and_says_that_more_is_missing() -> None:
    found = assess("Esketamine nasal spray for depression: a randomized, double-blind trial.")
    level = found.levels[0]
    assert (found.design, level.basis, level.provisional) == ("randomized-trial", "incomplete", True)
    assert ("missing", "abstract") in [(match.field, match.matched) for match in level.inputs]


def test_matches_stand_where_they_are_said_to() -> None:
    for _, title, abstract in CASES:
        for match in assess(title, abstract).levels[0].inputs:
            if match.start is not None:
                assert {"title": title, "abstract": abstract}[match.field][match.start : match.end] == match.matched


def test_offsets_survive_letters_that_grow_in_lower_case() -> None:
    title = "İİİ (ketamine): a randomized controlled trial."
    inputs = assess(title, "Patients were randomly assigned.").levels[0].inputs
    assert all(title[match.start : match.end] == match.matched for match in inputs if match.field == "title")


@pytest.mark.parametrize(
    ("title", "design"),
    [
        ("Intramuscular magnesium versus pethidine for pain after thoracic surgery.", "undetermined"),
        ("Oral magnesium for sedation of children during magnetic resonance imaging.", "undetermined"),
        ("Magnesium for chronic migraine: a retrospective cohort study.", "cohort"),
        (
            "Magnesium and morphine infusions for pain after surgery: a double-blind comparative study.",
            "randomized-trial",
        ),
        ("Magnesium for migraine: a narrative review.", "narrative-review"),
        ("Magnesium study: protocol for naturalistic multicenter treatment of migraine.", "protocol"),
        ("Magnesium for migraine in an academic clinical practice setting", "undetermined"),
    ],
)
def test_a_title_alone_gives_no_design_that_it_does_not_name(title: str, design: str) -> None:
    assert assess(title).design == design


def test_a_plan_told_like_a_trial_is_a_protocol() -> None:
    found = assess(
        "Ketamine for adolescents with depression: a randomized, double-blind trial.",
        "The purpose of this study is to compare ketamine with midazolam. Eighty participants will be randomized and will receive"
        " six infusions. The primary outcome will be the depression score at week 4.",
    )
    assert (found.design, found.levels[0].rank) == ("protocol", None)


def test_random_allocation_in_a_text_that_reads_otherwise_waits_for_a_person() -> None:
    found = assess(
        "Ketamine in everyday practice: a retrospective chart review.",
        "We retrospectively reviewed the charts of 90 patients treated with ketamine at our clinic; 20 of them had been randomly"
        " assigned to a lower dose. Follow-up was one year and half of the patients improved.",
    )
    assert found.levels[0].rank not in (1, 2)
    assert found.levels[0].provisional


KNOWN = [  # titles as PubMed has them; the abstracts are written for this test
    ("The acute antisuicidal effects of single-dose intravenous ketamine and intranasal esketamine in individuals with major depression and bipolar disorders: A systematic review and meta-analysis.",
     "We searched databases for randomized controlled trials. Nine trials were included.", "systematic-review", "human", 1),
    ("Role of ketamine in the treatment of substance use disorders: A systematic review.",
     "Fourteen studies were included. The evidence is limited by a lack of randomized trials.", "systematic-review", "human", None),
    ("Blood-based biomarkers of antidepressant response to ketamine and esketamine: A systematic review and meta-analysis.",
     "Studies of randomized trials were included if they measured a blood marker.", "systematic-review", "human", None),
    ("Prevalence of chemsex and sexualized drug use among men who have sex with men: A systematic review and meta-analysis.",
     "Cross-sectional studies were pooled.", "systematic-review", "human", None),
    ("Comparative efficacy and side-effect profile of ketamine and esketamine in the treatment of unipolar and bipolar depression: protocol for a systematic review and network meta-analysis.",
     "Randomized trials will be included; two reviewers will select them.", "protocol", "human", None),
    ("A new module in the drug development process: preclinical multi-center randomized controlled trial of R-ketamine on alcohol relapse.",
     "Male and female rats were trained to drink and randomly assigned to R-ketamine or vehicle.", "laboratory", "animal", 5),
]  # fmt: skip


@pytest.mark.parametrize(("title", "abstract", "design", "subjects", "rank"), KNOWN, ids=["33360864", "40320049", "35760879", "40759067", "33579768", "40021941"])  # fmt: skip
def test_known_records(title: str, abstract: str, design: str, subjects: str, rank: int | None) -> None:
    found = assess(title, abstract)
    assert (found.design, found.subjects, found.levels[0].rank) == (design, subjects, rank)


def test_leaving_abstracts_unread_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    headings = [
        (),
        (Mesh(None, "Humans"),),
        (Mesh(None, "Animals"),),
        (Mesh(None, "Retrospective Studies"), Mesh(None, "Humans")),
    ]
    types = [
        "Journal Article",
        "Review",
        "Letter",
        "Case Reports",
        "Clinical Trial",
        "Randomized Controlled Trial",
        "Systematic Review",
    ]
    records = [
        Record(pmid=1, title=title, abstract=abstract, mesh=mesh, publication_types=(PublicationType(None, kind),))
        for _, title, abstract in CASES
        for mesh in headings
        for kind in types
    ]
    found = [RULES.assess(record) for record in records]
    monkeypatch.setattr(Table, "first_without_abstract", lambda self, tokens: (False, None))
    assert [RULES.assess(record) for record in records] == found


@pytest.mark.parametrize("end", [".", ":", ": rationale.", "…", "?"])
def test_a_phrase_counts_whatever_ends_it(end: str) -> None:
    found = assess(f"Ketamine for pain, a double-blind randomized controlled trial{end}")
    assert (found.design, found.levels[0].provisional) == ("randomized-trial", True)


def test_letters_of_other_alphabets_change_no_offset() -> None:
    abstract = "β-Blockade with Naïve “αβγ” ﬁbres, 5 µM; Öz et al. Patients were randomly assigned to ketamine or placebo."
    found = assess("Kétamine for pain: a trial", abstract)
    seen = [match for level in found.levels for match in level.inputs if match.field == "abstract"]
    assert found.design == "randomized-trial"
    assert seen
    assert all(abstract[match.start : match.end] == match.matched for match in seen)


OBSERVED = (
    "We looked back at 44 consecutive adults with depression who received ketamine or esketamine at one clinic between 2019 and 2022. "
    "Scores on the Montgomery-Asberg scale were compared after six infusions. Scores fell by 12 points with ketamine and by 11 points with "
    "esketamine; three patients stopped treatment because of dizziness. {}"
)


@pytest.mark.parametrize(
    "ending",
    [
        "What we saw has still to be shown by a randomized controlled trial.",
        "Conclusions: Both helped. A randomized, double-blind, placebo-controlled trial is the next step, and we prepare one.",
        "Limitations: Allocation was not randomized, and nobody was blinded.",
        "Our figures resemble those of the randomized placebo-controlled trial by Smith and colleagues.",
        "Conclusion: Routine care does as well as the randomized ASPEN trial did.",
    ],
)
def test_random_allocation_told_only_at_the_end_is_not_that_of_the_study(ending: str) -> None:
    found = assess("Ketamine or esketamine for depression at one clinic.", OBSERVED.format(ending))
    assert found.design == "cohort"
    assert found.levels[0].rank in (3, 4)


def test_a_trial_that_says_so_at_the_end_too_stays_one() -> None:
    told = OBSERVED.replace("We looked back at 44 consecutive adults with depression who received", "We randomized 44 adults with depression to")
    ending = "Conclusions: In this randomized trial, ketamine and esketamine helped alike."
    assert assess("Ketamine or esketamine for depression.", told.format(ending)).design == "randomized-trial"
    named = assess("Ketamine or esketamine for depression: a randomized trial.", OBSERVED.format(""))
    assert named.design == "randomized-trial"
    short = "Ketamine for depression in 40 adults. Patients were randomized to ketamine or placebo, and ketamine helped more."
    assert assess("Ketamine for depression.", short).design == "randomized-trial"


@pytest.mark.parametrize(
    ("title", "abstract", "design"),
    [
        (
            "Blinding in trials of ketamine.",
            "Dear Editor, we read the report of the randomized, double-blind trial of ketamine with interest. Patients were randomly assigned to ketamine or midazolam, and we think that most guessed right.",
            "opinion",
        ),
        (
            "Journal club: does ketamine match electroconvulsive therapy?",
            "Patients with depression were randomly assigned to ketamine or ECT. Response was 55 % and 41 %. We weigh the methods of the trial.",
            "opinion",
        ),
        (
            "Esketamine or quetiapine in routine care: a target trial emulation.",
            "Using claims data we emulated a randomized trial of esketamine nasal spray (n = 612) versus quetiapine (n = 1,804) in adults with depression. Remission was more common with esketamine.",
            "cohort",
        ),
        (
            "Long-term safety of esketamine: an open-label extension study.",
            "Patients who had completed a randomized, double-blind trial received esketamine for one year. Adverse events were recorded; 12 of 148 patients relapsed.",
            "single-arm-trial",
        ),
        (
            "Esketamine for depression: a randomized, double-blind trial followed by an open-label extension.",
            "Patients were randomly assigned to esketamine or placebo for four weeks; all could then receive esketamine for a year.",
            "randomized-trial",
        ),
        (
            "A random forest that predicts who responds to ketamine.",
            "Data of 210 patients with depression who received ketamine infusions were randomly split into training and test sets. The area under the curve was 0.71; baseline anhedonia mattered most.",
            "undetermined",
        ),
        (
            "Cost-effectiveness of esketamine: a Markov model.",
            "A Markov model fed with data of a randomized trial estimated costs and quality-adjusted life years over five years.",
            "undetermined",
        ),
        (
            "Ketamine for refractory cancer pain.",
            "We searched MEDLINE, Embase and CENTRAL. Two review authors independently selected randomised controlled trials and assessed risk of bias. Three trials with 215 participants compared ketamine with placebo or with opioids alone; pain did not differ.",
            "systematic-review",
        ),
    ],
)
def test_papers_about_trials_are_no_trials(title: str, abstract: str, design: str) -> None:
    assert assess(title, abstract).design == design


@pytest.mark.parametrize(
    "abstract",
    [
        "1,200 patients were randomly divided into training and test samples. Relapse was predicted by sleep (odds ratio 2).",
        "1,200 adults were randomly divided into a derivation sample and a validation sample, and a score for relapse was made.",
        "Households were randomly assigned to a derivation sample or a validation sample. Crowding went with asthma.",
        "Patients were randomized into training and validation groups in a ratio of 7:3, and a nomogram was built.",
        "The sample was randomly divided into two halves: one to make the score, one to test it.",
        "1,200 patients were randomly divided into a training group (n = 800) and a test group (n = 400), and a score for relapse was made.",
        "1,200 patients were randomly allocated to modelling and verification groups. Relapse was predicted.",
        "1,200 patients were randomly assigned to a discovery sample and a replication sample. Relapse was predicted.",
        "1,200 patients were randomly split into two groups. Exploratory and confirmatory factor analysis gave three factors.",
    ],
)
def test_people_divided_to_make_and_test_a_prediction_are_in_no_trial(abstract: str) -> None:
    found = assess("A score for relapse.", abstract)
    assert found.design != "randomized-trial"
    assert found.levels[0].rank not in (1, 2)


@pytest.mark.parametrize(
    "abstract",
    [
        "Sixty adults were randomly assigned to memory training or strength training. Sleep improved in both.",
        "Sixty patients were randomly assigned to magnesium or placebo in a sample of veterans; half of them slept better.",
        "Sixty patients were randomly assigned to magnesium or placebo. A model made in a training set predicted who slept better.",
        "Sixty patients were randomly assigned to a training group or a control group. Sleep improved with training.",
        "Sixty patients were randomly divided into a control group and a test group, which received magnesium. Sleep improved.",
    ],
)
def test_training_that_is_given_is_no_division_of_data(abstract: str) -> None:
    assert assess("Cramps and sleep.", abstract).design == "randomized-trial"


@pytest.mark.parametrize(
    ("title", "abstract", "design"),
    [
        ("Enrolling patients in a randomized trial of magnesium: a survey of barriers.", "Of 500 patients approached, 50 agreed. We surveyed the reasons.", "cross-sectional"),
        ("Recruiting for a randomized trial of magnesium: lessons learned.", "We approached 500 patients by posters and letters. Letters worked best.", "undetermined"),
        ("Recruiting for a randomized trial: lessons learned.", None, "undetermined"),
        ("Reasons for declining a randomized trial of magnesium.", "We asked 90 patients why they said no.", "undetermined"),
        ("Barriers to recruitment into a randomized trial of magnesium.", "Twenty nurses took part in focus groups. Thematic analysis gave three themes.", "qualitative"),
        ("Recruitment by letter or telephone: a randomized trial.", "Ninety patients were randomly assigned to a letter or a call.", "randomized-trial"),
        ("Barriers to exercise: a randomized trial of coaching.", "Ninety patients were randomly assigned to coaching or rest.", "randomized-trial"),
        ("Retention in the clinic: a randomized trial of text messages.", "Ninety patients were randomly assigned to messages or none.", "randomized-trial"),
        ("A leaflet and recruitment to a randomized trial: a randomized study within a trial.", "Ninety patients were randomly assigned to a short or a long leaflet.", "randomized-trial"),
        ("Retention in a methadone programme: rewards in a randomized trial.", "Ninety patients were randomly assigned to rewards or none.", "randomized-trial"),
        ("Alveolar recruitment in a randomized trial of pressures.", None, "randomized-trial"),
        ("Consent for a donation: a film shown in a randomized trial.", None, "randomized-trial"),
    ],
)  # fmt: skip
def test_entering_a_trial_is_no_trial(title: str, abstract: str | None, design: str) -> None:
    found = assess(title, abstract)
    assert found.design == design
    assert (found.levels[0].rank == 2) is (design == "randomized-trial")


@pytest.mark.parametrize(
    ("title", "design"),
    [
        ("Ketamine and delirium after surgery: an observational study.", "cohort"),
        ("Ketamine and delirium after surgery: a cohort study.", "cohort"),
        ("Ketamine and delirium after surgery: a case-control study.", "case-control"),
        ("Ketamine and delirium after surgery: a national survey.", "cross-sectional"),
        ("Ketamine and delirium after surgery: a qualitative study.", "qualitative"),
        ("Ketamine and delirium after surgery: a systematic review of observational studies.", "systematic-review"),
        ("Ketamine and delirium after surgery: cohort study and meta-analysis.", "systematic-review"),
    ],
)
def test_what_a_title_says_of_itself_outweighs_the_reviews_of_others(title: str, design: str) -> None:
    told = (
        "BACKGROUND: Delirium is important. Systematic review and meta-analysis of randomized controlled trials, with a search of PubMed, have concluded that the effect"
        " of ketamine remains unclear. METHODS: Data of 115 patients were compared. RESULTS: Delirium was associated with pain (95% CI 1.1 to 3.0)."
    )
    assert assess(title, told).design == design


def test_reviews_of_randomized_trials_allocate_nobody() -> None:
    found = explained("Ketamine and delirium.", "Reviews of randomized trials differ. We looked at 115 patients after surgery.")
    assert "random-allocation" not in found


@pytest.mark.parametrize(
    "abstract",
    [
        "116 patients with depression were followed for 6 months in a prospective observational study of esketamine. Remission was 40%.",
        "A naturalistic observational study followed 116 patients treated with esketamine for 6 months. Depression scores fell.",
    ],
)
def test_patients_who_are_only_observed_are_in_no_trial(abstract: str) -> None:
    drug = (Tag("intervention", "esketamine", "studied", "title", "esketamine"),)
    found = RULES.assess(Record(pmid=1, title="Esketamine in daily practice.", abstract=abstract, publication_types=JOURNAL_ARTICLE), drug)
    assert (found.design, benefit(found)) == ("cohort", 4)


@pytest.mark.parametrize(
    "allocated",
    [
        "100 patients were allocated by lottery to magnesium or morphine.",
        "100 patients were assigned to magnesium or morphine by the toss of a coin.",
        "100 patients were divided into two groups by drawing lots: magnesium and morphine.",
        "Using computer-generated numbers, 100 patients were allocated to magnesium or morphine.",
        "Using computer-generated random numbers, 100 patients were allocated to magnesium or morphine.",
        "100 patients were allocated by computer-generated numbers to magnesium or morphine.",
        "100 patients were allocated by means of computer-generated numbers to magnesium or morphine.",
        "100 patients were drawn by lots to receive magnesium or to be a control group with morphine.",
    ],
)
def test_chance_need_not_be_called_random(allocated: str) -> None:
    found = assess("Magnesium for pain in the emergency department.", f"{allocated} Pain fell in both.")
    assert (found.design, benefit(found)) == ("randomized-trial", 2)


@pytest.mark.parametrize(
    "abstract",
    [
        "100 patients were allocated to magnesium or morphine by date of birth. Pain fell in both.",
        "A computer-generated list of 100 patients treated with magnesium was reviewed retrospectively. Pain fell in most.",
        "Patients who bought lottery tickets were asked about gambling in a survey. One hundred answered.",
        "A sample of 120 nurses was taken by using computer generated random numbers. Pain was common.",
        "A sample of 120 patients was chosen by using computer generated numbers, and treated with magnesium. Pain fell in most.",
        "Patients were picked by drawing lots and received magnesium. Pain fell in most.",
        "Interviewers were assigned to patients by a coin toss; 100 patients received magnesium and 100 morphine, by their own choice. Pain fell in both.",
    ],
)
def test_no_chance_is_taken_from_lists_and_lotteries(abstract: str) -> None:
    assert assess("Magnesium for pain in the emergency department.", abstract).design != "randomized-trial"


@pytest.mark.parametrize(
    "told",
    [
        "Charts of all patients were reviewed.",
        "Growth was plotted on the charts of Tanner.",
        "Reviewed charts showed no hypotension.",
        "Case notes were examined for adverse events.",
    ],
)
def test_charts_of_a_trial_do_not_make_it_look_back(told: str) -> None:
    found = assess("Drains after thyroidectomy.", f"Sixty patients were randomly assigned to drain or no drain. {told} Pain was lower without a drain.")
    assert (found.design, benefit(found)) == ("randomized-trial", 2)


@pytest.mark.parametrize("title", ["Oxygen in infarction: a register-based randomised trial.", "Oxygen in infarction."])
def test_a_trial_held_in_a_register_is_one(title: str) -> None:
    found = assess(title, "In this registry-based randomised clinical trial, 7244 patients with infarction were randomised to oxygen or air. Mortality did not differ.")
    assert (found.design, benefit(found)) == ("randomized-trial", 2)


@pytest.mark.parametrize(
    "abstract",
    [
        "Randomised controlled trials have shown benefit. We treated 200 patients with sertraline. Depression improved in 60%.",
        "Randomised trials showed sertraline to be better. At our clinic 200 patients received sertraline or mirtazapine; 40% recovered.",
    ],
)
def test_what_randomized_trials_have_shown_makes_no_trial(abstract: str) -> None:
    found = assess("Sertraline at our clinic.", abstract)
    assert (found.design, benefit(found)) != ("randomized-trial", 2)
    assert "random-named" not in explained("Sertraline at our clinic.", abstract)


@pytest.mark.parametrize(
    "title",
    ["Gepantazole: a review of its use in migraine.", "Review of gepantazole in migraine.", "Gepantazole, a new drug for migraine: an overview of efficacy."],
)
def test_a_paper_that_calls_itself_a_review_has_the_trials_of_others(title: str) -> None:
    found = assess(title, "In randomised, double-blind, placebo-controlled trials 2,000 patients with migraine received gepantazole or placebo. Headache response was greater with gepantazole than with placebo (p < 0.05).")
    assert (found.design, benefit(found)) == ("narrative-review", None)


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("A placebo response: ethical issues around the use of placebo in migraine trials.", None),
        ("Modelling for clinical trial design: a phase II case study.", "Simulation of the phase II study of a drug for migraine, with data of patients given 2.5 mg, gave a design of four arms."),
        ("A comparison of observational studies and randomized, controlled trials.", "We searched MEDLINE and identified observational studies and randomized, controlled trials of 19 treatments. Estimates were similar."),
    ],
)  # fmt: skip
def test_how_trials_are_made_is_not_what_they_found(title: str, abstract: str | None) -> None:
    assert benefit(assess(title, abstract)) is None


@pytest.mark.parametrize(
    ("design", "rank", "title", "abstract"),
    [
        ("cohort", 3, "Esketamine and mortality: a register study.", "In Swedish national registers 2,000 patients who received esketamine were compared with 8,000 matched patients. Hazard ratio 0.8."),
        ("cohort", 4, "Ketamine at our clinic.", "We reviewed charts of 68 consecutive patients."),
        ("cohort", 4, "Ketamine at our clinic.", "The case notes of 68 patients given ketamine were reviewed."),
        ("cohort", 3, "Ketamine in burns.", "Forty patients treated with ketamine were compared with historical controls who had received opioids."),
        ("cross-sectional", None, "Ketamine use among clubbers.", "A telephone survey of 500 adults asked about ketamine; 4% had used it."),
        ("cohort", 4, "Audit of intravenous ketamine in palliative care.", "The audit covered 120 patients treated with ketamine. Pain fell in half of them."),
        ("case-series", 4, "Ketamine for cluster headache: our experience in six patients.", "Six patients received ketamine infusions. Attacks stopped in four."),
        ("case-report", 4, "Ketamine for tetanus: a case report and review of the literature.", "A 40-year-old man with tetanus was given ketamine and recovered. We review the literature."),
        ("case-report", 4, "Ketamine for tetanus.", "We report a case of tetanus treated with ketamine and review the literature."),
        ("narrative-review", None, "Ketamine for tetanus: a review of the literature.", "We review the literature on tetanus, and discuss recent advances and future directions."),
    ],
)  # fmt: skip
def test_designs_that_are_told_in_passing(design: str, rank: int | None, title: str, abstract: str) -> None:
    drug = (Tag("intervention", "ketamine", "studied", "title", "ketamine"),)
    found = RULES.assess(Record(pmid=1, title=title, abstract=abstract, publication_types=JOURNAL_ARTICLE), drug)
    assert (found.design, benefit(found)) == (design, rank)


@pytest.mark.parametrize(
    "abstract",
    [
        "iPSC-derived neurons from patients with depression were treated with ketamine; dendrites grew.",
        "Induced pluripotent stem cells of five patients were made into neurons and exposed to ketamine.",
        "Human hepatocytes were incubated with ketamine; norketamine was formed.",
    ],
)
def test_cells_of_patients_are_no_patients(abstract: str) -> None:
    found = assess("Ketamine and human cells.", abstract)
    assert (found.subjects, benefit(found)) == ("in-vitro", 5)


def test_people_given_cells_are_people() -> None:
    found = assess(
        "Grafts for Parkinson's disease: an open-label trial.",
        "Seven patients received dopaminergic cells made from induced pluripotent stem cells in an open-label trial. Motor scores improved in four patients.",
    )
    assert found.subjects == "human"


def benefit(assessment: Assessment) -> int | None:
    return next(level.rank for level in assessment.levels if level.scheme == "ocebm-benefit")


@pytest.mark.parametrize(
    "words",
    [
        "In a randomized (2:1), double-blind design 30 patients received propranolol.",
        "This was a randomised 3-arm study.",
        "Nonblind, randomised, 2-way crossover trial.",
        "A randomized, complete four-period cross-over design was used.",
        "The study was prospective, randomized, and double-blind.",
        "Sixty patients were included in a randomized trial.",
        "Twelve women were included in this randomized, double-blind study.",
        "A 5-day, random, double-blind comparison was made.",
        "A double-blind and random study was done in 24 patients.",
        "In a prospective, randomized, double-blind trial 60 patients with essential tremor received propranolol.",
        "A randomized study of 60 patients with essential hypertension was done.",
        "A multiple-dose, randomized, double-blind study was done.",
    ],
)
def test_a_trial_calls_itself_randomized_in_many_ways(words: str) -> None:
    assert "random-named" in explained("Propranolol and atenolol.", words)


@pytest.mark.parametrize(
    "words",
    [
        "Sixty patients were treated randomly with propranolol or atenolol.",
        "They were treated randomly and double-blind.",
        "Patients were randomly selected to treatment with amlodipine or metoprolol.",
    ],
)
def test_allocation_by_chance_is_told_in_many_ways(words: str) -> None:
    assert "random-allocation" in explained("Propranolol and atenolol.", words)


@pytest.mark.parametrize(
    "words",
    [
        "A randomized trial in essential tremor is needed.",
        "We included randomized trials only.",
        "Patients were randomly selected to take part in a survey.",
        "Randomly selected households were visited.",
    ],
)
def test_these_words_of_randomization_still_report_no_trial(words: str) -> None:
    assert not explained("Propranolol and atenolol.", words) & {"random-named", "random-allocation"}


def explained(title: str, abstract: str) -> set[str]:
    return {cue for cue, _ in RULES.explain(Record(pmid=1, title=title, abstract=abstract)).cues}


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Fatigue in multiple sclerosis: a randomized trial of modafinil.", True),
        ("Flunarizine for migraine without aura: a randomized trial.", True),
        ("School-based exercise: a randomized trial.", True),
        ("What previous randomized controlled trials say of exercise.", False),
        ("Exercise: other randomized controlled trials.", False),
    ],
)
def test_what_stands_before_a_colon_is_said_of_something_else(title: str, named: bool) -> None:
    assert ("random-named" in explained(title, "")) is named


def test_healthy_people_are_allocated_by_chance_too() -> None:
    found = assess(
        "Effect of sumatriptan on gastric emptying.",
        "Ten healthy subjects were examined on two days. In random order sumatriptan 6 mg or placebo was given before a liquid meal. Emptying was slower after sumatriptan.",
    )
    assert (found.design, benefit(found)) == ("randomized-trial", None)


@pytest.mark.parametrize(
    ("abstract", "design"),
    [
        (
            "In this two-way crossover study, 12 healthy volunteers received almotriptan alone and with propranolol 80 mg twice daily. Clearance was reduced by propranolol.",
            "controlled-trial",
        ),
        (
            "Sixty women with back pain were treated in a crossover study with amitriptyline 50 mg and paracetamol 2 g daily. Pain was reduced by both.",
            "controlled-trial",
        ),
        (
            "We retrospectively reviewed the records of 60 patients treated with propranolol; ten crossed over to surgery. Tremor was reduced.",
            "cohort",
        ),
    ],
)
def test_treatments_taken_in_turn_are_a_controlled_trial_and_no_cohort(abstract: str, design: str) -> None:
    found = assess("Effects of treatment.", abstract)
    assert found.design == design
    assert benefit(found) in (None, 3, 4)


def test_a_study_called_randomized_and_blind_need_not_read_like_a_trial_otherwise() -> None:
    title = "Surgical treatment of nausea: outcome after thyroidectomy."
    before = "Patients undergoing surgery received granisetron 40 mg and droperidol 1 mg intravenously"
    after = "Complications of surgery, follow-up and outcome were recorded in consecutive patients. Two patients had complications after operation."
    found = assess(title, f"{before} in a randomised, double-blind study. {after}")
    assert (found.design, benefit(found)) == ("randomized-trial", 2)
    open_study = assess(title, f"{before} in a randomised study. {after}")
    assert benefit(open_study) not in (1, 2)  # waits for a person
