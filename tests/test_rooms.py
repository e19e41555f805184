"""The rooms of the package depend on each other in one direction only."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent / "litmap"
# A room may import from those before it in this list, and from itself.
ORDER = (
    *("errors", "clock", "cycles", "resources", "escaping", "letters", "wording", "model", "store", "due"),
    *("documents", "pubmed", "claims", "vocabulary", "evidence"),
    *("linking", "review", "ingest", "tables", "web", "demo", "commands", "cli", "__main__"),
)
OUTSIDE = {"click": {"cli", "commands"}, "datasette": {"web"}}


def imports(path: Path) -> set[str]:
    """The modules a file imports, those for type checkers left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", None) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"litmap.{alias.name}" for alias in node.names} if node.module == "litmap" else {node.module}
    return found


def test_every_import_points_one_way() -> None:
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        room = path.relative_to(ROOT).with_suffix("").parts[0]
        if room == "__init__":
            continue
        for name in imports(path):
            top, *inner = name.split(".")
            if top == "litmap" and inner and inner[0] in ORDER and ORDER.index(inner[0]) > ORDER.index(room):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
            if top in OUTSIDE and room not in OUTSIDE[top]:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []
