"""Tags for PubMed records: what a record is about, as against what it merely mentions.

Evidence is weighed by where it stands: the indexer's headings and the title say most, then aim, methods and conclusion;
the background says least. A mention that a close cue makes the subject ("patients with X") weighs more. What stays
below the threshold is `not-studied` (or an `outcome`, for a condition that is only measured).
"""

from __future__ import annotations

from litmap.model import Record, Tag
from litmap.vocabulary.entries import Vocabulary
from litmap.vocabulary.matcher import Matcher
from litmap.vocabulary.places import Places, sentences
from litmap.vocabulary.roles import MAIN, Reader
from litmap.vocabulary.scales import THRESHOLD, Known, Scales

_TREATED = frozenset(("drug therapy", "therapy", "prevention & control", "surgery", "rehabilitation"))  # qualifiers


class RecordTagger:
    """Tags records with a compiled vocabulary."""

    def __init__(self, vocabulary: Vocabulary, matcher: Matcher, reader: Reader) -> None:
        self.matcher = matcher
        self.reader = reader
        self._known = Known(vocabulary)
        self.mesh: dict[str, list[tuple[str, str]]] = {}
        for facet in MAIN:
            for entry in vocabulary.entries(facet):
                for ui, heading in entry.mesh:
                    for key in filter(None, (ui, heading.lower())):
                        self.mesh.setdefault(key, []).append((facet, entry.slug))

    def tag(self, record: Record) -> tuple[Tag, ...]:
        """Return the record's tags in the order of the vocabulary, one for each facet, slug and role."""
        scales = Scales(self._known, record)
        known = self.mesh
        for ui, heading, _, _, qualifier, _ in record.mesh:
            for facet, slug in known.get(ui or "", ()) or known.get(heading.lower(), ()):
                said = (qualifier or "").lower()
                role = self.reader.defaults.get((facet, slug), MAIN[facet])
                if said == "chemically induced" and facet == "condition":
                    role = "adverse-effect"
                elif said in _TREATED and role == "indication":
                    scales.cued.add(slug)
                scales.add((facet, slug, role), THRESHOLD, THRESHOLD, "mesh", heading, 0.0)
        self._read(scales, record)
        return scales.tags()

    def _read(self, scales: Scales, record: Record) -> None:
        """Read title, keywords and abstract in one go: two line breaks keep terms from reaching across."""
        parts = (record.title, *record.keywords)
        text = "\n\n".join((*parts, record.abstract or ""))
        found = self.matcher.find(text)
        if not found.mentions:
            return
        spans, start = [], 0
        for part in parts:
            end = start + len(part) + 2
            spans.append((start, end))
            start = end
        lines = len(spans)
        if found.mentions[-1].start >= start:
            spans += sentences(text, start, found.mentions[-1].end)
            places = Places(text, found.plain, spans[lines:])
        title_end = len(record.title)
        scales.read(found.plain)
        for said in self.reader.assign(text, found, spans):
            at, number = said.mention.start, said.sentence
            if number >= lines:
                scales.hear(said, text, "abstract", places.at(at), spans[number])
            else:
                origin = "title" if at < title_end else "keyword"
                scales.hear(said, text, origin, origin, spans[number])


__all__ = ["Places", "RecordTagger"]
