"""Why no advice is given, or none is acted on."""

from performance.api.errors import Conflict, DomainError, NotFound


class NoWorkload(DomainError):
    """This database has no pg_stat_statements, so nobody knows what it is asked; see docs/indexes.md."""

    status = 503


class WorkloadUnreadable(DomainError):
    """The figures of this database's statements can't be read by this user; grant it pg_read_all_stats."""

    status = 503


class DatabaseUnreachable(DomainError):
    """There is no such database, or it doesn't take this user."""


class AdviceNotFound(NotFound):
    """There is no such advice: it was followed, or the workload no longer asks for it."""


class AdviceSettled(Conflict):
    """It was applied or dismissed already."""
