"""The text of an element with inline markup (b, i, sup, sub, u, MathML), with its blanks kept and runs of them made one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b"))
_SILENT = frozenset(("annotation", "annotation-xml", "mphantom"))


def text(element: _Element) -> str | None:
    """Return the element's whole text, or None when it has none."""
    if not len(element):
        plain = element.text
        if plain and plain.isprintable() and "  " not in plain:  # the only blanks are single: mostly
            return plain.strip() or None
        return (" ".join(plain.split()) or None) if plain else None
    parts: list[str] = []
    _collect(element, parts)
    return " ".join("".join(parts).split()) or None


def _collect(element: _Element, parts: list[str]) -> None:
    parts.append(element.text or "")
    for child in element:
        name = _name(child)
        if name == "math":
            parts.append(_math(child))
        elif name == "DispFormula":
            parts.append(" ")
            _collect(child, parts)
            parts.append(" ")
        elif name:
            _collect(child, parts)
        else:
            parts.append(_entity(child))
        parts.append(child.tail or "")


def _name(element: _Element) -> str:
    """Return the name without namespace or prefix; entity references have none."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _entity(node: _Element) -> str:
    """An entity that the DTD would have defined, read as HTML's; unknown ones stay as they stand."""
    from html import unescape

    return unescape(node.text or "")


def _math(element: _Element) -> str:
    """MathML as a line of text. Blanks between its elements are layout, so only the tokens' own text counts."""
    name = _name(element)
    if name in _SILENT or not name:
        return ""
    own = " ".join((element.text or "").split()).translate(_INVISIBLE)
    parts = [_math(child) for child in element]
    if name == "mfrac" and len(parts) == 2:
        return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    if name == "msqrt":
        return f"√{_grouped(''.join(parts))}"
    if name == "mfenced":
        return f"({','.join(parts)})"
    if name in ("mspace", "mtr"):
        return "".join(parts) + " "
    return own + "".join(parts)


def _grouped(part: str) -> str:
    return part if part.replace(".", "").isalnum() or len(part) <= 1 else f"({part})"
