"""Customer profiles; they are written in the pages, where mistakes are explained, and looked at here."""

from django.contrib import admin
from django.urls import reverse

from performance.admin.base import ReadOnlyAdmin
from prospects.icp.models import ICPVersion, IdealCustomerProfile


@admin.register(IdealCustomerProfile)
class IdealCustomerProfileAdmin(ReadOnlyAdmin):
    list_display = ["title", "slug", "current", "owner", "updated_at", "archived_at"]
    list_select_related = ["current__icp", "owner"]
    list_filter = ["archived_at"]
    search_fields = ["title", "slug"]
    ordering = ["title"]

    def view_on_site(self, icp: IdealCustomerProfile) -> str:
        return reverse("icp", args=[icp.slug])


@admin.register(ICPVersion)
class ICPVersionAdmin(ReadOnlyAdmin):
    list_display = ["icp", "number", "origin", "completeness", "created_by", "created_at"]
    list_select_related = ["icp", "created_by"]
    list_filter = ["origin"]
    search_fields = ["icp__title", "icp__slug"]
    ordering = ["-id"]

    def view_on_site(self, version: ICPVersion) -> str:
        return f"{reverse('icp', args=[version.icp.slug])}?version={version.number}"
