"""Prompts and their immutable versions: written, and put to use, through the services."""

import json
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from performance.admin.base import StaffAdmin
from performance.views.permission import member
from prospects.prompts.content import Content
from prospects.prompts.errors import InvalidPrompt
from prospects.prompts.models import Prompt, PromptVersion
from prospects.prompts.services import activate, save_version

WRITTEN = ["system", "template", "schema"]


@admin.register(Prompt)
class PromptAdmin(StaffAdmin):
    """Which version new runs use."""

    list_display = ["name", "active", "description"]
    list_select_related = ["active__prompt"]
    search_fields = ["name", "description"]
    readonly_fields = ["name"]
    ordering = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> ModelChoiceField | None:  # type: ignore[type-arg]  # generic in the stubs alone
        """Only the prompt's own versions can be its active one."""
        if db_field.name == "active" and request.resolver_match is not None:
            own = PromptVersion.objects.filter(prompt=request.resolver_match.kwargs.get("object_id"))
            kwargs["queryset"] = own.select_related("prompt").order_by("-number")
            kwargs["required"] = True
        field: ModelChoiceField | None = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[type-arg]  # generic in the stubs alone
        return field

    def save_model(self, request: HttpRequest, obj: Prompt, form: Any, change: bool) -> None:
        """Raises InvalidPrompt, which the page shows."""
        obj.save(update_fields=["description"])
        if "active" in form.changed_data and obj.active is not None:
            activate(obj.active)


class IndentedEncoder(json.JSONEncoder):
    """A level a line, as people read a schema."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"indent": 2, "ensure_ascii": False})


class PromptVersionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A version as an author writes it; what is wrong with it is shown beside it."""

    schema = forms.JSONField(
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 28, "spellcheck": "false", "class": "font-mono"}),
        encoder=IndentedEncoder,
        help_text="JSON schema of the answer; empty where it has none",
    )

    class Meta:
        model = PromptVersion
        fields = ["prompt", *WRITTEN, "note"]

    def clean_schema(self) -> dict[str, Any]:
        schema = self.cleaned_data["schema"] or {}
        if not isinstance(schema, dict) or "\x00" in str(schema):
            raise forms.ValidationError("It must be a JSON object, and have no NUL character in it.")
        return schema

    def content(self) -> Content:
        return Content(**{name: self.cleaned_data[name] for name in WRITTEN})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.content().check(cleaned["prompt"].name)
            except InvalidPrompt as error:
                self.add_error(None, str(error))
            except (AttributeError, TypeError, RecursionError):
                self.add_error("schema", "A part of it is not of the kind that a JSON schema has in that place.")
        return cleaned


@admin.register(PromptVersion)
class PromptVersionAdmin(StaffAdmin):
    """Added to, never changed: a run keeps the version it used."""

    form = PromptVersionForm
    list_display = ["prompt", "number", "is_active", "is_built_in", "note", "created_by", "created_at", "successor"]
    list_select_related = ["prompt", "created_by"]
    list_filter = ["prompt", "is_built_in"]
    search_fields = ["prompt__name", "note"]
    ordering = ["-id"]
    actions = ["use"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_use_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("prospects.change_prompt"))

    @admin.display(description="In use", boolean=True)
    def is_active(self, version: PromptVersion) -> bool:
        return version.prompt.active_id == version.pk

    @admin.display(description="")
    def successor(self, version: PromptVersion) -> SafeString:
        address = f"{reverse('admin:prospects_promptversion_add')}?{urlencode({'from': version.pk})}"
        return format_html('<a href="{}">Write the next from it</a>', address)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?from=` a version: its text, to go on from."""
        asked = request.GET.get("from", "")
        version = PromptVersion.objects.filter(pk=asked).first() if asked.isdecimal() else None
        if version is None:
            return {}
        return {"prompt": version.prompt_id, **{name: getattr(version, name) for name in WRITTEN}}

    def save_model(self, request: HttpRequest, obj: PromptVersion, form: Any, change: bool) -> None:
        saved = save_version(name=obj.prompt.name, content=form.content(), by=member(request), note=obj.note)
        obj.pk, obj.number = saved.pk, saved.number

    @admin.action(description="Use it for new runs", permissions=["use"])
    def use(self, request: HttpRequest, versions: QuerySet[PromptVersion]) -> None:
        by_id = {version.pk: version for version in versions}
        if len({version.prompt_id for version in by_id.values()}) < len(by_id):
            messages.error(request, "Select one version of a prompt: only one can be in use.")
            return
        self.carry_out(request, list(by_id), call=lambda id_: activate(by_id[id_]), said="{n} in use for new runs.")
