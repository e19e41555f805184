-- What the machine said of a record's integrity when a person corrected it: a graver note that comes later counts. Null in older rows, which put aside
-- whatever comes.
alter table corrections add column machine_then text;
-- Reports in doubt (an expression of concern, or retracted in part) and corrected ones are counted apart. Maps that hold one are linked anew.
alter table claim_evidence add column n_concern integer not null default 0;
alter table claim_evidence add column n_corrected integer not null default 0;
delete from link_inputs where exists (select 1 from record_integrity where kind in ('concern', 'partly-retracted', 'corrected'));
