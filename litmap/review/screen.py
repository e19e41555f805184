"""What a session shows, as lines of text for a terminal of any size from 40 x 12."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from litmap.review.decisions import FULL_TEXT, STANCES, reasons
from litmap.review.pages import Page
from litmap.review.session import NUMBERS, Session
from litmap.review.verdicts import VERDICTS

KEYS = (
    "i include  e exclude  u unsure  s stance  d directness  n note  k skip  z undo  w why  v verdict  q quit  ? help"
)
FEW_KEYS = "i include  e exclude  u unsure  s stance  d direct  n note  k skip  q quit  ?"  # one line of 80
HELP = (
    "Does this record bear on the claim? Answers are kept at once, with name and time.",
    "",
    "i  include: the record bears on the claim, whatever it found",
    "e  exclude, with a reason from a list",
    "u  unsure: somebody else, or the full text, is to settle it",
    "s  stance: what the record says of the claim; before the verdict that enters it",
    "d  direct, indirect (other population, route or outcome), or not said",
    "n  note, kept with the verdict",
    "k  skip: leave it open and go on",
    "z  undo the last verdict (the entry stays; a withdrawal is added) or skip",
    "v  verdict on the claim itself",
    "w  why the record has its level, and why it stands here, in full",
    "space, b  the next, the last page of the abstract; b on the first goes to the conclusion",
    "q  quit: the next sitting goes on where you left",
    "",
    "Words of the claim are marked; so is the conclusion, with a bar at the left.",
    "What others decided is shown after your own vote.",
)
ASKS = {
    "note": "Note (empty: none), then Enter:",
    "other": "Which reason? (kept as a note), then Enter:",
    "rationale": "Why? One line, or nothing, then Enter (Ctrl-D: no verdict):",
    "as-of": "The evidence was looked at up to which date? Enter: {today}",
}
MOST_TITLE, MOST_CLAIM, LEAST_BODY = 3, 3, 4
FILLER = "\ue000"  # of the private use area: no text that was made safe holds it
TIGHT = 30  # lines; a lower terminal leaves more of itself to the abstract
TINY = 18  # a lower one still shows what claim and what record it is about


@dataclass(frozen=True, slots=True)
class Style:
    """How marks look: escape sequences of a terminal, or signs where there are none."""

    word: tuple[str, str]
    strong: tuple[str, str]
    alarm: tuple[str, str]


PLAIN = Style(("", ""), ("", ""), ("", ""))
ANSI = Style(("\x1b[4m", "\x1b[24m"), ("\x1b[1m", "\x1b[22m"), ("\x1b[7m", "\x1b[27m"))


def render(
    session: Session, page: Page | None, more: Sequence[str], reviewer: str, size: tuple[int, int], style: Style = ANSI
) -> list[str]:
    """Return exactly `height` lines of at most `width` characters (escape sequences not counted); size = (width, height).

    `more`: with an offer the claims it is for, with a verdict what was decided for the claim.
    """
    width, height = max(40, size[0]), max(12, size[1])
    foot = _foot(session, width, style, FEW_KEYS if height < TIGHT else KEYS)
    if session.mode == "help":
        body = [line for text in HELP for line in _wrap(text, width, "   ")]
        return _framed([_paint("Keys", style.strong)], body, foot, height)
    if session.mode == "why" and page:
        full = [line for text in _why(page) for line in _wrap(text, width, "   ")]
        return _framed([_paint("Why", style.strong)], full, foot, height)
    if session.mode == "end" or page is None:
        return _framed([_head(session, reviewer, width, style)], ["", "That was the last one."], foot, height)
    tiny = height < TINY
    head = [_head(session, reviewer, width, style), *_claim(page, width, style)[: MOST_CLAIM - 1 if tiny else None]]
    if session.verdict_on:
        return _framed(head, ["What you decided for this claim:", *_listed(more, width)], foot, height)
    if session.mode == "offer":
        lead = _wrap("The same record is a candidate for claims that say the same:", width)
        return _framed(head, [*lead, *_listed(more, width)], foot, height)
    mark = _marker(page, style)
    abstract, begins = _abstract(page, width, mark)
    votes = [_paint(line, style.strong) for line in _listed(session.disputed, width)]
    access = _wrap(f"  Full text: {page.access}", width, "  ", 1) if session.stage == FULL_TEXT else []
    tops = [
        [*head, *votes, *([] if tiny else ["─" * width]), *_record(page, width, style, mark, access, detail)]
        for detail in (3, 1 if height < TIGHT else 2)
    ]
    top = tops[0] if len(tops[0]) + len(abstract) + 1 + len(foot) <= height else tops[1]
    # On a small terminal the abstract comes before the reasons, and the keys before both.
    top = top[: max(1, height - len(foot) - LEAST_BODY)]
    return _framed(top, _turned(abstract, begins, session.page, width, height - len(top) - len(foot)), foot, height)


def _framed(head: Sequence[str], body: Sequence[str], foot: Sequence[str], height: int) -> list[str]:
    room = max(0, height - len(head) - len(foot))
    kept = [*body[:room], *[""] * (room - len(body))]
    return [*head, *kept, *foot][:height]


def clean(text: str) -> str:
    """Make text safe to print: nothing in it can move the cursor or change the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


