"""A difference between two maps, written for people: plain text and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from litmap.escaping import markdown as escaped
from litmap.review.diff import SET_ASIDE, ClaimChange, ClaimMove, Diff, Evidence, LevelChange, Noticed
from litmap.wording import counted, unmarked

NOTICES = {
    "retracted": "newly retracted",
    "partly-retracted": "newly retracted in part",
    "concern": "new expression of concern",
}
Words = Callable[[object], str]


def plain(diff: Diff, old: str, new: str) -> str:
    """Return the difference as plain text; `old` and `new` name the two maps."""
    lines = [summary(diff, old, new)]
    for title, moved in (("NEW CLAIM", diff.new), ("CLAIM GONE", diff.gone)):
        lines += (
            ["", *(f"{title} {claim.key}: {unmarked(claim.text)} ({_about(claim)})" for claim in moved)]
            if moved
            else []
        )
    for claim in diff.changed:
        lines += ["", f"{claim.key}: {unmarked(claim.text)}", *(f"  {line}" for line in _lines(claim, _word))]
    return "\n".join(lines)


def markdown(diff: Diff, old: str, new: str) -> str:
    """Return the difference as a Markdown document."""
    lines = ["# What changed", "", escaped(summary(diff, old, new))]
    for title, moved in (("New claims", diff.new), ("Claims gone", diff.gone)):
        if moved:
            lines += ["", f"## {title}", ""]
            lines += [f"- {escaped(unmarked(claim.text))} (`{claim.key}`; {escaped(_about(claim))})" for claim in moved]
    if diff.changed:
        lines += ["", "## Changed claims"]
    for claim in diff.changed:
        lines += ["", f"### {escaped(unmarked(claim.text))}", "", f"Key: `{claim.key}`", ""]
        lines += [f"- {line}" for line in _lines(claim, escaped, _linked)]
    return "\n".join(lines)


def summary(diff: Diff, old: str, new: str) -> str:
    """Return the counts in one sentence."""
    return (
        f"{old} -> {new}: {counted(diff.common, 'claim')} in both = {len(diff.changed)} changed + {diff.unchanged} unchanged; "
        f"{len(diff.new)} new, {len(diff.gone)} gone."
    )


def _about(claim: ClaimMove) -> str:
    records = counted(claim.evidence, "record")
    return "; ".join(
        filter(None, (claim.why, records, f"highest level {claim.highest}" if claim.highest else "no level"))
    )


def _lines(claim: ClaimChange, words: Words, pmid: Words = lambda number: f"PMID {number}") -> Iterator[str]:
    if claim.basis_before != claim.basis_now:
        yield f"basis: {claim.basis_before} -> {claim.basis_now}"
    if claim.highest_before != claim.highest_now:
        yield f"highest level: {_level(claim.highest_before)} -> {_level(claim.highest_now)}"
    yield from (_noticed(one, words, pmid) for one in claim.noticed)
    yield from _moved("new", claim.new, words, pmid)
    aside = [one for one in claim.gone if one.why == SET_ASIDE]
    yield from _moved("gone", [one for one in claim.gone if one.why != SET_ASIDE], words, pmid)
    if aside:
        yield f"set aside: {counted(len(aside), 'suggestion')} that nobody decided on; only what reviewers included counts now"
    yield from (_levels(one, words, pmid) for one in claim.levels)


def _moved(title: str, found: Iterable[Evidence], words: Words, pmid: Words) -> Iterator[str]:
    for one in found:
        facts = "; ".join(
            filter(None, (str(one.year or ""), one.design or "", _level(one.level, "level "), *one.notices))
        )
        yield f"{title}: {pmid(one.pmid)} {words(one.title)} ({facts}): {one.why}"


def _levels(one: LevelChange, words: Words, pmid: Words) -> str:
    before = f"{_level(one.level_before)}, {one.design_before or 'no design'}"
    return f"level: {pmid(one.pmid)} {words(one.title)}: {before} -> {_level(one.level_now)}, {one.design_now or 'no design'}"


def _noticed(one: Noticed, words: Words, pmid: Words) -> str:
    return f"{NOTICES[one.notice]}: {pmid(one.pmid)} {words(one.title)}"


def _level(level: int | None, before: str = "") -> str:
    return f"{before}{level}" if level else "no level"


def _word(value: object) -> str:
    return str(value)


def _linked(pmid: object) -> str:
    return f"[PMID {pmid}](https://pubmed.ncbi.nlm.nih.gov/{pmid}/)"
