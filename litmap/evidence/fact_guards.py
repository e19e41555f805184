"""What speaks against a stated fact: a trial that is somebody else's, and people who were only screened.

Both are told from the words around it. Where they leave doubt nothing is stated: a wrong fact is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# A study that is not this one is named by these words: where none stands, nothing is looked for.
OTHERS = (
    *("previous", "previously", "prior", "earlier", "preceding", "past", "former"),
    *("another", "other", "published", "recent", "existing", "unlike"),
)
_STUDIES = r"(?:trials?|stud(?:y|ies)|rcts?|experiments?|investigations?|reports?|research|literature|meta-analys[ei]s|reviews?)"
_NO_ADJECTIVE = (
    r"(?:is|are|was|were|be|been|has|have|had|in|of|to|for|with|from|by|at|on|after|before|during|than|who|which|that"
    r"|this|these|our|we|the|an?)"
)
_OURS = r"\b(?:we|this|our|here|the (?:present|current))\b"
_THEIRS = re.compile(
    rf"(?:unlike\s+(?:in\s+)?the\s+(?!present|current)|[a-z]+[,\s]+)(?:(?!{_NO_ADJECTIVE}\b)[\w/-]+[,\s]+){{0,6}}?{_STUDIES}\b"
    r"(?:\s*[(\[][^)\]]{0,100}[)\]])?"  # its number
    rf"(?:\s+(?:of|in|with|on|among|that|which|by|from|using|comparing|showing|including|involving|published)\b(?:(?!{_OURS})[^.;,]){{0,100}})?"
    r"(?:[,(\s]+(?:which\s+(?:is|was)\s+)?(?:registered|registration|identifier|clinicaltrials\.gov)\b[^;]{0,60}?\b[a-z]{2,6}\d[\w/-]+)?"
)
# "This recent trial" is this one, "data of a previous trial" are those of this report; what "has relieved pain in earlier
# trials" is said of these trials.
_OWN = re.compile(
    r"\bthis\s+$|\b(?:analys[ei]s|re-?analysis|analy[sz]ed)\s+(?:\w+\s+){0,3}?(?:of|from)\s+(?:\w+\s+){0,2}$|\bdata\s+(?:\w+\s+){0,8}?(?:of|from)\s+(?:\w+\s+){0,2}$"
    r"|\bresults (?:of|from) our $|\bwe (?:now |here )?(?:report|present|describe)\s+(?:[\w-]+\s+){0,5}?(?:of|from)\s+(?:an?|the)\s+(?:previously\s+)?$"
    r"|(?:^|\.\s+|:\s+)(?:the\s+)?(?:participants|patients|subjects|volunteers)\s+(?:of|from|in)\s+(?:an?|the|our)\s+$"
)
_REPORTED = re.compile(r"[^.]{0,300}?\b(?:here,? we|we here|we now|now we)\s+(?:report|present|describe|followed)\b")  # after it: its results are told here
_KNOWN = re.compile(
    r"[^.;,]*\b(?:has|have)\b[^.;,]*\b(?:in|by|from)\s+(?:(?:an?|the|two|three|several|some|many|most)\s+)?$"
)
_STOP = re.compile(r"[.;,](?=\s)")
REACH = 200  # characters of a sentence that are looked at on either side

_SCREENED = r"(?:pre-?screened|screened|approached|invited|contacted)"
_ENTERED = r"(?:randomi|randomly|enrol|recruit|includ|agreed|consent|allocat)"
_IN_WORDS = re.compile(rf"\b(?:{_SCREENED}|potential(?:ly)?)\b")
_BEFORE = re.compile(rf"\b(?:{_SCREENED}|screening(?: of)?)\s+(?:a total of |all |the |over )?\(?(?:n\s?=\s?)?$")
_AFTER = re.compile(
    r"\)?,?\s*(?:\([^)]{0,40}\)\s*)?(?:(?:(?:with|in|from|at|aged)\b[^,.;]{1,80}?\s+)?"
    r"(?:(?:who|that|were|was|had been|have been)\s+)+)?(?:initially |first |originally |consecutively )?"
    rf"(?:{_SCREENED}\b(?!,? and (?:then )?(?:were )?{_ENTERED})"
    r"|(?:assessed|evaluated|considered|checked)\s+(?:for|as to)\s+(?:eligib|inclusion|enrol|particip)"
    r"|eligible\b(?=\s*(?:,|;|\.|and|to participate|for (?:the |this )?(?:study|trial|inclusion|participation|enrol|random)))"
    rf"(?!,? and (?:then )?(?:were )?{_ENTERED}))"
)
TAKEN = 300  # characters from the number screened to that of those taken
_TAKEN = re.compile(r"\b(?:randomi|randomly|enrol|recruit|included|entered|agreed|participated)")
_OPEN = re.compile(r"\([^)]*$")
_NOT_ALL = re.compile(
    r"(?:more than|less than|about|over|nearly|every|per|of the|least|these|those|remaining|other|another|groups of|subgroup of|subset of|control group of|arms of|each of|phase|level|grade|group|day|week|aged?|first|last|up to|(?<!\d )year)\s*$"
)
_NO_COUNT_WORDS = ("asa ", "group", "arm", "cohort", "sub", ", and", "second", "third", "other")  # no others begin _NO_COUNT
_NO_COUNT = re.compile(
    r"(?:\basa (?:(?:physical|status|ps|class|grades?|score) )*(?:(?:[1-5]|iv|i{1,3})(?:\s*(?:and|or|to|[-\u2013/,])\s*|\s+))?"
    r"|(?<!-)\bgroup \w{1,2}\s?[:(,=]"  # "group M (46 patients)"
    r"|\b(?:each (?:\w+ )?(?:group|arm|cohort)|groups|arms|cohorts) (?:will be |was |were )?(?:compos\w+|compris\w+|consist\w+)(?: of)?"
    r"|\b(?:subset|subgroup) of (?:\w+ )?\(?(?:n\s?=)?"
    r"|\b\d{1,3}, and"  # "in 28, 23, and 28"
    r"|\b(?:second|third|other|another) (?:study|experiment|trial|cohort|sample),?)\s*$"
)
_CHOSEN = ("enrolled only ", "included only ", "recruited only ", "randomized only ", "randomised only ")
_TOOK_PART = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:were|was|could be|had been)?\s*(?:finally )?(?:enrol|includ|random|recruit|entered|participated|took part|eligible to (?:enter|participate|take))"
    r"|[^.;]{0,40}\bcomplet"
)
# "symptoms fell in two patients": those in whom something was seen, not those in whom it was studied or who were then allocated
_SEEN_IN = re.compile(
    r"\b(?:(?:occurred|resolved|remitted|improved|relapsed|noted|decreased|increased|declined|fell|failed|recurred|persisted"
    r"|(?:complete|incomplete|partial|full|no) (?:remission|response))\b"
    r"(?:(?!\b(?:evaluat|studied|examin|tested|assess|trials?\b|effects?\b|relation|efficacy))[^.;,]){0,60}"
    r"|(?:remission|response)s?\b[^.;,]{0,30}\s(?:was|were)\s+(?:seen|observed|found|achieved|demonstrated|obtained))\s+in\s*$"
)
_ALLOCATED = re.compile(
    r"[^.;]*?\b(?:randomi[sz]ed|assigned|allocated)\b(?!\s+(?:in)?to\b)"
    r"|[^.;]*?\b(?:randomi[sz]ed|assigned|allocated)\s+(?:in)?to\b[^.;]{0,80}?\b(?:or|versus|vs|groups|arms)\b"
)
_PEOPLE = r"(?:patients|participants|subjects|adults|children|women|men|individuals|volunteers|controls|people|persons)"
_SPELLED = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen)"
)
_COUNT = rf"(?:\d+|{_SPELLED})\s+(?:(?!complet|were|was|had|of)[\w\u2010-]+\s+){{0,5}}?{_PEOPLE}\b"
_GIVEN = r"(?:received|were given|underwent|got)"
# "18 patients and 17 volunteers", "10 patients per centre", "16 patients received one and 16 patients the other"
_BESIDE = re.compile(
    rf"\s+(?:with|who|having)\b(?:(?!enrol|random|includ|recruit|\b(?:were|was)\b)[^.;\d]){{0,90}}?"
    rf"(?:\s(?:and|versus|vs\.?)\s+{_COUNT}(?!\s+(?:complet|finish|withdr))|,\s+\d+\s+{_PEOPLE}\s+with\b)"
    rf"|\s+{_GIVEN}\b[^.;\d]{{0,60}}?(?:,| and| while| whereas)\s+(?:the other )?(?:\d+|{_SPELLED})\s+(?:{_PEOPLE}\s+)?{_GIVEN}\b"
    r"|\s+(?:were |are )?(?:randomly )?(?:randomi[sz]ed|assigned|allocated) to\b"
    rf"(?!\s+(?:receive\s+)?(?:(?:double-blind|active|study|either|one of)\s+)?(?:the\s+)?(?:treatments?\s*[,:(]|(?:\d|{_SPELLED})\s+(?:[\w-]+\s+)?(?:groups|arms|treatments|regimens)\b))"
    r"[^.;\d]{0,60}?(?:,|\sand)\s+\d+\s+(?:\w+\s+)?to\b"
    r"|\s*(?:\([^)]{1,60}\)\s*)?(?:and\s+\d+\s+(?!complet|receiv|(?:of|were|was|had|have|did|in|percent|hours?|days?|weeks?|months?|years?)\b)(?=[a-z])"
    r"|per\s+(?:[\w-]+\s+)?(?:cent(?:er|re)|site|group|arm|treatment|condition)\b)"
)
# the second of two: "34 dependent patients and 26 healthy subjects", "fifty-eight mild and 83 severe cases"; "one thousand and forty-nine"
_SECOND = re.compile(
    rf"\b{_COUNT}(?:\s*\([^)]{{0,60}}\))?(?:(?!enrol|random|includ|recruit|complet|\b(?:were|was)\b)[^.;\d]){{0,100}}?\band $"
    rf"|(?:\d|\bone|{_SPELLED}) (?:[\w-]+ ){{1,3}}and $|\bthousand and $"
)
_PART = re.compile(r"\d\s+(?:\([^)]{1,12}\)\s*)?(?:out )?of\s+(?:the )?$")  # "96 of 412 eligible patients"
_OF = re.compile(r"\b(?:(?<!total )of|from|among)\s+(?:the |a total of |all |an initial )?$")
_SOME = re.compile(
    rf"(?:(?!random|enrol|treat|recruit)[^.;\d]){{0,80}},\s+(?:only\s+|a total of\s+)?\d+\b(?!\s*%)(?:(?!\bin the [a-z]* ?analys)[^.;]){{0,60}}?\b{_ENTERED}"
    r"(?![^.;]{0,120}\band (?:the )?(?:\d+|rest|others?|remain\w+)\b)(?!\w* in the (?:\w+ )?analys)"
)


def theirs(low: str, places: Iterable[int]) -> list[tuple[int, int]]:
    """Return where a text, in lower case, speaks of somebody else's study; `places`: where one of OTHERS stands."""
    found: list[tuple[int, int]] = []
    for at in places:
        hit, first = _THEIRS.match(low, at), max(0, at - REACH)
        if not hit or _OWN.search(low, first, at) or _REPORTED.match(low, hit.end()):
            continue
        stops = [stop.end() for stop in _STOP.finditer(low, first, at)]
        clause = stops[-1] if stops else first
        found.append((clause if _KNOWN.match(low, clause, at) else at, hit.end()))
    return found