class _Wrapper(textwrap.TextWrapper):
    """Breaks between characters of two columns, as their scripts do, and never between one and its filler."""

    def _split(self, text: str) -> list[str]:
        return [part for chunk in super()._split(text) for part in _PARTS.findall(chunk)]


_PARTS = re.compile(rf".{FILLER}|(?:(?!.{FILLER}).)+")


def _wrap(text: str, width: int, indent: str = "", most: int | None = None) -> list[str]:
    wrapper = _Wrapper(width, subsequent_indent=indent, max_lines=most, placeholder=" …", break_on_hyphens=False)
    return [line.replace(FILLER, "") for line in wrapper.wrap(_widened(text))]


def _shortened(text: str, width: int) -> str:
    return next(iter(_wrap(text, width, most=1)), "")


def _widened(text: str) -> str:
    """Safe text, with a filler after each character that takes two columns of a terminal (Unicode annex 11)."""
    safe = clean(text)
    if safe.isascii():
        return safe
    return "".join(char + FILLER if unicodedata.east_asian_width(char) in "WF" else char for char in safe)


def _paint(text: str, how: tuple[str, str]) -> str:
    return how[0] + text + how[1] if text else text


def _head(session: Session, reviewer: str, width: int, style: Style) -> str:
    item = session.item or session.items[-1]
    whole = [other for other in session.items if not session.by_claim or other.claim_key == item.claim_key]
    place = f"record {whole.index(item) + 1} of {len(whole)}"
    if session.by_claim:
        claims = list(dict.fromkeys(other.claim_key for other in session.items))
        place = f"claim {claims.index(item.claim_key) + 1} of {len(claims)}, {place}"
    if session.stage == FULL_TEXT:
        place = f"full text, {place}"
    if session.disputed:
        place = f"conflict: {place}"
    if session.verdict_on:
        place = "a verdict on the claim"
    who = _widened(reviewer)[: width // 3].replace(FILLER, "")
    left = place[: width - len(_widened(who)) - 1]
    return _paint(left, style.strong) + " " * (width - len(left) - len(_widened(who))) + who


def _claim(page: Page, width: int, style: Style) -> list[str]:
    lines = _wrap(f"“{page.claim}”", width, " ", MOST_CLAIM)
    return [_paint(line, style.strong) for line in lines] + _wrap(f"  {page.claim_about}", width, "  ", 1)


def _why(page: Page) -> list[str]:
    if page.level is None:
        return ["Hidden in a blind review.", f"Full text: {page.access}"]
    return [
        page.level,
        *filter(None, [page.rule]),
        *page.integrity,
        *(page.reasons or ["The program did not rank it for this claim: somebody named it."]),
        f"Full text: {page.access}",
    ]


def _record(
    page: Page, width: int, style: Style, mark: Callable[[str], str], access: Sequence[str], detail: int
) -> list[str]:
    """Title, place and reasons; these take at most `detail` lines each."""
    lines = [_paint(mark(line), style.strong) for line in _wrap(page.title, width, "  ", MOST_TITLE)]
    about = f", {page.year} · PMID {page.pmid}" + (f" · {page.rank}" if page.rank else "")
    lines.append("  " + _shortened(page.journal, width - 2 - len(about)) + about)
    lines += access
    if page.level:
        lines += _wrap(f"  {page.level}", width, "    ", detail)
    for note in page.integrity:
        lines += [_paint(line, style.alarm) for line in _wrap(f"  {note}", width, "    ", 1)]
    if page.reasons:
        lines += _wrap("  Why here: " + "; ".join(page.reasons), width, "    ", detail)
    return lines


def _marker(page: Page, style: Style) -> Callable[[str], str]:
    if not page.marks or not style.word[0]:
        return lambda line: line
    longest_first = sorted(page.marks, key=lambda word: (-len(word), word))
    words = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE)
    return lambda line: words.sub(lambda found: _paint(found[0], style.word), line)


