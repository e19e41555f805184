-- What the machine says where a person says otherwise. All three are derived: from the records, the lists of retractions and `corrections`.
create table record_machine (
  pmid integer not null references records(pmid) on delete cascade, field text not null, value text, primary key (pmid, field)
) without rowid;
-- Notes of integrity that a person's correction keeps out of record_integrity; they come back when it is withdrawn.
create table record_integrity_aside (
  pmid integer not null references records(pmid) on delete cascade, kind text not null, notice_pmid integer, origin text not null, date text
);
create index record_integrity_aside_pmid on record_integrity_aside(pmid);
-- A duplicate counts nowhere.
create table record_duplicates (pmid integer primary key references records(pmid) on delete cascade, duplicate_of integer not null);
