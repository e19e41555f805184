-- Lists of retractions name many papers by DOI only (in lower case here). A paper has one of the two, the PMID where the list gives it.
create table retractions_listed_new (
  id integer primary key, pmid integer check (pmid between 1 and 999999999), doi text,
  kind text not null check (kind in ('retracted', 'partly-retracted', 'concern', 'corrected', 'superseded')), notice_pmid integer, date text,
  check ((pmid is null) <> (doi is null))
);
insert into retractions_listed_new (id, pmid, kind, notice_pmid, date)
  select id, pmid, kind, notice_pmid, date from retractions_listed order by id;
drop table retractions_listed;
alter table retractions_listed_new rename to retractions_listed;
create unique index retractions_listed_once on retractions_listed(pmid, kind, coalesce(notice_pmid, 0)) where pmid is not null;
create unique index retractions_listed_once_doi on retractions_listed(doi, kind, coalesce(notice_pmid, 0)) where doi is not null;
