"""Why a statement isn't planned. None of these says more of the database than the statement itself does."""

from performance.api.errors import DomainError


class StatementRefused(DomainError):
    """Only one SELECT, of ordinary functions over the application's own tables, can be analysed."""


class StatementUnreadable(DomainError):
    """It isn't SQL as PostgreSQL reads it."""


class StatementUnplannable(DomainError):
    """PostgreSQL can't plan it."""

    status = 422


class PlanningTooLong(DomainError):
    """Planning took longer than two seconds and was stopped: join fewer tables at once."""

    status = 422


class NoExplainRole(DomainError):
    """Statements are planned as a role of its own, which this database doesn't have."""

    status = 503
