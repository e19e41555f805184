"""Take the README's screenshots from the demo: `python docs/screenshots.py`. Needs Playwright and Chromium."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
CLAIM = "Intravenous ketamine reduces the symptoms of chronic post-traumatic stress disorder%"
RECORD = 24740528  # a trial that the demo's claim on post-traumatic stress rests on


def main() -> None:
    """Build the demo in a folder of its own, serve it, and write docs/images/*.png."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        litmap = [sys.executable, "-m", "litmap"]
        subprocess.run([*litmap, "demo", "demo", "-q"], cwd=place, check=True, stdout=subprocess.DEVNULL)
        database = sqlite3.connect(Path(place) / "demo" / "demo.db")
        (claim,) = database.execute("select key from claims where text like ?", (CLAIM,)).fetchone()
        database.close()
        server = subprocess.Popen(
            [*litmap, "serve", "demo/demo.db", "--port", "0"], cwd=place, stderr=subprocess.PIPE, text=True
        )
        assert server.stderr is not None
        found = re.search(r"http://\S+", server.stderr.readline())
        assert found
        pages = {"map": "map", "claim": f"claim/{claim}", "document": "document/1", "record": f"record/{RECORD}"}
        with sync_playwright() as driver:
            chromium = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            for name, path in pages.items():
                page.set_viewport_size({"width": 1600 if name == "map" else 1280, "height": 900})
                page.goto(f"{found[0]}/-/{path}")
                page.screenshot(path=str(IMAGES / f"{name}.png"))
            browser.close()
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
