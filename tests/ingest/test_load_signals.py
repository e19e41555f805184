"""A real Ctrl-C and a real kill, in a process of their own, while files are being read by others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Litmap
from tests.support_loading import dump
from tests.support_records import article, write

# stops itself in the middle of the second batch, as a user or the system would
SCRIPT = """
import os, signal, sys
from pathlib import Path
from litmap import cli
signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts the tests in the background may have it ignored
from litmap.ingest import loading, recording
loading._LARGE = int(sys.argv[2])
write, calls = recording.Recorder._write, []
def stopping(self, *args):
    calls.append(1)
    write(self, *args)
    if len(calls) == 2:
        os.kill(os.getpid(), int(sys.argv[1]))
recording.Recorder._write = stopping
sys.exit(cli.run(sys.argv[3:]))
"""


@pytest.mark.parametrize(
    "large", [4 << 20, 0], ids=["small", "large"]
)  # large ones are loaded with a log beside the map
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_load_stopped_in_the_middle_leaves_the_map_as_it_was(
    litmap: Litmap, db: Path, tmp_path: Path, number: signal.Signals, large: int
) -> None:
    files = [write(tmp_path / f"{start}.xml", *(article(start + i) for i in range(2000))) for start in (1, 3001)]
    before, said = db.read_bytes(), dump(db)
    words = [
        sys.executable,
        "-c",
        SCRIPT,
        str(int(number)),
        str(large),
        "load",
        str(db),
        *map(str, files),
        "--workers",
        "2",
    ]
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ, timeout=120)
    if number == signal.SIGINT:
        assert done.returncode == 130
        assert done.stderr.strip() == "Interrupted; what was not finished is undone."
        assert large == 0 or db.read_bytes() == before
        assert [path.name for path in tmp_path.glob("map.db*")] == ["map.db"]
    else:
        assert done.returncode == -number
    assert dump(db) == said
    assert litmap("doctor", db).code == 0  # after a kill, opening the file undoes what was half written
    assert litmap("load", db, *files).code == 0
