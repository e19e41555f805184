"""Whether a record sums up other studies: what it mentions is then theirs, and its own is what it asks."""

from __future__ import annotations

import re

from litmap.model import Record

SYSTEMATIC, OTHER = "systematic", "other"
_SYSTEMATIC_TYPES = frozenset(("D000078182", "D017418"))  # Systematic Review, Meta-Analysis
_REVIEW_TYPE = "D016454"
_TITLE = re.compile(  # in the plain form; a review of charts is none
    r"\b(?:(?:systematic|scoping) (?:\w+ ){0,2}review|meta ?analy|(?<!chart )(?<!charts )(?<!record )(?<!records )(?<!case )review)"
)
_SEARCHED = (" pubmed", " medline", " embase", " cochrane library", " cochrane central")
_SYSTEMATIC = " systematic"  # looked for first: most texts have none
_HOW = re.compile(  # not what others found
    r"(?<! recent)(?<! previous)(?<! prior)(?<! earlier)(?<! published) systematic(?:ally)? (?:review(?!s)|search)(?! (?:has|found|show|suggest|of previous))"
)


def review(record: Record, plain: str) -> str:
    """Return SYSTEMATIC, OTHER or "" (none), by type, title, and whether it says where it searched.

    `plain` begins with the title, in the plain form.
    """
    types = [kind.ui for kind in record.publication_types]
    words = plain[: len(record.title)]
    title = _TITLE.search(words) if "review" in words or "meta" in words else None
    if (title and title.group() != "review") or not _SYSTEMATIC_TYPES.isdisjoint(types) or _searches(plain):
        return SYSTEMATIC
    if title is None and _REVIEW_TYPE not in types:
        return ""
    return "" if " case" in words else OTHER  # "a case report and review": the case counts


def _searches(plain: str) -> bool:
    for word in _SEARCHED:
        if word in plain:
            return True
    return _SYSTEMATIC in plain and _HOW.search(plain) is not None
