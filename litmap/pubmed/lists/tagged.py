"""RIS, and EndNote's own tagged form (.enw): a tag at the head of each line, one reference after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from litmap.pubmed.items import Rejected
from litmap.pubmed.lists.fields import Reference, reference

_RIS_LINE = re.compile(r"^([A-Z][A-Z0-9]) {0,3}-(?: (.*)|)$")
_ENDNOTE_LINE = re.compile(r"^%(\S) ?(.*)$")
# EndNote's tags (EndNote's manual, "EndNote Import") as RIS names.
_ENDNOTE = {"T": "ti", "D": "py", "J": "jo", "B": "t2", "V": "vl", "P": "sp", "A": "au", "R": "do", "M": "an", "X": "ab", "U": "ur", "W": "dp", "~": "db", "2": "pmcid"}  # fmt: skip


def read_ris(text: str, _name: str) -> Iterator[Reference | Rejected]:
    """Yield the references of a RIS file.

    A new TY begins a reference whether the one before was closed by ER or not; lines without a tag go on with the
    field before them; what stands between references is nobody's.
    """
    return _read(_tagged(text, _RIS_LINE, str.lower), "ty")


def read_endnote(text: str, _name: str) -> Iterator[Reference | Rejected]:
    """Yield the references of EndNote's tagged form."""
    return _read(_tagged(text, _ENDNOTE_LINE, lambda tag: _ENDNOTE.get(tag, f"%{tag.lower()}")), "%0")


def _tagged(text: str, line: re.Pattern[str], rename: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for one in text.splitlines():
        found = line.match(one.rstrip("\r"))
        if found:
            yield rename(found[1]), (found[2] or "").strip()
        elif one.strip():
            yield "", one.strip()


def _read(lines: Iterable[tuple[str, str]], opening: str) -> Iterator[Reference | Rejected]:
    position, fields, opened = 0, list[tuple[str, str]](), False
    for tag, value in (*lines, (opening, "")):
        if tag in (opening, "er"):
            if opened:
                position += 1
                yield _made(position, fields)
            fields, opened = [], tag == opening
            continue
        if not opened:
            continue
        if tag:
            fields.append((tag, value))
        elif fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]}\n{value}")


def _made(position: int, fields: list[tuple[str, str]]) -> Reference | Rejected:
    return checked(reference(position, [(name, value) for name, value in fields if value]))


def checked(one: Reference) -> Reference | Rejected:
    """A reference that names nothing to go by is rejected."""
    if one.title or one.pmids or one.dois or one.pmcids:
        return one
    said = "; ".join(value for _, value in one.fields)[:80]
    return Rejected(one.position, said or "(empty)", "no title, PMID, DOI or PMCID")
