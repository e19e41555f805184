"""litmap diff."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--markdown", "form", flag_value="markdown", default=None, help="A Markdown document.")
@click.option("--json", "form", flag_value="json", default=None, help="One JSON object.")
@options.common
def command(old: Path, new: Path, form: str | None) -> None:
    """Say what changed between two states of a map.

    For each claim: evidence that is new or gone, levels that changed, records newly retracted; and the claims that are
    new or gone. OLD is a copy of the map made earlier.
    """
    import json

    from litmap.review import diff, diff_text
    from litmap.store import open_store

    with open_store(old, read_only=True) as before, open_store(new, read_only=True) as now:
        found = diff.compare(before, now)
    if form == "json":
        told = {"old": old.name, "new": new.name, **found.as_json()}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif form == "markdown":
        click.echo(diff_text.markdown(found, old.name, new.name))
    else:
        click.echo(diff_text.plain(found, old.name, new.name))
    if not found.common and (found.new or found.gone):
        options.say("The two maps have no claim in common: are they two states of one map?")
