"""What alerts refuse, each with a sentence for the person who asked."""

from performance.api.errors import Conflict, DomainError, NotFound


class NoSuchAlert(NotFound):
    """There is no such alert."""


class NoSuchSilence(NotFound):
    """There is no such silence."""


class NoSuchRule(DomainError):
    """There is no such rule; GET /api/v1/performance/alerts/rules lists them."""

    status = 422


class NotFiring(Conflict):
    """Only what fires can be acknowledged."""


class NotSilent(Conflict):
    """The silence has ended already."""


class BadSilence(DomainError):
    """A silence is of one rule or of one area."""

    status = 422
