-- What the full-text index gathers in memory before it writes: 16 MB instead of 1, so that loading many records takes a quarter less time for it
-- and leaves an index in fewer pieces.
insert into records_fts (records_fts, rank) values ('hashsize', 16777216);