def _abstract(page: Page, width: int, mark: Callable[[str], str]) -> tuple[list[str], int]:
    """Return the lines of an abstract, and at which of them its conclusion begins (0: it has none)."""
    lines: list[str] = []
    begins = 0
    for text, concludes in page.passages:
        bar = "▌ " if concludes else "  "
        begins = begins or (len(lines) if concludes else 0)
        lines += [bar + mark(line) for line in _wrap(text, width - 2)]
    return lines or ["No abstract in this map."], begins


def _turned(lines: Sequence[str], begins: int, number: int, width: int, room: int) -> list[str]:
    """One page of the abstract, under a rule that says which."""
    pages = _pages(lines, begins, max(1, room - 1))
    if len(pages) == 1:
        return ["─" * width, *pages[0]]
    shown = number % len(pages)
    back = "back" if shown else "conclusion" if begins else "end"
    label = f" page {shown + 1} of {len(pages)}: space next, b {back} ──"[:width]
    return ["─" * (width - len(label)) + label, *pages[shown]]


def _pages(lines: Sequence[str], begins: int, room: int) -> list[list[str]]:
    """Fill pages; a conclusion that one page can hold is not split."""
    if len(lines) <= room or len(lines) - begins > room:
        begins = 0
    body, conclusion = lines[: begins or len(lines)], lines[begins or len(lines) :]
    pages = [list(body[at : at + room]) for at in range(0, len(body), room)]
    if len(pages[-1]) + len(conclusion) <= room:
        pages[-1] += conclusion
        return pages
    return [*pages, list(conclusion)]


def _listed(texts: Sequence[str], width: int) -> list[str]:
    return [line for text in texts for line in _wrap(f"  {text}", width, "    ", 2)]


def _foot(session: Session, width: int, style: Style, keys: str) -> list[str]:
    """A rule, what is said so far or just happened, and what can be pressed."""
    draft = session.draft
    said = [
        f"stance: {draft.stance}" if draft.stance else "",
        draft.directness or "",
        f"note: {draft.note}" if draft.note else "",
    ]
    lines = ["─" * width]
    lines += (
        _wrap(" · ".join(filter(None, said)), width, most=1) if session.mode in ("record", "stance", "reason") else []
    )
    lines += [_paint(line, style.strong) for line in _wrap(session.message, width, most=2)]
    return lines + _asked(session, width, keys)


def _asked(session: Session, width: int, keys: str) -> list[str]:
    mode = session.mode
    if mode == "offer":
        return _offer(session, width)
    if mode == "reason":
        return _numbered("Exclude because:", reasons(session.stage), "Enter back", width)
    if mode == "stance":
        return _numbered("The record", STANCES, "0 none", width)
    if mode == "verdict":
        return _numbered("The claim is", VERDICTS, "Enter not now  z undo  q quit", width)
    if mode in ASKS:
        return _wrap(ASKS[mode].format(today=session.today), width)
    if mode in ("help", "why"):
        return ["Any key goes back."]
    if mode == "end":
        return ["z undo  Any other key ends."]
    return _columns(keys.split("  "), width)


def _offer(session: Session, width: int) -> list[str]:
    numbers = "" if len(session.offered) == 1 else "1 to 9 for that one alone"
    return _columns(["Enter your decision there too?", "y yes", *filter(None, [numbers]), "Enter no"], width)


def _numbered(lead: str, options: Sequence[str], tail: str, width: int) -> list[str]:
    return _columns(
        [lead, *(f"{number} {word}" for number, word in zip(NUMBERS, options, strict=False)), *tail.split("  ")], width
    )


def _columns(parts: Sequence[str], width: int) -> list[str]:
    """Put parts side by side, two blanks between them, none of them broken."""
    lines = [""]
    for part in parts:
        joined = f"{lines[-1]}  {part}" if lines[-1] else part
        if len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(part)
    return lines
