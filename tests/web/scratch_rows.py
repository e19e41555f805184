"""What the scratch map holds, as rows: every state that the pages must show, with text written for these tests."""

from __future__ import annotations

# slug, label, parent, on the map
CONDITIONS = [
    ("mood-disorders", "Mood disorders", None, 1),
    ("depression", "Depression", "mood-disorders", 1),
    ("treatment-resistant-depression", "Treatment-resistant depression", "depression", 1),
    ("ptsd", "Post-traumatic stress disorder", None, 1),
    ("chronic-pain", "Chronic pain", None, 1),
    ("crps", "Complex regional pain syndrome", "chronic-pain", 1),
    ("ocd", "Obsessive-compulsive disorder", None, 1),
    ("anesthesia", "Anesthesia", None, 0),
]  # fmt: skip
ROUTES = [
    ("intravenous", "Intravenous"),
    ("intranasal", "Intranasal"),
    ("oral", "Oral"),
    ("sublingual", "Sublingual"),
]  # fmt: skip
INTERVENTIONS = [
    ("ketamine", "Ketamine", None),
    ("esketamine", "Esketamine", "ketamine"),
    ("midazolam", "Midazolam", None),
]  # fmt: skip
LEVELS = [
    ("ocebm-benefit", 1, "Systematic review of randomized trials", ""),
    ("ocebm-benefit", 2, "Randomized trial", ""),
    ("ocebm-benefit", 3, "Controlled study without randomization", ""),
    ("ocebm-benefit", 4, "Uncontrolled study, case series or case-control study", ""),
    ("ocebm-benefit", 5, "Animal or laboratory study", ""),
]  # fmt: skip
PAGE = """Ketamine at our clinic

Ketamine infusions lift depression within a day. Swallowed ketamine has never been shown to help depression.

Pain
Infusions also ease complex regional pain syndrome. About 300 million people live with depression worldwide.

Nasal esketamine was approved by the FDA in 2019. Dizziness may follow a nasal dose. Ketamine lozenges calm OCD.
"""
# sentence, type, question, polarity, certainty, conditions, routes, interventions
CLAIMS: list[tuple[str, str, str, str, str, list[str], list[str], list[str]]] = [
    ("Ketamine infusions lift depression within a day.", "onset", "benefit", "affirm", "asserted", ["depression"], ["intravenous"], ["ketamine"]),
    ("Swallowed ketamine has never been shown to help depression.", "efficacy", "benefit", "deny", "asserted", ["depression"], ["oral"], ["ketamine"]),
    ("Infusions also ease complex regional pain syndrome.", "efficacy", "benefit", "affirm", "asserted", ["crps"], ["intravenous"], ["ketamine"]),
    ("About 300 million people live with depression worldwide.", "epidemiology", "prevalence", "affirm", "asserted", ["depression"], [], []),
    ("Nasal esketamine was approved by the FDA in 2019.", "regulatory", "official-record", "affirm", "proven", [], ["intranasal"], ["esketamine"]),
    ("Dizziness may follow a nasal dose.", "safety", "harm", "affirm", "hedged", [], ["intranasal"], ["ketamine"]),
    ("Ketamine lozenges calm OCD.", "efficacy", "benefit", "affirm", "asserted", ["ocd"], ["sublingual"], ["ketamine"]),
]  # fmt: skip
# pmid, title, year, design, level, by design, provisional, integrity, conditions, routes, interventions
RECORDS: list[tuple[int, str, int, str, int | None, int | None, int, str | None, list[str], list[str], list[str]]] = [
    (101, "Infused ketamine for depression: a meta-analysis of randomized trials", 2021, "systematic-review", 1, 1, 0, None, ["depression"], ["intravenous"], ["ketamine"]),
    (102, "One infusion of ketamine against midazolam in resistant depression", 2013, "randomized-trial", 2, 2, 0, None, ["treatment-resistant-depression"], ["intravenous"], ["ketamine"]),
    (103, "Ketamine by mouth in depression: a randomized trial", 2018, "randomized-trial", 2, 2, 1, None, ["depression"], ["oral"], ["ketamine"]),
    (104, "Outcomes after ketamine infusions in a clinic's cohort", 2016, "cohort", 3, 3, 0, "corrected", ["depression"], ["intravenous"], ["ketamine"]),
    (105, "A trial of ketamine in depression that was withdrawn", 2011, "randomized-trial", None, 2, 0, "retracted", ["depression"], ["intravenous"], ["ketamine"]),
    (106, "Retraction: A trial of ketamine in depression", 2015, "notice", None, None, 0, "notice", [], [], []),
    (107, "Ketamine for pain of the complex regional kind: ten patients", 2009, "case-series", 4, 4, 0, None, ["crps"], ["intravenous"], ["ketamine"]),
    (108, "Esketamine nasal spray in resistant depression", 2019, "randomized-trial", 2, 2, 0, None, ["treatment-resistant-depression"], ["intranasal"], ["esketamine"]),
    (109, "Ketamine in rats under stress", 2014, "laboratory", 5, 5, 0, None, ["depression"], [], ["ketamine"]),
    (110, "Ketamine and trauma: where we stand", 2020, "narrative-review", None, None, 0, None, ["ptsd"], [], ["ketamine"]),
    (111, "Dizziness after nasal esketamine: a cohort", 2022, "cohort", 3, 3, 1, None, [], ["intranasal"], ["esketamine"]),
]  # fmt: skip
# claim number, pmid, rank, score, bears
LINKS = [
    (1, 101, 1, 0.92, 1),
    (1, 102, 2, 0.85, 1),
    (1, 104, 3, 0.71, 1),
    (1, 105, 4, 0.66, 1),
    (1, 109, 5, 0.31, 0),
    (2, 103, 1, 0.88, 1),
    (3, 107, 1, 0.81, 1),
    (6, 111, 1, 0.77, 1),
    (6, 108, 2, 0.4, 0),
]  # fmt: skip
