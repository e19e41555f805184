"""The vocabulary: CSV files read, checked and looked up."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from litmap.cycles import no_search_for_cycles
from litmap.errors import VocabularyError
from litmap.resources import folder
from litmap.vocabulary.terms import BadTerm, plain, plural, too_wide, variants

FILES = {"condition": "conditions.csv", "route": "routes.csv", "intervention": "interventions.csv"}
CUES = "cues.csv"
SHARED = ("routes.csv", CUES)  # a topic without these uses the ones that come with litmap
COLUMNS = (
    "slug",
    "label",
    "parent",
    "status",
    "replaced_by",
    "on_map",
    "mesh",
    "terms",
    "case_terms",
    "weak_terms",
    "narrowing_terms",
    "harm_terms",
    "exclusions",
    "notes",
)
CUE_COLUMNS = ("facet", "role", "where", "words", "reach", "notes")
ROLES = {
    "condition": ("indication", "population", "outcome", "adverse-effect", "contraindication", "model", "not-studied"),
    "treatment": ("studied", "comparator", "co-medication", "not-studied"),
}
SECTIONS = ("contraindication", "adverse-effect", "report")  # report: the page reports a study
EXACT, PLAIN, WEAK, NARROW, HARM, EXCLUDED = "case", "plain", "weak", "narrow", "harm", "excluded"
_KINDS = (
    ("terms", PLAIN),
    ("case_terms", EXACT),
    ("weak_terms", WEAK),
    ("narrowing_terms", NARROW),
    ("harm_terms", HARM),
    ("exclusions", EXCLUDED),
)


class Term(NamedTuple):
    """One wording as it is looked for."""

    facet: str  # condition | route | intervention
    slug: str
    kind: (
        str  # plain | case (as written) | weak (only where nothing firmer is said) | narrow (only beside the parent) |
    )
    # harm (an adverse effect, if no cue says otherwise) | excluded (a look-alike)
    wording: str  # as written, one variant
    form: str  # as compared


class Cue(NamedTuple):
    """Words that give the mentions near them a role."""

    facet: str  # condition | treatment (routes and interventions) | all
    role: str  # a role; "main" (indication, studied); "subject" (the same, unless another cue speaks);
    # "effect" (the same, but no sign of the subject); "barrier" (roles do not reach across)
    where: str  # before | after | sentence (the cue stands before, after, or anywhere near the mention)
    reach: int  # words between cue and mention, at most
    form: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One concept of a facet."""

    facet: str
    slug: str
    label: str
    parent: str | None
    status: str  # active | retired
    replaced_by: str | None
    on_map: bool
    mesh: tuple[tuple[str | None, str], ...]  # (descriptor UI, heading)
    default_role: str | None  # the role when no cue gives one: placebo is a comparator
    position: int
    notes: str | None
    line: int


