"""litmap flow."""

from __future__ import annotations

import json
from pathlib import Path

import click

from litmap.commands import options


@click.command("flow")
@options.database
@click.option(
    "--prisma",
    "kind",
    flag_value="prisma",
    default=True,
    help="PRISMA 2020 (the default); --csv is the input of its diagram tools.",
)
@click.option("--roses", "kind", flag_value="roses", help="ROSES, for systematic maps.")
@click.option(
    "--svg",
    "picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the diagram as an SVG picture; - is stdout.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@options.listing
@options.common
def command(database: Path, kind: str, picture: Path | None, force: bool, form: str | None) -> None:
    """Count the records from search to inclusion, for a flow diagram.

    All numbers come from the map: searches, loads, duplicates, people's decisions. "Screened" means that a person decided on the
    record; records that nobody saw are "ineligible by automation"; files loaded without a search are other sources.
    """
    from litmap.review import flow, flow_forms
    from litmap.store import open_store
    from litmap.tables import flow_svg
    from litmap.tables.files import target

    with open_store(database, read_only=True) as store:
        counted = flow.count(store)
    if picture is not None:
        with target(picture, force) as out:
            out.write(flow_svg.render(counted, kind).encode())
        options.say(f"{picture}: the flow of records")
    elif form == "json":
        click.echo(json.dumps(flow_forms.as_json(counted, kind), indent=2, ensure_ascii=False))
    elif form == "csv" and kind == "prisma":
        options.emit(form, flow_forms.PRISMA_COLUMNS, flow_forms.prisma_rows(counted))
    else:
        boxes = flow_forms.prisma_boxes(counted) if kind == "prisma" else flow_forms.roses_boxes(counted)
        options.emit(form, flow_forms.BOX_COLUMNS, boxes)
    for note in counted.notes:
        options.say(note)
