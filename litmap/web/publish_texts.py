"""The words of a published map: how it was made, and how to put it on a server."""

from __future__ import annotations

import sqlite3
from typing import Any

from litmap import __version__
from litmap.errors import InputError
from litmap.web import ours

TESTED = "0.65.5"  # the Datasette that the instructions pin


def facts(conn: sqlite3.Connection) -> dict[str, Any]:
    """Searches, loads and versions. They are never left out.

    Raises InputError when the map has records, and no rule set or no date to state.
    """
    versions = dict(conn.execute("select key, value from meta").fetchall())
    searches = ours.rows(conn, "select * from searches order by id")
    loads = ours.rows(
        conn, "select name, format, searched_on, query, loaded_at, n_read, n_rejected from loads order by id"
    )
    if ours.value(conn, "select count(*) from records"):
        if not versions.get("ruleset"):
            raise InputError(
                "the map does not say which rules gave its levels, so it cannot be published", "run: litmap tag"
            )
        if not searches and not loads:
            raise InputError(
                "the map does not say when its records were found, so it cannot be published",
                "load or search its records again",
            )
    return {"versions": versions, "searches": searches, "loads": loads}


def _search(row: dict[str, Any]) -> list[str]:
    lines = [
        f"- {row['ran_at'][:10]}, {row['database']}: {row['count']} found, {row['n_received']} received"
        + ("" if row["complete"] else " (not finished)")
    ]
    lines.append(f"      {row['query']}")
    if row["translation"]:
        lines.append(f"  as PubMed read it: {row['translation']}")
    if row["missing"] not in (None, "", "[]"):
        lines.append(f"  not received: {row['missing']}")
    return lines


def _load(row: dict[str, Any]) -> str:
    name = row["name"].replace("\\", "/").rpartition("/")[2]
    searched = f"; searched on {row['searched_on']}" if row["searched_on"] else ""
    query = f"; query: {row['query']}" if row["query"] else ""
    return f"- {name} ({row['format']}), loaded {row['loaded_at'][:10]}: {row['n_read']} read, {row['n_rejected']} rejected{searched}{query}"


def methods(found: dict[str, Any], counts: dict[str, int], document_text: str, abstracts: bool) -> str:
    """The methods text, in Markdown."""
    versions = found["versions"]
    lines = [
        "# How this evidence map was made", "",
        "Claims were taken from documents, and PubMed records were ranked for each claim by a program (litmap "
        f"{__version__}). A level is the highest study design found (OCEBM 2011). Risk of bias was not assessed and certainty was not graded; "
        "a high level may contradict the claim. PubMed is the only database, unless a search below says otherwise.", "",
        "## Searches", "",
        *([line for row in found["searches"] for line in _search(row)] or ["No search is recorded in this map. Its records came from the files below."]),
        "", "## Files of records", "", *([_load(row) for row in found["loads"]] or ["None."]), "",
        "## Versions", "",
        *(f"- {name}: {versions.get(key, 'not stated')}" for name, key in
          (("rule set of the levels", "ruleset"), ("vocabulary", "vocabulary"), ("extractor of claims", "extractor"), ("ranking", "ranker"))), "",
        "## Counts", "",
        *(f"- {name}: {counts.get(table, 0)}" for name, table in
          (("documents", "documents"), ("claims", "claims"), ("PubMed records", "records"), ("ranked links", "links"), ("decisions of reviewers", "decisions"))), "",
        "## What is not published here", "",
        {"quotes": "The documents' texts; their claims are quoted.", "full": "The documents' texts are published whole.",
         "none": "The documents' texts and the sentences of the claims."}[document_text]
        + (" Abstracts are published." if abstracts else " Abstracts: PubMed shows them."),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def deployment(package: str) -> dict[str, str]:
    """README.md, Dockerfile and fly.toml for a folder with this wheel."""
    given = {"tested": TESTED, "package": package}
    return {"README.md": _README.format(**given), "Dockerfile": _DOCKERFILE.format(**given), "fly.toml": _FLY}


_DOCKERFILE = """FROM python:3.12-slim
WORKDIR /site
COPY . .
RUN pip install --no-cache-dir datasette=={tested} ./plugin/{package}
USER nobody
ENV PORT=8080
CMD ["sh", "-c", "datasette . --host 0.0.0.0 --port $PORT"]
"""
_FLY = """[build]
  dockerfile = "Dockerfile"

[http_service]
  internal_port = 8080
  force_https = true
  auto_stop_machines = "stop"
  auto_start_machines = true
  min_machines_running = 0
"""
_README = """# An evidence map, ready to serve

Everything is in this folder; `METHODS.md` says how the map was made. Without the plugin, tables and queries still work; the map
and the pages about claims, documents and records need it.

On a server of your own (Python 3.10 or newer):

    python3 -m venv .venv
    .venv/bin/pip install "datasette=={tested}" ./plugin/{package}
    .venv/bin/datasette . --host 0.0.0.0 --port 8001

On Google Cloud Run:

    gcloud run deploy evidence-map --source . --port 8080 --allow-unauthenticated

On Fly:

    fly launch --copy-config --generate-name --yes

The site takes no SQL of its visitors' own, is never written to, and bounds rows and time (`settings.json` for Datasette 0.65,
`datasette.json` for 1.0).
"""
