"""Numbers and quotes as people read them."""

from __future__ import annotations

import pytest

from litmap.wording import counted, unmarked


@pytest.mark.parametrize(
    ("number", "nouns", "said"),
    [(1, ("claim",), "1 claim"), (0, ("claim",), "0 claims"), (2000, ("study", "studies"), "2,000 studies")],
)
def test_a_number_has_its_noun(number: int, nouns: tuple[str, ...], said: str) -> None:
    assert counted(number, *nouns) == said


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("**Ketamine** relieves *pain*.", "Ketamine relieves pain."),
        ("***Both*** and __all__ of `it`, ~~not~~ this.", "Both and all of it, not this."),
        ("**bold with *inner* words**", "bold with inner words"),
        ('See [the trial](https://example.org/a_(b) "title").', "See the trial."),
        ("**It begins bold.", "It begins bold."),
        ("and ends so.**", "and ends so."),
        # what is no emphasis stays
        ("5*3*2 mg, a * b * c, n_of_1", "5*3*2 mg, a * b * c, n_of_1"),
        ("ketamine* and esketamine* [1] (2)", "ketamine* and esketamine* [1] (2)"),
    ],
)
def test_marks_of_markdown_are_left_out(quote: str, shown: str) -> None:
    assert unmarked(quote) == shown
