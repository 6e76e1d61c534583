"""Django looks for models here; each lives with its noun."""

from performance.access.models import ApiToken, User
from performance.api.models import IdempotencyKey
from performance.files.models import FileChunk, StoredFile
from performance.flags.models import Flag
from performance.jobs.models import Batch, Job, PaidCall, RunnerSlot, Worker
from performance.limits.models import Allowance

__all__ = [
    "ApiToken",
    "Allowance",
    "Batch",
    "FileChunk",
    "Flag",
    "IdempotencyKey",
    "Job",
    "PaidCall",
    "RunnerSlot",
    "StoredFile",
    "User",
    "Worker",
]
