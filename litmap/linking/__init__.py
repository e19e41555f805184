"""Which records bear on which claim: candidates, ranking, evidence per claim and condition."""

from litmap.linking.evidence import refresh_evidence
from litmap.linking.links import VERSION, LinkReport, due, link

__all__ = ["VERSION", "LinkReport", "due", "link", "refresh_evidence"]
