-- One SQLite file holds one evidence map. Primary input first, then what is derived from it.

-- ---------------------------------------------------------------- vocabulary
-- The CSV files the map was made with, whole; the tables below are read from them.
create table vocabulary_files (name text primary key, content text not null);
create table conditions (
  slug text primary key, label text not null, parent text references conditions(slug) deferrable initially deferred,
  status text not null default 'active', replaced_by text, mesh text, on_map integer not null default 1 check (on_map in (0, 1)), position integer not null, notes text
);
create table routes (
  slug text primary key, label text not null, parent text references routes(slug) deferrable initially deferred,
  status text not null default 'active', replaced_by text, mesh text, on_map integer not null default 1 check (on_map in (0, 1)), position integer not null, notes text
);
create table interventions (
  slug text primary key, label text not null, parent text references interventions(slug) deferrable initially deferred,
  status text not null default 'active', replaced_by text, mesh text, on_map integer not null default 1 check (on_map in (0, 1)), position integer not null, notes text
);
create table evidence_levels (
  scheme text not null, rank integer not null, label text not null, description text,
  primary key (scheme, rank)
);

-- ---------------------------------------------------------------- primary input: documents
create table documents (
  id integer primary key, source text not null, version integer not null, current integer not null check (current in (0, 1)),
  title text, media_type text not null, sha256 text not null, extractor text not null,
  retrieved_at text not null, as_of text, text text not null, blocks text not null default '[]', given text not null default '[]',
  unique (source, version)
);
create index documents_sha256 on documents(sha256);
create unique index documents_current on documents(source) where current = 1;

-- ---------------------------------------------------------------- primary input: PubMed records
create table records (
  pmid integer primary key check (pmid between 1 and 999999999), pmid_version integer not null default 1,
  title text not null, vernacular_title text, abstract text, journal text, journal_abbrev text, medline_ta text, nlm_unique_id text,
  issn text, issn_linking text, country text, pub_date text, pub_year integer, epub_date text, volume text, issue text, pages text,
  doi text, pmcid text, pii text, language text, status text, publication_status text, indexing_method text,
  date_completed text, date_revised text, digest text not null, form text not null default 'xml' check (form in ('xml', 'nbib')),
  design text, secondary integer not null default 0 check (secondary in (0, 1)), subjects text check (subjects in ('human', 'animal', 'in-vitro')),
  level integer check (level between 1 and 5), level_by_design integer check (level_by_design between 1 and 5), level_rule text,
  level_basis text check (level_basis in ('curated', 'automated', 'text', 'incomplete')),
  provisional integer not null default 1 check (provisional in (0, 1)), integrity text
);
create index records_level on records(level);
create index records_design on records(design);
create index records_year on records(pub_year);
create index records_doi on records(doi);
create index records_integrity on records(integrity) where integrity is not null;

create table record_authors (
  pmid integer not null references records(pmid) on delete cascade, position integer not null, last_name text, fore_name text, initials text,
  suffix text, collective_name text, orcid text, affiliations text, primary key (pmid, position)
) without rowid;
create table record_sections (
  pmid integer not null references records(pmid) on delete cascade, position integer not null, label text, category text, text text not null,
  kind text not null check (kind in ('abstract', 'other')), primary key (pmid, position)
) without rowid;
create table record_publication_types (
  pmid integer not null references records(pmid) on delete cascade, position integer not null, ui text, name text not null, primary key (pmid, position)
) without rowid;
create index record_publication_types_name on record_publication_types(name);
create table record_keywords (
  pmid integer not null references records(pmid) on delete cascade, position integer not null, keyword text not null, primary key (pmid, position)
) without rowid;
create table record_mesh (
  pmid integer not null references records(pmid) on delete cascade, position integer not null, ui text, heading text not null,
  major integer not null default 0, qualifier_ui text, qualifier text, qualifier_major integer, primary key (pmid, position)
) without rowid;
create index record_mesh_heading on record_mesh(heading);
create table record_chemicals (
  pmid integer not null references records(pmid) on delete cascade, position integer not null, registry_number text, name text not null, primary key (pmid, position)
) without rowid;
create table record_supplementary (
  pmid integer not null references records(pmid) on delete cascade, position integer not null, ui text, name text not null, kind text, primary key (pmid, position)
) without rowid;
create table record_trials (
  pmid integer not null references records(pmid) on delete cascade, position integer not null, registry text, number text not null, primary key (pmid, position)
) without rowid;
create index record_trials_number on record_trials(number);
create table record_grants (
  pmid integer not null references records(pmid) on delete cascade, position integer not null, grant_id text, agency text, country text, primary key (pmid, position)
) without rowid;
create table record_relations (
  pmid integer not null references records(pmid) on delete cascade, position integer not null, kind text not null, related_pmid integer, citation text, primary key (pmid, position)
) without rowid;
create index record_relations_related on record_relations(related_pmid) where related_pmid is not null;

