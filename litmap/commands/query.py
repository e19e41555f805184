"""litmap query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from litmap.commands import options
from litmap.wording import unmarked

if TYPE_CHECKING:
    from litmap.tables.queries import NamedQuery

DIGEST = 12  # characters of a SHA-256 that tell files apart
SHORTER: dict[str, Callable[[Any], str]] = {"sha256": lambda digest: digest[:DIGEST], "claim": unmarked}


@click.command("query")
@options.database
@click.argument("name", required=False)
@click.option(
    "-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the query; may be repeated."
)
@click.option("--list", "show_list", is_flag=True, help="List the queries and their parameters.")
@click.option("--sql", "show_sql", is_flag=True, help="Print the query's SQL instead of running it.")
@click.option("--queries", "extra", type=click.Path(path_type=Path), help="A folder with .sql files of your own.")
@options.listing
@options.common
def command(
    database: Path,
    name: str | None,
    params: tuple[str, ...],
    show_list: bool,
    show_sql: bool,
    extra: Path | None,
    form: str | None,
) -> None:
    """Run a named query."""
    from litmap.tables import queries

    if show_list or name is None:
        if not show_list:
            options.say("These are the queries; run one: litmap query DATABASE NAME [-p PARAMETER=VALUE]\n")
        options.emit(form, ("name", "title", "parameters"), [_row(query) for query in queries.named(extra).values()])
        return
    query = queries.get(name, extra)
    if show_sql:
        click.echo(query.path.read_text(encoding="utf-8").rstrip())
        return
    with options.reading(database) as store:
        result = query.run(store.conn, _given(params))
    rows = result.rows if form in ("csv", "json") else _for_people(result.columns, result.rows)
    options.emit(form, result.columns, rows)


def _for_people(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """What a terminal has room for: the start of a digest, a time to the minute, a quote without the marks of Markdown."""
    shorter = {at: SHORTER[name] for at, name in enumerate(columns) if name in SHORTER}
    shorter |= {at: _minute for at, name in enumerate(columns) if name.endswith("_at")}
    return [[shorter[at](cell) if at in shorter and cell else cell for at, cell in enumerate(row)] for row in rows]


def _minute(time: object) -> str:
    return str(time)[:16].replace("T", " ")


def _row(query: NamedQuery) -> tuple[str, str, str]:
    said = [p.name + ("=..." if p.required else f"={p.default}" if p.default else "") for p in query.parameters]
    return query.name, query.title, ", ".join(said)


def _given(params: tuple[str, ...]) -> dict[str, str]:
    given = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals or not name:
            raise click.UsageError(f"{param!r} is not NAME=VALUE")
        given[name.strip()] = value
    return given
