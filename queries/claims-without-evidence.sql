-- title: Claims without evidence
-- description: Active claims that the literature can answer (benefit, harm, mechanism) for which no record counts, one row for each condition. Says whether anyone has searched (without a search this is no gap, only a blank), and how many records would bear had they not been retracted.
-- parameter: condition | condition | | Only this condition and the narrower ones.
-- parameter: question | benefit,harm,mechanism | | Only this kind of question.
with recursive wanted(slug) as (
  select coalesce(replaced_by, slug) from conditions where slug = :condition
  union select c.slug from conditions c join wanted w on c.parent = w.slug
)
select c.id as claim_id, c.text as claim, coalesce(e.condition, t.condition) as condition, c.claim_type, c.question, c.polarity,
  (select count(*) from links l where l.claim_id = c.id) as n_candidates,
  (select max(s.ran_at) from claim_searches cs join searches s on s.id = cs.search_id where cs.claim_id = c.id) as searched_at,
  d.source as document, coalesce(e.n_retracted, 0) as n_retracted
from claims c
join documents d on d.id = c.document_id
left join claim_evidence e on e.claim_id = c.id
left join claim_conditions t on e.claim_id is null and t.claim_id = c.id and t.role = 'indication'
where c.status = 'active'
  and c.question in ('benefit', 'harm', 'mechanism')
  and coalesce(e.n_reports, 0) = 0
  and (:condition = '' or coalesce(e.condition, t.condition) in (select slug from wanted))
  and (:question = '' or c.question = :question)
order by d.source, c.start, c.id, coalesce(e.condition, t.condition)
