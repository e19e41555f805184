"""Judgement: study design, evidence level and integrity."""
