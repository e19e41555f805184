"""Judgement: terms, the matcher, and tags for claims and records."""
