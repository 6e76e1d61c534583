"""What archival refuses, each with a sentence for the person who asked."""

from performance.api.errors import Conflict, DomainError, NotFound


class UnknownTarget(DomainError):
    """There is no such target."""

    status = 422


class UnknownCondition(DomainError):
    """The target has no such condition."""

    status = 422


class BadAge(DomainError):
    """Rows must be older than a number of days that the target allows."""

    status = 422


class BadAction(DomainError):
    """The action is move, copy or delete."""

    status = 422


class BadName(DomainError):
    """A policy's name is of small letters, digits and hyphens."""

    status = 422


class BadSchedule(DomainError):
    """A schedule has five fields: minute, hour, day of the month, month, day of the week."""

    status = 422


class BadHold(DomainError):
    """A hold names rows of a target: all, those of a condition, or those of one subject."""

    status = 422


class NotConfirmed(DomainError):
    """Deleting can't be undone: repeat the name to confirm it."""

    status = 422


class PolicyDisabled(Conflict):
    """The policy is disabled; enable it first."""


class UnknownPolicy(NotFound):
    """There is no such policy."""


class UnknownRun(NotFound):
    """There is no such run."""


class UnknownHold(NotFound):
    """There is no such hold."""


class AlreadyRunning(Conflict):
    """Another run is at work on the same rows; wait for its end, or cancel it."""


class NotRunning(Conflict):
    """The run has ended already."""


class NothingToRestore(Conflict):
    """The run keeps no rows that could be restored."""


class KeysCollide(Conflict):
    """Rows with the same keys are there already."""


class CannotRestore(Conflict):
    """The rows don't fit the table as it is now."""


class ArchiveDiffers(DomainError):
    """What was read back from the archive isn't what was taken; nothing was removed."""

    status = 500


class AlreadyHeld(Conflict):
    """These rows are on hold already."""


class HoldLifted(Conflict):
    """The hold was lifted already."""


class PolicyInUse(Conflict):
    """A policy of that name is there already."""
