"""The click group. Commands are imported when called; errors become exit codes here and nowhere else.

Exit codes: 0 done; 1 refused, nothing written; 2 usage; 3 done but items were rejected (--strict);
4 a service failed, run again; 130 interrupted.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from litmap import __version__
from litmap.errors import LitmapError

# name: what it does. The module litmap.commands.NAME holds `command`; tests hold the two texts together.
COMMANDS = {
    "init": "Make a new, empty evidence map.",
    "import": "Read documents and claims into the map.",
    "load": "Load PubMed records from files.",
    "search": "Search PubMed, fetch what is new.",
    "fetch": "Fetch PubMed records by PMID.",
    "update": "Search again, and look again at every record in use.",
    "tag": "Find claims, tag and level everything again.",
    "claims": "List the claims, or correct them.",
    "link": "Rank the records that bear on each claim.",
    "review": "Decide, record by record, what bears on each claim.",
    "decisions": "List, export or import people's decisions.",
    "status": "Say what is in the map, what is out of date and what to run next.",
    "query": "Run a named query.",
    "map": "Show the map: conditions by routes.",
    "export": "Write an evidence table to a file.",
    "report": "Write the report on one document.",
    "agreement": "Compare the machine's tags, levels and claims with a person's coding.",
    "flow": "Count the records from search to inclusion, for a flow diagram.",
    "diff": "Say what changed between two states of a map.",
    "vocabulary": "List, check, export or replace the map's vocabulary.",
    "levels": "List the evidence levels, or the rules that give them.",
    "explain": "Show how a record came to its design and level, or correct it.",
    "serve": "Browse the map in Datasette.",
    "publish": "Write a folder that shows the map to anybody.",
    "doctor": "Check a map: file, keys, full-text index, quotes, counts.",
    "demo": "Build a map from the bundled examples, offline.",
}
MODULES = {"import": "import_"}  # a Python keyword


class Commands(click.Group):
    """Imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"litmap.commands.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="litmap")
def group() -> None:
    """Map claims to PubMed evidence, by condition and route of administration.

    A level is the highest study design found. It is not an appraisal: a high level may contradict a claim.
    """


def run(args: Sequence[str] | None = None) -> int:
    """Run litmap with these arguments (default: the process's own) and return the exit code."""
    words = list(sys.argv[1:] if args is None else args)
    debug = "--debug" in words
    try:
        result: Any = group.main(words, prog_name="litmap", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt) as stop:
        said = str(stop.__cause__ or stop)  # click makes an Abort of Ctrl-C; a command may say what became of its work
        click.echo(f"Interrupted; {said or 'what was not finished is undone'}.", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (LitmapError, sqlite3.Error, OSError) as error:
        if debug:
            traceback.print_exc()
        refused = _as_litmap(error)
        click.echo(f"Error: {refused}" + (f"\n{_sentence(refused.hint)}" if refused.hint else ""), err=True)
        return refused.exit_code


def _sentence(hint: str) -> str:
    """A hint as a sentence; one that begins with a command keeps the command as it is typed."""
    return f"{hint}." if hint.startswith("litmap ") else f"{hint[0].upper()}{hint[1:]}."


def _as_litmap(error: LitmapError | sqlite3.Error | OSError) -> LitmapError:
    if isinstance(error, LitmapError):
        return error
    text = str(error)
    if "locked" in text:
        return LitmapError("the database is in use by another process", "wait until it has finished, then run this again")
    if isinstance(error, sqlite3.DatabaseError) and ("malformed" in text or "not a database" in text):
        return LitmapError(f"the database is damaged: {text}", "restore a backup")
    if "readonly" in text:
        return LitmapError("the database (or its folder) cannot be written", "check the permissions, or copy it elsewhere")
    if isinstance(error, OSError) and error.filename:
        return LitmapError(f"{error.filename}: {error.strerror}")
    return LitmapError(text, "run it again with --debug and report what it prints")


def main() -> None:
    """The console script."""
    sys.exit(run())
