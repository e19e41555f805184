-- title: Records that may be duplicates
-- description: Pairs of records with PMIDs of their own that look like one publication: the same DOI, a preprint and the article that PubMed says it became, or the same long title and first author within two years. A proposal only: litmap explain DATABASE PMID --set duplicate=OTHER says so, and the record is no longer counted. Pairs already said are left out.
with preprints as (
  select distinct pmid from record_publication_types where name = 'Preprint'
), titled as materialized (
  select pmid, pub_year, replace(replace(replace(replace(replace(replace(replace(lower(trim(title, ' .[]')), '-', ' '), '–', ' '), ':', ''), ',', ''), '''', ''), '’', ''), '  ', ' ') as words,
    (select lower(last_name) from record_authors a where a.pmid = r.pmid and last_name is not null order by position limit 1) as author
  from records r
  where length(title) >= 30 and coalesce(design, '') <> 'notice'
), pairs as (
  select a.pmid as one, b.pmid as other, 'same DOI' as why
  from records a join records b on b.doi = a.doi and b.pmid > a.pmid
  union
  select min(rel.pmid, rel.related_pmid), max(rel.pmid, rel.related_pmid), 'preprint and article'
  from record_relations rel
  where rel.related_pmid is not null and rel.kind in ('UpdateIn', 'UpdateOf', 'RepublishedIn', 'RepublishedFrom')
    and (rel.pmid in preprints) <> (rel.related_pmid in preprints)
  union
  select a.pmid, b.pmid, 'same title'
  from titled a join titled b on b.words = a.words and b.pmid > a.pmid
  where abs(coalesce(a.pub_year, b.pub_year, 0) - coalesce(b.pub_year, a.pub_year, 0)) <= 2
    and coalesce(a.author, b.author, '') = coalesce(b.author, a.author, '')
    and not exists (select 1 from record_relations rel where rel.pmid = a.pmid and rel.related_pmid = b.pmid and rel.kind in ('UpdateIn', 'UpdateOf')
      and a.pmid not in preprints and b.pmid not in preprints)
), directed as (
  select case when one in preprints and other not in preprints then one else other end as pmid,
    case when one in preprints and other not in preprints then other else one end as duplicate_of, group_concat(why, '; ') as why
  from pairs
  group by one, other
)
select d.pmid, d.duplicate_of, d.why, r.title, coalesce(r.journal_abbrev, r.journal) as journal, r.pub_year as year, o.title as other_title,
  coalesce(o.journal_abbrev, o.journal) as other_journal, o.pub_year as other_year,
  (select count(*) from links l where l.pmid = d.pmid and l.bears = 1) as claims_it_bears_on
from directed d
join records r on r.pmid = d.pmid
join records o on o.pmid = d.duplicate_of
where d.pmid not in (select pmid from record_duplicates) and d.duplicate_of not in (select pmid from record_duplicates)
order by d.pmid, d.duplicate_of
