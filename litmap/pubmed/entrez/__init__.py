"""The Entrez client: searches and records from PubMed's E-utilities, whole or with what is missing named."""

from litmap.pubmed.entrez.client import AGAIN, Batch, Citation, Client
from litmap.pubmed.entrez.journal import Journal
from litmap.pubmed.entrez.search import SORTS, Found, count, search
from litmap.pubmed.entrez.settings import Settings, from_environment

__all__ = [
    "AGAIN",
    "SORTS",
    "Batch",
    "Citation",
    "Client",
    "Found",
    "Journal",
    "Settings",
    "count",
    "from_environment",
    "search",
]
