-- title: Evidence for a route
-- description: Records on a route or on a narrower one, highest study design first (not appraised), with the number of active claims each bears on.
-- parameter: route | route | required | The route; narrower ones are included.
-- parameter: condition | condition | | Only records that also study this condition or a narrower one.
-- parameter: level | integer | | This level or better: 1 (highest design) to 5.
with recursive
  wanted(slug) as (
    select coalesce(replaced_by, slug) from routes where slug = :route
    union select x.slug from routes x join wanted w on x.parent = w.slug
  ),
  also(slug) as (
    select coalesce(replaced_by, slug) from conditions where slug = :condition
    union select x.slug from conditions x join also w on x.parent = w.slug
  ),
  found(pmid) as (select distinct t.pmid from wanted w join record_routes t on t.route = w.slug where t.role = 'studied')
select r.pmid, r.title, r.journal_abbrev as journal, r.pub_year as year, r.design, r.level, r.level_rule as rule, r.provisional, r.integrity,
  exists (select 1 from record_publication_types t where t.pmid = r.pmid and t.name = 'Preprint') as preprint,
  (select group_concat(x.condition, '; ') from (select condition from record_conditions t where t.pmid = r.pmid and t.role = 'indication' order by condition) x) as conditions,
  (select group_concat(x.route, '; ') from (select route from record_routes t where t.pmid = r.pmid and t.role = 'studied' order by route) x) as routes,
  (select count(*) from links l join claims c on c.id = l.claim_id where l.pmid = r.pmid and l.bears = 1 and c.status = 'active') as n_claims
from found f
join records r on r.pmid = f.pmid
where (:condition = '' or exists (
    select 1 from record_conditions t where t.pmid = r.pmid and t.role = 'indication' and t.condition in (select slug from also)))
  and (:level = '' or r.level <= cast(:level as integer))
order by r.level is null, r.level, r.pub_year desc, r.pmid
