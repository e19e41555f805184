"""litmap serve."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options


@click.command("serve")
@options.database
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--port", "-p", default=8001, show_default=True, help="Port to listen on; 0 takes any free one.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 lets other machines in."
)
@click.option(
    "--queries",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder with named queries of your own.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the map in a browser.")
@click.option("--reload", is_flag=True, help="Start again when the code or a named query changes.")
@options.common
def command(
    database: Path,
    files: tuple[Path, ...],
    port: int,
    host: str,
    queries: Path | None,
    open_browser: bool,
    reload: bool,
) -> None:
    """Browse the map in Datasette.

    DATABASE is the map; each FILE is a further SQLite file to show beside it. Reading goes on while a load writes.
    """
    from litmap.web import serving

    if reload:
        serving.reload_on_change("litmap.cli.main", queries)
    serving.serve(
        database,
        files,
        host=host,
        port=port,
        queries=queries,
        open_browser=open_browser,
        ready=lambda url: options.say(f"{database} is at {url} (Ctrl-C stops)"),
    )
