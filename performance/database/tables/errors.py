"""What is refused about tables, each with a sentence for the person who asked."""

from performance.api.errors import Conflict, DomainError, NotFound


class UnknownTable(NotFound):
    """This database has no such table."""


class NotATable(DomainError):
    """Only tables and materialized views have figures of their own."""

    status = 422


class TableNotListed(DomainError):
    """Only the application's own tables, and those in MAINTENANCE_TABLES, are vacuumed and analyzed from here."""

    status = 422


class TableNotOurs(DomainError):
    """The application's database role may not vacuum and analyze this table."""

    status = 422


class RunInProgress(Conflict):
    """This table is being worked on, or waits for it; only one at a time."""


class UnknownRun(NotFound):
    """There is no such run."""
