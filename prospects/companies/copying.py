"""Rows into a table by COPY."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from prospects.companies.copy_text import lines_of


@dataclass(frozen=True, slots=True)
class Copy:
    """Rows on their way into `target`, "table (columns)"."""

    target: str
    content: bytes

    def send(self, cursor: CursorWrapper) -> None:
        """Nothing is sent for no rows."""
        if self.content:
            with cursor.copy(f"COPY {self.target} FROM STDIN WITH (NULL E'\\x01')") as copy:
                copy.write(self.content)


def copy_of(table: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Copy:
    """Of rows of text fields, `copy_text.NULL` where there is none."""
    return copy_of_lines(table, columns, lines_of(rows).encode())


def copy_of_lines(table: str, columns: Sequence[str], lines: bytes) -> Copy:
    """Of text that COPY takes as it is."""
    return Copy(f"{table} ({', '.join(columns)})", lines)
