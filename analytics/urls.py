"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from analytics.dashboard.views import dashboard

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard, name="dashboard"),
]
