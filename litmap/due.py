"""Links that are due, told cheaply: before sums are shown that may be out of date."""

from __future__ import annotations

import shlex

from litmap.store import Store
from litmap.wording import counted


def unsummed(store: Store) -> int:
    """Count the claims whose links were never made by `litmap link`, or of which a migration wants them made again.

    What is counted of them may be missing. A part of what `linking.due` finds, without reading all records;
    0 when nothing was ever linked.
    """
    if store.meta("link_top") is None:
        return 0
    return int(
        store.value(
            "select count(*) from claims c where c.status = 'active' and exists (select 1 from links l where l.claim_id = c.id)"
            " and not exists (select 1 from link_inputs i where i.claim_id = c.id)"
        )
    )


def told(store: Store, claims: int) -> tuple[str, str]:
    """Say that the links of so many claims are due, and the command that makes them."""
    said = f"links of {counted(claims, 'claim')} were made from other claims, records or tags than the map holds now"
    return said, f"litmap link {shlex.quote(str(store.path))}"
