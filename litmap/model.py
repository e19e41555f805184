"""The words that all rooms of litmap speak: small frozen data classes without behaviour.

Offsets are Python string indices, end-exclusive: `text[start:end]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

# ---------------------------------------------------------------- documents and claims


class Block(NamedTuple):
    """A stretch of a document's text that belongs together. Blocks are in order and do not overlap."""

    kind: str  # heading | paragraph | item | cell | caption | quote | given (a ready claim: one unit, verbatim)
    start: int
    end: int
    level: int = 0  # headings: 1 to 6; items: depth of nesting; else 0


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of some bytes."""

    source: str  # the URL, or the path as given
    text: str  # for plain text and Markdown: the file's text unchanged (without a BOM)
    blocks: tuple[Block, ...]
    media_type: str  # text/plain | text/markdown | text/html | text/csv | application/pdf | ...
    sha256: str  # of the bytes
    extractor: str  # name and version of the reader, e.g. "html/1"
    title: str | None = None
    as_of: str | None = None  # ISO date the page gives for itself
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence, heading, caption or cell of a document: the smallest thing that can be a claim."""

    start: int
    end: int
    text: str  # == document.text[start:end]
    kind: str  # sentence | heading | caption | cell | item | given
    block: int  # index into document.blocks
    headings: tuple[int, ...] = ()  # indices of the units that head this one, outermost first
    lead_in: int | None = None  # index of the unit that introduces the list this item stands in
    question: int | None = None  # index of the question (FAQ) this unit answers


ANOTHER_SOURCE = ("official-record", "prevalence")  # questions of claims that studies in PubMed do not answer


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim found in (or given for) a document."""

    start: int
    end: int
    text: str
    unit: int  # index into the document's units
    heading: str | None
    claim_type: str  # efficacy onset comparative adjunct dosing safety mechanism epidemiology regulatory history other
    question: str  # benefit harm mechanism prevalence official-record other
    polarity: str  # affirm | deny
    certainty: str  # proven | asserted | hedged
    cues: tuple[str, ...] = ()  # the words that made it a claim and gave its type
    given: tuple[Tag, ...] = ()  # tags that came with it (a CSV of ready claims)


class Tag(NamedTuple):
    """A slug of one facet, said of a claim or a record."""

    facet: str  # condition | route | intervention
    slug: str
    role: str  # conditions: indication population outcome adverse-effect contraindication model not-studied
    #            routes, interventions: studied comparator co-medication not-studied
    origin: str  # claims: sentence previous question lead-in heading document given reviewer
    #              records: mesh keyword title abstract reviewer
    matched: str  # the words that matched, as they stand


# ---------------------------------------------------------------- PubMed records


class Author(NamedTuple):
    last_name: str | None
    fore_name: str | None
    initials: str | None
    suffix: str | None = None
    collective_name: str | None = None
    orcid: str | None = None  # 0000-0000-0000-0000
    affiliations: tuple[str, ...] = ()


class Section(NamedTuple):
    label: str | None
    category: str | None  # NlmCategory
    text: str
    kind: str = "abstract"  # abstract | other (OtherAbstract)


class PublicationType(NamedTuple):
    ui: str | None
    name: str


class Mesh(NamedTuple):
    """One heading with at most one qualifier; a heading with three qualifiers is three rows."""

    ui: str | None
    heading: str
    major: bool = False
    qualifier_ui: str | None = None
    qualifier: str | None = None
    qualifier_major: bool | None = None


class Chemical(NamedTuple):
    registry_number: str | None
    name: str


class Supplementary(NamedTuple):
    ui: str | None
    name: str
    kind: str | None  # PubMed's Type: Disease, Protocol, Organism, ...


class Trial(NamedTuple):
    registry: str | None
    number: str


class Grant(NamedTuple):
    grant_id: str | None
    agency: str | None
    country: str | None


class Relation(NamedTuple):
    kind: str  # PubMed's RefType: RetractionIn, ErratumFor, CommentOn, ...
    related_pmid: int | None
    citation: str | None


class Record(NamedTuple):
    """One PubMed record. Dates are ISO 8601 of the precision PubMed states: 2019, 2019-03 or 2019-03-15."""

    pmid: int
    title: str
    pmid_version: int = 1
    vernacular_title: str | None = None
    abstract: str | None = None  # the sections of kind "abstract", labels included, joined by newlines
    journal: str | None = None
    journal_abbrev: str | None = None
    medline_ta: str | None = None
    nlm_unique_id: str | None = None
    issn: str | None = None
    issn_linking: str | None = None
    country: str | None = None
    pub_date: str | None = None
    pub_year: int | None = None
    epub_date: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmcid: str | None = None
    pii: str | None = None
    language: str | None = None  # several are joined by ";"
    status: str | None = None
    publication_status: str | None = None
    indexing_method: str | None = None
    date_completed: str | None = None
    date_revised: str | None = None
    authors: tuple[Author, ...] = ()
    sections: tuple[Section, ...] = ()
    publication_types: tuple[PublicationType, ...] = ()
    keywords: tuple[str, ...] = ()
    mesh: tuple[Mesh, ...] = ()
    chemicals: tuple[Chemical, ...] = ()
    supplementary: tuple[Supplementary, ...] = ()
    trials: tuple[Trial, ...] = ()
    grants: tuple[Grant, ...] = ()
    relations: tuple[Relation, ...] = ()
    form: str = "xml"  # xml | nbib: at equal revision XML is never overwritten by nbib


# ---------------------------------------------------------------- evidence


class Match(NamedTuple):
    """One thing that a rule saw."""

    field: str  # publication-type | mesh | title | abstract | relation | tag | missing
    matched: str
    start: int | None = None  # offsets into the record's title or abstract
    end: int | None = None


class Level(NamedTuple):
    """What one scheme of rules makes of a record. A level is the highest study design found, not an appraisal."""

    scheme: str  # ocebm-benefit | ocebm-harm
    ruleset: str  # version of the rule files
    rule: str
    design: str
    rank: int | None  # 1 (best) to 5; None: this design carries no level
    basis: str  # curated | automated | text | incomplete
    provisional: bool
    confidence: float | None = None
    inputs: tuple[Match, ...] = ()


class IntegrityNote(NamedTuple):
    kind: str  # retracted partly-retracted concern corrected superseded notice
    notice_pmid: int | None
    origin: str  # publication-type | relation | title | notice | retraction-list | reviewer
    date: str | None = None


class Fact(NamedTuple):
    """Something the record states about its study."""

    field: str  # participants comparator blinding phase follow-up dose time-point registration
    value: str
    place: str  # title | abstract
    start: int
    end: int


class Assessment(NamedTuple):
    """Everything the evidence rules derive for one record."""

    design: str
    secondary: bool
    subjects: str  # human | animal | in-vitro
    levels: tuple[Level, ...]  # one for each scheme; ocebm-benefit first
    integrity: tuple[IntegrityNote, ...] = ()
    facts: tuple[Fact, ...] = ()
