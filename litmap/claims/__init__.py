"""Judgement: Document to claims."""
