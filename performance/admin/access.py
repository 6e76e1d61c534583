"""People, roles and tokens."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from performance.access.models import ApiToken, User
from performance.access.services import issue_token, revoke_tokens
from performance.admin.base import ReadOnlyAdmin, StaffAdmin

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(StaffAdmin, DjangoUserAdmin):  # type: ignore[misc, type-arg]
    """Who may sign in, and in which roles."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "roles", "is_staff", "is_active", "last_login"]
    list_filter = ["groups", "is_staff", "is_active"]
    search_fields = ["username", "email", "first_name", "last_name"]
    filter_horizontal = ["groups"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("What they may do", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        ("When", {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    @admin.display(description="Roles")
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all()) or "none"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Only a superuser makes another, or what an administrator may do would have no bound."""
        fixed = list(super().get_readonly_fields(request, obj))
        return fixed if request.user.is_superuser else [*fixed, "is_superuser"]


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """Roles as `config/roles.py` says them: looked at here, changed there."""

    list_display = ["name"]
    search_fields = ["name"]
    fields = ["name", "permissions"]


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an administrator says of a new token; the rest is made."""

    class Meta:
        model = ApiToken
        fields = ["user", "name", "scopes"]


@admin.register(ApiToken)
class ApiTokenAdmin(StaffAdmin):
    """Tokens of other systems. Their text is shown once, when they are made."""

    form = TokenForm
    list_display = ["name", "user", "token_key", "created", "expiry", "last_used_at"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    search_fields = ["name", "token_key", "user__username"]
    list_filter = ["expiry"]
    ordering = ["-created"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        issued = issue_token(user=obj.user, name=obj.name, scopes=obj.scopes)
        obj.pk, obj.digest = issued.token.pk, issued.token.digest
        obj.expiry, obj.token_key, obj.created = issued.token.expiry, issued.token.token_key, timezone.now()
        messages.warning(request, f"The token, shown this once: {issued.text}")

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        revoke_tokens(user_id=obj.user_id, token_key=obj.token_key)
