"""Which designs a systematic review includes, and what it asks, from its title and abstract.

Mentioning randomized trials is not including them: "no randomized trials were found", "a lack of randomized trials",
"randomized trials are needed" say nothing of what the review holds; nor does having searched for them,
unless the review says that it has studies. Each mention is judged by itself (mentions.py); here they are weighed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from litmap.evidence import wording
from litmap.evidence.cues import Cues
from litmap.evidence.mentions import Mention, Weight, mentions
from litmap.evidence.text import Part, Text
from litmap.model import Match

MENTIONS = {
    "review-randomized": "randomized",
    "review-nonrandomized": "nonrandomized",
    "review-cases": "case-reports",
    "review-animal": "animal",
}
NOTHING = "review-nothing"
_REACH = 300  # characters of a sentence that say what is aimed at
_AIMS = 2  # sentences: later ones tell of single steps

Place: TypeAlias = tuple[Part, int, int]
Meanings: TypeAlias = tuple[str, ...]
Found: TypeAlias = tuple[str, Match]


class Reviews:
    """What a systematic review says of itself."""

    def __init__(self, texts: Mapping[str, str], cues: Cues) -> None:
        """Reads reviews.csv. Raises RuleError."""
        self._words = wording.read(texts)
        self._cues = cues

    def included(self, text: Text) -> Iterator[tuple[str, Match]]:
        """Yield (includes:DESIGN, where it says so) for each design that the review includes, or includes:none."""
        told = self._mentions(text.abstract)
        anything = False
        for cue, design in MENTIONS.items():
            title = self._cues.places(text.title, cue)
            named = [Mention(design, *span, Weight.NAMED) for span in title]
            best = _best([*named, *(mention for mention in told if mention.design == design)])
            if best:
                anything = True
                part = text.title if best.weight is Weight.NAMED else text.abstract
                yield f"includes:{design}", part.match(best.start, best.end)
        if not anything:
            for part in text.parts():
                for span in self._cues.places(part, NOTHING)[:1]:
                    yield "includes:none", part.match(*span)
                    return

    def _mentions(self, part: Part) -> list[Mention]:
        places = [
            (start, end, design) for cue, design in MENTIONS.items() for start, end in self._cues.places(part, cue)
        ]
        return mentions(self._words, part.folded, sorted(places)) if places else []

    def asks(self, text: Text) -> Iterator[tuple[str, Match]]:
        """Yield asks:other where no level of a treatment answers the question; then asks:harm, if it is (also) about harm.

        The title says it, and where it does not, the aim that the abstract states: what is named first is asked.
        """
        title = (text.title, 0, len(text.title.folded))
        asked = self._asked(title, ("other", "title-other"), ("treatment", "title-treatment"))
        if asked and asked[0] == "treatment":
            return
        aims = self._aims(text.abstract)
        asked = asked or next((found for aim in aims if (found := self._asked(aim, ("other",), ("treatment",)))), None)
        if not asked or asked[0] == "treatment":
            return
        yield "asks:other", asked[1]
        harm = next((hit for place in (title, *aims) if (hit := self._first(place, ("harm",)))), None)
        if harm:
            yield "asks:harm", harm[1]

    def _asked(self, place: Place, other: Meanings, treatment: Meanings) -> Found | None:
        """What is asked there: "other" or "treatment", whichever is named first."""
        found = [("other", self._first(place, other)), ("treatment", self._first(place, treatment))]
        told = [(match[0], means, match[1]) for means, match in found if match]
        return min(told)[1:] if told else None

    def _first(self, place: Place, means: Meanings) -> tuple[int, Match] | None:
        """The first words of any of these meanings, and where they begin."""
        part, start, end = place
        found = [match.span() for one in means if (match := self._words[one].search(part.folded, start, end))]
        if not found:
            return None
        start, end = min(found)
        return start, part.match(start + (part.folded[start] == " "), end)

    def _aims(self, part: Part) -> list[Place]:
        """Where the abstract says what the review aims at, first."""
        folded, found, start, words = part.folded, list[Place](), 0, self._words["aim"]
        while len(found) < _AIMS and (aim := words.search(folded, start)):
            end = wording.END.search(folded, aim.start())
            stop = end.start() if end else len(folded)
            within = aim if aim.end() <= stop else words.search(folded, aim.start(), stop)
            if within:
                found.append((part, within.end(), min(stop, within.end() + _REACH)))
            start = stop + 1
        return found


def _best(told: list[Mention]) -> Mention | None:
    """The first of the strongest mentions of a design, if no denial is as strong: a count is denied by nothing, a name in the title
    and a plain statement by "none were found", what was only wanted by any denial."""
    denied = max((mention.denies for mention in told), default=Weight.NOTHING)
    standing = [mention for mention in told if mention.weight > denied]
    return max(standing, key=lambda mention: mention.weight, default=None)
