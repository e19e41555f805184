"""A pattern of reviews.csv finds in a folded text what it would find as it is written, at the same place."""

import csv
import io
import re

import pytest

from litmap.evidence import Rules, wording
from litmap.model import Record
from litmap.resources import folder

TEXTS = (
    " no functional connectivity was found in either arm . ",
    " connectivity of the brain: functional connectivity . ",
    " two trials ( ketamine ) and 12 cohorts were included . ",
    " trials aa ab aab abab b a . ",
    " mri and fmri . ",
)


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as litmap holds it, where it is the only one that means `found`."""
    rows = list(csv.DictReader(io.StringIO((folder("db") / "evidence" / wording.FILE).read_text(encoding="utf-8"))))
    rows = [row for row in rows if row["means"] != "found"]
    rows.append({"wording": "tried", "means": "found", "pattern": pattern, "note": ""})
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return wording.read({wording.FILE: out.getvalue()})["found"]


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b(?:functional )?connectivity\b",
        r"\b(?:functional|brain)(?: connectivity)?\b",
        r"\b(?:no|(?:two|12) )(?: ?)(?:trials|cohorts|functional)\b",
        r"\b(?:a|b)+\b",
        r"\b(?:a|ab){2}\b",
        r"\b(?:a|ab)??b\b",
        r"\b(?:aa|a)b?\b",
        r"\bf?mri\b|\bconnectivity\b",
        r"\b[(|)]|\btrials\b",
        r"\b(?:t|c)[]|(a-z]+s\b",
        r"^ (?:no|two)|\bcohorts",
        r"\b(?<!two )(?:trials|cohorts)\b",
        r"(?:in|of) (?:either|the)\b|\b(?:trials|arm)\b",
    ],
)
@pytest.mark.parametrize("text", TEXTS)
def test_pattern_finds_what_it_says(pattern: str, text: str) -> None:
    plain, held = re.search(pattern, text), compiled(pattern).search(text)
    assert (held is None) == (plain is None)
    if plain and held:
        assert held[0].strip() == plain[0].strip()
        assert held.end() == plain.end()


def test_an_aim_ends_with_its_sentence() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in (folder("db") / "evidence").glob("*.csv")}
    texts[wording.FILE] += "mine,aim,\\bhoped\\b.*? to\\b,x\n"
    abstract = "We hoped for much. Prices were compared to biomarkers of stress."
    found = Rules(texts).assess(Record(pmid=1, title="Ketamine: a systematic review", abstract=abstract))
    assert found.design == "systematic-review"
    assert "biomarkers" not in [match.matched for level in found.levels for match in level.inputs]
