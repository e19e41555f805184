-- title: Evidence for a claim
-- description: The records ranked for one claim, best first: design, level for what the claim asks (benefit or harm; else none), why they were linked, and what each reviewer last decided.
-- parameter: claim | claim | required | The claim's id or key, as listed by the other queries.
-- parameter: show | bearing,all | bearing | Only the records that bear on the claim, or all that were ranked.
select l.rank, l.pmid, r.title, r.journal_abbrev as journal, r.pub_year as year, r.design,
  case when c.question in ('benefit', 'harm') and coalesce(r.integrity, '') not in ('retracted', 'notice') and coalesce(r.status, '') <> 'Deleted' then v.rank end as level,
  case when c.question in ('benefit', 'harm') then v.rule end as rule, v.provisional, r.integrity,
  exists (select 1 from record_publication_types t where t.pmid = r.pmid and t.name = 'Preprint') as preprint,
  l.bears, l.score, l.reasons,
  (select group_concat(x.said, '; ') from (
    select d.reviewer || ': ' || d.verdict || coalesce(' (' || d.stance || ')', '') as said
    from decisions d
    where d.claim_key = c.key and d.pmid = l.pmid and d.kind <> 'withdrawal'
      and not exists (
        select 1 from decisions later
        where later.claim_key = d.claim_key and later.pmid = d.pmid and later.reviewer = d.reviewer and later.id > d.id)
    order by d.id) x) as decided,
  c.text as claim
from claims c
join links l on l.claim_id = c.id
join records r on r.pmid = l.pmid
left join record_levels v on v.pmid = r.pmid and v.scheme = case c.question when 'harm' then 'ocebm-harm' else 'ocebm-benefit' end
where c.id = (select id from claims where key = :claim union all select id from claims where id = cast(:claim as integer) and :claim not glob '*[^0-9]*' limit 1)
  and (l.bears = 1 or :show = 'all')
order by l.rank, l.pmid
