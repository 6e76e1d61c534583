"""What can be wrong with a decision about a conflict."""

from performance.api.errors import Conflict, DomainError, NotFound


class ConflictNotFound(NotFound):
    """There is no such conflict."""


class ConflictDecided(Conflict):
    """The conflict was decided otherwise, or a later research overtook it: nothing was changed."""


class UnusableOffer(DomainError):
    """What research offers can't be kept as this field's value: correct the company by hand."""

    status = 422
