-- title: Cells of the map
-- description: Condition by route: distinct active claims (denials counted apart) and distinct records tagged with both, linked or not. A parent counts its children once. Records with several conditions and several routes are also counted as inferred pairing, and left out of the counts by level (highest study design, not appraised).
-- parameter: condition | condition | | Only this condition and the narrower ones.
-- parameter: route | route | | Only this route and the narrower ones.
with recursive
  up_c(slug, above) as (
    select slug, slug from conditions union select u.slug, c.parent from up_c u join conditions c on c.slug = u.above where c.parent is not null
  ),
  up_r(slug, above) as (
    select slug, slug from routes union select u.slug, r.parent from up_r u join routes r on r.slug = u.above where r.parent is not null
  ),
  claim_c as (
    select distinct c.id, c.polarity, coalesce(u.above, '') as condition
    from claims c left join claim_conditions t on t.claim_id = c.id and t.role = 'indication' left join up_c u on u.slug = t.condition
    where c.status = 'active'
  ),
  claim_r as (
    select distinct c.id, coalesce(u.above, '') as route
    from claims c left join claim_routes t on t.claim_id = c.id and t.role = 'studied' left join up_r u on u.slug = t.route
    where c.status = 'active'
  ),
  claim_cells as (
    select x.condition, y.route, sum(x.polarity = 'affirm') as n_claims, sum(x.polarity = 'deny') as n_denials
    from claim_c x join claim_r y on y.id = x.id group by x.condition, y.route
  ),
  -- Only the most specific tags of a record say what it studies: depression beside postpartum-depression is one condition.
  leaf_c as (
    select t.pmid, t.condition as slug, count(*) over (partition by t.pmid) as n
    from record_conditions t where t.role = 'indication' and not exists (
      select 1 from record_conditions n join up_c u on u.slug = n.condition and u.above = t.condition and u.slug <> u.above
      where n.pmid = t.pmid and n.role = 'indication')
  ),
  leaf_r as (
    select t.pmid, t.route as slug, count(*) over (partition by t.pmid) as n
    from record_routes t where t.role = 'studied' and not exists (
      select 1 from record_routes n join up_r u on u.slug = n.route and u.above = t.route and u.slug <> u.above
      where n.pmid = t.pmid and n.role = 'studied')
  ),
  record_c as (
    select l.pmid, u.above as condition, count(*) < l.n as others from leaf_c l join up_c u on u.slug = l.slug group by l.pmid, u.above
    union all select pmid, '', 0 from records where pmid not in (select pmid from leaf_c)
  ),
  record_r as (
    select l.pmid, u.above as route, count(*) < l.n as others from leaf_r l join up_r u on u.slug = l.slug group by l.pmid, u.above
    union all select pmid, '', 0 from records where pmid not in (select pmid from leaf_r)
  ),
  -- A retracted record, or a notice, is a record of its cell and nothing more.
  counted as (
    select pmid, design is not 'notice' and not exists (
      select 1 from record_integrity i where i.pmid = r.pmid and i.kind in ('retracted', 'notice')) as counts
    from records r
  ),
  record_cells as (
    select x.condition, y.route, count(*) as n_records, sum(x.others and y.others) as n_inferred,
      sum(exists (select 1 from record_integrity i where i.pmid = x.pmid and i.kind = 'retracted')) as n_retracted,
      sum(n.counts and exists (select 1 from record_publication_types t where t.pmid = x.pmid and t.name = 'Preprint')) as n_preprints,
      sum(n.counts and exists (select 1 from record_integrity i where i.pmid = x.pmid and i.kind in ('concern', 'partly-retracted'))) as n_concern,
      sum(n.counts and exists (select 1 from record_integrity i where i.pmid = x.pmid and i.kind = 'corrected')) as n_corrected,
      sum(r.level = 1 and not (x.others and y.others)) as level_1, sum(r.level = 2 and not (x.others and y.others)) as level_2,
      sum(r.level = 3 and not (x.others and y.others)) as level_3, sum(r.level = 4 and not (x.others and y.others)) as level_4,
      sum(r.level = 5 and not (x.others and y.others)) as level_5
    from record_c x join record_r y on y.pmid = x.pmid join records r on r.pmid = x.pmid join counted n on n.pmid = x.pmid
    where not exists (select 1 from record_duplicates d where d.pmid = x.pmid)
    group by x.condition, y.route
  ),
  cells as (
    select condition, route from claim_cells union select condition, route from record_cells
  )
select coalesce(nullif(k.condition, ''), '(not stated)') as condition, coalesce(nullif(k.route, ''), '(not stated)') as route,
  coalesce(a.n_claims, 0) as n_claims, coalesce(a.n_denials, 0) as n_denials, coalesce(b.n_records, 0) as n_records,
  coalesce(b.n_inferred, 0) as n_inferred, coalesce(b.n_retracted, 0) as n_retracted, coalesce(b.n_preprints, 0) as n_preprints, coalesce(b.n_concern, 0) as n_concern, coalesce(b.n_corrected, 0) as n_corrected,
  coalesce(b.level_1, 0) as level_1, coalesce(b.level_2, 0) as level_2, coalesce(b.level_3, 0) as level_3,
  coalesce(b.level_4, 0) as level_4, coalesce(b.level_5, 0) as level_5
from cells k
left join claim_cells a on a.condition = k.condition and a.route = k.route
left join record_cells b on b.condition = k.condition and b.route = k.route
left join conditions c on c.slug = k.condition
left join routes r on r.slug = k.route
where (:condition = '' or exists (select 1 from up_c u where u.slug = k.condition and u.above = :condition))
  and (:route = '' or exists (select 1 from up_r u where u.slug = k.route and u.above = :route))
order by k.condition = '', c.position, k.condition, k.route = '', r.position, k.route
