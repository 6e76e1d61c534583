"""Runs, verdicts and fits: written by jobs and by the pages' services."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from performance.admin.base import ReadOnlyAdmin
from performance.jobs import services as jobs
from performance.views.permission import member
from prospects.exports.services import request_export
from prospects.qualification.models import Fit, Qualification, QualificationRun

OPERATE = ["operate"]


@admin.register(QualificationRun)
class QualificationRunAdmin(ReadOnlyAdmin):
    list_display = ["batch", "state", "done", "icp_version", "qualifier", "model", "owner", "created_at"]
    list_select_related = ["batch__owner", "icp_version__icp"]
    list_filter = ["qualifier", "batch__state", "model"]
    search_fields = ["batch__title", "=batch__id"]
    ordering = ["-batch_id"]
    actions = ["pause", "resume", "cancel", "export_csv", "export_xlsx"]

    @admin.display(description="State", ordering="batch__state")
    def state(self, run: QualificationRun) -> str:
        return run.batch.state

    @admin.display(description="Done")
    def done(self, run: QualificationRun) -> str:
        batch = run.batch
        return f"{batch.succeeded + batch.dead + batch.parked + batch.cancelled:,} / {batch.total:,}"

    @admin.display(description="Owner", ordering="batch__owner")
    def owner(self, run: QualificationRun) -> str:
        return str(run.batch.owner or "-")

    @admin.display(description="Started", ordering="batch__created_at")
    def created_at(self, run: QualificationRun) -> Any:
        return run.batch.created_at

    def view_on_site(self, run: QualificationRun) -> str:
        return reverse("run", args=[run.pk])

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("prospects.add_export"))

    @admin.action(description="Pause", permissions=OPERATE)
    def pause(self, request: HttpRequest, runs: QuerySet[QualificationRun]) -> None:
        reason = f"Paused by {request.user} in the admin."
        self.carry_out(request, _ids(runs), call=partial(jobs.pause, reason=reason), said="{n} paused.")

    @admin.action(description="Resume", permissions=OPERATE)
    def resume(self, request: HttpRequest, runs: QuerySet[QualificationRun]) -> None:
        self.carry_out(request, _ids(runs), call=jobs.resume, said="{n} resumed.")

    @admin.action(description="Cancel: what isn't begun never will be", permissions=OPERATE)
    def cancel(self, request: HttpRequest, runs: QuerySet[QualificationRun]) -> None:
        self.carry_out(request, _ids(runs), call=jobs.cancel, said="{n} cancelled.")

    @admin.action(description="Export as CSV", permissions=["export"])
    def export_csv(self, request: HttpRequest, runs: QuerySet[QualificationRun]) -> None:
        self._export(request, runs, "csv")

    @admin.action(description="Export as Excel", permissions=["export"])
    def export_xlsx(self, request: HttpRequest, runs: QuerySet[QualificationRun]) -> None:
        self._export(request, runs, "xlsx")

    def _export(self, request: HttpRequest, runs: QuerySet[QualificationRun], format: str) -> None:
        by_id = {run.pk: run for run in runs}
        self.carry_out(
            request,
            list(by_id),
            call=lambda id_: request_export(by_id[id_], format=format, owner=member(request)),
            said="{n} to be exported; the files appear on the runs' pages.",
        )


def _ids(runs: QuerySet[QualificationRun]) -> list[int]:
    return list(runs.values_list("pk", flat=True))


@admin.register(Qualification)
class QualificationAdmin(ReadOnlyAdmin):
    list_display = ["prospect", "score", "fit", "qualifier", "run_id", "model", "cost_micros", "created_at"]
    list_select_related = ["prospect__company"]
    list_filter = ["fit", "qualifier", "model"]
    search_fields = ["prospect__company__name", "=run__batch__id"]
    ordering = ["-id"]

    def view_on_site(self, qualification: Qualification) -> str:
        return reverse("prospect", args=[qualification.prospect_id])


@admin.register(Fit)
class FitAdmin(ReadOnlyAdmin):
    """Overridden on the prospect's page, where the evidence is."""

    list_display = ["prospect", "icp", "score", "level", "override_score", "override_by", "updated_at"]
    list_select_related = ["prospect__company", "icp", "override_by"]
    list_filter = ["level", "icp"]
    search_fields = ["prospect__company__name"]
    ordering = ["-id"]

    def view_on_site(self, fit: Fit) -> str:
        return f"{reverse('prospect', args=[fit.prospect_id])}?icp={fit.icp_id}"
