"""Evidence tables, export formats and the map."""
