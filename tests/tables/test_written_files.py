"""Files that are written: errors name the file that was asked for; ZIP files of any time."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import pytest

from litmap.errors import InputError
from litmap.tables import files


def test_a_folder_that_cannot_be_written_is_named_by_the_file_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> tuple[int, str]:
        raise OSError(30, "Read-only file system", str(tmp_path / ".x.csv.abc"))

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with (
        pytest.raises(InputError, match=r"cannot write .*/x\.csv: Read-only file system$"),
        files.target(tmp_path / "x.csv"),
    ):
        raise AssertionError("nothing may be written")
    assert list(tmp_path.iterdir()) == []


def test_a_time_before_zip_files_is_their_first() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("a.txt", "text")
    dated = files.dated(bytearray(made.getvalue()), "1970-01-01T00:00:00Z")
    with zipfile.ZipFile(io.BytesIO(dated)) as packed:
        assert [(member.date_time, packed.read(member)) for member in packed.infolist()] == [
            ((1980, 1, 1, 0, 0, 0), b"text")
        ]
