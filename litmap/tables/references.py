"""Records as references: the tables `records` and `references`, and one reference in NLM style."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from litmap.ingest import stored
from litmap.linking.evidence import PREPRINT, RETRACTED
from litmap.model import Author, Record
from litmap.store import Store
from litmap.tables import harm
from litmap.tables.table import Column, Reference, Row, Table
from litmap.wording import counted

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
AUTHORS = 6  # named in a reference before "et al."
PUBMED = "https://pubmed.ncbi.nlm.nih.gov/{}/"

RECORDS = (
    Column("pmid", "PMID", "PubMed's number", "pmid", 11),
    Column("title", "Title", "title of the article", width=50),
    Column("authors", "Authors", "authors, joined by semicolons", width=30),
    Column("journal", "Journal", "journal, abbreviated", width=20),
    Column("year", "Year", "year of publication", "integer", 7),
    Column("pub_date", "Date", "date of publication as PubMed has it", width=11, forms="data"),
    Column("volume", "Volume", "volume", width=8, forms="data"),
    Column("issue", "Issue", "issue", width=8, forms="data"),
    Column("pages", "Pages", "pages", width=10, forms="data"),
    Column("doi", "DOI", "digital object identifier", width=24, forms="data"),
    Column("pmcid", "PMCID", "number in PubMed Central", width=12, forms="data"),
    Column("url", "Address", "the record in PubMed", "url", 20, "data"),
    Column("language", "Language", "language", width=9, forms="data"),
    Column("publication_types", "Publication types", "PubMed's publication types", width=24, forms="data"),
    Column("mesh", "MeSH", "MeSH headings; an asterisk marks a major topic", width=30, forms="data"),
    Column("keywords", "Keywords", "the authors' keywords", width=24, forms="data"),
    Column("trials", "Registrations", "numbers in trial registers", width=16, forms="data"),
    Column("conditions", "Conditions", "conditions studied (indications)", "conditions", 20),
    Column("routes", "Routes", "routes of administration studied", "routes", 16),
    Column("interventions", "Interventions", "interventions studied", "interventions", 16, "data"),
    Column("design", "Design", "study design", width=18),
    Column("level", "Level", "level of that design for benefit (not appraised); none when retracted", "integer", 7),
    Column("rule", "Rule", "the rule that gave the level", width=7),
    Column(
        "basis",
        "Basis",
        "curated: from indexing; text: read from title and abstract; incomplete: too little to go by",
        width=10,
        forms="data",
    ),
    Column("provisional", "Provisional", "1: the level may change when the record is indexed or read", "integer", 10),
    Column("harm_level", "Harm level", "level of that design for harm (not appraised); none when retracted", "integer", 7),
    Column("harm_rule", "Harm rule", "the rule that gave the level for harm", width=7, forms="data"),
    Column("harm_provisional", "Harm provisional", "1: likewise, of the level for harm", "integer", 10, "data"),
    Column("secondary", "Secondary", "1: a further analysis of a study reported elsewhere", "integer", 10, "data"),
    Column("subjects", "Subjects", "human, animal, in-vitro", width=9),
    Column("integrity", "Integrity", "retractions, concerns, corrections with their notices", width=24),
    Column("n_claims", "Claims", "active claims on which the record bears", "integer", 8),
    Column("abstract", "Abstract", "the abstract", width=60, forms="data"),
)

_RECORDS = f"""
select cast(r.pmid as text), r.title,
  (select group_concat(s, '; ') from (select coalesce(collective_name, trim(last_name || ' ' || coalesce(initials, '') || coalesce(' ' || suffix, ''))) as s from record_authors a where a.pmid = r.pmid order by position)),
  coalesce(r.medline_ta, r.journal_abbrev, r.journal), r.pub_year, r.pub_date, r.volume, r.issue, r.pages, r.doi, r.pmcid, 'https://pubmed.ncbi.nlm.nih.gov/' || r.pmid || '/', r.language,
  (select group_concat(name, '; ') from (select name from record_publication_types t where t.pmid = r.pmid order by position)),
  (select group_concat(s, '; ') from (select heading || case when max(major, coalesce(qualifier_major, 0)) then '*' else '' end || coalesce('/' || qualifier, '') as s from record_mesh m where m.pmid = r.pmid order by position)),
  (select group_concat(keyword, '; ') from (select keyword from record_keywords k where k.pmid = r.pmid order by position)),
  (select group_concat(number, '; ') from (select number from record_trials t where t.pmid = r.pmid order by position)),
  (select group_concat(s, '; ') from (select condition as s from record_conditions t where t.pmid = r.pmid and t.role = 'indication' order by 1)),
  (select group_concat(s, '; ') from (select route as s from record_routes t where t.pmid = r.pmid and t.role = 'studied' order by 1)),
  (select group_concat(s, '; ') from (select intervention as s from record_interventions t where t.pmid = r.pmid and t.role = 'studied' order by 1)),
  r.design, r.level, r.level_rule, r.level_basis, r.provisional, {harm.LEVEL}, h.rule, h.provisional, r.secondary, r.subjects,
  (select group_concat(s, '; ') from (select distinct kind || coalesce(' (notice ' || notice_pmid || ')', '') as s from record_integrity i where i.pmid = r.pmid order by 1)),
  (select count(*) from links l join claims c on c.id = l.claim_id where l.pmid = r.pmid and l.bears = 1 and c.status = 'active'), r.abstract
