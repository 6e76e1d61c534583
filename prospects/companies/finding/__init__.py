"""Finding prospects by what people type: a table of texts beside them, kept up after commits (docs/adr/0008)."""
