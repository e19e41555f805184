-- title: Claims needing another source
-- description: Active claims about approvals, history and numbers of people. PubMed is the wrong place to check them, so they are never counted as gaps; says where to look.
-- parameter: question | official-record,prevalence | | Only this kind of question.
select c.id as claim_id, c.text as claim, c.claim_type, c.question,
  case c.claim_type
    when 'regulatory' then 'the regulator: labels, approval letters, schedules of controlled substances'
    when 'history' then 'primary documents of the time: patents, first reports, archives'
    when 'epidemiology' then 'official statistics, surveys, registries'
    else 'an official or statistical source'
  end as where_to_look,
  d.source as document, d.as_of
from claims c
join documents d on d.id = c.document_id
where c.status = 'active'
  and c.question in ('official-record', 'prevalence')
  and (:question = '' or c.question = :question)
order by d.source, c.start, c.id
