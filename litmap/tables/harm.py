"""A record's level for harm, in SQL: of a record `r`, joined as `h`.

`records.level` is the one for benefit. As there, a retracted record, a notice and a deleted record have no level.
"""

JOIN = "left join record_levels h on h.pmid = r.pmid and h.scheme = 'ocebm-harm'"
_VOID = "coalesce(r.integrity, '') in ('retracted', 'notice') or coalesce(r.status, '') = 'Deleted'"
LEVEL = f"case when not ({_VOID}) then h.rank end"
