"""Runs, verdicts and fits: written by jobs and by the pages' services."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from performance.admin.base import ReadOnlyAdmin
from performance.admin.batches import OfBatchAdmin
from performance.views.permission import member
from prospects.exports.services import request_export
from prospects.qualification.models import Fit, Qualification, QualificationRun


@admin.register(QualificationRun)
class QualificationRunAdmin(OfBatchAdmin):
    list_display = ["batch", "state", "done", "icp_version", "qualifier", "model", "owner", "created_at"]
    list_select_related = ["batch__owner", "icp_version__icp"]
    list_filter = ["qualifier", "batch__state", "model"]
    actions = [*OfBatchAdmin.actions, "export_csv", "export_xlsx"]

    def view_on_site(self, run: QualificationRun) -> str:
        return reverse("run", args=[run.pk])

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("prospects.add_export"))

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