from records r {harm.JOIN} where ? or not {RETRACTED} order by r.pmid
"""


def left_out(store: Store, include_retracted: bool) -> int:
    """Return how many retracted records a table leaves out."""
    return 0 if include_retracted else int(store.value(f"select count(*) from records r where {RETRACTED}"))


def told(count: int) -> tuple[str, ...]:
    """What a table says of them."""
    return (f"{counted(count, 'retracted record')} left out.",) if count else ()


def records(store: Store, include_retracted: bool = False) -> Table:
    """Return every record; retracted ones only when asked for."""
    rows = (tuple(row) for row in store.conn.execute(_RECORDS, (int(include_retracted),)))
    count = left_out(store, include_retracted)
    return Table(
        "records",
        "Records",
        "Every PubMed record in the map.",
        RECORDS,
        rows,
        told(count),
        records=flagged(store),
        left_out=count,
    )


REFERENCES = (
    Column("number", "Number", "number in this list", "integer", 8),
    Column(
        "reference",
        "Reference",
        "the reference in the style of the National Library of Medicine (Citing Medicine)",
        width=90,
    ),
    Column("pmid", "PMID", "PubMed's number", "pmid", 11, "data"),
    Column("doi", "DOI", "digital object identifier", width=24, forms="data"),
    Column("url", "Address", "the record in PubMed", "url", 24, "data"),
    Column("n_claims", "Claims", "active claims on which the record bears", "integer", 8),
)

_USED = f"""
select r.pmid, count(distinct c.id) from records r join links l on l.pmid = r.pmid and l.bears = 1 join claims c on c.id = l.claim_id and c.status = 'active'
where ? or not {RETRACTED} group by r.pmid order by r.pmid
"""


def references(store: Store, include_retracted: bool = False) -> Table:
    """Return the records that bear on a claim, as a numbered list of references by first author and year."""
    used = {row[0]: row[1] for row in store.conn.execute(_USED, (int(include_retracted),))}

    def rows() -> Iterator[Row]:
        keyed = sorted((_key(record), record.pmid) for record in stored.records(store, used))
        read = reader(store)
        for number, record in enumerate(read([pmid for _, pmid in keyed]), 1):
            yield (
                number,
                nlm(record) + flag(store, record.pmid),
                str(record.pmid),
                record.doi,
                PUBMED.format(record.pmid),
                used[record.pmid],
            )

    count = left_out(store, include_retracted)
    return Table(
        "references",
        "References",
        "Records that bear on a claim of the map.",
        REFERENCES,
        rows(),
        told(count),
        records=flagged(store),
        left_out=count,
    )


def reader(store: Store) -> Callable[[Iterable[int]], Iterator[Record]]:
    """Return a function that reads records in the order of their PMIDs as given, some at a time."""

    def read(pmids: Iterable[int]) -> Iterator[Record]:
        numbers = iter(pmids)
        while batch := list(islice(numbers, stored.BATCH)):
            found = {record.pmid: record for record in stored.records(store, batch)}
            yield from (found[pmid] for pmid in batch if pmid in found)

    return read


def flagged(store: Store) -> Callable[[Iterable[int]], Iterator[tuple[Record, str]]]:
    """Return a function that reads records in the order given, each with what must be said of it."""
    read = reader(store)
    return lambda pmids: ((record, flag(store, record.pmid)) for record in read(pmids))


def citer(store: Store) -> Callable[[Iterable[int]], Iterator[Reference]]:
    """Return a function that turns PMIDs into references, in the order given."""
    read = reader(store)

    def cite(pmids: Iterable[int]) -> Iterator[Reference]:
        for record in read(pmids):
            url = f"https://doi.org/{record.doi}" if record.doi else PUBMED.format(record.pmid)
            yield Reference(record.pmid, nlm(record) + flag(store, record.pmid), url)

    return cite


def nlm(record: Record) -> str:
    """Return a reference after Citing Medicine, 2nd edition, chapter 1 (journal articles)."""
    names = [author_name(author) for author in record.authors]
    shown = ", ".join(names[:AUTHORS]) + (", et al" if len(names) > AUTHORS else "")
    issue = f"({record.issue})" if record.issue else ""
    where = f"{record.volume or ''}{issue}" + (f":{record.pages}" if record.pages else "")
    title = record.title.strip().rstrip(".")
    parts = [
        _ended(shown) if shown else "",
        f"{title}{'' if title.endswith(('?', '!')) else '.'}",
        _ended(record.medline_ta or record.journal_abbrev or record.journal or ""),
        _ended(date(record) + (f";{where}" if where else "")),
        f"doi: {record.doi}." if record.doi else "",
        f"PubMed PMID: {record.pmid}" + (f"; PubMed Central PMCID: {record.pmcid}" if record.pmcid else "") + ".",
    ]
    return " ".join(" ".join(part for part in parts if part).split())


def flag(store: Store, pmid: int) -> str:
    """Return what must stand behind a reference: retracted, an expression of concern, a preprint."""
    words = {"retracted": "Retracted", "partly-retracted": "Partly retracted", "concern": "Expression of concern"}
    kinds = [
        row[0]
        for row in store.conn.execute(
            "select distinct kind from record_integrity where pmid = ? order by kind desc", (pmid,)
        )
    ]
    said = [words[kind] for kind in kinds if kind in words]
    if is_preprint(store, pmid):
        said.append("Preprint")
    return f" [{'; '.join(said)}]" if said else ""


def is_preprint(store: Store, pmid: int) -> bool:
    """Return whether a type of the record says that it is a preprint."""
    return bool(store.value(f"select {PREPRINT} from records r where r.pmid = ?", pmid))


def author_name(author: Author) -> str:
    """Return `Last AB Jr`, or the group's name."""
    if author.collective_name:
        return author.collective_name
    initials = author.initials or "".join(part[0] for part in (author.fore_name or "").split())
    return " ".join(part for part in (author.last_name, initials, author.suffix) if part)


def date(record: Record) -> str:
    """Return the date of publication as `2020 Mar 5`."""
    year, *rest = (record.pub_date or str(record.pub_year or "")).split("-")
    if rest and rest[0].isdigit() and 1 <= int(rest[0]) <= 12:
        rest[0] = MONTHS[int(rest[0]) - 1]
        rest[1:] = [str(int(part)) if part.isdigit() else part for part in rest[1:]]
    return " ".join([year, *rest])


def _key(record: Record) -> tuple[str, int, int]:
    first = author_name(record.authors[0]) if record.authors else record.title
    return first.casefold(), record.pub_year or 0, record.pmid


def _ended(text: str) -> str:
    return text if not text or text.endswith(".") else f"{text}."
