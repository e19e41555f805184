"""litmap is whole wherever it is read from: a checkout, a wheel, an sdist, an install used from another folder."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DATA = ("db/migrations/0001_initial.sql", "db/vocabulary/conditions.csv", "queries/documents.sql", "examples/pubmed.xml", "examples/claims.csv")


def run(*words: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    return subprocess.run([str(word) for word in words], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def files_of_the_checkout() -> set[str]:
    """All files a wheel must hold, as the wheel names them."""
    found = set()
    for top, inside in (("litmap", "litmap"), ("db", "litmap/db"), ("queries", "litmap/queries"), ("examples", "litmap/examples")):
        for path in (ROOT / top).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                found.add(f"{inside}/{path.relative_to(ROOT / top)}")
    return found


def test_every_package_folder_is_listed() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    listed = set(config["options"]["packages"].split())
    there = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "litmap").rglob("__init__.py")}
    assert there <= listed


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("build", reason="the package `build` is not installed")
    out = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--outdir", out, ROOT, cwd=out)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return out


def test_the_wheel_holds_every_file(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert files_of_the_checkout() - inside == set()


def test_the_sdist_holds_every_file(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert [name for name in DATA if name not in inside] == []


def test_an_installed_wheel_works_from_another_folder(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    venv.create(tmp_path / "env", with_pip=True, symlinks=True)
    python = tmp_path / "env" / "bin" / "python"
    assert run(python, "-m", "pip", "install", "--no-deps", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path).returncode == 0
    # What litmap needs is borrowed from here; litmap itself is the wheel's.
    needs = [path for path in sys.path if path.endswith("site-packages")]
    done = run(python, "-c", f"import sys; sys.path += {needs!r}; import litmap; print(litmap.__file__); from litmap.cli import run; sys.exit(run(['init', 'map.db']))", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    assert (tmp_path / "map.db").exists()


def test_python_dash_m_works_in_a_bare_checkout(tmp_path: Path) -> None:
    done = run(sys.executable, "-m", "litmap", "init", tmp_path / "map.db", cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_an_install_is_used_from_another_folder(tmp_path: Path) -> None:
    done = run(sys.executable, "-m", "litmap", "init", "map.db", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
