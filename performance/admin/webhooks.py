"""Webhooks: endpoints are made, tested and changed here; what was sent is looked at, and sent once more."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action

from performance.admin.base import ReadOnlyAdmin, ReadOnlyInline, StaffAdmin
from performance.api.errors import DomainError
from performance.outbound.errors import OutboundError
from performance.views.permission import member
from performance.webhooks import services
from performance.webhooks.destinations import check_destination
from performance.webhooks.events import event_types, subscribable
from performance.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from performance.webhooks.services import Change
from performance.webhooks.testing import send_test

# As the page that asks says.
OVERLAP = timedelta(days=1)


class EndpointForm(ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """What a person says of an endpoint; none of the events is all of them."""

    events = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, help_text="None means all.")

    class Meta:
        model = WebhookEndpoint
        fields = ["url", "description", "events", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {each.name: each.description for each in event_types()}
        self.fields["events"].choices = [(name, f"{name}: {known[name]}") for name in subscribable()]  # type: ignore[attr-defined]  # it is a field of choices

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            check_destination(url)
        except OutboundError as error:
            raise forms.ValidationError(str(error)) from error
        return url


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(StaffAdmin):
    """The services write; the secret's text stands in the answer that makes it, and nowhere else."""

    form = EndpointForm
    list_display = ["__str__", "url", "is_active", "failures", "failing_since", "owner", "created_at"]
    list_select_related = ["owner"]
    list_filter = ["is_active"]
    search_fields = ["url", "description"]
    readonly_fields = ["disabled_at", "disabled_reason", "failures", "failing_since", "owner", "created_at"]
    ordering = ["-id"]
    actions_detail = ["test", "rotate"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = ["url", "description", "events"]
        return [*fields, "is_active", *self.readonly_fields] if obj else fields

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        said = {name: form.cleaned_data[name] for name in ("url", "description", "events")}
        if change:
            wish = Change(**said, is_active=form.cleaned_data["is_active"])
            services.change_endpoint(obj.pk, wish, by=request.user.get_username(), at=timezone.now())
            return
        new = services.create_endpoint(**said, owner=member(request))
        obj.pk = new.endpoint.pk
        request.new_secret = new  # type: ignore[attr-defined]  # carried to the next hook of the admin

    def response_add(
        self, request: HttpRequest, obj: WebhookEndpoint, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._shown_once(request, request.new_secret)  # type: ignore[attr-defined]  # carried to the next hook of the admin

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], Any]:
        """Its history goes with it, though nobody may delete from that alone."""
        found, counts, _, protected = super().get_deleted_objects(objs, request)
        return found, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: WebhookEndpoint) -> None:
        services.delete_endpoint(obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        for endpoint in queryset:
            services.delete_endpoint(endpoint.pk)

    @action(description="Send a test", permissions=["change"], url_path="test", icon="send")  # type: ignore[untyped-decorator]  # unfold has no types
    def test(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """A page that asks which sample to send, and shows what came back."""
        endpoint = self._found(request, object_id)
        context = {**self._context(request, endpoint, title="Test an endpoint"), "events": event_types()}
        if request.method == "POST":
            try:
                context["tested"] = send_test(endpoint, name=request.POST.get("event", ""))
            except DomainError as error:
                messages.error(request, str(error))
        return render(request, "admin/performance/webhookendpoint/test.html", context)

    @action(description="Replace the secret", permissions=["change"], url_path="rotate", icon="key")  # type: ignore[untyped-decorator]  # unfold has no types
    def rotate(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Asked for on a page of its own, since a link alone must change nothing."""
        endpoint = self._found(request, object_id)
        if request.method == "POST":
            return self._shown_once(request, services.rotate_secret(endpoint.pk, overlap=OVERLAP, at=timezone.now()))
        context = self._context(request, endpoint, title="Replace the secret")
        return render(request, "admin/performance/webhookendpoint/rotate.html", context)

    def _context(self, request: HttpRequest, endpoint: WebhookEndpoint, *, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "endpoint": endpoint}

    def _found(self, request: HttpRequest, object_id: Any) -> WebhookEndpoint:
        endpoint = self.get_object(request, str(object_id))
        if endpoint is None or not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        return endpoint  # type: ignore[no-any-return]  # unfold has no types

    def _shown_once(self, request: HttpRequest, new: services.NewSecret) -> HttpResponse:
        context = {**self._context(request, new.endpoint, title="The endpoint's secret"), "text": new.text}
        answer = render(request, "admin/performance/webhookendpoint/secret.html", context)
        answer["Cache-Control"] = "no-store"
        return answer


class AttemptInline(ReadOnlyInline):
    model = WebhookAttempt
    fields = ["number", "sent_at", "status", "elapsed_ms", "error", "reply"]
    readonly_fields = fields
    ordering = ["number"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What was sent in the last 30 days, with each attempt."""

    list_display = ["id", "event", "endpoint", "state", "attempts", "next_attempt_at", "error", "created_at"]
    list_select_related = ["event", "endpoint"]
    list_filter = ["state", "is_test", "endpoint"]
    search_fields = ["event__message_id", "event__type"]
    fields = [
        "event",
        "endpoint",
        "state",
        "error",
        "is_test",
        "is_repeat",
        "body",
        *("next_attempt_at", "finished_at"),
    ]
    readonly_fields = ["body"]
    inlines = [AttemptInline]
    ordering = ["-id"]
    actions = ["redeliver"]

    @admin.display(description="Body, as sent")
    def body(self, delivery: WebhookDelivery) -> str:
        return delivery.event.body

    @admin.action(description="Send once more", permissions=["redeliver"])
    def redeliver(self, request: HttpRequest, deliveries: QuerySet[WebhookDelivery]) -> HttpResponse:
        count = 0
        for delivery in deliveries.select_related("event"):
            services.redeliver(delivery, at=timezone.now())
            count += 1
        messages.success(request, f"{count} on their way once more.")
        return redirect(reverse("admin:performance_webhookdelivery_changelist"))

    def has_redeliver_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("performance.change_webhookendpoint"))
