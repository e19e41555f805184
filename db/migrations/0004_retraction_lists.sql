-- What lists of retractions say. Kept whole, so that a record that comes after the list is marked too.
create table retractions_listed (
  id integer primary key, pmid integer not null check (pmid between 1 and 999999999),
  kind text not null check (kind in ('retracted', 'partly-retracted', 'concern', 'corrected', 'superseded')), notice_pmid integer, date text
);
create unique index retractions_listed_once on retractions_listed(pmid, kind, coalesce(notice_pmid, 0));
insert or ignore into retractions_listed (pmid, kind, notice_pmid, date)
  select pmid, kind, notice_pmid, date from record_integrity where origin = 'retraction-list'
  union all select pmid, kind, notice_pmid, date from record_integrity_aside where origin = 'retraction-list'
  order by 1, 2, 3, 4;
