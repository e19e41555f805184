-- References loaded from lists of other programs: what identifies them, and why they are matched or not.
alter table references_in add column position integer;
alter table references_in add column pmid integer;
alter table references_in add column pmcid text;
alter table references_in add column reason text;
create index references_in_open on references_in(status) where matched_pmid is null;
