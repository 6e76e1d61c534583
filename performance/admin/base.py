"""What every admin page of ours is: fast on big tables, and clear about what staff may change."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.contrib.auth import get_permission_codename
from django.core.paginator import Paginator
from django.db import connection, models
from django.http import HttpRequest
from django.shortcuts import redirect
from unfold.admin import ModelAdmin, TabularInline

from performance.api.errors import DomainError

# A count stops here: nobody pages through more rows than this.
MOST_COUNTED = 10_000


class EstimatingPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs alone
    """Counts to 10,000 at most; of a whole table, more by the planner's estimate."""

    @cached_property
    def count(self) -> int:
        rows = cast("models.QuerySet[models.Model]", self.object_list)
        counted = rows.order_by()[: MOST_COUNTED + 1].count()
        if counted <= MOST_COUNTED or rows.query.where:
            return min(counted, MOST_COUNTED)
        return max(MOST_COUNTED, _estimate(rows.model))


def _estimate(model: type[models.Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        return int(cursor.fetchone()[0])


class StaffAdmin(ModelAdmin):
    """An admin page; whoever holds the model's permission may use it."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    list_per_page = 50
    list_filter_submit = True
    list_fullwidth = True
    compressed_fields = True
    warn_unsaved_form = True

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A NUL in a filter, of which PostgreSQL has no text, is told as Django tells of filters that can't be
        read; of one in what is searched for Django tells by itself.
        """
        asked = [value for name, values in request.GET.lists() if name != SEARCH_VAR for value in values]
        if any("\0" in value for value in asked):
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        return super().changelist_view(request, *args, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A domain's refusal while saving is told on the form, which is as it was; nothing has been saved."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """For actions on durable work (`@admin.action(permissions=["operate"])`)."""
        return bool(request.user.has_perm("performance.operate_jobs"))

    def carry_out(self, request: HttpRequest, ids: Sequence[int], *, call: Callable[[int], Any], said: str) -> None:
        """Call a service for each id; say how often it could (`said` holds "{n}") and why not."""
        done = 0
        for id_ in ids:
            try:
                call(id_)
                done += 1
            except DomainError as error:
                messages.error(request, f"{id_}: {error}")
        if done:
            messages.success(request, said.format(n=done))


class ReadOnlyAdmin(StaffAdmin):
    """Rows that programs write: looked at, never edited by hand."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        codename = get_permission_codename("view", self.opts)
        return bool(request.user.has_perm(f"{self.opts.app_label}.{codename}"))


class ReadOnlyInline(TabularInline):
    """Rows below their owner's: whoever may see the owner sees them."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        owner = self.parent_model._meta
        return bool(request.user.has_perm(f"{owner.app_label}.{get_permission_codename('view', owner)}"))
