"""Companies and prospects."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from performance.admin.base import ReadOnlyAdmin, ReadOnlyInline, StaffAdmin
from performance.cache.tags import bump
from performance.views.permission import member
from prospects.companies.correcting import place_of
from prospects.companies.editing import save_by_hand
from prospects.companies.errors import UnreadableValue
from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.companies.typed import read_typed
from prospects.forms.selection import MOST_IDS


class CompanyKeyInline(ReadOnlyInline):
    """The aliases by which rows are recognised as this company; made by imports."""

    model = CompanyKey
    fields = ["key"]
    readonly_fields = fields


class TypedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """What a person types is kept as files are; what can't be read is said beside it."""

    def company(self) -> Company | None:
        """Whose country national phone numbers belong to."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed = {name: cleaned[name] for name in self.changed_data if name in cleaned}
        company = self.company()
        try:
            return cleaned | read_typed(typed, country_code=place_of(company) if company else None)
        except UnreadableValue as error:
            self.add_error(error.field, str(error))
            return cleaned


class CompanyForm(TypedForm):
    def company(self) -> Company:
        company: Company = self.instance
        return company


class ProspectForm(TypedForm):
    def company(self) -> Company | None:
        return self.cleaned_data.get("company")


@admin.register(Company)
class CompanyAdmin(StaffAdmin):
    """What is typed here wins over files and research, and says who typed it."""

    form = CompanyForm
    list_display = ["name", "domain", "industry", "city", "country", "updated_at"]
    list_filter = ["country"]
    search_fields = ["name", "domain"]
    readonly_fields = ["provenance", "created_at", "updated_at"]
    inlines = [CompanyKeyInline]
    ordering = ["name"]

    def save_model(self, request: HttpRequest, obj: Company, form: Any, change: bool) -> None:
        save_by_hand(obj, columns=form.changed_data, by=member(request), at=timezone.now())


@admin.register(CompanyKey)
class CompanyKeyAdmin(ReadOnlyAdmin):
    list_display = ["key", "company"]
    list_select_related = ["company"]
    search_fields = ["key"]
    ordering = ["key"]


@admin.register(Prospect)
class ProspectAdmin(StaffAdmin):
    form = ProspectForm
    list_display = ["company", "person_name", "source", "created_at", "archived_at"]
    list_select_related = ["company"]
    autocomplete_fields = ["company"]
    list_filter = ["archived_at", "created_at"]
    search_fields = ["company__name", "company__domain", "person_name", "source"]
    readonly_fields = ["original", "edited_at", "created_at", "updated_at"]
    ordering = ["-id"]
    actions = ["qualify_selected"]

    def view_on_site(self, prospect: Prospect) -> str:
        return reverse("prospect", args=[prospect.pk])

    def has_qualify_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("prospects.add_qualificationrun"))

    @admin.action(description="Qualify the selected prospects…", permissions=["qualify"])
    def qualify_selected(self, request: HttpRequest, prospects: QuerySet[Prospect]) -> HttpResponse | None:
        """To the form that shows what it will cost."""
        ids = list(prospects.values_list("pk", flat=True)[: MOST_IDS + 1])
        if len(ids) > MOST_IDS:
            messages.error(request, f"Select at most {MOST_IDS:,}, or use the filters of the prospect list.")
            return None
        return redirect(f"{reverse('run-new')}?{urlencode({'ids': ids}, doseq=True)}")

    def save_model(self, request: HttpRequest, obj: Prospect, form: Any, change: bool) -> None:
        obj.edited_at = timezone.now()
        obj.save()
        if change and "company" in form.changed_data:
            # What runs said is shown with the company's name.
            bump("run:*")
