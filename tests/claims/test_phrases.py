"""The phrases of the rule files: how they are read, and that all files hold together."""

from __future__ import annotations

import pytest

from litmap.claims import words
from litmap.claims.words import compile_phrase


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("talk|speak to your doctor", "Please speak to your doctor.", True),
        ("talk|speak to your doctor", "Please talk with your doctor.", False),
        ("fast-acting", "a fast acting drug", True),
        ("stimulat*", "It was stimulating.", True),
        ("reduce .. pain", "reduce chronic low back pain", True),
        ("reduce .. pain", "reduce the very chronic low back pain", False),
        ("# sessions", "after 12 sessions", True),
        ("# sessions", "after twelve sessions", True),
        ("# sessions", "after many sessions", False),
        ("^ our team", "Our team is here.", True),
        ("^ our team", "Meet our team.", False),
        ("works $", "Acupuncture works.", True),
        ("works $", "It works here.", False),
        ("remain unproven", "remain. Unproven", False),
        ("is very? safe", "It is safe.", True),
        ("is very? safe", "It is very safe.", True),
        ("art", "part of it", False),
        ("cause|causes {symptom}", "Kava causes drowsiness.", True),
        ("cause|causes {symptom}", "Kava causes debate.", False),
        ("=WHO lists", "The WHO lists it.", True),
        ("=WHO lists", "A man who lists it.", False),
    ],
)
def test_phrases(phrase: str, text: str, found: bool) -> None:
    pattern, _ = compile_phrase(phrase)
    assert bool(pattern.search(text)) is found


def test_a_phrase_needs_a_word() -> None:
    with pytest.raises(ValueError, match="no word"):
        compile_phrase(".. #")


def test_the_rule_files_can_be_read() -> None:
    for rules in (words.not_claims(), words.types(), words.cues(), words.asserting()):
        assert len(rules.rules) > 20
    assert words.abbreviations()["dr"] == "never"


def test_a_rule_is_found_through_the_index() -> None:
    for rules in (words.not_claims(), words.types()):
        for rule in rules.rules:
            assert rule.keys


def test_the_table_of_words_names_types_and_only_these() -> None:
    from litmap.claims.kinds import QUESTIONS

    table = words.type_words()
    assert {name for row in table.values() for name in row} <= set(QUESTIONS)
    assert all(weight for row in table.values() for weight in row.values())


@pytest.mark.parametrize(
    ("word", "expected"), [("relieves", "reliev"), ("tablets", "tablet"), ("25", "#"), ("60%", "#"), ("was", "was")]
)
def test_stems(word: str, expected: str) -> None:
    from litmap.claims.weights import stem

    assert stem(word) == expected