def one_of_several(low: str, end: int) -> bool:
    """Whether the people counted here are one group beside another, or those of one centre."""
    return bool(_BESIDE.match(low, end))


def no_sample(low: str, start: int, end: int, loose: bool) -> bool:
    """Whether a number is none of people, or plainly of some; `loose`: nothing else tells that they are the sample.

    "(26 women, 7 men)" are those of a sample that was counted before.
    """
    near = low[max(0, start - 40) : start]
    if _NOT_ALL.search(near[-20:]) or (any(map(near.__contains__, _NO_COUNT_WORDS)) and _NO_COUNT.search(near)):
        return True
    if not loose:
        return False
    if near.endswith("only ") and not near.endswith(_CHOSEN) and not _TOOK_PART.match(low, end):
        return True
    if near.endswith("and ") and _SECOND.search(low, max(0, start - 160), start):
        return True
    if near.endswith(" in ") and _SEEN_IN.search(low, max(0, start - 100), start):
        return not _ALLOCATED.match(low, start, end + 120)
    one_sex = low[start:end].endswith("men") and low[end : end + 1] in ",;)"
    return one_sex and bool(_OPEN.search(low, max(0, start - 60), start))


def only_screened(low: str, start: int, end: int) -> bool:
    """Whether the people counted between these offsets of a text in lower case were looked at, and others taken."""
    before = low[max(0, start - 40) : start]
    if _IN_WORDS.search(low, start, end) or _BEFORE.search(before) or _AFTER.match(low, end):
        return True
    if _PART.search(before) and "eligible" in low[start:end]:
        return True
    taken = re.search(r"random|enrol|treat|recruit", low[start:end])
    return not taken and bool(_OF.search(before) and _SOME.match(low, end))


def taken_of(low: str, others: int, start: int, end: int) -> bool:
    """Whether a number may be that of the sample: it stands before `others`, or is of those taken of them, said soon after."""
    if start > others + TAKEN:
        return False
    return start < others or bool(_TAKEN.search(low, max(others, start - 40), end + 60))
