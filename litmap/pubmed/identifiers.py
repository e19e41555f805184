"""PubMed's identifiers in one form each."""

from __future__ import annotations

import re

_DOI = re.compile(r"(?:doi:?\s*)?(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/)?(10\.\d{3,9}(?:\.\d+)*/\S+)", re.I)
_PMCID = re.compile(r"\bPMC\s?(\d+)", re.I)
_GAP = r"[-\s\u2010-\u2015]?"
_ORCID = re.compile(rf"(?<!\d)(\d{{4}}){_GAP}(\d{{4}}){_GAP}(\d{{4}}){_GAP}(\d{{3}}[\dX])(?!\d)", re.I)
# Data banks whose accession numbers are not trial registrations (NLM, "MEDLINE Data Element Descriptions", DataBankName).
_NOT_TRIALS = frozenset(
    [
        "arrayexpress",
        "bioproject",
        "biosample",
        "clinvar",
        "dbgap",
        "dbsnp",
        "dbvar",
        "dryad",
        "ega",
        "ena",
        "figshare",
        "gdb",
        "genbank",
        "geo",
        "massive",
        "mendeley",
        "omim",
        "pdb",
        "pir",
        "pride",
        "proteomexchange",
        "protein",
        "pubchem-bioassay",
        "pubchem-compound",
        "pubchem-substance",
        "refseq",
        "sra",
        "swissprot",
        "uniprot",
        "unimes",
        "uniparc",
        "uniprotkb",
        "uniref",
        "zenodo",
    ]
)


def pmid(text: str | None) -> int | None:
    """Return a PMID of 1 to 9 digits, or None."""
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 9):
        return None
    return int(digits) or None


def version(text: str | None) -> int:
    """Return a PMID's version; 1 when none, or no sensible one, is stated."""
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 4 else 1


def doi(text: str | None) -> str | None:
    """Return a DOI without the words or the address in front of it."""
    found = _DOI.match((text or "").strip())
    return found[1] if found else None


def pmcid(text: str | None) -> str | None:
    """Return "PMC" and the number, without version or availability note."""
    found = _PMCID.search(text or "")
    return f"PMC{found[1]}" if found else None


def orcid(text: str | None) -> str | None:
    """Return an ORCID iD as 0000-0000-0000-0000, from an address or from bare digits."""
    found = _ORCID.search(text or "")
    return "-".join(found.groups()).upper() if found else None


def is_trial_registry(bank: str | None) -> bool:
    """Tell a trial registry from a bank of sequences, structures or data. Unknown banks count as registries."""
    return (bank or "").casefold() not in _NOT_TRIALS
