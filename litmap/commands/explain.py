"""litmap explain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from litmap.commands import options

if TYPE_CHECKING:
    from litmap.ingest.explaining import Explained
    from litmap.model import Match


@click.command("explain")
@options.database
@click.argument("pmid", type=click.IntRange(1, 999_999_999))
@click.option("--cues", is_flag=True, help="Also list every cue that the text holds.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@options.common
def command(database: Path, pmid: int, cues: bool, as_json: bool) -> None:
    """Show how a record came to its design and level.

    Which rules were tried, what they saw (with offsets into title and abstract), and what people said since.
    """
    from litmap.ingest.explaining import explain
    from litmap.store import open_store

    with open_store(database, read_only=True) as store:
        found = explain(store, pmid)
    if as_json:
        click.echo(json.dumps(_as_object(found), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found, cues)))


def _as_object(found: Explained) -> dict[str, Any]:
    steps = [
        {"table": table, "rule": rule.id, "sentence": rule.sentence, "seen": [match._asdict() for match in seen]}
        for table, rule, seen in found.explanation.decided
    ]
    assessment = asdict(found.explanation.assessment)
    for name in ("integrity", "facts"):
        assessment[name] = [item._asdict() for item in getattr(found.explanation.assessment, name)]
    for level, given in zip(assessment["levels"], found.explanation.assessment.levels, strict=True):
        level["inputs"] = [match._asdict() for match in given.inputs]
    return {
        "pmid": found.record.pmid,
        "title": found.record.title,
        "assessment": assessment,
        "decided": steps,
        "tried": [rule.id for rule in found.explanation.tried],
        "kinds": [{"kind": kind, "share": round(share, 3)} for kind, share in found.explanation.kinds],
        "cues": [{"cue": cue, **match._asdict()} for cue, match in found.explanation.cues],
        "in_the_map": found.held,
        "integrity": list(found.integrity),
        "corrections": list(found.corrections),
        "unknown_types": list(found.unknown_types),
    }


def _lines(found: Explained, cues: bool) -> Iterator[str]:
    record, explanation = found.record, found.explanation
    yield f"PMID {record.pmid}: {record.title}"
    for table, rule, seen in explanation.decided:
        yield f"\n{table}: {rule.gives or 'no level'} (rule {rule.id})\n  {rule.sentence} [{rule.source}]"
        yield from (f"  saw {_match(match)}" for match in seen)
    if not any(table == "subjects" for table, _, _ in explanation.decided):
        yield "\nsubjects: human (no rule for animals or cells held)"
    for level in explanation.assessment.levels:
        rank = "no level" if level.rank is None else f"level {level.rank}"
        sure = "" if level.confidence is None else f", confidence {level.confidence:.2f}"
        yield f"\n{level.scheme}: {rank}, {'provisional, ' if level.provisional else ''}from {level.basis}{sure} (rule {level.rule}, version {level.ruleset})"
    yield from _besides(found)
    yield "\nRules tried, in order: " + " ".join(rule.id for rule in explanation.tried)
    yield "Kinds of paper, by the text: " + ", ".join(
        f"{kind} {share:.0%}" for kind, share in explanation.kinds if share >= 0.01
    )
    if cues:
        yield "Cues: " + ("; ".join(f"{cue}: {_match(match)}" for cue, match in explanation.cues) or "none")


def _besides(found: Explained) -> Iterator[str]:
    for fact in found.explanation.assessment.facts:
        yield f"states {fact.field}: {fact.value} ({fact.place} {fact.start}-{fact.end})"
    for note in found.integrity:
        notice = f", notice PMID {note['notice_pmid']}" if note["notice_pmid"] else ""
        yield f"integrity: {note['kind']} (from {note['origin']}{notice})"
    if found.held["integrity"] in ("retracted", "notice"):
        yield f"the map shows no level: the record is {'a notice' if found.held['integrity'] == 'notice' else 'retracted'}"
    for said in found.corrections:
        yield f"corrected by {said['reviewer']}: {said['field']} {said['action']} {said['value'] or ''} ({said['reason'] or 'no reason given'})"
    if found.corrections:
        yield f"in the map: {found.held['design']}, level {found.held['level'] or 'none'} (rule {found.held['level_rule']})"
    for name in found.unknown_types:
        yield f"unknown publication type, not used: {name}"


def _match(match: Match) -> str:
    where = "" if match.start is None else f" {match.start}-{match.end}"
    return f'{match.field}{where} "{match.matched}"'
