"""Durable work: batches, jobs, the ledger, the fleet. All of it is written by programs; staff act by services."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from performance.admin.base import ReadOnlyAdmin
from performance.admin.batches import OPERATE, OperatedAdmin, progress
from performance.api.errors import DomainError
from performance.jobs import services
from performance.jobs.models import Batch, Job, PaidCall, Worker
from performance.templatetags.pages import usd


class MoneyMixin:
    """Micro-dollars, as dollars."""

    @admin.display(description="Spent", ordering="spent_micros")
    def spent(self, row: Batch) -> str:
        return usd(row.spent_micros)

    @admin.display(description="Cost", ordering="cost_micros")
    def cost(self, row: Job | PaidCall) -> str:
        return usd(row.cost_micros)


@admin.register(Batch)
class BatchAdmin(MoneyMixin, OperatedAdmin):
    list_display = ["id", "title", "kind", "state", "done", "dead_jobs", "parked_jobs", "spent", "owner", "created_at"]
    list_display_links = ["id", "title"]
    list_select_related = ["owner"]
    list_filter = ["state", "kind", "priority"]
    search_fields = ["title", "kind"]
    ordering = ["-id"]
    actions = [*OperatedAdmin.actions, "retry_dead", "retry_parked"]

    @admin.display(description="Done")
    def done(self, batch: Batch) -> str:
        return progress(batch)

    @admin.display(description="Dead", ordering="dead")
    def dead_jobs(self, batch: Batch) -> SafeString | int:
        return _jobs_link(batch, "dead", batch.dead)

    @admin.display(description="Parked", ordering="parked")
    def parked_jobs(self, batch: Batch) -> SafeString | int:
        return _jobs_link(batch, "parked", batch.parked)

    def view_on_site(self, batch: Batch) -> str:
        return f"{reverse('jobs')}?batch={batch.pk}"

    @admin.action(description="Retry the dead jobs", permissions=OPERATE)
    def retry_dead(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.on_each(request, batches, services.retry_dead, "The dead jobs of {n} are to be tried again.")

    @admin.action(description="Retry the parked jobs, and perhaps pay twice", permissions=OPERATE)
    def retry_parked(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.on_each(request, batches, services.retry_parked, "The parked jobs of {n} are to be tried again.")


def _jobs_link(batch: Batch, state: str, number: int) -> SafeString | int:
    address = f"{reverse('admin:performance_job_changelist')}?batch__id__exact={batch.pk}&state__exact={state}"
    return format_html('<a href="{}">{}</a>', address, number) if number else 0


@admin.register(Job)
class JobAdmin(MoneyMixin, ReadOnlyAdmin):
    list_display = [
        "id",
        "batch",
        "state",
        "attempts",
        "error_code",
        "error",
        "cost",
        "run_ms",
        "worker",
        "finished_at",
    ]
    list_select_related = ["batch"]
    list_filter = ["state", "kind", "error_code"]
    search_fields = ["=id", "=subject_id", "error_code"]
    ordering = ["-id"]
    actions = ["redrive"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "batch__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.action(description="Redrive: try dead and parked jobs again", permissions=OPERATE)
    def redrive(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        try:
            number = services.redrive(list(jobs.values_list("pk", flat=True)))
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{number} jobs are to be tried again.")


@admin.register(PaidCall)
class PaidCallAdmin(MoneyMixin, ReadOnlyAdmin):
    list_display = [
        "id",
        "state",
        "purpose",
        "model",
        "cost",
        "input_tokens",
        "output_tokens",
        "latency_ms",
        "finished_at",
    ]
    list_filter = ["state", "model", "purpose"]
    search_fields = ["key"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaidCall]:
        """A reply may be long, and only the page of its call shows it."""
        calls: QuerySet[PaidCall] = super().get_queryset(request)
        return calls.defer("response")


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = ["name", "role", "host", "pid", "queues", "in_flight", "memory_mb", "started_at", "seen_at"]
    list_filter = ["role", "host"]
    search_fields = ["name", "host"]
    ordering = ["role", "name"]
