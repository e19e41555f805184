import pytest

from litmap.evidence import Rules
from litmap.evidence.facts import period, spelled
from litmap.evidence.text import Part
from litmap.model import PublicationType, Record

RULES = Rules.load()
TITLE = "Ketamine for depression: a randomized trial."


def facts(abstract: str, title: str = TITLE) -> dict[str, list[str]]:
    types = (PublicationType("D016449", "Randomized Controlled Trial"),)
    found: dict[str, list[str]] = {}
    for fact in RULES.assess(Record(pmid=1, title=title, abstract=abstract, publication_types=types)).facts:
        said = {"title": title, "abstract": abstract}[fact.place][fact.start : fact.end]
        assert said
        found.setdefault(fact.field, []).append(fact.value)
    return found


def test_a_trial_that_states_everything() -> None:
    found = facts(
        "In this double-blind phase II trial (NCT01234567), seventy-two patients were randomized to intravenous ketamine 0.5 mg/kg or midazolam. "
        "The primary outcome was the depression score at 24 hours. Patients were followed up for six months."
    )
    assert found == {
        "participants": ["72"],
        "comparator": ["midazolam"],
        "blinding": ["double-blind"],
        "phase": ["2"],
        "registration": ["NCT01234567"],
        "follow-up": ["six months"],
        "dose": ["0.5 mg/kg ketamine"],
        "time-point": ["24 h"],
    }


def test_what_is_not_stated_is_not_there() -> None:
    assert facts("Ketamine was studied.") == {}


@pytest.mark.parametrize(
    ("abstract", "value"),
    [
        ("A total of 1,024 adults were enrolled.", "1024"),
        ("We recruited 30 depressed inpatients.", "30"),
        ("Patients (N = 57) were treated.", "57"),
        ("Patients (n\u2009=\u200957) were treated.", "57"),  # thin spaces, as publishers set them
        ("Naïve patients (N\xa0=\xa057) were treated.", "57"),
    ],
)
def test_participants(abstract: str, value: str) -> None:
    assert facts(abstract)["participants"] == [value]


@pytest.mark.parametrize(
    "abstract",
    ["Depression affects more than 300 million people.", "In 2019 patients were treated.", "It helps 40% of patients."],
)
def test_numbers_that_are_no_sample(abstract: str) -> None:
    assert "participants" not in facts(abstract)


@pytest.mark.parametrize(
    ("abstract", "values"),
    [
        ("Ketamine or saline placebo was given.", ["placebo"]),
        ("Ketamine versus electroconvulsive therapy.", ["other active"]),
        ("We gave intravenous versus oral ketamine.", ["other route"]),
        ("There was no control group.", ["none"]),
    ],
)
def test_comparators(abstract: str, values: list[str]) -> None:
    assert facts(abstract)["comparator"] == values


@pytest.mark.parametrize(
    ("abstract", "field"),
    [
        ("Limitations are the open design and the lack of a placebo or active comparator group.", "comparator"),
        ("We excluded people with uncontrolled hypertension.", "comparator"),
        ("Intranasal esketamine was compared with intranasal placebo.", "comparator: other route"),
        ("Children were sedated with ketamine combined with midazolam.", "comparator"),
        ("We operated on adults of ASA 1\u20104 patients only, who were treated.", "participants"),
        ("Fifteen patients were randomized to each group.", "participants"),
        ("Between May and June 300 patients were screened for inclusion.", "participants"),
    ],
)
def test_words_that_state_nothing_about_the_study(abstract: str, field: str) -> None:
    name, _, value = field.partition(": ")
    found = facts(abstract, "Ketamine for depression.").get(name, [])
    assert value not in found if value else not found


@pytest.mark.parametrize(
    ("abstract", "comparator"),
    [
        ("The effects of ketamine and midazolam on mood were examined.", "midazolam"),
        ("Patients received either ketamine and saline or ketamine and midazolam.", "midazolam"),
        ("This uncontrolled study had few patients.", "none"),
    ],
)
def test_comparators_that_stay(abstract: str, comparator: str) -> None:
    assert comparator in facts(abstract, "Ketamine for depression.")["comparator"]


def test_a_dose_for_each_kilogram_with_an_exponent() -> None:
    assert facts("They were given ketamine 0.4 mg kg(-1) or 0.5 mg\u00b7kg\u207b\u00b9.")["dose"] == [
        "0.4 mg kg(-1) ketamine",
        "0.5 mg\u00b7kg\u207b\u00b9",
    ]


