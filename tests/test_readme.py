"""The README's tour is what the program prints. LITMAP_WRITE_README=1 writes what it prints into the README."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from litmap import cli
from tests.conftest import Litmap

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(block: str) -> list[tuple[str, str]]:
    """Split a console block into commands and what they print."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def play(litmap: Litmap, command: str) -> str:
    words = shlex.split(command)
    if words[0] == "cp":
        shutil.copy(ROOT / words[1], words[2])
        return ""
    limit = None
    if "|" in words:
        at = words.index("|")
        assert words[at + 1] == "head"
        limit, words = int(words[at + 2].lstrip("-")), words[:at]
    assert words[0] == "litmap"
    done = litmap(*words[1:])
    assert done.code == 0, done.err
    lines = [line.rstrip() for line in (done.err + done.out).splitlines()]
    return "".join(line + "\n" for line in lines[:limit])


def test_the_tour_is_true(litmap: Litmap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    text = README.read_text(encoding="utf-8")
    differs = []

    def replay(match: re.Match[str]) -> str:
        out = "```console\n"
        for command, printed in steps(match[1]):
            now = play(litmap, command)
            if now != printed:
                differs.append((command, printed, now))
            out += f"$ {command}\n{now}"
        return out + "```"

    played = BLOCK.sub(replay, text)
    if os.environ.get("LITMAP_WRITE_README"):
        README.write_text(played, encoding="utf-8")
        return
    assert BLOCK.search(text)
    assert differs == []


def test_every_command_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in cli.COMMANDS if f"litmap {name}" not in text] == []


def test_what_the_readme_points_to_is_there() -> None:
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
