from litmap.evidence import Rules
from litmap.model import PublicationType, Record

RULES = Rules.load()


def test_loading_gives_a_version_and_ten_levels() -> None:
    assert RULES.version == Rules.load().version
    assert [(row.scheme, row.rank) for row in RULES.levels()] == [
        (s, n) for s in ("ocebm-benefit", "ocebm-harm") for n in range(1, 6)
    ]


def test_an_indexed_randomized_trial_is_level_2() -> None:
    found = RULES.assess(
        Record(
            pmid=1,
            title="Ketamine for depression",
            publication_types=(PublicationType("D016449", "Randomized Controlled Trial"),),
        )
    )
    assert (found.design, found.subjects, found.levels[0].rank, found.levels[0].rule, found.levels[0].provisional) == (
        "randomized-trial",
        "human",
        2,
        "T1",
        False,
    )
