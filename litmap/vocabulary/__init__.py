"""Judgement: terms, the matcher, and tags for claims and records."""

from litmap.vocabulary.entries import Entry, Problem, Vocabulary, check, read_folder
from litmap.vocabulary.tagger import Tagger

__all__ = ["Entry", "Problem", "Tagger", "Vocabulary", "check", "read_folder"]
