"""What may leave the house: the tables and columns of a published map. Anything not named here stays behind.

Left out on purpose: the vocabulary files, rejected items, references as loaded, authors' affiliations (they hold
addresses), what the ranking keeps for itself, and every column that a later version adds until it is named here.
"""

from __future__ import annotations

_VOCABULARY = "slug label parent status replaced_by mesh on_map position notes"
_CLAIM_TAGS = "claim_id {0} role origin matched"
_RECORD_TAGS = "pmid {0} role origin matched"

TABLES: dict[str, str] = {
    "conditions": _VOCABULARY,
    "routes": _VOCABULARY,
    "interventions": _VOCABULARY,
    "evidence_levels": "scheme rank label description",
    "documents": "id source version current title media_type sha256 extractor retrieved_at as_of text blocks",
    "records": "pmid pmid_version title vernacular_title abstract journal journal_abbrev medline_ta nlm_unique_id issn issn_linking country pub_date "
    "pub_year epub_date volume issue pages doi pmcid pii language status publication_status indexing_method date_completed date_revised digest "
    "design secondary subjects level level_by_design level_rule level_basis provisional integrity",
    "record_authors": "pmid position last_name fore_name initials suffix collective_name orcid",
    "record_sections": "pmid position label category text kind",
    "record_publication_types": "pmid position ui name",
    "record_keywords": "pmid position keyword",
    "record_mesh": "pmid position ui heading major qualifier_ui qualifier qualifier_major",
    "record_chemicals": "pmid position registry_number name",
    "record_trials": "pmid position registry number",
    "record_relations": "pmid position kind related_pmid citation",
    "loads": "id name sha256 format n_read n_new n_updated n_unchanged n_rejected searched_on query loaded_at",
    "searches": "id query translation database ran_at count n_received missing phrases_not_found limits complete",
    "search_records": "search_id pmid",
    "claims": "id key document_id start end text heading claim_type question polarity certainty cues status",
    "claim_occurrences": "claim_id document_id start end",
    "claim_searches": "claim_id search_id",
    "claim_conditions": _CLAIM_TAGS.format("condition"),
    "claim_routes": _CLAIM_TAGS.format("route"),
    "claim_interventions": _CLAIM_TAGS.format("intervention"),
    "record_conditions": _RECORD_TAGS.format("condition"),
    "record_routes": _RECORD_TAGS.format("route"),
    "record_interventions": _RECORD_TAGS.format("intervention"),
    "record_levels": "pmid scheme ruleset rule design rank basis provisional confidence inputs",
    "record_integrity": "pmid kind notice_pmid origin date",
    "record_studies": "pmid study origin",
    "record_duplicates": "pmid duplicate_of",
    "record_machine": "pmid field value",
    "record_facts": "pmid field position value place start end",
    "links": "claim_id pmid rank score reasons bears record_digest date_revised ranker",
    "claim_evidence": "claim_id condition basis condition_match route_match level design n_reports n_studies n_by_stance n_retracted n_provisional n_preprints n_concern n_corrected",
    "decisions": "id claim_key pmid reviewer stage kind verdict reason stance directness note record_digest blind decided_at",
    "claim_verdicts": "id claim_key reviewer verdict rationale as_of decided_at",
    "samples": "id seed n population drawn_at",
    "sample_links": "sample_id position claim_key pmid",
    "meta": "key value",
}
META = ("extractor", "vocabulary", "ruleset", "ranker")
NOTES = {"decisions": ("note", "reason"), "claim_verdicts": ("rationale",)}  # free text of reviewers
REVIEWERS = ("decisions", "claim_verdicts")
