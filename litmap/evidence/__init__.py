"""Judgement: study design, evidence level and integrity of PubMed records, by the rules in db/evidence."""

from litmap.evidence.assess import SCHEMES, Explanation, LevelRow, Rules, Said
from litmap.evidence.integrity import worst
from litmap.evidence.reading import Types

__all__ = ["SCHEMES", "Explanation", "LevelRow", "Rules", "Said", "Types", "worst"]