@pytest.mark.parametrize(
    ("abstract", "doses"),
    [
        ("They got ketamine (0.5 mg/kg) or midazolam (0.02 mg/kg).", ["0.5 mg/kg ketamine", "0.02 mg/kg midazolam"]),
        ("They got 0.3 mg/kg of esketamine, then 2 mg/kg propofol.", ["0.3 mg/kg esketamine", "2 mg/kg propofol"]),
        ("They got 10 mg. Later ketamine 10 mg was given.", ["10 mg ketamine"]),
        ("Infusions of 20 mg per hour and 0.5 mg x kg(-1) were given.", ["20 mg per hour", "0.5 mg x kg(-1)"]),
        ("They got ketamine (.5 mg/kg) twice.", [".5 mg/kg ketamine"]),
        ("Doses were 0.1, 0.2, and 0.5 mg/kg.", ["0.1, 0.2, and 0.5 mg/kg"]),
        ("They got 0 mg/kg, 0,5 mg or 0, 5 and 10 mg.", ["0,5 mg", "0, 5 and 10 mg"]),
        ("They got 5 mg/m2 or 300 microg/day.", ["5 mg/m2", "300 microg/day"]),
    ],
)
def test_a_dose_names_its_drug_and_keeps_its_unit(abstract: str, doses: list[str]) -> None:
    assert facts(abstract)["dose"] == doses


@pytest.mark.parametrize(
    ("abstract", "number"),
    [
        ("Four hundred eighty patients were randomized.", "480"),
        ("A 6 session course for patients was studied. In all, 58 patients were randomized.", "58"),
        ("102 individuals were randomly allocated.", "102"),
        ("Three hundred patients were evaluated for eligibility. Ninety patients were enrolled.", "90"),
        ("We enrolled 12 men and 9 women, that is 21 patients.", "21"),
    ],
)
def test_the_number_of_participants_is_that_of_all(abstract: str, number: str) -> None:
    assert facts(abstract)["participants"] == [number]


def test_a_dose_without_its_drug_goes_only_where_the_same_is_given_with_it() -> None:
    assert facts("A bolus of 2 mg kg(-1) was given. Then 2 mg was repeated.")["dose"] == ["2 mg kg(-1)", "2 mg"]
    (dose,) = facts("They got 50 mg/kg. Magnesium sulfate 50 mg/kg was given.")["dose"]
    assert dose.lower().endswith("magnesium sulfate")


def test_a_number_right_behind_a_mark_and_one_in_wide_digits() -> None:
    assert facts("Design: RCT;40 patients were randomized.")["participants"] == ["40"]
    assert facts("In all, \uff15\uff10 patients were enrolled.")["participants"] == ["50"]


def test_the_number_of_one_of_two_groups_is_not_that_of_the_study() -> None:
    assert "participants" not in facts("In all, 110 resistant and 25 bipolar patients were included.")


def test_what_other_studies_were_like_is_not_said_of_this_one() -> None:
    found = facts("In uncontrolled studies it helped. This open-label extension of a double-blind trial asked how long.")
    assert "comparator" not in found
    assert found["blinding"] == ["open-label"]


@pytest.mark.parametrize(
    ("abstract", "numbers"),
    [
        ("Of 412 patients screened, 96 were randomized to ketamine or placebo.", ["96"]),
        ("412 patients were screened and 96 were randomized.", ["96"]),
        ("Of 412 eligible, 96 were enrolled.", ["96"]),
        ("Of 412 patients assessed for eligibility 96 were randomized.", ["96"]),
        ("412 patients with pain were approached. Of these, 96 (23%) agreed to participate.", ["96"]),
        ("96 of 412 eligible patients were randomized.", ["96"]),
        ("We invited 412 adults; 96 adults were included.", ["96"]),
        ("Of 412 patients, 96 were randomized.", ["96"]),
        ("We screened 412 patients. Pain fell in 12 patients who were treated.", []),
        ("We screened 412 patients. Of 61 articles screened, 12 were included.", []),
        # these are the sample
        ("412 eligible patients were randomized.", ["412"]),
        ("60 patients eligible for surgery were enrolled.", ["60"]),
        ("Of 96 patients, 48 were randomized to ketamine and 48 to placebo.", ["96"]),
        ("Of 96 randomized patients, 80 were included in the analysis.", ["96"]),
        ("A total of 50 patients (mean age, 58 years) were randomized.", ["50"]),
    ],
)
def test_of_people_screened_those_taken_are_the_participants(abstract: str, numbers: list[str]) -> None:
    assert facts(abstract).get("participants", []) == numbers


