"""Which designs a systematic review includes, from its title and abstract.

Mentioning randomized trials is not including them: "no randomized trials were found", "a lack of randomized trials",
"randomized trials are needed" say nothing of what the review holds; nor does having searched for them,
unless the review says that it has studies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.evidence.cues import Cues
from litmap.evidence.text import Part, Text
from litmap.model import Match

MENTIONS = {
    "review-randomized": "randomized",
    "review-nonrandomized": "nonrandomized",
    "review-cases": "case-reports",
    "review-animal": "animal",
}
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty"
NOTHING = "review-nothing"
_ABSENT = re.compile(
    r"\b(?:no|not|non|nor|zero|lack(?:s|ing)?|absence|without|paucity|scarcity|shortage|exclud\w+|neither|except|none|few|although|fewer|instead of)\b[^.;:]{0,45}$"
)
_ASKED = re.compile(
    r"\b(?:need\w*|future|further|larger?|more|warrant\w*|requir\w*|additional|await\w*|call\w* for|should|urgent\w*|ongoing|planned|encourag\w*)\b[^.;:]{0,60}$"
)
_ASKED_AFTER = re.compile(
    r"^[^.;]{0,80}\b(?:needed|required|warranted|necessary|lacking|excluded|awaited|not (?:found|identified|available|included)|unavailable|should|ongoing|justified|essential|scarce|are limited|is limited|missing)\b"
)
_INCLUDED = re.compile(
    rf"\b(?:includ\w+|inclusion|eligib\w+|select\w+|identif\w+|met|meta ?analy\w+|metaanaly\w+|pool\w+|analy[sz]ed|retriev\w+|found|review\w*|restrict\w+|limit\w+|consider\w+"
    rf"|of which|total\w*|data from|consist\w+|compris\w+|assess\w+|evaluat\w+|synthesi\w+|examin\w+|investigat\w+|extract\w+|obtain\w+|yield\w+|report\w*|using|compar\w+|published|{_NUMBERS}|\d+)\b"
)
_SEARCHED = re.compile(r"\bsearch\w*\b[^.;:]{0,160}\b(?:for|of)\b[^.;:]{0,60}$")  # what is looked for is not yet found
_HELD = re.compile(
    r"\b(?:includ\w+|inclusion|eligib\w+|select\w+|identif\w+|met|meta ?analy\w+|pool\w+|analy[sz]ed|retriev\w+|found|yield\w+|extract\w+|synthesi\w+)\b"
)
_COUNT = re.compile(rf"(?:\b(?:{_NUMBERS}|\d+)\b)[^.;:]{{0,50}}$")
_NOT_COUNT = re.compile(r"\b(?:databases?|engines?|registers|registries)\b[^.;:]{0,50}$|(?:19|20)\d\d[^.;:]{0,50}$|%[^.;:]{0,50}$")
_PRESENTED = re.compile(  # studies that the review says it has
    rf"\b(?:{_NUMBERS}|\d+) (?:(?!for |of |in )\w+ ){{0,4}}(?:trials|studies|rcts|articles|reports)\b"
    r"|\bincluded (?:\w+ )?(?:studies|trials|rcts)\b"
)
_END = re.compile(r"[.;!?](?=\s)")
_WINDOW = 400  # characters of a sentence that are read on either side


def _sentence(joined: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a mention in its sentence."""
    before = _END.split(joined[max(0, start - _WINDOW) : start])[-1]
    return before, _END.split(joined[end : end + _WINDOW], maxsplit=1)[0]


def _includes(joined: str, before: str, after: str) -> bool:
    if _ABSENT.search(before) or _ASKED_AFTER.search(after):
        return False
    counted = bool(_COUNT.search(before)) and not _NOT_COUNT.search(before)
    if _ASKED.search(before) and not counted:
        return False
    if _SEARCHED.search(before) and not counted:
        return bool(_HELD.search(after) or _PRESENTED.search(joined))
    return counted or bool(_INCLUDED.search(before) or _INCLUDED.search(after))


def included(cues: Cues, text: Text) -> Iterator[tuple[str, Match]]:
    """Yield (includes:DESIGN, where it says so) for each design that the review includes, or includes:none."""
    anything = False
    for cue, design in MENTIONS.items():
        for part, start, end in _places(cues, text, cue):
            if part is text.title or _includes(part.folded, *_sentence(part.folded, start, end)):
                anything = True
                yield f"includes:{design}", part.match(start, end)
                break
    if not anything:
        for part, start, end in _places(cues, text, NOTHING):
            yield "includes:none", part.match(start, end)
            break


def _places(cues: Cues, text: Text, cue: str) -> Iterator[tuple[Part, int, int]]:
    for part in text.parts():
        yield from ((part, *span) for span in cues.places(part, cue))
