"""Tables in files: a module per format, all of them streaming rows of text with bounded memory."""

from prospects.intake.readers.table import Table, open_table

__all__ = ["Table", "open_table"]
