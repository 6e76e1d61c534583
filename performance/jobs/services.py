"""The writers of durable work, for the apps that use it."""

from performance.jobs.control import cancel, pause, redrive, resume, retry_dead, retry_parked
from performance.jobs.submission import BatchOptions, Subject, Submission, submit_batch

__all__ = [
    "BatchOptions",
    "Subject",
    "Submission",
    "cancel",
    "pause",
    "redrive",
    "resume",
    "retry_dead",
    "retry_parked",
    "submit_batch",
]
