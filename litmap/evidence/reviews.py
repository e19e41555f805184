"""Which designs a systematic review includes, from its title and abstract.

Mentioning randomized trials is not including them: "no randomized trials were found", "a lack of randomized trials",
"randomized trials are needed" say nothing of what the review holds; nor does having searched for them,
unless the review says that it has studies. Each mention is judged by itself (mentions.py); here they are weighed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


def _best(told: list[Mention]) -> Mention | None:
    """The first of the strongest mentions of a design, if no denial is as strong: a count is denied by nothing, a name in the title
    and a plain statement by "none were found", what was only wanted by any denial."""
    denied = max((mention.denies for mention in told), default=Weight.NOTHING)
    standing = [mention for mention in told if mention.weight > denied]
    return max(standing, key=lambda mention: mention.weight, default=None)
