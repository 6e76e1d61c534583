"""How Assay is put together."""
