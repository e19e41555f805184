"""Words as the full-text index sees them: split, folded and stemmed by SQLite's own tokenizer."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import filterfalse

WORD = re.compile(r"[^\W_]+")
_ASCII = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
_BYTES = bytes(ord(_ASCII[code]) if code < 128 else code for code in range(256))
_OTHER = re.compile(r"[^\x00-\x7f]")

# Words that say nothing about a subject. English function words, then the words any claim may use.
_STOP_WORDS = """
a about above after again against all also although am among an and any are aren as at be because been before being
below between both but by can cannot could couldn d did didn do does doesn doing don down during each either else
etc ever every few for from further had hadn has hasn have haven having he her here hers herself him himself his how
however i if in into is isn it its itself just ll m may me might more most much must my myself neither no nor not
now o of off often on once one only or other others our ours ourselves out over own per quite rather re s same she
should shouldn since so some such t than that the their theirs them themselves then there these they this those
though through thus to too under until up upon us ve very via was wasn we well were weren what when where whether
which while who whom whose why will with within without won would wouldn y you your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def split_words(text: str) -> list[str]:
    """Return the words of a text in order, in lower case, with their repetitions."""
    if not text.isascii():
        for char in set(_OTHER.findall(text)):
            text = text.replace(char, _lower(char))
    if text.isascii():  # the same in less time
        return text.translate(_ASCII).split()
    return text.encode(errors="surrogatepass").translate(_BYTES).decode(errors="surrogatepass").split()


@lru_cache(maxsize=4096)
def _lower(char: str) -> str:
    return "".join(one if one.isalnum() else " " for one in char.lower())


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The same, remembered."""
    return tuple(split_words(text))


class Stemmer:
    """Gives the term under which records_fts holds a word, by asking the same tokenizer once for each new word."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._known: dict[str, str] = {}
        self.word: dict[str, str] = {}  # term -> a word that has it: a term's own term may be another
        conn.execute(
            "create virtual table if not exists temp.link_words using "
            "fts5(word, content='', tokenize='porter unicode61 remove_diacritics 2')"
        )
        conn.execute(
            "create virtual table if not exists temp.link_terms using fts5vocab('temp', 'link_words', 'instance')"
        )

    def learn(self, words: Iterable[str]) -> None:
        """Look up the words not met before, all in one go."""
        new = sorted(set(filterfalse(self._known.__contains__, words)))
        if not new:
            return
        self._conn.execute("savepoint link_words")
        self._conn.executemany("insert into temp.link_words(rowid, word) values (?, ?)", enumerate(new))
        for number, term in self._conn.execute("select doc, term from temp.link_terms order by doc, offset desc"):
            self._known[new[number]] = term
            self.word.setdefault(term, new[number])
        self._conn.execute("insert into temp.link_words(link_words) values ('delete-all')")
        self._conn.execute("release link_words")
        for word in new:
            self._known.setdefault(word, word)

    def terms(self, words: Sequence[str]) -> list[str]:
        """Return the term of each word."""
        try:
            return list(map(self._known.__getitem__, words))
        except KeyError:
            self.learn(words)
            return list(map(self._known.__getitem__, words))
