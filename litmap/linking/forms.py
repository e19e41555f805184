"""Other ways to write a word that stemming does not bring together: spelling, irregular plurals, Greek letters.

Every form is only tried; one that no record holds is dropped by the caller, so the rules may be generous.
"""

from __future__ import annotations

# British and American spelling; tried both ways.
SPELLING = (
    *(("haem", "hem"), ("aem", "em"), ("anaesth", "anesth"), ("paed", "ped"), ("oestr", "estr"), ("oed", "ed")),
    *(("oesoph", "esoph"), ("foet", "fet"), ("gynaec", "gynec"), ("caes", "ces"), ("faec", "fec"), ("rrhoea", "rrhea")),
    *(("our", "or"), ("isation", "ization"), ("ised", "ized"), ("ising", "izing"), ("ise", "ize"), ("yse", "yze")),
    *(("tre", "ter"), ("bre", "ber"), ("sulph", "sulf"), ("lling", "ling"), ("lled", "led")),
)
# Latin and Greek endings of singular and plural; tried both ways.
ENDINGS = (("is", "es"), ("us", "i"), ("um", "a"), ("on", "a"), ("ix", "ices"), ("ex", "ices"), ("a", "ae"))
# Word families that stemming leaves apart: anesthesia and anesthetic, respond and response; tried both ways.
FAMILIES = (
    *(("esia", "etic"), ("ysis", "ytic"), ("osis", "otic"), ("esis", "etic"), ("apse", "aptic"), ("apy", "apeutic")),
    *(("nd", "nse"), ("nds", "nses"), ("ieve", "ief")),
)
IRREGULAR = (
    *(
        ("mouse", "mice"),
        ("child", "children"),
        ("woman", "women"),
        ("man", "men"),
        ("tooth", "teeth"),
        ("foot", "feet"),
    ),
)
GREEK_NAMES = "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu pi rho sigma tau phi chi psi omega"
GREEK = dict(zip("αβγδεζηθκλμνπρστφχψω", GREEK_NAMES.split(), strict=True))
LEAST_LETTERS = 5


def other_forms(word: str) -> list[str]:
    """Return other ways to write a word given in lower case."""
    found = {two for one, two in _both_ways(IRREGULAR) if word == one}
    found |= _greek(word)
    if len(word) >= LEAST_LETTERS:
        found |= {word.replace(one, two, 1) for one, two in _both_ways(SPELLING) if one in word}
        found |= {word[: -len(one)] + two for one, two in _both_ways((*ENDINGS, *FAMILIES)) if word.endswith(one)}
    return sorted(found - {word})


def _both_ways(pairs: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [*pairs, *((two, one) for one, two in pairs)]


def _greek(word: str) -> set[str]:
    letters = {word.replace(letter, name) for letter, name in GREEK.items() if letter in word}
    whole = {letter for letter, name in GREEK.items() if word == name}
    return (
        letters
        | whole
        | {word.replace(name, letter) for letter, name in GREEK.items() if len(name) > 2 and name in word}
    )
