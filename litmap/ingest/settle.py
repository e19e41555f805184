"""What must follow when primary input changed: people's corrections are laid over what was derived again,
and the evidence of the claims is counted anew."""

from __future__ import annotations

from collections.abc import Iterable

from litmap.ingest import references
from litmap.store import Store


def claims_changed(store: Store) -> None:
    """Call after claims or their tags were written, inside the transaction."""
    from litmap import linking
    from litmap.review import corrections

    corrections.apply_to_claims(store.conn)
    linking.refresh_evidence(store)


def records_changed(store: Store, pmids: Iterable[int]) -> None:
    """Call after records, their tags or their integrity were written, inside the transaction: the claims that they bear on
    follow, and so do the rows of lists that waited for them."""
    conn, pmids = store.conn, list(pmids)
    references.records_came(conn, pmids)
    if not conn.execute("select exists (select 1 from links)").fetchone()[0]:
        return
    linked = "select distinct claim_id from links where pmid = ?"
    claims = {row[0] for pmid in pmids for row in conn.execute(linked, (pmid,))}
    if claims:
        from litmap import linking  # loading into a map without links should not wait for it

        linking.refresh_evidence(store, claims)
