-- title: Retracted records in use
-- description: Records that were retracted, carry an expression of concern or were corrected, and bear on an active claim or were included by a reviewer.
-- parameter: kind | retracted,partly-retracted,concern,corrected,superseded | | Only this kind of notice.
with flagged as (
  select pmid, kind, min(notice_pmid) as notice_pmid, min(date) as date, group_concat(distinct origin) as origin
  from record_integrity
  where kind <> 'notice' and (:kind = '' or kind = :kind)
  group by pmid, kind
)
select f.kind, r.pmid, r.title, r.pub_year as year, r.design, r.level_by_design, f.notice_pmid, f.date as noticed, f.origin, c.id as claim_id, c.text as claim, l.bears,
  (select group_concat(distinct d.reviewer) from decisions d where d.claim_key = c.key and d.pmid = r.pmid and d.verdict = 'include') as included_by,
  doc.source as document
from flagged f
cross join records r on r.pmid = f.pmid
cross join links l on l.pmid = r.pmid
join claims c on c.id = l.claim_id
join documents doc on doc.id = c.document_id
where c.status = 'active'
  and (l.bears = 1 or exists (select 1 from decisions d where d.claim_key = c.key and d.pmid = r.pmid and d.verdict = 'include'))
order by case f.kind when 'retracted' then 1 when 'partly-retracted' then 2 when 'concern' then 3 when 'corrected' then 4 else 5 end, r.pmid, doc.source, c.start, c.id
