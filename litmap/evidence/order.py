"""What the order of a table's rules must give: every rule can decide, and every record gets an answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from litmap.errors import RuleError
from litmap.evidence.rules import DESIGNS, Groups, Rule


def refuse_unreachable(file: str, rules: Sequence[Rule]) -> None:
    """Raise RuleError for a rule that stands behind one that holds whenever it does."""
    for place, rule in enumerate(rules):
        before = next((one for one in rules[:place] if _follows(rule.when.groups, one.when.groups)), None)
        if before:
            raise RuleError(
                f"{file}, line {rule.line}, rule {rule.id}: it can never decide, for the rule {before.id} on line {before.line} always holds before it",
                "move it up, or remove it",
            )


def refuse_without_last(file: str, rules: Sequence[Rule]) -> None:
    """Raise RuleError when no rule always holds: some record would get no answer."""
    last = rules[-1]
    if last.when.groups:
        raise RuleError(
            f"{file}, line {last.line}, rule {last.id}: the last rule does not always hold",
            "end the file with a rule whose `when` is empty",
        )


def refuse_unanswered(file: str, rules: Sequence[Rule]) -> None:
    """Raise RuleError when the rules of a scheme leave out a design, or some records of one."""
    left_out = [
        design
        for design in DESIGNS
        if not any(_follows(((False, frozenset((f"design:{design}",))),), rule.when.groups) for rule in rules)
    ]
    if left_out:
        raise RuleError(
            f"{file} has no rule that holds for every record of the design {', '.join(left_out)}",
            f"add a rule whose `when` is design:{left_out[0]}, or end the file with one whose `when` is empty",
        )


def refuse_unnamed(file: str, rules: Sequence[Rule], named: Collection[int]) -> None:
    """Raise RuleError for a level that a rule of a scheme gives and levels.csv does not name."""
    for rule in rules:
        if rule.rank is not None and rule.rank not in named:
            raise RuleError(
                f"levels.csv has no row {file.removesuffix('.csv')}:{rule.rank}, the level that {file}, line {rule.line}, rule {rule.id} gives",
                "add the row, or give another level",
            )


def _follows(given: Groups, asked: Groups) -> bool:
    """Whether a condition of these groups holds wherever the given one does."""
    for negated, tokens in asked:
        alike = (others for also, others in given if also == negated)
        if not any(tokens <= others if negated else others <= tokens for others in alike):
            return False
    return True
