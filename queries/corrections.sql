-- title: Corrections of records that stand
-- description: What people say of a record's design, level, integrity, tags, study or duplicates, beside what the machine says. A correction that was withdrawn is left out; of several about one thing, the latest counts. machine_then: what the machine said of the integrity when it was corrected; a graver note that came later counts.
-- parameter: reviewer | text | | Only those of this person.
select c.pmid, r.title,
  case c.subject when 'tag' then c.field || ':' || coalesce(v.replaced_by, c.slug) else coalesce(c.field, c.subject) end as field,
  coalesce(m.value, b.value, 'none') as machine, c.machine_then,
  case c.action when 'set' then coalesce(c.value, c.role, 'set') when 'remove' then 'removed' || coalesce(' as ' || c.role, '') else 'added' || coalesce(' as ' || c.role, '') end as person,
  c.reviewer, substr(c.made_at, 1, 10) as made, c.reason, r.design, r.level, r.integrity
from corrections c
join records r on r.pmid = c.pmid
left join (select 'condition' as facet, slug, replaced_by from conditions union all select 'route', slug, replaced_by from routes
  union all select 'intervention', slug, replaced_by from interventions) v on c.subject = 'tag' and v.facet = c.field and v.slug = c.slug
left join record_machine m on m.pmid = c.pmid
  and m.field = case c.subject when 'tag' then c.field || ':' || coalesce(v.replaced_by, c.slug) else coalesce(c.field, c.subject) end
left join record_machine b on c.subject = 'level' and c.field = 'level' and b.pmid = c.pmid and b.field = 'ocebm-benefit'
where c.action <> 'withdraw' and (:reviewer = '' or c.reviewer = :reviewer)
  and not exists (select 1 from corrections w where w.pmid = c.pmid and w.action = 'withdraw' and w.id > c.id
    and w.subject = c.subject and w.field is c.field and w.slug is c.slug and w.reviewer = c.reviewer)
order by c.pmid, c.id