-- What the full-text index reads: title, abstract, and the indexer's words.
create view record_search as
  select pmid, title, coalesce(abstract, '') as abstract, trim(
      coalesce((select group_concat(heading, ' ; ') from (select distinct heading from record_mesh m where m.pmid = r.pmid order by position)), '') || ' ; ' ||
      coalesce((select group_concat(keyword, ' ; ') from (select keyword from record_keywords k where k.pmid = r.pmid order by position)), ''), ' ;') as terms
  from records r;
create virtual table records_fts using fts5(
  title, abstract, terms, content='record_search', content_rowid='pmid', tokenize="porter unicode61 remove_diacritics 2"
);
create virtual table records_vocab using fts5vocab(records_fts, row);

create table loads (
  id integer primary key, name text not null, sha256 text not null unique, format text not null,
  n_read integer not null, n_new integer not null, n_updated integer not null, n_unchanged integer not null, n_rejected integer not null,
  source text, searched_on text, query text, loaded_at text not null,
  check (n_read = n_new + n_updated + n_unchanged + n_rejected)
);
create table load_records (load_id integer not null references loads(id), pmid integer not null, primary key (load_id, pmid)) without rowid;
create table load_rejects (load_id integer not null references loads(id), position integer not null, item text not null, reason text not null, primary key (load_id, position)) without rowid;
create table references_in (
  id integer primary key, load_id integer references loads(id), raw text not null, title text, year integer, doi text, matched_pmid integer, status text not null
);

-- ---------------------------------------------------------------- primary input: searches
create table searches (
  id integer primary key, query text not null, translation text, database text not null default 'pubmed', ran_at text not null, count integer not null,
  n_received integer not null default 0, missing text not null default '[]', phrases_not_found text not null default '[]', limits text,
  complete integer not null default 1 check (complete in (0, 1))
);
create table search_records (search_id integer not null references searches(id), pmid integer not null, primary key (search_id, pmid)) without rowid;
create index search_records_pmid on search_records(pmid);
create table claim_searches (claim_id integer not null references claims(id), search_id integer not null references searches(id), primary key (claim_id, search_id)) without rowid;

-- ---------------------------------------------------------------- primary input: what people say (append-only)
create table decisions (
  id integer primary key, claim_key text, pmid integer not null, reviewer text not null check (trim(reviewer) <> ''),
  stage text not null default 'title-abstract' check (stage in ('title-abstract', 'full-text')),
  kind text not null default 'vote' check (kind in ('vote', 'resolution', 'withdrawal')),
  verdict text check (verdict in ('include', 'exclude', 'unsure')), reason text,
  stance text check (stance in ('supports', 'contradicts', 'mixed', 'no-difference', 'inconclusive', 'background')),
  directness text check (directness in ('direct', 'indirect')), note text, record_digest text,
  blind integer not null default 0 check (blind in (0, 1)), decided_at text not null,
  check (kind = 'withdrawal' or verdict is not null)
);
create index decisions_claim on decisions(claim_key, pmid);
create index decisions_pmid on decisions(pmid);
create table claim_verdicts (
  id integer primary key, claim_key text not null, reviewer text not null check (trim(reviewer) <> ''),
  verdict text not null check (verdict in ('supported', 'partly', 'unsupported', 'contradicted', 'outdated', 'not-checkable')),
  rationale text, as_of text, decided_at text not null
);
create index claim_verdicts_claim on claim_verdicts(claim_key);
-- Random samples of the suggestions nobody had decided on: the share confirmed tells how far to trust the rest.
create table samples (
  id integer primary key, seed integer not null, n integer not null check (n > 0), population integer not null, drawn_at text not null, unique (seed, n)
);
create table sample_links (
  sample_id integer not null references samples(id), position integer not null, claim_key text not null, pmid integer not null, primary key (sample_id, position)
) without rowid;
create table corrections (
  id integer primary key, subject text not null check (subject in ('claim', 'tag', 'level', 'duplicate', 'study')), claim_key text, pmid integer,
  field text, slug text, role text, action text not null check (action in ('add', 'remove', 'set', 'withdraw')), value text, reason text,
  reviewer text not null check (trim(reviewer) <> ''), made_at text not null,
  check (claim_key is not null or pmid is not null)
);
create index corrections_claim on corrections(claim_key) where claim_key is not null;
create index corrections_pmid on corrections(pmid) where pmid is not null;
create trigger decisions_no_update before update on decisions begin select raise(abort, 'decisions are append-only'); end;
create trigger decisions_no_delete before delete on decisions begin select raise(abort, 'decisions are append-only'); end;
create trigger claim_verdicts_no_update before update on claim_verdicts begin select raise(abort, 'claim_verdicts are append-only'); end;
create trigger claim_verdicts_no_delete before delete on claim_verdicts begin select raise(abort, 'claim_verdicts are append-only'); end;
create trigger corrections_no_update before update on corrections begin select raise(abort, 'corrections are append-only'); end;
create trigger corrections_no_delete before delete on corrections begin select raise(abort, 'corrections are append-only'); end;

