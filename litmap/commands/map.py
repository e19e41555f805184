"""litmap map."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from litmap.commands import options

WIDE = 400  # in a pipe there is no terminal to fit, yet people read it


@click.command("map")
@options.database
@click.option("--down", default="condition", show_default=True, metavar="DIMENSION", help="What the rows are.")
@click.option(
    "--across",
    default="route",
    show_default=True,
    metavar="DIMENSION",
    help="What the columns are: condition, route, intervention, population, claim-type, question, level or year.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Also show what the vocabulary keeps off the map, where it is used."
)
@click.option(
    "--svg",
    "picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the map as an SVG picture; - is stdout.",
)
@click.option("--width", type=click.IntRange(40, WIDE), help="Columns to fit (default: the terminal's, or 80).")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@options.listing
@options.common
def command(
    database: Path,
    down: str,
    across: str,
    everything: bool,
    picture: Path | None,
    width: int | None,
    force: bool,
    form: str | None,
) -> None:
    """Show the map: conditions by routes."""
    from litmap.tables import gapmap, svg, terminal
    from litmap.tables.files import target

    with options.reading(database) as store:
        built = gapmap.build(store, down, across, everything=everything)
    if picture is not None:
        with target(picture, force) as out:
            out.write(svg.render(built).encode())
        options.say(f"{picture}: the map by {down} and {across}")
    elif form in ("csv", "json"):
        options.emit(form, terminal.FLAT, terminal.flat(built))
    else:
        click.echo(terminal.render(built, width or _width()))


def _width() -> int:
    return max(60, shutil.get_terminal_size().columns) if sys.stdout.isatty() else 80
