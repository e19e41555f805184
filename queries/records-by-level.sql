-- title: Records by level
-- description: Records with the highest level their study design can give (not appraised), highest first. Retracted records and notices carry no level.
-- parameter: level | integer | 5 | This level or better: 1 (highest design) to 5.
-- parameter: design | text | | Only this design, for example randomized-trial.
-- parameter: condition | condition | | Only this condition and the narrower ones.
-- parameter: from_year | integer | | Published in this year or later.
with recursive wanted(slug) as (
  select coalesce(replaced_by, slug) from conditions where slug = :condition
  union select c.slug from conditions c join wanted w on c.parent = w.slug
)
select r.level, r.design, r.pmid, r.title, r.journal_abbrev as journal, r.pub_year as year, r.subjects, r.level_rule as rule, r.level_basis as basis,
  r.provisional, r.secondary, r.integrity, exists (select 1 from record_publication_types t where t.pmid = r.pmid and t.name = 'Preprint') as preprint
from records r
where r.level <= cast(coalesce(nullif(:level, ''), '5') as integer)
  and (:design = '' or r.design = :design)
  and (:from_year = '' or r.pub_year >= cast(:from_year as integer))
  and (:condition = '' or exists (
    select 1 from record_conditions t where t.pmid = r.pmid and t.role = 'indication' and t.condition in (select slug from wanted)))
order by r.level, r.pub_year desc, r.pmid
