"""Celery finds the platform's tasks here."""

from performance.jobs.tasks import work

__all__ = ["work"]