@pytest.mark.parametrize(
    ("abstract", "numbers"),
    [
        ("Sixty patients (31 men, 29 women) were randomized.", ["60"]),
        ("We studied 21 patients and 22 matched volunteers, who were treated.", []),
        ("We expect to recruit 10 patients per centre.", []),
        ("They were randomized to two groups of 13 patients.", []),
        ("Forty-two ASA 1 and 2 patients were given ketamine.", ["42"]),
        ("Seventy-five ASA 1 or 2 children were recruited.", ["75"]),
        ("46 ASA physical status I and II patients were studied.", ["46"]),
        ("Twelve women and 8 men received ketamine.", []),
        ("Twelve women and eight men received ketamine.", []),
        ("We included inpatients with severe depression (n = 28). Only two participants received more.", ["28"]),
        ("Only 2 patients were treated twice. We enrolled only 12 patients.", ["12"]),
        ("Two experiments with different participants were completed.", []),
        ("Scores fell to mild in two patients, who were treated.", []),
        ("Patients with anxiety (n = 30) and without it (n = 20) were treated.", []),
        ("Patients with gout (n = 9) and without (n = 8) failed. Patients (n = 60) got ketamine (n = 30) or saline (n = 30).", ["60"]),
        ("We treated 17 patients with pain and 23 patients with fever.", []),
        ("33 patients with pain and 24 healthy controls were studied.", []),
        ("Group M (46 patients) received midazolam.", []),
        ("Sixteen patients received ketamine and 16 patients underwent surgery.", []),
        ("In all, 336 patients were randomized to ketamine and 340 to morphine.", []),
        ("A subset of 44 patients was treated.", []),
        ("Ten patients also completed a task.", []),
        ("From 25 to 60 min after treatment, subjects were studied.", []),
        ("In a total of 592 patients, meta-analysis of treatment showed relief.", []),
        ("Each group will be composed of 21 patients, who are treated.", []),
        ("Year 10 students were recruited.", []),
        ("Complete remission of pain was noted in 12 patients who were treated.", []),
        ("Pain improved in 12 patients randomized to placebo.", []),
        ("Sixty patients were randomized to morphine, 61 to ketamine.", []),
        ("Death occurred in 28 ketamine-treated patients (17.5 per 1000) and 35 saline-treated patients.", []),
        # these are the sample
        ("The dose-response relationship of ketamine was evaluated in 60 patients.", ["60"]),
        ("The increased pain was studied in 60 treated patients.", ["60"]),
        ("Ketamine improved sleep in 60 patients randomised to ketamine or placebo.", ["60"]),
        ("We treated remission of depression in 60 patients.", ["60"]),
        ("A total of 60 patients were randomized to treatment, 29 to ketamine and 31 to morphine.", ["60"]),
        ("60 patients were randomised to one of two groups, 30 to ketamine and 30 to morphine.", ["60"]),
        ("412 patients were screened; 60 were randomized to treatment, 29 to ketamine and 31 to morphine.", ["60"]),
        ("60 patients reported to the clinic and received ketamine.", ["60"]),
        ("24 volunteers each received ketamine.", ["24"]),
        ("After evaluation only 24 subjects were eligible to enter the study.", ["24"]),
    ],
)
def test_a_part_of_the_sample_is_not_the_sample(abstract: str, numbers: list[str]) -> None:
    assert facts(abstract).get("participants", []) == numbers


def test_a_number_in_words_counts_where_it_stands_first_and_is_larger() -> None:
    assert facts("Twelve subjects completed the study. 9 subjects received saline first.")["participants"] == ["12"]
    assert facts("Two patients received saline. In all, 40 patients were enrolled.")["participants"] == ["40"]


def test_two_drugs_between_which_people_were_allocated_are_compared() -> None:
    active, both, none = ["other active"], ["other active", "placebo"], list[str]()
    for arms, values in (
        ("randomized to ketamine or propofol", active),
        ("assigned to ECT or ketamine", active),
        ("randomized to receive ketamine 0.5 mg/kg (n = 40) or morphine (n = 40)", active),
        ("allocated to ketamine and propofol groups", active),
        ("randomized to ketamine, propofol, or saline", both),
        ("randomized to ketamine (0.5 mg/kg), tramadol (0.5 mg/kg), and placebo", both),
        ("randomized to ketamine or esketamine", none),
        ("randomized to morphine or placebo", ["placebo"]),
        ("randomized to ketamine and propofol or to propofol alone", none),
        ("randomized to propofol or ketamine plus propofol", none),
        ("assigned to fentanyl plus ketamine or fentanyl plus lidocaine", none),
        ("in a randomized trial, and ketamine or propofol did no harm", none),
        ("randomized to morphine, propofol and air, or morphine, halothane and air", none),
    ):
        assert facts(f"They were {arms}.", "Ketamine for pain.").get("comparator", []) == values, arms


