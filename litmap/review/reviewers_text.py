"""Reviewers' agreement and what is left to vote on, written for people, for spreadsheets and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from litmap.linking.standing import STAGES
from litmap.review.reviewers import Agreement, Open
from litmap.review.sheet import WHOLE_MAP
from litmap.wording import counted

COLUMNS = (
    *(
        "stage",
        "what",
        "reviewer_1",
        "reviewer_2",
        "n",
        "claims",
        "blind",
        "agreed",
        "kappa",
        "kappa_low",
        "kappa_high",
    ),
    *("adjusted_kappa", "table"),
)
OPEN_COLUMNS = ("claim_key", "pmid", "stage", "votes", "resolved_by", "verdict", "integrity")
STATES = {"awaiting": "awaiting a second vote", "conflict": "in conflict", "resolved": "resolved by a further entry"}
OPTIONS = {"awaiting": "--awaiting", "conflict": "--conflicts", "resolved": "--resolved"}


def flat(found: Iterable[Agreement]) -> Iterator[tuple[Any, ...]]:
    """Yield one row for each agreement; the table as `one/other count` joined by semicolons, cells that are zero left out."""
    for one in found:
        cells = "; ".join(
            f"{mine}/{yours} {number}"
            for mine, row in zip(one.categories, one.table, strict=True)
            for yours, number in zip(one.categories, row, strict=True)
            if number
        )
        figures = (one.agreed, one.kappa, one.low, one.high, one.adjusted)
        yield (
            one.stage,
            one.what,
            one.one,
            one.other,
            one.n,
            one.n_claims,
            one.n_blind,
            *map(_rounded, figures),
            cells,
        )


def as_json(found: Iterable[Agreement], waiting: Mapping[tuple[str, str], int]) -> str:
    """Return everything as a JSON text."""
    pairs = [{name: _rounded(value) for name, value in asdict(one).items()} for one in found]
    left = {stage: {state: waiting.get((stage, state), 0) for state in STATES} for stage in reversed(STAGES)}
    return json.dumps({"agreement": pairs, "items": left}, indent=2, ensure_ascii=False)


def plain(found: Sequence[Agreement]) -> str:
    """Return a block for each pair, stage and kind of answer: figures, then the table (rows: the first reviewer)."""
    if not found:
        return "No two reviewers have voted on the same record for the same claim."
    return "\n\n".join(_block(one) for one in found)


def _block(one: Agreement) -> str:
    spread = (
        f" (95 % interval {_text(one.low)} to {_text(one.high)})"
        if one.low is not None
        else " (no interval: that takes two claims)"
    )
    blind = f", {one.n_blind} of them blind" if one.n_blind else ""
    kappa = (
        f"kappa {_text(one.kappa)}{spread}"
        if one.kappa is not None
        else "kappa undefined: both used one category alone"
    )
    used = [at for at, word in enumerate(one.categories) if _is_used(one, at) or one.what == "verdict"]
    names = [one.categories[at] for at in used]
    wide = max(len(name) for name in (*names, one.one)) + 2
    lines = [
        f"{one.stage}, {one.what}: {one.one} and {one.other}",
        f"n = {counted(one.n, 'record')} in {counted(one.n_claims, 'claim')}{blind}; agreed {one.agreed:.1%}",
        f"{kappa}; adjusted for prevalence and bias {_text(one.adjusted)}",
        f"  {one.one:<{wide}}" + "".join(f"{name:>{len(name) + 2}}" for name in names) + f"  ({one.other})",
    ]
    for at in used:
        cells = "".join(f"{one.table[at][to]:>{len(one.categories[to]) + 2}}" for to in used)
        lines.append(f"  {one.categories[at]:<{wide}}{cells}")
    return "\n".join(lines)


def _is_used(one: Agreement, at: int) -> bool:
    return any(one.table[at]) or any(row[at] for row in one.table)


def left(waiting: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Yield what is left to do, by stage, and how to list it."""
    for stage in reversed(STAGES):
        told = [
            f"{waiting[stage, state]} {text} ({OPTIONS[state]})"
            for state, text in STATES.items()
            if waiting.get((stage, state))
        ]
        if told:
            yield f"{stage}: {', '.join(told)}; list them: litmap decisions DATABASE"


def open_rows(
    found: Iterable[Open],
    state: str,
    reviewer: str | None = None,
    claim_key: str | None = None,
    integrity: Mapping[int, str] | None = None,
) -> list[tuple[Any, ...]]:
    """Return the items in one state. Of what awaits a second vote only the reviewer is named: the vote stays hidden.

    `reviewer`: what awaits this reviewer's vote, or what this reviewer voted on. `integrity`: notices by PMID.
    """
    rows: list[tuple[Any, ...]] = []
    name = " ".join(reviewer.split()) if reviewer else None
    for one in found:
        mine = name is None or (name in one.votes) == (state != "awaiting")
        if one.state == state and mine and claim_key in (None, one.claim_key):
            votes = ", ".join(
                who if state == "awaiting" else f"{who}: {said}" for who, said in sorted(one.votes.items())
            )
            noted = (integrity or {}).get(one.pmid)
            rows.append((one.claim_key or WHOLE_MAP, one.pmid, one.stage, votes, one.resolved_by, one.verdict, noted))
    return rows


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


def _text(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
