-- title: Where the tags come from
-- description: How many claims and records carry each tag, in which role, and from which part of the text it was read.
-- parameter: facet | condition,route,intervention | | Only this facet.
-- parameter: slug | text | | Only this tag, for example ptsd.
select 'claims' as of, 'condition' as facet, condition as slug, role, origin, count(*) as n
from claim_conditions where :facet in ('', 'condition') and (:slug = '' or condition = :slug) group by condition, role, origin
union all select 'claims', 'route', route, role, origin, count(*)
from claim_routes where :facet in ('', 'route') and (:slug = '' or route = :slug) group by route, role, origin
union all select 'claims', 'intervention', intervention, role, origin, count(*)
from claim_interventions where :facet in ('', 'intervention') and (:slug = '' or intervention = :slug) group by intervention, role, origin
union all select 'records', 'condition', condition, role, origin, count(*)
from record_conditions where :facet in ('', 'condition') and (:slug = '' or condition = :slug) group by condition, role, origin
union all select 'records', 'route', route, role, origin, count(*)
from record_routes where :facet in ('', 'route') and (:slug = '' or route = :slug) group by route, role, origin
union all select 'records', 'intervention', intervention, role, origin, count(*)
from record_interventions where :facet in ('', 'intervention') and (:slug = '' or intervention = :slug) group by intervention, role, origin
order by 1, 2, 3, 4, 5
