"""People, roles and tokens."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from performance.access.errors import ScopeNotHeld
from performance.access.models import ApiToken, User
from performance.access.services import (
    NewToken,
    assignable_roles,
    check_scopes,
    issue_token,
    may_manage,
    revoke_tokens,
)
from performance.admin.base import ReadOnlyAdmin, StaffAdmin
from performance.views.permission import member

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(StaffAdmin, DjangoUserAdmin):  # type: ignore[misc, type-arg]  # two admins in one; generic in the stubs alone
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

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The page for a password asks here too."""
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    @admin.display(description="Roles")
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all()) or "none"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Only a superuser makes another, or what an administrator may do would have no bound."""
        fixed = list(super().get_readonly_fields(request, obj))
        return fixed if request.user.is_superuser else [*fixed, "is_superuser"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nobody hands out a role that may more than they."""
        if db_field.name == "groups":
            kwargs["queryset"] = assignable_roles(member(request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    return user is None or may_manage(member(request), user)


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """Roles as `config/roles.py` says them: looked at here, changed there."""

    list_display = ["name"]
    search_fields = ["name"]
    fields = ["name", "permissions"]


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """What an administrator (`by`) says of a new token; the rest is made."""

    by: ClassVar[User]

    class Meta:
        model = ApiToken
        fields = ["user", "name", "scopes"]

    def clean_user(self) -> User:
        user: User = self.cleaned_data["user"]
        if not may_manage(self.by, user):
            raise forms.ValidationError(f"{user} may more than you do: a token of theirs is theirs to make.")
        return user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "user" in cleaned:
            try:
                check_scopes(cleaned["user"], cleaned.get("scopes") or [])
            except ScopeNotHeld as error:
                self.add_error("scopes", str(error))
        return cleaned


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

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or _may_touch(request, obj.user))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type("TokenFormOfOne", (form,), {"by": member(request)})

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        issued = issue_token(user=obj.user, name=obj.name, scopes=obj.scopes)
        obj.pk, obj.digest = issued.token.pk, issued.token.digest
        obj.expiry, obj.token_key, obj.created = issued.token.expiry, issued.token.token_key, timezone.now()
        request.issued_token = issued  # type: ignore[attr-defined]  # carried to the next hook of the admin

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        """The token's text stands in this answer alone: not in a cookie, not in a log, not in a cache."""
        issued: NewToken = request.issued_token  # type: ignore[attr-defined]  # carried to the next hook of the admin
        shown = {"title": "The new token", "text": issued.text, "token": issued.token}
        context = {**self.admin_site.each_context(request), **shown}
        return render(request, "admin/performance/apitoken/issued.html", context)

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        revoke_tokens(user_id=obj.user_id, token_key=obj.token_key)
