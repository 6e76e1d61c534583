"""What can be wrong with an export as asked for."""

from performance.api.errors import DomainError


class UnknownFormat(DomainError):
    """That is not a format of exports."""

    def __init__(self, asked: str, known: list[str]) -> None:
        super().__init__(f"{asked!r} is no format of exports; there are {', '.join(known)}.")


class TooManyRows(DomainError):
    """An XLSX sheet holds 1,048,575 rows, and this run has more: export CSV or JSON Lines."""
