"""litmap explain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from litmap.commands import options
from litmap.wording import counted

if TYPE_CHECKING:
    from litmap.ingest.explaining import Explained
    from litmap.model import Level, Match


@click.command("explain")
@options.database
@click.argument("pmid", type=click.IntRange(1, 999_999_999))
@click.option("--cues", is_flag=True, help="Also list every cue that the text holds.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--set", "change", multiple=True, metavar="FIELD=VALUE", help="Correct the record; the fields are listed above."
)
@click.option(
    "--withdraw", multiple=True, metavar="FIELD", help="Take back what you said; the machine's value returns."
)
@options.signed
@options.common
def command(
    database: Path,
    pmid: int,
    cues: bool,
    as_json: bool,
    change: tuple[str, ...],
    withdraw: tuple[str, ...],
    reviewer: str | None,
    reason: str | None,
) -> None:
    """Show how a record came to its design and level, or correct it.

    Which rules were tried, what they saw (with offsets into title and abstract), and what people said since.

    Fields to correct, with a --reason: design, subjects, secondary (yes, no), integrity, level (1 to 5 or none; for one
    scheme: ocebm-benefit, ocebm-harm). Without need of one: study (PMID of another report, a name, or own) and duplicate
    (PMID of the record that counts). Corrections are kept for ever and laid over whatever is derived again.
    """
    from litmap.ingest.explaining import explain
    from litmap.store import open_store

    if change or withdraw:
        _correct(database, pmid, change, withdraw, options.signer(reviewer), reason)
        return
    with open_store(database, read_only=True) as store:
        found = explain(store, pmid)
    if as_json:
        click.echo(json.dumps(_as_object(found), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found, cues)))


def _correct(
    database: Path, pmid: int, change: tuple[str, ...], withdraw: tuple[str, ...], reviewer: str, reason: str | None
) -> None:
    """Enter all corrections in one transaction, or none."""
    from litmap.ingest import record_corrections as corrections
    from litmap.store import open_store

    with open_store(database) as store, store.transaction() as conn:
        entries = [entry for field in withdraw for entry in corrections.withdrawal(conn, pmid, field)]
        for words in change:
            field, _, value = words.partition("=")
            entries += corrections.setting(conn, pmid, field, value)
        corrections.enter(store, entries, reviewer=reviewer, reason=reason)
        held = store.rows("select design, level, integrity from records where pmid = ?", pmid)[0]
        left = corrections.decided_on_duplicate_only(conn, entries)
    for entry in entries:
        said = "withdrawn" if entry.action == "withdraw" else f"is {entry.value}"
        options.say(f"PMID {entry.pmid}: {entry.field or entry.subject} {said}")
    for duplicate, original, claims in left:
        options.say(
            f"decisions on PMID {duplicate} for {counted(claims, 'claim')} count no longer, and none was made on PMID {original}: decide on it anew"
        )
    options.say(
        f"in the map: {held['design']}, level {held['level'] or 'none'}, integrity {held['integrity'] or 'none'}"
    )


def _as_object(found: Explained) -> dict[str, Any]:
    steps = [
        {"table": table, "rule": rule.id, "sentence": rule.sentence, "seen": [match._asdict() for match in seen]}
        for table, rule, seen in found.explanation.decided
    ]
    assessment = found.explanation.assessment._asdict()
    for name in ("levels", "integrity", "facts"):
        assessment[name] = [item._asdict() for item in getattr(found.explanation.assessment, name)]
    for level, given in zip(assessment["levels"], found.explanation.assessment.levels, strict=True):
        level["inputs"] = [match._asdict() for match in given.inputs]
    return {
        "pmid": found.record.pmid,
        "title": found.record.title,
        "assessment": assessment,
        "decided": steps,
        "tried": [{"table": table, "rule": rule.id} for table, rule in found.explanation.tried],
        "kinds": [{"kind": kind, "share": round(share, 3)} for kind, share in found.explanation.kinds],
        "cues": [{"cue": cue, **match._asdict()} for cue, match in found.explanation.cues],
        "in_the_map": found.held,
        "integrity": list(found.integrity),
        "integrity_aside": list(found.integrity_aside),
        "corrections": list(found.corrections),
        "unknown_types": list(found.unknown_types),
        "preprint": found.preprint,
    }


def _lines(found: Explained, cues: bool) -> Iterator[str]:
    record, explanation = found.record, found.explanation
    levels = {level.scheme: level for level in explanation.assessment.levels}
    yield f"PMID {record.pmid}: {record.title}"
    for stage, rule, seen in explanation.decided:
        yield f"\n{stage}: {rule.gives or 'no level'} (rule {rule.id})\n  {rule.sentence} [{rule.source}]"
        yield from (f"  saw {_match(match)}" for match in seen)
        if stage in levels:
            yield f"  from {_basis(levels[stage])}"
    besides = list(_besides(found))
    if besides:
        yield ""
        yield from besides
    yield f"\nRules tried, in order (version {explanation.assessment.levels[0].ruleset}); the last of a line held:"
    held = {rule.id for _, rule, _ in explanation.decided}
    for table, rules in groupby(explanation.tried, key=itemgetter(0)):
        ids = [rule.id for _, rule in rules]
        yield f"  {table}: {' '.join(ids)}{'' if ids[-1] in held else ' (none held: human)'}"
    if any(level.confidence is not None for level in levels.values()):
        yield "Kinds of paper that the text speaks for: " + ", ".join(
            f"{kind} {share:.0%}" for kind, share in explanation.kinds if share >= 0.05
        )
    if cues:
        yield "Cues:"
        yield from (f"  {cue}: {_match(match)}" for cue, match in explanation.cues)


def _basis(level: Level) -> str:
    """What a level rests on, and how sure it is."""
    words = {
        "curated": "types and headings given by indexers or publishers",
        "automated": "automatic indexing",
        "text": "title and abstract",
        "incomplete": "the title alone: no abstract",
    }
    sure = "" if level.confidence is None else f", confidence {level.confidence:.2f} in the kind of paper"
    return f"{words[level.basis]}{', provisional' if level.provisional else ''}{sure}"


def _besides(found: Explained) -> Iterator[str]:
    for note in found.integrity:
        details = [note["origin"], note["notice_pmid"] and f"notice PMID {note['notice_pmid']}", note["date"]]
        later = "; later than the correction below, so it counts until a reviewer corrects again"
        yield f"integrity: {note['kind']} ({', '.join(filter(None, details))}){later if note['after_correction'] else ''}"
    for note in found.integrity_aside:
        yield f"integrity, put aside by a reviewer: {note['kind']} ({note['origin']})"
    if found.held["integrity"] in ("retracted", "notice"):
        by_design = found.held["level_by_design"]
        kept = f"; level by design: {by_design}" if by_design else ""
        yield f"the map shows no level: the record is {'a notice' if found.held['integrity'] == 'notice' else 'retracted'}{kept}"
    if found.preprint:
        yield "preprint: not reviewed by a journal; a level it has is provisional"
    if found.explanation.assessment.secondary:
        yield "secondary: a further question to the data of a study; never counted as a further study"
    for fact in found.explanation.assessment.facts:
        yield f"states {fact.field}: {fact.value} ({fact.place} {fact.start}-{fact.end})"
    for said in found.corrections:
        yield _said(said)
    if any(said["stands"] for said in found.corrections):
        yield f"in the map: {found.held['design']}, level {found.held['level'] or 'none'} (rule {found.held['level_rule']})"
    for name in found.unknown_types:
        yield f"unknown publication type, not used: {name}"


def _said(said: dict[str, Any]) -> str:
    """One correction, with the machine's value."""
    what = said["value"] or ("" if said["action"] == "set" else said["action"])
    words = [word for word in (what, said["role"]) if word]
    machine = "" if said["action"] == "withdraw" else f"; machine: {said['machine'] or 'none'}"
    if said["machine_then"] not in (None, said["machine"]):
        machine += f", then: {said['machine_then']}"
    standing = "" if said["stands"] or said["action"] == "withdraw" else ", withdrawn since"
    why = said["reason"] or "no reason given"
    return f"{said['field']}: {' '.join(words)}{machine} (reviewer {said['reviewer']}, {said['made_at'][:10]}: {why}{standing})"


def _match(match: Match) -> str:
    where = "" if match.start is None else f" {match.start}-{match.end}"
    return f'{match.field}{where} "{match.matched}"'
