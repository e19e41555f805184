-- What the machine said of a record's integrity when a person corrected it: a graver note that comes later counts. Null in older rows, which put aside
-- whatever comes.
alter table corrections add column machine_then text;