def test_what_a_previous_trial_did_is_not_said_of_this_one() -> None:
    found = facts(
        "In contrast to a previous double-blind, placebo-controlled phase 2 trial of 72 patients given 0.5 mg/kg, this open-label study treated 20 patients."
    )
    assert found == {"participants": ["20"], "blinding": ["open-label"]}
    assert "comparator" not in facts("Ketamine has been superior to placebo in earlier trials. We gave it openly.")
    assert facts("Unlike previous trials, we used placebo.")["comparator"] == ["placebo"]
    assert facts("This recent double-blind trial was small.")["blinding"] == ["double-blind"]
    assert facts("We analyzed data from a previous double-blind trial.")["blinding"] == ["double-blind"]


@pytest.mark.parametrize(
    ("abstract", "field", "values"),
    [
        ("Patients were followed for 12 months.", "follow-up", ["12 months"]),
        ("A bolus was followed for 24 hours by an infusion.", "follow-up", []),
        ("Raters were blinded to treatment.", "blinding", ["assessor-blind"]),
        ("Raters were not blinded.", "blinding", []),
        ("Raters were blinded to the results of the blood test.", "blinding", []),
        ("Patients and raters were blinded to treatment.", "blinding", ["double-blind"]),
        ("We compared ketamine infusion versus oral ketamine.", "comparator", ["other route"]),
        ("We compared ketamine infusion versus oral quetiapine.", "comparator", []),
        ("Intravenous ketamine versus oral ketamine was tested.", "comparator", ["other route"]),
        ("Intravenous ketamine versus oral quetiapine was tested.", "comparator", []),
        ("They were assigned to ketamine or no treatment.", "comparator", ["none"]),
        ("There was little or no treatment effect.", "comparator", []),
        ("They were randomized (48 ketamine, 48 midazolam).", "comparator", ["midazolam"]),
        ("Use was 6.8 \u00b1 3.2 mg and 48 mg [41.5]; they got 10 mg.", "dose", ["10 mg"]),
    ],
)
def test_facts_told_in_other_words(abstract: str, field: str, values: list[str]) -> None:
    assert facts(abstract, "Ketamine for depression.").get(field, []) == values


def test_numbers_and_periods() -> None:
    assert [spelled(words) for words in ("twenty-six", "twelve", "one hundred and five", "many")] == [26, 12, 105, None]
    assert [period(words) for words in ("24 h", "two weeks", "day 14", "3 months", "2 years", "week 4", "day 28")] == [
        "24 h", "2 weeks", "2 weeks", "3 months", "longer", "2 weeks", "2 weeks",
    ]  # fmt: skip


TEXTS = [
    "In this triple-blind, phase 2b trial (ISRCTN12345678; EudraCT 2015-001234-56) one hundred and five adults received 0.2 to 0.5 mg/kg of oral versus"
    " intravenous ketamine. Patients (n = 105) were followed up for 12 weeks. Scores improved significantly at 24 h and by day 7.",
    "Observer-blinded comparison of ketamine with fentanyl or normal saline in forty-two women; no control group was untreated. The primary endpoint was pain at 6 hours.",
    "Of 200 screened, 80 were randomized; 12 of 90 eligible women were enrolled. The raters were blinded and the staff were masked. Controls, or no treatment, were followed for 2 weeks after ketamine infusion versus oral ketamine.",
    "An open-label, single-arm study without a placebo group: 1,024 volunteers, two-year follow-up, active-controlled extension, 40 mcg daily, versus midazolam.",
]


def test_patterns_are_tried_wherever_they_could_match() -> None:
    """`starts` only saves time: each pattern, held against whole texts, matches nowhere else."""
    facts, matched = RULES.facts, set()
    for text in TEXTS:
        body = facts.body(Part("abstract", text))
        for pattern in facts.patterns:
            hits = [hit.start() for hit in pattern.regex.finditer(body.low)]
            words = [at for at in hits if not at or not (body.low[at - 1].isalnum() or body.low[at - 1] in "-.·/,%")]
            places = [at for start in pattern.starts for at in body.starts.get(start, ())]
            assert set(words) <= set(places), pattern.name
            matched.update({pattern.name} if words else ())
    assert len(matched) >= 20
