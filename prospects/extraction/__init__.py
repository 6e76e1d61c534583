"""Extraction: what a page says of its company, each value with its quote. Pure. See docs/extraction.md."""
