"""Every error litmap raises on purpose.

LitmapError                 exit 1: refused, nothing written
 ├── InputError             a file, a row or an option that cannot be used as it is
 │    ├── DocumentError     a document that cannot be read
 │    ├── RecordError       a file of references that cannot be read
 │    ├── VocabularyError   a vocabulary folder with a mistake in it (file and line named)
 │    ├── RuleError         an evidence rule file with a mistake in it (file, line and rule named)
 │    └── QueryError        an unknown query or a wrong parameter
 ├── StoreError             a database that is missing, foreign, newer, damaged or locked
 ├── ServiceError           exit 4: a remote service failed; what arrived is kept, run again to go on
 └── StrictError            exit 3: done, but items were rejected and --strict was given
"""

from __future__ import annotations


class LitmapError(Exception):
    """A failure that a user can act on. `str(error)` says what is wrong; `hint` says what to do."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class InputError(LitmapError):
    """A file, a row or an option that cannot be used as it is."""


class DocumentError(InputError):
    """A document that cannot be read."""


class RecordError(InputError):
    """A file of references that cannot be read."""


class VocabularyError(InputError):
    """A vocabulary folder with a mistake in it."""


class RuleError(InputError):
    """An evidence rule file with a mistake in it."""


class QueryError(InputError):
    """An unknown named query, or a wrong parameter for one."""


class StoreError(LitmapError):
    """A database that is missing, not ours, newer than this program, damaged or locked."""


class ServiceError(LitmapError):
    """A remote service failed; what was received is kept and the command can be run again."""

    exit_code = 4


class StrictError(LitmapError):
    """The work is done, but single items were rejected and --strict was given."""

    exit_code = 3
