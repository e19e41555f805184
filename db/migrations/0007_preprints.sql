-- Preprints are counted apart: reports that no journal has published. Maps that hold one are linked anew to count them.
alter table claim_evidence add column n_preprints integer not null default 0;
delete from link_inputs where exists (select 1 from record_publication_types where name = 'Preprint');
