"""A page of the console: for staff who may read measurements, in the admin's frame."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from performance.views.permission import View, allowed

READ = "performance.view_metricbucket"


def console(*permissions: str) -> Callable[[View], View]:
    """Let staff with any of `permissions` (none: who may read measurements) see the page; others as `allowed` says."""

    def decorate(view: View) -> View:
        @wraps(view)
        def for_staff(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not getattr(request.user, "is_staff", False):
                raise PermissionDenied("The console is for staff. Ask an administrator to make your account staff.")
            return view(request, *args, **kwargs)

        return allowed(*(permissions or (READ,)))(for_staff)

    return decorate


def render_page(request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str) -> HttpResponse:
    """`template` extends "performance/console/base.html"."""
    return render(request, template, {**admin.site.each_context(request), "title": title, **context})
