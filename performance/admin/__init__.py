"""The admin pages of the platform's models."""

from performance.admin import access, api, files, flags, jobs, limits, webhooks

__all__ = ["access", "api", "files", "flags", "jobs", "limits", "webhooks"]
