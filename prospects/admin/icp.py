"""Customer profiles, written as TOML; each save is a version."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextareaWidget

from performance.admin.base import ReadOnlyAdmin, StaffAdmin
from performance.views.permission import member
from prospects.icp.errors import InvalidProfile, ProfileError
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.icp.profile import Profile, parse_toml
from prospects.icp.services import activate, save_version
from prospects.icp.writing import to_toml


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """The profile's text; every mistake in it is named."""

    text = forms.CharField(
        label="Profile",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 28, "spellcheck": "false"}),
        help_text="TOML: a title, a description, and [[criteria]] as in examples/. The same text makes no new version.",
    )

    class Meta:
        model = IdealCustomerProfile
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance.current if self.instance.pk else None
        if current is not None:
            self.initial["text"] = to_toml(Profile.from_json(current.content))

    def clean_text(self) -> Profile:
        try:
            return parse_toml(self.cleaned_data["text"].replace("\r\n", "\n"))
        except InvalidProfile as error:
            raise forms.ValidationError(list(error.problems)) from error
        except ProfileError as error:
            raise forms.ValidationError(str(error)) from error


@admin.register(IdealCustomerProfile)
class IdealCustomerProfileAdmin(StaffAdmin):
    form = ProfileForm
    list_display = ["title", "slug", "current", "owner", "updated_at", "archived_at"]
    list_select_related = ["current__icp", "owner"]
    list_filter = ["archived_at"]
    search_fields = ["title", "slug"]
    ordering = ["title"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Who may only look sees what the versions say on the profile's page, to which "View on site" leads."""
        shown = ["title", "slug", "current", "owner", "archived_at", "updated_at"] if obj else []
        return shown + (["text"] if self._may_write(request, obj) else [])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in self.get_fields(request, obj) if name != "text"]

    def _may_write(self, request: HttpRequest, obj: Any) -> bool:
        return bool(self.has_change_permission(request, obj) if obj else self.has_add_permission(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: IdealCustomerProfile, form: Any, change: bool) -> None:
        """Raises ArchivedProfile, which the page shows."""
        slug = obj.slug if change else None
        version = save_version(profile=form.cleaned_data["text"], slug=slug, owner=member(request))
        obj.pk = version.icp_id
        obj.refresh_from_db()

    def view_on_site(self, icp: IdealCustomerProfile) -> str:
        return reverse("icp", args=[icp.slug])


@admin.register(ICPVersion)
class ICPVersionAdmin(ReadOnlyAdmin):
    list_display = ["icp", "number", "origin", "completeness", "created_by", "created_at"]
    list_select_related = ["icp", "created_by"]
    list_filter = ["origin"]
    search_fields = ["icp__title", "icp__slug"]
    ordering = ["-id"]
    actions = ["use"]

    def has_use_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("prospects.change_idealcustomerprofile"))

    @admin.action(description="Use it for new runs", permissions=["use"])
    def use(self, request: HttpRequest, versions: QuerySet[ICPVersion]) -> None:
        by_id = {version.pk: version for version in versions}
        if len({version.icp_id for version in by_id.values()}) < len(by_id):
            messages.error(request, "Select one version of a profile: only one can be in use.")
            return
        self.carry_out(request, list(by_id), call=lambda id_: activate(version_id=id_), said="{n} in use for new runs.")

    def view_on_site(self, version: ICPVersion) -> str:
        return f"{reverse('icp', args=[version.icp.slug])}?version={version.number}"
