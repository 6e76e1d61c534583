"""A site map."""

from django.contrib import admin
from django.urls import include, path

handler400 = "performance.api.handlers.bad_request"
handler403 = "performance.api.handlers.permission_denied"
handler404 = "performance.api.handlers.not_found"
handler500 = "performance.api.handlers.server_error"

admin.autodiscover()
urlpatterns = [
    # Before the admin, whose list of this app's models it takes the place of.
    path("admin/performance/", include("performance.console.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("prospects.api.urls")),
    path("", include("performance.urls")),
    path("", include("prospects.urls")),
    path("", include("analytics.urls")),
]
