"""Addresses in what is sent: whole ones where the installation knows its own, else paths."""

from django.conf import settings


def link(path: str) -> str:
    """`path` below PUBLIC_URL, or as it is where that isn't set."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}" if settings.PUBLIC_URL else path
