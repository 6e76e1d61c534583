"""What webhooks refuse, each with a sentence for the person who asked."""

from performance.api.errors import Conflict, DomainError


class UnknownEvent(DomainError):
    """There is no such type of event."""

    status = 422


class TooManyEndpoints(Conflict):
    """There are as many endpoints as an installation may have; delete one that isn't needed."""


class EndpointGone(DomainError):
    """There is no such endpoint; it may have been deleted."""

    status = 404


class NotTestable(Conflict):
    """The endpoint has no secret that still works; rotate it."""
