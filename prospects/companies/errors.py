"""What can be wrong with what a person says about a company."""

from performance.api.errors import DomainError, NotFound


class ProspectNotFound(NotFound):
    """There is no such prospect."""


class RangeReversed(DomainError):
    """A range ends below where it begins."""

    status = 422


class UnreadableValue(DomainError):
    """A value that a person typed can't be read as what it should be."""

    status = 422

    def __init__(self, *, field: str, name: str, text: str) -> None:
        """`field` is a field of Company or, where it begins with person_, of Prospect; `name` what people call it."""
        detail = f"“{text[:60]}” is no readable {name}."
        pointer = f"#/{field}" if field.startswith("person_") else f"#/company/{field}"
        super().__init__(detail, errors=[{"detail": detail, "pointer": pointer}])
        self.field = field
