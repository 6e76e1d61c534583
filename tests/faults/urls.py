"""A worker answers no requests."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
