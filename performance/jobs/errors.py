"""What durable work refuses, each with a sentence for the person who asked."""

import os

from performance.api.errors import DomainError


class JobsError(DomainError):
    """The request can't be carried out on this batch or job."""

    status = 400
    code = "jobs"
    title = "The request doesn't fit this batch"


class UnknownKind(JobsError):
    """No such kind of job is registered."""

    title = "Unknown kind of job"


class NothingToDo(JobsError):
    """A batch needs at least one subject, each named once."""

    title = "Nothing to do"


class OutOfRange(JobsError):
    """A number is beyond what this installation allows."""

    title = "Value out of range"


class BatchNotFound(JobsError):
    """There is no such batch."""

    status = 404
    title = "No such batch"


class WrongState(JobsError):
    """The batch is in a state that doesn't allow it."""

    status = 409
    title = "Not possible in this state"


class BrokerAway(JobsError):
    """The server that wakes the workers can't be used."""

    status = 503
    exit_status = os.EX_UNAVAILABLE
