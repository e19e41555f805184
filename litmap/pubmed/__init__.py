"""PubMed: readers from bytes to Record, and the Entrez client."""
