"""Which way the evidence points: counted by study, as the levels are, and by one rule for tables, map and site.

A study has one direction, however many reports of it were included: the one on which they agree, else `mixed`; `disputed`
where reviewers differ on a report. What a report leaves open (background, or no direction given) says nothing against what
another one states. A review is no study and stands by itself, as does a report whose study is not known.
Retracted records and notices have no direction: callers leave them out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

NOT_STATED = "not-stated"
OPEN = {NOT_STATED, "background"}


def of_study(stances: Collection[str]) -> str:
    """Return the direction of one study (or one report) of which all this was said."""
    said = set(stances) - OPEN or set(stances) - {NOT_STATED} or {NOT_STATED}
    if "disputed" in said:
        return "disputed"
    return said.pop() if len(said) == 1 else "mixed"


def by_study(reports: Iterable[tuple[str, str | None]]) -> dict[str, int]:
    """Count studies by direction; a report is its study and what was said of it, None where nothing was."""
    studies: dict[str, set[str]] = defaultdict(set)
    for study, stance in reports:
        studies[study].add(stance or NOT_STATED)
    return dict(sorted(Counter(map(of_study, studies.values())).items()))
