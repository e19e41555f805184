"""How well claims and their tags are found on benchmarks/pages, and on any other folder of judged pages.

    python benchmarks/claims_quality.py [--pages DIR] [--errors]

DIR holds *.txt and gold.jsonl (format: benchmarks/pages/README.md). Pages 01-05 and 11-33 are looked at, the
others only scored: --errors lists the units judged wrongly of the former alone. A unit is found when claims cover half of it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from litmap import claims, documents
from litmap.model import Tag
from litmap.resources import folder
from litmap.vocabulary import Tagger, Vocabulary

GROUPS = (
    ("pages 01-05, looked at", "01", "05", True),
    ("pages 06-10, scored only", "06", "10", False),
    ("pages 11-16, looked at", "11", "16", True),
    ("pages 17-22, looked at", "17", "22", True),
    ("pages 23-30, looked at", "23", "30", True),
    ("pages 31-33, looked at", "31", "33", True),
    ("pages 34-36, scored only", "34", "36", False),
    ("pages 37-42, scored only", "37", "42", False),
    ("other pages, scored only", "", "", False),
)
# Entries that came after the pages were judged: what the pages call them.
JUDGED_AS = {
    "migraine": "headache", "cluster-headache": "headache", "nausea": "postoperative-nausea", "acne": "acne-skin", "eczema": "acne-skin",
    "psoriasis": "acne-skin", "wrinkles": "acne-skin", "endometriosis": "pelvic-pain", "sciatica": "neuropathic-pain",
}  # fmt: skip
SAID = ("sentence", "given")
ASIDE = ("adverse-effect", "contraindication", "comparator", "co-medication", "not-studied", "model", "outcome")
FACETS = {"condition": "conditions", "route": "routes"}


class Found(NamedTuple):
    """A claim as the program gives it, with its tags."""

    start: int
    end: int
    claim_type: str
    tags: tuple[Tag, ...]

    def within(self, unit: dict[str, Any]) -> int:
        start, end = int(unit["start"]), int(unit["end"])
        return max(0, min(self.end, end) - max(self.start, start))


class Judge:
    """Adds up hits, false alarms and misses: (measure) -> [hits, false alarms, misses]."""

    def __init__(self, vocabulary: Vocabulary, said: Callable[[str], object]) -> None:
        self.vocabulary, self.said = vocabulary, said
        self.counts: dict[str, Counter[str]] = {}

    def add(self, measure: str, hits: int, alarms: int, misses: int) -> None:
        self.counts.setdefault(measure, Counter()).update(hits=hits, alarms=alarms, misses=misses)

    def page(self, units: list[dict[str, Any]], found: list[Found]) -> None:
        for claim in found:
            stray = max(map(claim.within, units)) < 0.6 * (claim.end - claim.start)
            self.add("claims", 0, int(stray), 0)
        for unit in units:
            mine = [claim for claim in found if claim.within(unit) >= 0.6 * (claim.end - claim.start)]
            covered = 2 * sum(claim.within(unit) for claim in mine) >= unit["end"] - unit["start"]
            if unit["verdict"] == "claim":
                self.claim(unit, mine, covered)
            elif unit["verdict"] == "not_claim" and covered:
                self.add("claims", 0, 1, 0)
                self.said(f"no claim    {unit['text']}")

    def claim(self, unit: dict[str, Any], mine: list[Found], covered: bool) -> None:
        self.add("claims", int(covered), 0, int(not covered))
        if not covered:
            self.said(f"missed      {unit['text']}")
            return
        types = {claim.claim_type for claim in mine}
        right = bool(types & set(unit["types"]))
        self.add("type", int(right), 0, int(not right))
        if not right:
            self.said(f"type {'/'.join(types)}, not {'/'.join(unit['types'])}    {unit['text']}")
        for facet, field in FACETS.items():
            tags = [tag for claim in mine for tag in claim.tags if tag.facet == facet]
            self.tags(unit, facet, field, [tag._replace(slug=JUDGED_AS.get(tag.slug, tag.slug)) for tag in tags])

    def tags(self, unit: dict[str, Any], facet: str, field: str, tags: list[Tag]) -> None:
        need, context = set(unit[field]), set(unit[f"{field}_in_context"])
        allowed = need | context | set(unit[f"{field}_acceptable"])
        allowed |= {parent for slug in allowed for parent in self.vocabulary.ancestors(facet, slug)}
        said = [tag for tag in tags if tag.origin in SAID]
        for measure, given, want in ((field, said, need), (f"{field} with context", tags, need | context)):
            have = {tag.slug for tag in given}
            wrong = {tag.slug for tag in given if tag.role not in ASIDE} - allowed
            self.add(measure, len(have & want), len(wrong), len(want - have))
            if wrong or want - have:
                self.said(f"{measure}: wrong {sorted(wrong)}, missing {sorted(want - have)}    {unit['text']}")


def group(name: str) -> int:
    """Which of GROUPS a page is in, by the number its name starts with."""
    return next((i for i, (_, first, last, _) in enumerate(GROUPS) if first <= name[:2] <= last), len(GROUPS) - 1)


def read(page: Path, tagger: Tagger) -> list[Found]:
    """The claims of one page, with their tags."""
    document = documents.read(page.read_bytes(), page.name)
    units = claims.split(document)
    found = claims.find(document, units)
    tags = tagger.tag_claims(document, units, found)
    return [Found(claim.start, claim.end, claim.claim_type, mine) for claim, mine in zip(found, tags, strict=True)]


def table(title: str, counts: dict[str, Counter[str]]) -> Iterator[str]:
    """Lines of a table of precision, recall and F1; for `type` the share that is right."""
    yield f"{title:28} {'P':>6} {'R':>6} {'F1':>6} {'n':>5}"
    for measure, count in counts.items():
        hits, wanted, given = count["hits"], count["hits"] + count["misses"], count["hits"] + count["alarms"]
        f1 = 2 * hits / max(1, wanted + given)
        yield f"  {measure:26} {hits / max(1, given):6.3f} {hits / max(1, wanted):6.3f} {f1:6.3f} {wanted:5}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=Path(__file__).parent / "pages")
    parser.add_argument("--errors", action="store_true", help="list what went wrong on the looked-at pages")
    args = parser.parse_args()
    vocabulary = Vocabulary.from_folder(folder("db") / "vocabulary")
    tagger = Tagger(vocabulary)
    lines = (args.pages / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines]
    errors: list[str] = []
    unread: list[str] = []
    judges = [Judge(vocabulary, errors.append if looked_at else unread.append) for _, _, _, looked_at in GROUPS]
    for name in sorted({unit["doc"] for unit in gold}):
        judge = judges[group(name)]
        judge.page([unit for unit in gold if unit["doc"] == name], read(args.pages / name, tagger))
    if args.errors:
        print("\n".join(errors))
    for (title, *_), judge in zip(GROUPS, judges, strict=True):
        if judge.counts:
            print("\n".join(table(title, judge.counts)))


if __name__ == "__main__":
    main()
