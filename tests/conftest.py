"""What all tests share: a runner of the command line, in process, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from litmap import cli


@dataclass
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


Litmap = Callable[..., Done]


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    monkeypatch.setenv("LITMAP_BUSY_SECONDS", "0.05")


@pytest.fixture
def litmap(capsys: pytest.CaptureFixture[str]) -> Litmap:
    """Run litmap with these words, as from a shell; words may be paths."""

    def run(*words: object) -> Done:
        capsys.readouterr()
        code = cli.run([str(word) for word in words])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run


@pytest.fixture
def db(tmp_path: Path, litmap: Litmap) -> Path:
    """A new, empty map."""
    path = tmp_path / "map.db"
    assert litmap("init", path).code == 0
    return path
