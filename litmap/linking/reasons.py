"""Why a record was suggested for a claim, in short sentences for people."""

from __future__ import annotations

from litmap.linking.corpus import Text
from litmap.linking.facets import FACETS, Tree
from litmap.linking.ranking import Scored, phrases_held
from litmap.linking.wanted import Wanted

MOST_WORDS = 8
CLEAR = 0.3  # how strong a sign of testing is to be named


def reasons(tree: Tree, wanted: Wanted, text: Text, scored: Scored) -> list[str]:
    """Return what claim and record share, and what they do not: words, phrases, intervention, condition, route, tests."""
    terms = {term for form, term in wanted.forms.items() if form in text.counts}
    words = [wanted.shown[term] for term in sorted(terms, key=lambda term: (-wanted.worth[term], term))]
    more = f" and {len(words) - MOST_WORDS} more" if len(words) > MOST_WORDS else ""
    found = [f"words: {', '.join(words[:MOST_WORDS])}{more} ({len(words)} of {len(wanted.worth)})"] if words else []
    phrases = phrases_held(wanted.phrases, text.places(wanted.watched))
    if phrases:
        shown = [" ".join(wanted.shown.get(term, term) for term in phrase) for phrase in phrases]
        found.append(f"phrases: {', '.join(shown[:MOST_WORDS])}")
    found += [_shared(tree, facet, *scored.shares[facet]) for facet in FACETS if facet in scored.shares]
    found += [f"no shared {facet}" for facet in FACETS[:2] if wanted.tags.of(facet) and facet not in scored.shares]
    signs = [name for name, strength in scored.signs if strength >= CLEAR]
    return [*found, f"tests: {', '.join(signs)}"] if signs else found


def _shared(tree: Tree, facet: str, asked: str, found: str, match: str) -> str:
    name = tree.label.get((facet, asked), asked)
    if match == "exact":
        return f"{facet}: {name}"
    return f"{facet}: {name} ({match} in the record: {tree.label.get((facet, found), found)})"
