"""litmap demo."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("demo")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("litmap-demo"))
@click.option("--force", is_flag=True, help="Make a demo that is there anew.")
@options.common
def command(folder: Path, force: bool) -> None:
    """Build a map from the bundled examples, offline.

    FOLDER (default: litmap-demo) gets the examples, the map demo.db made of them, map.svg and evidence.csv.
    """
    from litmap import demo
    from litmap.store import open_store
    from litmap.tables import export, gapmap, svg, terminal

    database = demo.build(folder, force=force, say=options.say)
    with open_store(database, read_only=True) as store:
        drawn = gapmap.build(store)
        click.echo(terminal.render(drawn))
        for end in demo.extremes(store):
            click.echo(f"\n{end.title}")
            options.emit("table", demo.COLUMNS, end.rows)
        (folder / "map.svg").write_text(svg.render(drawn), encoding="utf-8")
        export.write(store, "evidence", folder / "evidence.csv")
    options.say(f"\nWritten: {folder / 'map.svg'}, {folder / 'evidence.csv'}")
    options.say(f"Browse the map: litmap serve {database} --open")
