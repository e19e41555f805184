"""Rule files are data: a mistake in one is named by file, line and rule."""

import csv
import io
from pathlib import Path

import pytest

from litmap.errors import RuleError
from litmap.evidence import Rules
from litmap.model import PublicationType, Record
from litmap.resources import folder

TEXTS = Rules.load().texts


def changed(file: str, old: str, new: str) -> dict[str, str]:
    assert old in TEXTS[file]
    return {**TEXTS, file: TEXTS[file].replace(old, new, 1)}


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("designs.csv", "type:Randomized Controlled Trial |", "type:Randomised Trial |", r"designs.csv, line \d+, rule T1: 'type:Randomised Trial': not a publication type of NLM"),
        ("designs.csv", "title:scoping", "title:scooping", r"designs.csv, line \d+, rule S1.title: 'title:scooping': no such cue"),
        ("designs.csv", ",controlled-trial,", ",trial,", r"designs.csv, line \d+, rule T2: gives is 'trial'"),
        ("ocebm-benefit.csv", "design:controlled-trial,3", "design:controlled-trial,7", r"ocebm-benefit.csv, line \d+, rule T2: rank is '7'"),
        ("subjects.csv", "mesh:Animals", "messh:Animals", r"subjects.csv, line \d+, rule A1.animals: 'messh:Animals': no such condition"),
        ("cues.csv", "double blind*", "double-blind*", r"cues.csv, line \d+, rule double-blind: 'double-blind\*' is not a phrase"),
        ("cues.csv", "{was|were}", "{was|were", r"cues.csv, line \d+, rule .*: a brace without its partner"),
        ("cues.csv", "selection closing,The word itself", "selected closing,The word itself", r"cues.csv, line \d+, rule randomi-any: no guard is called 'selected'"),
        ("guards.csv", "closing,,,,,not,", "closing,,,,,never,", r"guards.csv, line \d+, rule closing: closing is 'never'"),
        ("points.csv", "title:random-named", "title:random-nam", r"points.csv, line \d+, rule title:random-nam: not a place and a cue"),
        ("facts.csv", "(?P<value>midazolam)", "(midazolam", r"facts.csv, line \d+, rule comparator-midazolam: the pattern is not a regular expression"),
        ("facts.csv", ",midazolam,midazolam,", ",midazolam,,", r"facts.csv, line \d+, rule comparator-midazolam: no starts"),
        ("fact-guards.csv", "(?:not|no|never|without)", "(not|no|never|without", r"fact-guards.csv, line \d+, rule denied: before is not a regular expression"),
        ("fact-guards.csv", "denied,blinding|", "denied,masking|", r"fact-guards.csv, line \d+, rule denied: no field is called 'masking'"),
        ("reviews.csv", "(?:19|20)", "(?:(19|20)", r"reviews.csv, line \d+, rule year: the pattern is not a regular expression"),
        ("reviews.csv", "(?:19|20)", "(19|20)", r"reviews.csv, line \d+, rule year: the pattern has groups with numbers or names"),
        ("reviews.csv", "year,no-count,", "year,date,", r"reviews.csv, line \d+, rule year: means is 'date'"),
        ("groups.csv", "cue:random-allocation | cue:random-named", "cue:random-allocation & cue:random-named", r"groups.csv, line \d+, rule says:random: not a list of alternatives"),
        ("integrity.csv", "relation:RetractionOf", "cue:retraction", r"integrity.csv, line \d+, rule I1.retraction: 'cue:retraction' is not a condition of this table"),
        ("integrity.csv", "relation:RetractionIn", "relation:RetractedIn", r"integrity.csv, line \d+, rule I2.retracted: 'relation:RetractedIn': not a relation of NLM"),
        ("integrity.csv", "relation:RetractionOf | relation:Retractedand", "relation:RetractedOf | relation:Retractedand", r"integrity.csv, line \d+, rule N.retracted: 'relation:RetractedOf': not a relation of NLM"),
        ("integrity.csv", "type:Retracted Publication", "type:Retracted Article", r"integrity.csv, line \d+, rule I2.retracted: 'type:Retracted Article': not a publication type of NLM"),
        ("integrity.csv", "type:Retracted Publication |", "type:Retracted Publication &", r"integrity.csv, line \d+, rule I2.retracted: not a list of alternatives"),
        ("integrity.csv", "title-starts:retracted: |", "title-starts:RETRACTED: |", r"integrity.csv, line \d+, rule I2.title: 'title-starts:RETRACTED:': not lower-case words"),
        ("integrity.csv", "title-ends:retracted{", "title-ends:Retracted{", r"integrity.csv, line \d+, rule I2.title: 'title-ends:.*': not lower-case words"),
        ("groups.csv", "title-starts:{notice|", "title-starts:notice|", r"groups.csv, line \d+, rule says:notice: .*: a brace without its partner"),
        ("groups.csv", "title-ends:in {reply|", "title-ends:in: {reply|", r"groups.csv, line \d+, rule says:letter: .*: not lower-case words"),
        ("designs.csv", "not relation:CommentOn", "not relation:CommentsOn", r"designs.csv, line \d+, rule S2.title: 'relation:CommentsOn': not a relation of NLM"),
        ("levels.csv", "ocebm-harm:5", "ocebm-harm:9", r"levels.csv, line \d+, rule ocebm-harm:9: not a scheme and a rank"),
        ("levels.csv", "ocebm-harm:5,", "ocebm-harm:,", r"levels.csv, line \d+, rule ocebm-harm:: not a scheme and a rank"),
        ("levels.csv", "ocebm-harm:5,", "ocebm-harm:45,", r"levels.csv, line \d+, rule ocebm-harm:45: not a scheme and a rank"),
        ("levels.csv", 'ocebm-benefit:2,Randomized trial,"A randomized trial, or trials pooled without a search"\n', "", r"levels.csv has no row ocebm-benefit:2, the level that ocebm-benefit.csv, line \d+, rule \S+ gives"),
        ("confidence.csv", "0.5,0.53", "50,0.53", r"confidence.csv, line 3, rule 50: share is '50', not a number from 0 to 1"),
        ("confidence.csv", "0.5,0.53", "-0.5,0.53", r"confidence.csv, line 3, rule -0.5: share is '-0.5'"),
        ("confidence.csv", "0.5,0.53", "0.5,53", r"confidence.csv, line 3, rule 0.5: right is '53', not a number from 0 to 1"),
        ("confidence.csv", "0.5,0.53", "0.5,", r"confidence.csv, line 3, rule 0.5: right is ''"),
        ("confidence.csv", "0.5,0.53", "0.5,nan", r"confidence.csv, line 3, rule 0.5: right is 'nan', not a number"),
        ("confidence.csv", "0.53,145", "0.53,145.5", r"confidence.csv, line 3, rule 0.5: n is '145.5', not a whole number"),
        ("confidence.csv", "0.53,145", "0.53,", r"confidence.csv, line 3, rule 0.5: no n"),
        ("confidence.csv", "0.6,", "0.4,", r"confidence.csv, line 4, rule 0.4: share is '0.4', not above that of the row before"),
        ("publication-types.csv", "D016428", "D16428", r"publication-types.csv, line \d+, rule Journal Article: ui is 'D16428', not a UI of NLM"),
        ("publication-types.csv", "D016428", "D01642800", r"publication-types.csv, line \d+, rule Journal Article: ui is 'D01642800'"),
        ("confidence.csv", "0,0.47,157\n", "", r"confidence.csv, line 2, rule 0.5: the first share is '0.5', not 0"),
        ("confidence.csv", TEXTS["confidence.csv"].partition("\n")[2], "", r"confidence.csv, line 1: no rule stands below the header"),
        ("fact-guards.csv", TEXTS["fact-guards.csv"].partition("\n")[2], "", r"fact-guards.csv, line 1: no rule stands below the header"),
        ("levels.csv", "ocebm-benefit:2,Randomized trial,", "ocebm-benefit:2,,", r"levels.csv, line \d+, rule ocebm-benefit:2: no label"),
        ("guards.csv", "closing,,,,,not,", "closing,,,,,,", r"guards.csv, line \d+, rule closing: it blocks nothing"),
        ("guards.csv", "closing,,,,,not,", "closing,needed,,,,not,", r"guards.csv, line \d+, rule closing: before has words without a reach"),
        ("guards.csv", "closing,,,,,not,", "closing,,,,5,not,", r"guards.csv, line \d+, rule closing: after has a reach without words"),
        ("publication-types.csv", "Journal Article,D016428,", "Journal Article,D016428,Randomized Controlled Trial", r"publication-types.csv, line \d+, rule Journal Article: former is 'Randomized Controlled Trial', a name of Randomized Controlled Trial"),
        ("integrity.csv", "I2.title,", 'I2.comma,"title-ends:a,b",retracted,own,S.,s\nI2.title,', r"integrity.csv, line \d+, rule I2.comma: 'title-ends:a,b': not lower-case words"),
        ("designs.csv", "id,basis,when", "id,basis,if", r"designs.csv, line 1: the column when is missing"),
        ("designs.csv", "F.none,text,,", "F.none,text,has:abstract,", r"designs.csv, line \d+, rule F.none: the last rule does not always hold"),
        ("designs.csv", "T1,types,type:Randomized Controlled Trial | type:Equivalence Trial | type:Pragmatic Clinical Trial,", "T1,types,,", r"designs.csv, line \d+, rule T2: it can never decide, for the rule T1 on line \d+ always holds before it"),
        ("subjects.csv", "A1.animals,mesh:Animals & not mesh:Humans,", "A1.animals,,", r"subjects.csv, line \d+, rule A1.text-animal: it can never decide, for the rule A1.animals"),
        ("ocebm-benefit.csv", "G4,design:protocol,", "G4,,", r"ocebm-benefit.csv, line \d+, rule A1: it can never decide, for the rule G4"),
        ("ocebm-harm.csv", "S2.empty,design:systematic-review &", "S2.empty,design:systematic-review,,,A review.,litmap\nS2.other,design:systematic-review &", r"ocebm-harm.csv, line \d+, rule S2.other: it can never decide, for the rule S2.empty on line \d+"),
        ("ocebm-benefit.csv", "design:case-series,4", "design:case-series & has:abstract,4", r"ocebm-benefit.csv has no rule that holds for every record of the design case-series"),
        ("ocebm-harm.csv", "design:laboratory | design:undetermined", "design:laboratory", r"ocebm-harm.csv has no rule that holds for every record of the design undetermined"),
        ("designs.csv", "T2,types", "T1,types", r"designs.csv, line \d+, rule T1: the same id stands on line \d+"),
    ],
)  # fmt: skip
def test_mistakes_are_named(file: str, old: str, new: str, message: str) -> None:
    with pytest.raises(RuleError, match=message) as caught:
        Rules(changed(file, old, new))
    assert caught.value.hint


