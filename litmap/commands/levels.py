"""litmap levels."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("levels")
@click.option("--rules", "show_rules", is_flag=True, help="The rules, in the order in which they are tried.")
@click.option("--folder", type=click.Path(path_type=Path), help="Rule files of your own (default: litmap's).")
@options.listing
@options.common
def command(show_rules: bool, folder: Path | None, form: str | None) -> None:
    """List the evidence levels, or the rules that give them.

    A level is the highest study design found, not an appraisal. Folder and files: see db/evidence in litmap.
    """
    from litmap.evidence import Rules

    rules = Rules.load(folder)
    if show_rules:
        rows = [
            (table, rule.id, rule.words, rule.gives or "no level", rule.basis, rule.sentence, rule.source)
            for table, rule in rules.listing()
        ]
        options.emit(form, ("table", "rule", "when", "gives", "basis", "sentence", "source"), rows)
    else:
        options.emit(form, ("scheme", "rank", "label", "description"), rules.levels())
    options.say(f"Rules, version {rules.version}")
