"""What research found: written by jobs, and decided on the pages."""

from django.contrib import admin
from django.urls import reverse

from performance.admin.base import ReadOnlyAdmin
from prospects.company_profiles.models import CompanyProfile, ProfileConflict, ProfileValue


@admin.register(CompanyProfile)
class CompanyProfileAdmin(ReadOnlyAdmin):
    list_display = ["company", "site", "mode", "identity", "quality", "completeness", "confidence", "researched_at"]
    list_select_related = ["company"]
    list_filter = ["identity", "mode"]
    search_fields = ["company__name", "=company__id"]
    ordering = ["-researched_at"]

    def view_on_site(self, profile: CompanyProfile) -> str:
        return reverse("company", args=[profile.pk])


@admin.register(ProfileValue)
class ProfileValueAdmin(ReadOnlyAdmin):
    list_display = ["company", "field", "value", "confidence", "method", "url", "is_current", "last_seen_at"]
    list_select_related = ["company"]
    list_filter = ["field", "method", "is_current"]
    search_fields = ["=company__id", "=key"]
    # The text is a page's, of up to megabytes: it is shown where the value is.
    exclude = ["text"]
    ordering = ["-id"]

    def view_on_site(self, value: ProfileValue) -> str:
        return f"{reverse('company', args=[value.company_id])}?value={value.pk}"


@admin.register(ProfileConflict)
class ProfileConflictAdmin(ReadOnlyAdmin):
    list_display = ["company", "field", "current", "offered", "reason", "state", "decided_by", "created_at"]
    list_select_related = ["company", "decided_by"]
    list_filter = ["state", "reason", "field"]
    search_fields = ["company__name", "=company__id"]
    ordering = ["-created_at", "-id"]

    def view_on_site(self, conflict: ProfileConflict) -> str:
        return reverse("company", args=[conflict.company_id])
