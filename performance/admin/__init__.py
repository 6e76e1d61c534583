"""The admin pages of the platform's models."""

from performance.admin import (
    access,
    alerts,
    api,
    archival,
    audit,
    files,
    flags,
    indexes,
    jobs,
    limits,
    maintenance,
    queues,
    webhooks,
)

__all__ = [
    "access",
    "alerts",
    "api",
    "archival",
    "audit",
    "files",
    "flags",
    "indexes",
    "jobs",
    "limits",
    "maintenance",
    "queues",
    "webhooks",
]
