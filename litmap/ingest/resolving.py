"""Ask PubMed which records the unmatched rows of lists are: by DOI (ESearch), else by citation (ECitMatch)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from litmap.ingest.matching import TO_FETCH, UNMATCHED
from litmap.ingest.references import Open, open_rows
from litmap.pubmed.entrez import Citation, Client
from litmap.store import Store

Progress = Callable[[int, int], None]  # rows done, of


@dataclass
class Resolved:
    """asked = by_doi + by_citation + unmatched."""

    asked: int
    by_doi: int = 0
    by_citation: int = 0
    unmatched: list[str] = field(default_factory=list)  # labels, in the order of the rows


def resolve(store: Store, client: Client, *, progress: Progress | None = None) -> Resolved:
    """Find PMIDs for the unmatched rows; those found become "to-fetch", each written as soon as it is known.

    Whether the record fits is judged by its title when it has come. Raises ServiceError; the same call goes on.
    """
    rows = open_rows(store.conn, UNMATCHED)
    done, rest = Resolved(len(rows)), list[Open]()
    for count, row in enumerate(rows, 1):
        pmid = _by_doi(client, row.one.dois)
        if pmid:
            _found(store, row, pmid, "DOI")
            done.by_doi += 1
        else:
            rest.append(row)
        if progress:
            progress(count, len(rows))
    asked = {str(row.id): citation for row in rest if (citation := _citation(row))}
    pmids = client.match_citations(list(asked.values())) if asked else {}
    for row in rest:
        pmid = pmids.get(str(row.id))
        if pmid:
            _found(store, row, pmid, "citation")
            done.by_citation += 1
        else:
            done.unmatched.append(row.one.label)
    return done


def _by_doi(client: Client, dois: tuple[str, ...]) -> int | None:
    """The one record with this DOI. PubMed drops words that it does not know, and says so: then its answer is to less."""
    if len(dois) != 1:
        return None
    found = client.search_once(f'"{dois[0].replace(chr(34), "")}"[doi]', most=2)
    return found.pmids[0] if found.count == 1 and found.pmids and not found.phrases_not_found else None


def _citation(row: Open) -> Citation | None:
    """What ECitMatch needs: a journal, a year, and a page or a volume."""
    one = row.one
    if not (one.journal and one.year and (one.page or one.volume)):
        return None
    surname = (one.author or "").split(",")[0]
    return Citation(one.journal, str(one.year), one.volume or "", one.page or "", surname, str(row.id))


def _found(store: Store, row: Open, pmid: int, how: str) -> None:
    with store.transaction() as conn:
        conn.execute(
            "update references_in set pmid = ?, status = ?, reason = ? where id = ?",
            (pmid, TO_FETCH, f"PMID {pmid}, by its {how} in PubMed", row.id),
        )
