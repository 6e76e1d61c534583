"""The admin pages of the platform's models."""

from performance.admin import access, api, audit, files, flags, jobs, limits, queues, webhooks

__all__ = ["access", "api", "audit", "files", "flags", "jobs", "limits", "queues", "webhooks"]
