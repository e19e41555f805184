"""litmap vocabulary."""

from __future__ import annotations

from pathlib import Path

import click

from litmap.commands import options

_FACETS = ("condition", "route", "intervention")


@click.command("vocabulary")
@options.database
@click.option(
    "--check",
    "check_folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="List the mistakes in a folder of CSV files.",
)
@click.option(
    "--export",
    "export_folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the map's CSV files to a new folder.",
)
@click.option(
    "--replace",
    "replace_folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Use another folder, and tag everything again.",
)
@options.listing
@options.common
def command(
    database: Path, check_folder: Path | None, export_folder: Path | None, replace_folder: Path | None, form: str | None
) -> None:
    """List, check, export or replace the map's vocabulary."""
    if sum(folder is not None for folder in (check_folder, export_folder, replace_folder)) > 1:
        raise click.UsageError("give one of --check, --export and --replace")
    if check_folder:
        _check(check_folder)
    elif export_folder:
        _export(database, export_folder)
    elif replace_folder:
        _replace(database, replace_folder)
    else:
        _list(database, form)


def _list(database: Path, form: str | None) -> None:
    from litmap.ingest.new import stored_vocabulary
    from litmap.store import open_store

    with open_store(database, read_only=True) as store:
        vocabulary = stored_vocabulary(store)
    rows = [
        (facet, entry.slug, entry.label, entry.parent, "yes" if entry.on_map else "no", entry.replaced_by)
        for facet in _FACETS
        for entry in vocabulary.entries(facet)
    ]
    options.emit(form, ("facet", "slug", "label", "parent", "on_map", "replaced_by"), rows)


def _check(folder: Path) -> None:
    from litmap.errors import VocabularyError
    from litmap.vocabulary import Vocabulary, check, read_folder

    texts = read_folder(folder)
    problems = check(texts)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise VocabularyError(f"{len(problems)} mistakes in {folder}", "correct them and check again")
    vocabulary = Vocabulary.from_texts(texts)
    counts = ", ".join(f"{len(vocabulary.entries(facet))} {facet}s" for facet in _FACETS)
    options.say(f"{folder}: no mistakes; {counts}, {len(vocabulary.terms)} wordings.")


def _export(database: Path, folder: Path) -> None:
    from litmap.errors import InputError
    from litmap.ingest.new import stored_vocabulary
    from litmap.store import open_store

    with open_store(database, read_only=True) as store:
        texts = stored_vocabulary(store).texts
    taken = [name for name in texts if (folder / name).exists()]
    if taken:
        raise InputError(f"{folder / taken[0]} is there already", "export to a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    options.say(f"{folder}: {', '.join(texts)}")


def _replace(database: Path, folder: Path) -> None:
    from litmap.ingest.replacing import replace_vocabulary
    from litmap.store import open_store
    from litmap.vocabulary import read_folder

    texts = read_folder(folder)
    with open_store(database) as store:
        total = store.value("select count(*) from records")
        with click.progressbar(length=total, label="records", file=options.progress_stream()) as bar:
            done = replace_vocabulary(store, texts, progress=bar.update)
    for facet, slug, target in done.mapped:
        options.say(f"{facet} {slug}: kept for people's entries, replaced by {target}")
    options.say(f"{len(done.dropped)} slugs gone")
    for what, tags in (("claims", done.changes.claim_tags), ("records", done.changes.record_tags)):
        options.say(
            f"tags of {what}: " + ", ".join(f"{facet} +{added} -{removed}" for facet, (added, removed) in tags.items())
        )
    options.say(f"Next: litmap link {database}")
