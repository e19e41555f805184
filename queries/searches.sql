-- title: Searches
-- description: Every search run for the map: the exact string, PubMed's translation, limits, date, number found and received, and the claims it was run for.
select s.id, s.database, s.query, s.translation, s.limits, s.ran_at, s.count, s.n_received, s.complete, s.missing, s.phrases_not_found,
  (select count(*) from claim_searches cs where cs.search_id = s.id) as n_claims
from searches s
order by s.ran_at, s.id
