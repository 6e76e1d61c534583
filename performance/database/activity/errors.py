"""What is refused about sessions."""

from performance.api.errors import Conflict, DomainError


class SessionGone(Conflict):
    """That session has ended, or was never one of this database; nothing was done."""


class SessionNotOurs(DomainError):
    """PostgreSQL doesn't let the application's role end this session: it is another role's."""

    status = 403
