"""What must follow when primary input changed: people's corrections are laid over what was derived again,
and the evidence of the claims is counted anew."""

from __future__ import annotations

from litmap import linking
from litmap.review import corrections
from litmap.store import Store


def claims_changed(store: Store) -> None:
    """Call after claims or their tags were written, inside the transaction."""
    corrections.apply_to_claims(store.conn)
    linking.refresh_evidence(store)