def test_one_last_rule_answers_for_all_designs() -> None:
    rows = [line for line in TEXTS["ocebm-harm.csv"].splitlines() if not line.startswith(("O3,", "O4,", "N,", "F,"))]
    mine = Rules({**TEXTS, "ocebm-harm.csv": "\n".join([*rows, "Z,,,,No level.,mine"])})
    letter = Record(pmid=1, title="Ketamine.", publication_types=(PublicationType(None, "Letter"),))
    assert mine.assess(letter).levels[1].rule == "Z"


def test_a_misspelt_relation_is_told_on_the_command_line(tmp_path: Path, litmap) -> None:  # type: ignore[no-untyped-def]
    for name, text in changed("integrity.csv", "relation:RetractionIn", "relation:RetractedIn").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = litmap("levels", "--rules", "--folder", tmp_path)
    assert done.code != 0
    assert "integrity.csv, line" in done.err


def test_a_missing_file_and_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="is missing"):
        Rules({name: text for name, text in TEXTS.items() if name != "points.csv"})
    with pytest.raises(RuleError, match="holds no rule files"):
        Rules.load(tmp_path)
    (tmp_path / "cues.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(RuleError, match=r"cues\.csv is not UTF-8"):
        Rules.load(tmp_path)


def test_changing_a_rule_changes_level_and_version(tmp_path: Path) -> None:
    for path in (folder("db") / "evidence").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(
            text.replace("T2,design:controlled-trial,3", "T2,design:controlled-trial,2"), encoding="utf-8"
        )
    mine, record = (
        Rules.load(tmp_path),
        Record(pmid=1, title="Ketamine.", publication_types=(PublicationType(None, "Controlled Clinical Trial"),)),
    )
    assert mine.assess(record).levels[0].rank == 2
    assert Rules.load().assess(record).levels[0].rank == 3
    assert mine.version != Rules.load().version


def test_every_type_that_a_rule_names_is_one_of_nlm() -> None:
    names = {row["name"] for row in csv.DictReader(io.StringIO(TEXTS["publication-types.csv"]))}
    for file in ("designs.csv", "subjects.csv", "groups.csv", "integrity.csv", "ocebm-benefit.csv", "ocebm-harm.csv"):
        for row in csv.DictReader(io.StringIO(TEXTS[file])):
            for token in row["when"].replace(" & ", " | ").split(" | "):
                name = token.strip().removeprefix("not ")
                assert not name.startswith("type:") or name.removeprefix("type:") in names, (file, name)


def test_every_rule_speaks_to_people_and_names_its_source() -> None:
    for table, rule in Rules.load().listing():
        assert rule.sentence.endswith("."), (table, rule.id)
        assert rule.source, (table, rule.id)
