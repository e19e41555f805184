-- title: Claims by level
-- description: Active claims of current documents, one row for each condition, with the highest study design found (not appraised) and what reviewers say about its direction.
-- parameter: level | integer | | This level or better: 1 (highest design) to 5. Empty: every claim, those without a level last.
-- parameter: condition | condition | | Only this condition and the narrower ones.
-- parameter: route | route | | Only claims about this route and the narrower ones.
-- parameter: question | benefit,harm,mechanism,prevalence,official-record,other | | Only this kind of question.
with recursive
  wanted_conditions(slug) as (
    select coalesce(replaced_by, slug) from conditions where slug = :condition
    union select c.slug from conditions c join wanted_conditions w on c.parent = w.slug
  ),
  wanted_routes(slug) as (
    select coalesce(replaced_by, slug) from routes where slug = :route
    union select r.slug from routes r join wanted_routes w on r.parent = w.slug
  )
select c.id as claim_id, c.text as claim, e.condition, c.claim_type, c.question, c.polarity,
  e.level as highest_level, e.design as highest_design, e.basis, e.n_studies, e.n_reports, e.n_by_stance, e.n_retracted, e.n_preprints, e.n_concern, e.n_corrected,
  d.source as document
from claims c
join documents d on d.id = c.document_id
left join claim_evidence e on e.claim_id = c.id
where c.status = 'active'
  and (:level = '' or e.level <= cast(:level as integer))
  and (:condition = '' or e.condition in (select slug from wanted_conditions))
  and (:route = '' or exists (
    select 1 from claim_routes t where t.claim_id = c.id and t.role = 'studied' and t.route in (select slug from wanted_routes)))
  and (:question = '' or c.question = :question)
order by e.level is null, e.level, d.source, c.start, c.id, e.condition
