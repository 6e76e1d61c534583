"""Rules, which are written here; alerts, silences, regressions and deploys as they are kept."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from performance.admin.base import ReadOnlyAdmin, ReadOnlyInline, StaffAdmin
from performance.alerts.checking import faults
from performance.alerts.models import Alert, AlertMail, AlertRule, AlertTransition, Silence
from performance.alerts.signals import registered
from performance.audit.services import actor_of, note
from performance.regressions.models import Deploy, Regression


class RuleForm(ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """What a person says of a rule, each fault at its field."""

    class Meta:
        model = AlertRule
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.name, f"{each.area}: {each.title} ({each.unit}; {each.name})") for each in registered()]
        self.fields["signal"] = forms.ChoiceField(choices=choices)

    def clean(self) -> dict[str, Any]:
        """Before the database's constraints are asked, which say less."""
        told: dict[str, Any] = super().clean() or {}
        told["labels"] = told.get("labels") or {}
        if not self.errors:
            for field, sentence in faults(AlertRule(**told)).items():
                self.add_error(field, sentence)
        return told


@admin.register(AlertRule)
class AlertRuleAdmin(StaffAdmin):
    """Every change is in the audit log. Rules that came with Assay can be switched off, and not deleted."""

    form = RuleForm
    list_display = ["name", "title", "signal", "warning", "critical", "for_s", "is_enabled", "by_email", "by_webhook"]
    list_filter = ["is_enabled", "is_builtin"]
    search_fields = ["name", "title", "signal"]
    readonly_fields = ["updated_at"]
    ordering = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "title", "is_enabled", "signal", "labels", "split_by"]}),
        ("When it fires", {"fields": ["is_above", "warning", "critical", "clear", "for_s", "clear_s"]}),
        ("What is looked at", {"fields": ["window_s", "least", "objective", "short_window_s"]}),
        ("Who is told, and what to do", {"fields": ["by_email", "by_webhook", "runbook", "updated_at"]}),
    ]

    def save_model(self, request: HttpRequest, obj: AlertRule, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        told = form.cleaned_data
        details = {name: told[name] for name in form.changed_data if told[name] != form.initial.get(name)}
        note("alert.rule", subject=obj.name, by=actor_of(request), details=details)

    def delete_model(self, request: HttpRequest, obj: AlertRule) -> None:
        note("alert.rule_delete", subject=obj.name, by=actor_of(request))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[AlertRule]) -> None:
        for rule in queryset.filter(is_builtin=False):
            self.delete_model(request, rule)

    def has_delete_permission(self, request: HttpRequest, obj: AlertRule | None = None) -> bool:
        is_ours = obj is not None and obj.is_builtin
        return bool(super().has_delete_permission(request, obj)) and not is_ours


class TransitionInline(ReadOnlyInline):
    model = AlertTransition
    fields = ["at", "kind", "severity", "value", "note", "webhooks"]
    readonly_fields = fields
    ordering = ["id"]


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """Each alert with what became of it; what to do about it is on the console's page."""

    list_display = ["__str__", "state", "severity", "value", "unit", "fired_at", "resolved_at", "acknowledged_by"]
    list_select_related = ["acknowledged_by"]
    list_filter = ["state", "severity", "area"]
    search_fields = ["name", "title", "labels_key"]
    inlines = [TransitionInline]
    ordering = ["-id"]


@admin.register(AlertMail)
class AlertMailAdmin(ReadOnlyAdmin):
    """E-mails about alerts, and why one wasn't sent."""

    list_display = ["subject", "state", "attempts", "next_attempt_at", "sent_at", "error"]
    list_filter = ["state"]
    search_fields = ["subject"]
    ordering = ["-id"]


@admin.register(Silence)
class SilenceAdmin(ReadOnlyAdmin):
    """Newest first; they are begun and ended on the console's page."""

    list_display = ["id", "rule", "area", "reason", "by", "created_at", "ends_at"]
    list_select_related = ["rule", "by"]
    search_fields = ["reason"]
    ordering = ["-id"]


@admin.register(Regression)
class RegressionAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = ["subject", "kind", "changed_at", "before_ms", "after_ms", "change", "p", "deploy", "ended_at"]
    list_select_related = ["deploy"]
    list_filter = ["kind"]
    search_fields = ["subject", "title"]
    ordering = ["-changed_at", "-id"]


@admin.register(Deploy)
class DeployAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = ["version", "at", "host"]
    search_fields = ["version"]
    ordering = ["-at"]
