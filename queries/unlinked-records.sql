-- title: Records that bear on no claim
-- description: Records that are ranked for no claim, or only below the threshold for bearing on it: what the literature holds and the documents do not speak of. Highest study design first.
-- parameter: level | integer | | This level or better: 1 (highest design) to 5.
-- parameter: from_year | integer | | Published in this year or later.
select r.pmid, r.title, r.journal_abbrev as journal, r.pub_year as year, r.design, r.level, r.integrity,
  (select count(*) from links l where l.pmid = r.pmid) as n_links,
  (select group_concat(x.condition, '; ') from (select condition from record_conditions t where t.pmid = r.pmid and t.role = 'indication' order by condition) x) as conditions
from records r
where not exists (select 1 from links l where l.pmid = r.pmid and l.bears = 1)
  and (:level = '' or r.level <= cast(:level as integer))
  and (:from_year = '' or r.pub_year >= cast(:from_year as integer))
order by r.level is null, r.level, r.pub_year desc, r.pmid
