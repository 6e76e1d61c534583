"""/admin/performance/: the dashboard and the pages of the nouns."""

from django.urls import URLPattern, URLResolver, include, path

from performance.console import dashboard
from performance.console.pages import PAGES

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.dashboard, name="console"),
    path("tiles", dashboard.tiles_fragment, name="console-tiles"),
    *(path(f"{page.slug}/", include(list(page.addresses))) for page in PAGES),
]
