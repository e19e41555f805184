"""Headless Chromium over a served map. Everything skips, saying why, when there is no Chromium."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))

import scratch_map
import test_pages

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def served(path: Path) -> Iterator[str]:
    """Serve a map on a free port and yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "litmap", "serve", str(path), "--port", "0"], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://\S+", line)
        assert found, line
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless Chromium."""
    found = os.environ.get("LITMAP_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("no Chromium on this machine: install the package chromium, or name one in LITMAP_CHROMIUM")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: pip install playwright"
    )
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The scratch map, served."""
    with served(scratch_map.build(tmp_path_factory.mktemp("map") / "evidence.db")) as url:
        yield url


@pytest.fixture(scope="session")
def hostile(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A map full of attacks, served."""
    with served(test_pages.make_hostile(tmp_path_factory.mktemp("hostile") / "evidence.db")) as url:
        yield url


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """`open_page(width=, scheme=, scripts=)` gives a page; what its console or network got wrong fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def make(width: int = 1600, scheme: str = "light", scripts: bool = True) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: (
                wrong.append(request.url) if not request.url.startswith(("http://127.0.0.1:", "data:")) else None
            ),
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []
