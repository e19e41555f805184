"""The two ways in: documents to claims to tags to store, and records to tags and levels to store."""
