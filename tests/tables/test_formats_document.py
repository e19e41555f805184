"""docs/formats.md: each format is in it, and each example is what the program prints."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from litmap import demo
from litmap.pubmed import lists
from litmap.pubmed.lists import Reference
from litmap.tables.export import FORMATS

TEXT = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```console\n\$ litmap (.*)\n((?:.*\n)*?)```$", TEXT, re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo.build(tmp_path_factory.mktemp("demo") / "demo").parent


def printed(folder: Path, command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "litmap", *shlex.split(command)], cwd=folder, capture_output=True, check=True
    )
    return done.stdout.decode()


def test_every_format_has_its_place() -> None:
    headings = ", ".join(re.findall(r"^### (.*)$", TEXT, re.MULTILINE))
    assert [name for name in FORMATS if name not in headings.split(", ")] == []
    shown = {re.search(r"--format (\w+)", command)[1] for command, _ in EXAMPLES}  # type: ignore[index]
    assert shown == set(FORMATS) - {"xlsx", "docx"}


@pytest.mark.parametrize(("command", "example"), EXAMPLES)
def test_the_examples_are_true(folder: Path, command: str, example: str) -> None:
    lines = [line.rstrip() for line in printed(folder, command).splitlines()]
    if "...\n" not in example:
        assert example.splitlines() == lines[: len(example.splitlines())]
        assert not any(lines[len(example.splitlines()) :])
    at = 0
    for line in example.splitlines():
        if line != "...":
            at = lines.index(line, at) + 1


@pytest.mark.parametrize("form", ["ris", "bib", "csv"])
def test_our_own_lists_are_read_again_with_every_pmid(folder: Path, form: str) -> None:
    text = printed(folder, f"export demo.db records --include-retracted --format {form} -o -")
    wanted = printed(folder, "export demo.db records --include-retracted --columns pmid --format csv -o -").split()[1:]
    found = list(lists.read(text.encode(), form))
    assert [one.pmids for one in found if isinstance(one, Reference)] == [(int(pmid),) for pmid in wanted]
