"""Lists of claims, as reviewers look at them."""

from __future__ import annotations

from typing import Any

from litmap.claims.kinds import QUESTIONS
from litmap.errors import InputError
from litmap.review.added import current_document
from litmap.store import Store


def claims(
    store: Store, *, document: str | None = None, claim_type: str | None = None, status: str = "active"
) -> list[tuple[Any, ...]]:
    """Return key, document id, start, end, type, question, polarity, certainty, status, text; in the order they stand.

    `document` is an id or a source, `status` one of active, dismissed, gone, all. Raises InputError for an unknown document or type.
    """
    if claim_type is not None and claim_type not in QUESTIONS:
        raise InputError(f"{claim_type} is not a claim type", f"choose one of: {', '.join(QUESTIONS)}")
    number = current_document(store.conn, document)["id"] if document is not None else None
    rows = store.rows(
        'select key, document_id, start, "end", claim_type, question, polarity, certainty, status, text from claims'
        " where (? is null or document_id = ?) and (? is null or claim_type = ?) and (? = 'all' or status = ?)"
        " order by document_id, start, key",
        number, number, claim_type, claim_type, status, status,
    )  # fmt: skip
    return [tuple(row) for row in rows]
