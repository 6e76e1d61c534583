"""What can be wrong with what a person says about a company."""

from performance.api.errors import DomainError, NotFound


class ProspectNotFound(NotFound):
    """There is no such prospect."""


class RangeReversed(DomainError):
    """A range ends below where it begins."""

    status = 422
