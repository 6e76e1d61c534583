"""What is refused about queues, each with a sentence for the person who asked."""

from performance.api.errors import Conflict, DomainError, NotFound


class UnknownQueue(NotFound):
    """No queue has this name."""


class AlreadyPaused(Conflict):
    """The queue is paused already."""


class BadPause(DomainError):
    """A pause has no end, or one within a year."""


class NotPaused(Conflict):
    """The queue isn't paused."""


class NotConfirmed(DomainError):
    """The queue's name has to be typed to purge it."""


class BrokerOut(DomainError):
    """Valkey can't be reached, so nothing can be said of what waits in it, nor done to it."""

    status = 503
    code = "broker_away"


class NothingToRetry(DomainError):
    """Say what to retry: ids, or a task, an error or a time; or all of the queue."""


class BadSchedule(DomainError):
    """This can't be a schedule."""


class NoSuchSchedule(NotFound):
    """No schedule has this name."""
