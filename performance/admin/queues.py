"""Queues that rest and dead letters, as rows; what may be done to them is on the console's pages."""

from django.contrib import admin

from performance.admin.base import ReadOnlyAdmin
from performance.queues.models import DeadTask, QueueState


@admin.register(QueueState)
class QueueStateAdmin(ReadOnlyAdmin):
    list_display = ["queue", "paused_at", "until", "is_draining", "reason", "by_name"]
    ordering = ["queue"]


@admin.register(DeadTask)
class DeadTaskAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = ["failed_at", "queue", "task", "why", "error", "message", "retries", "worker", "retried_at"]
    list_filter = ["why", "queue"]
    search_fields = ["=task_id", "=retry_of", "task", "error"]
    ordering = ["-failed_at"]