class Problem(NamedTuple):
    """A mistake in a vocabulary folder."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.message}"


def split_cell(cell: str) -> list[str]:
    """Split a cell of terms at ` | ` (with blanks; `(a|b)` inside a term has none)."""
    return [part.strip() for part in cell.split(" | ") if part.strip()]


class Vocabulary:
    """Conditions, routes and interventions with their terms. Make one with `from_folder` or `from_texts`."""

    @no_search_for_cycles()
    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(sorted(texts.items()))
        self.problems: list[Problem] = []
        self._entries: dict[str, dict[str, Entry]] = {facet: {} for facet in FILES}
        self.terms: list[Term] = []
        self.cues: list[Cue] = []
        self.heads: set[str] = set()  # words that may follow a route and still mean the treatment at hand
        self.routeless: set[str] = set()  # interventions that no route leads in: magnetic stimulation, needles
        self.sections: dict[str, str] = {}  # words of a heading -> what it makes of what stands under it (SECTIONS)
        for facet, name in FILES.items():
            self._read_facet(facet, name)
        self._read_cues()
        self._check_links()

    @classmethod
    def from_folder(cls, path: Path) -> Vocabulary:
        """Read a folder of CSV files. Raises VocabularyError naming file and line."""
        return cls.from_texts(read_folder(path))

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Vocabulary:
        """Read CSV texts by file name. Raises VocabularyError naming file and line."""
        vocabulary = cls(with_shared(texts))
        if vocabulary.problems:
            first, more = vocabulary.problems[0], len(vocabulary.problems) - 1
            raise VocabularyError(
                f"{first}" + (f" (and {more} more)" if more else ""),
                "run litmap vocabulary DATABASE --check FOLDER to list all problems",
            )
        return vocabulary

    @property
    def version(self) -> str:
        """A name that changes with the content of the files that tags depend on."""
        digest = hashlib.sha256()
        for name in (*FILES.values(), CUES):
            digest.update(f"{name}\n{self.texts.get(name, '')}\n".encode())
        return f"vocabulary-{digest.hexdigest()[:12]}"

    def entries(self, facet: str) -> tuple[Entry, ...]:
        """Return the entries of a facet in the order of the file."""
        return tuple(self._entries[facet].values())

    def entry(self, facet: str, slug: str) -> Entry | None:
        """Return one entry, or None."""
        return self._entries[facet].get(slug)

    def ancestors(self, facet: str, slug: str) -> tuple[str, ...]:
        """Return the slugs above one, nearest first."""
        found: list[str] = []
        entry = self._entries[facet].get(slug)
        while entry and entry.parent and entry.parent not in found:
            found.append(entry.parent)
            entry = self._entries[facet].get(entry.parent)
        return tuple(found)

    def descendants(self, facet: str, slug: str) -> tuple[str, ...]:
        """Return the slugs below one, in the order of the file."""
        return tuple(other for other in self._entries[facet] if slug in self.ancestors(facet, other))

    # ------------------------------------------------------------ reading

    def _problem(self, file: str, line: int, message: str) -> None:
        self.problems.append(Problem(file, line, message))

    def _rows(self, name: str, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
        text = self.texts.get(name)
        if text is None:
            self._problem(name, 1, "the file is missing")
            return
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
        missing = [column for column in needed if column not in (reader.fieldnames or ())]
        if missing:
            self._problem(name, 1, f"the column {missing[0]!r} is missing")
            return
        try:
            for row in reader:
                if None in row:
                    self._problem(name, reader.line_num, "more cells than columns")
                    continue
                yield reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}
        except csv.Error as error:
            self._problem(name, reader.line_num, f"not CSV: {error}")

    def _read_facet(self, facet: str, name: str) -> None:
        entries = self._entries[facet]
        taken: dict[str, tuple[str, int]] = {}
        for line, row in self._rows(name, ("slug", "label", "terms")):
            entry = self._entry(facet, name, line, row, len(entries))
            if entry is None:
                continue
            entries[entry.slug] = entry
            if entry.status == "active":
                self._read_terms(entry, name, row, taken)

    def _entry(self, facet: str, name: str, line: int, row: dict[str, str], position: int) -> Entry | None:
        slug = row["slug"]
        if not slug or slug != "-".join(plain(slug).split()):
            self._problem(name, line, f"a slug is lower-case letters, digits and single hyphens, not {slug!r}")
            return None
        if slug in self._entries[facet]:
            self._problem(name, line, f"duplicate slug {slug!r} (first on line {self._entries[facet][slug].line})")
            return None
        status = row.get("status") or "active"
        if status not in ("active", "retired"):
            self._problem(name, line, f"status is active or retired, not {status!r}")
        on_map = row.get("on_map") or "yes"
        if on_map not in ("yes", "no"):
            self._problem(name, line, f"on_map is yes or no, not {on_map!r}")
        return Entry(
            facet, slug, row["label"] or slug, row.get("parent") or None, status, row.get("replaced_by") or None, on_map != "no",
            tuple(_mesh(cell) for cell in split_cell(row.get("mesh", ""))), row.get("default_role") or None, position, row.get("notes") or None, line,
        )  # fmt: skip

    def _read_terms(self, entry: Entry, name: str, row: dict[str, str], taken: dict[str, tuple[str, int]]) -> None:
        if row.get("narrowing_terms") and not entry.parent:
            self._problem(name, entry.line, f"{entry.slug!r} has narrowing_terms but no parent that they could narrow")
        for column, kind in _KINDS:
            for written in split_cell(row.get(column, "")):
                try:
                    wordings = variants(written)
                except BadTerm as error:
                    self._problem(name, entry.line, str(error))
                    continue
                self._add_terms(entry, name, kind, wordings, taken)

    def _add_terms(
        self, entry: Entry, name: str, kind: str, wordings: list[str], taken: dict[str, tuple[str, int]]
    ) -> None:
        facet, slug, here = entry.facet, entry.slug, (entry.slug, entry.line)
        shared = kind in (EXCLUDED, NARROW)  # "premedication" is a use, and narrows anxiety
        for wording in wordings:
            form = plain(wording).strip()
            if too_wide(form) and not (kind == EXACT and len(form) > 1):
                self._problem(name, entry.line, f"the term {wording!r} of {slug!r} would match almost everything")
                continue
            owner, line = here if shared else taken.setdefault(form, here)
            if owner != slug:
                self._problem(
                    name, entry.line, f"the term {wording!r} of {slug!r} is also a term of {owner!r} (line {line})"
                )
                continue
            self.terms.append(Term(facet, slug, kind, wording, form))
            more = None if kind == EXACT else plural(wording)
            if more and (form := plain(more).strip()) not in taken:
                self.terms.append(Term(facet, slug, kind, more, form))

    def _read_cues(self) -> None:
        for line, row in self._rows(CUES, CUE_COLUMNS[:-1]):
            facet, role, where, reach = row["facet"], row["role"], row["where"], row["reach"] or "12"
            if (facet, role) == ("route", "head"):
                self.heads.update(plain(word).strip() for word in split_cell(row["words"]))
                continue
            if (facet, role) == ("route", "none"):
                self.routeless.update(split_cell(row["words"]))
                continue
            if facet == "section" and role in SECTIONS:
                words = [wording for written in split_cell(row["words"]) for wording in variants(written)]
                self.sections.update((plain(wording).strip(), role) for wording in words)
                continue
            allowed = ROLES.get(facet, (*ROLES["condition"], *ROLES["treatment"]) if facet == "all" else ())
            if role not in ("barrier", "main", "subject", "effect", *allowed):
                self._problem(CUES, line, f"no role {role!r} for {facet!r}")
            elif where not in ("before", "after", "sentence"):
                self._problem(CUES, line, f"where is before, after or sentence, not {where!r}")
            elif not reach.isdigit():
                self._problem(CUES, line, f"reach is a number of words, not {reach!r}")
            else:
                self._add_cue(line, facet, role, where, int(reach), row["words"])

    def _add_cue(self, line: int, facet: str, role: str, where: str, reach: int, words: str) -> None:
        for written in split_cell(words):
            try:
                forms = [plain(wording).strip() for wording in variants(written)]
            except BadTerm as error:
                self._problem(CUES, line, str(error))
                continue
            for form in forms:
                if not form:
                    self._problem(CUES, line, f"the words {written!r} would match almost everything")
                else:
                    self.cues.append(Cue(facet, role, where, reach, form))

    def _check_links(self) -> None:
        for facet, name in FILES.items():
            for entry in self._entries[facet].values():
                for what, other in (("parent", entry.parent), ("replaced_by", entry.replaced_by)):
                    if other and other not in self._entries[facet]:
                        self._problem(name, entry.line, f"unknown {what} {other!r} of {entry.slug!r}")
                if (
                    entry.default_role
                    and entry.default_role not in ROLES["condition" if facet == "condition" else "treatment"]
                ):
                    self._problem(name, entry.line, f"no role {entry.default_role!r} for {facet!r}")
                if entry.slug in self.ancestors(facet, entry.slug):
                    self._problem(name, entry.line, f"{entry.slug!r} is its own ancestor")
                if entry.status == "retired" and not entry.replaced_by:
                    self._problem(name, entry.line, f"{entry.slug!r} is retired but nothing replaces it (replaced_by)")


def _mesh(cell: str) -> tuple[str | None, str]:
    ui, _, heading = cell.partition(" ")
    return (ui, heading.strip()) if ui[:1] in "DC" and ui[1:].isdigit() and heading else (None, cell)


def read_folder(path: Path) -> dict[str, str]:
    """Return the CSV texts of a folder by file name. Raises VocabularyError."""
    if not path.is_dir():
        raise VocabularyError(f"{path} is not a folder", "give a folder with conditions.csv and interventions.csv")
    texts: dict[str, str] = {}
    for file in sorted(path.glob("*.csv")):
        try:
            texts[file.name] = file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise VocabularyError(f"{file.name} is not UTF-8 (byte {error.start})", "save it as CSV UTF-8") from error
    return texts


def with_shared(texts: Mapping[str, str]) -> dict[str, str]:
    """Add the files every topic shares (routes, cues) where a topic has none of its own."""
    complete = dict(texts)
    for name in SHARED:
        if name not in complete:
            complete[name] = (folder("db") / "vocabulary" / name).read_text(encoding="utf-8")
    return complete


def check(texts: Mapping[str, str]) -> list[Problem]:
    """Return every mistake in a vocabulary's CSV texts, in order of file and line."""
    return sorted(Vocabulary(with_shared(texts)).problems)