-- ---------------------------------------------------------------- derived: claims
create table claims (
  id integer primary key, key text not null unique, document_id integer not null references documents(id),
  start integer not null, "end" integer not null, text text not null, heading text, claim_type text not null, question text not null,
  polarity text not null check (polarity in ('affirm', 'deny')), certainty text not null check (certainty in ('proven', 'asserted', 'hedged')),
  cues text not null default '[]', status text not null default 'active' check (status in ('active', 'dismissed', 'gone'))
);
create index claims_document on claims(document_id);
create index claims_type on claims(claim_type);
create trigger claims_no_delete before delete on claims begin select raise(abort, 'claims are never deleted; one that left its page is gone'); end;
create virtual table claims_fts using fts5(text, heading, content='claims', content_rowid='id', tokenize="porter unicode61 remove_diacritics 2");
create table claim_occurrences (
  claim_id integer not null references claims(id), document_id integer not null references documents(id), start integer not null, "end" integer not null,
  primary key (claim_id, document_id, start)
) without rowid;
create index claim_occurrences_document on claim_occurrences(document_id);

-- ---------------------------------------------------------------- derived: tags (slugs are checked by the program, which also takes user-made vocabularies)
create table claim_conditions (
  claim_id integer not null references claims(id), condition text not null references conditions(slug), role text not null default 'indication', origin text not null, matched text,
  primary key (claim_id, condition, role)
) without rowid;
create index claim_conditions_slug on claim_conditions(condition, role);
create table claim_routes (
  claim_id integer not null references claims(id), route text not null references routes(slug), role text not null default 'studied', origin text not null, matched text,
  primary key (claim_id, route, role)
) without rowid;
create index claim_routes_slug on claim_routes(route, role);
create table claim_interventions (
  claim_id integer not null references claims(id), intervention text not null references interventions(slug), role text not null default 'studied', origin text not null, matched text,
  primary key (claim_id, intervention, role)
) without rowid;
create index claim_interventions_slug on claim_interventions(intervention, role);
create table record_conditions (
  pmid integer not null references records(pmid) on delete cascade, condition text not null references conditions(slug), role text not null default 'indication', origin text not null, matched text,
  primary key (pmid, condition, role)
) without rowid;
create index record_conditions_slug on record_conditions(condition, role);
create table record_routes (
  pmid integer not null references records(pmid) on delete cascade, route text not null references routes(slug), role text not null default 'studied', origin text not null, matched text,
  primary key (pmid, route, role)
) without rowid;
create index record_routes_slug on record_routes(route, role);
create table record_interventions (
  pmid integer not null references records(pmid) on delete cascade, intervention text not null references interventions(slug), role text not null default 'studied', origin text not null, matched text,
  primary key (pmid, intervention, role)
) without rowid;
create index record_interventions_slug on record_interventions(intervention, role);

-- ---------------------------------------------------------------- derived: levels and integrity
create table record_levels (
  pmid integer not null references records(pmid) on delete cascade, scheme text not null, ruleset text not null, rule text not null, design text not null,
  rank integer, basis text not null, provisional integer not null check (provisional in (0, 1)), confidence real, inputs text not null default '[]',
  primary key (pmid, scheme)
) without rowid;
create index record_levels_rank on record_levels(scheme, rank);
create table record_integrity (
  pmid integer not null references records(pmid) on delete cascade, kind text not null check (kind in ('retracted', 'partly-retracted', 'concern', 'corrected', 'superseded', 'notice')),
  notice_pmid integer, origin text not null, date text
);
create unique index record_integrity_once on record_integrity(pmid, kind, coalesce(notice_pmid, 0), origin);
create table record_studies (pmid integer primary key references records(pmid) on delete cascade, study text not null, origin text not null);
create index record_studies_study on record_studies(study);
create table record_facts (
  pmid integer not null references records(pmid) on delete cascade, field text not null, position integer not null, value text not null,
  place text not null, start integer not null, "end" integer not null, primary key (pmid, field, position)
) without rowid;

-- ---------------------------------------------------------------- derived: links and what bears on a claim
create table links (
  claim_id integer not null references claims(id), pmid integer not null references records(pmid) on delete cascade, rank integer not null, score real not null,
  words real not null default 0, -- the part of the score that words give, 0 to 1
  reasons text not null default '[]', bears integer not null default 0 check (bears in (0, 1)), record_digest text, date_revised text, ranker text not null,
  primary key (claim_id, pmid)
) without rowid;
create index links_pmid on links(pmid, claim_id);
create index links_rank on links(claim_id, rank);
create index links_bears on links(claim_id, pmid) where bears = 1;
-- What each claim's links were made from: a claim whose digest is the same is not linked again.
create table link_inputs (claim_id integer primary key references claims(id), digest text not null);
create table claim_evidence (
  claim_id integer not null references claims(id), condition text references conditions(slug), basis text not null check (basis in ('reviewed', 'suggested')),
  condition_match text check (condition_match in ('exact', 'narrower', 'broader')), route_match text check (route_match in ('same', 'other', 'unstated')),
  level integer, design text, n_reports integer not null default 0, n_studies integer not null default 0, n_by_stance text not null default '{}',
  n_retracted integer not null default 0, n_provisional integer not null default 0
);
create unique index claim_evidence_once on claim_evidence(claim_id, coalesce(condition, ''));
create index claim_evidence_level on claim_evidence(condition, level);

create table meta (key text primary key, value text not null);
