-- title: Documents
-- description: Every document and version in the map, with the number of claims that stand in it.
-- parameter: versions | current,all | current | Only the current version of each source, or all.
select d.id, d.source, d.version, d.current, d.title, d.media_type, d.retrieved_at, d.as_of, d.extractor, length(d.text) as n_characters,
  (select count(distinct o.claim_id) from claim_occurrences o join claims c on c.id = o.claim_id where o.document_id = d.id and c.status <> 'dismissed') as n_claims,
  d.sha256
from documents d
where d.current = 1 or :versions = 'all'
order by d.source, d.version
